"""How a document can be served (送达方式), and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

WAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "direct": "直接送达",
        "left": "留置送达",
        "post": "邮寄送达",
        "entrusted": "委托送达",
        "electronic": "电子送达",
    }
)
OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {"signed": "本人签收", "for_other": "代收", "refused": "拒收", "returned": "未能送达"}
)


@dataclass(frozen=True, slots=True)
class Served:
    """What was written down about one try at serving; ``relation`` of whoever took it for the addressee."""

    way: str
    outcome: str
    receiver: str = ""
    relation: str = ""
    witness: str = ""
    proof: str = ""
    scan: bytes = b""
    scan_name: str = ""

    @property
    def proven(self) -> bool:
        """Whether it proves that the document was served: taken, or left behind before a witness."""
        return self.outcome == "refused" if self.way == "left" else self.outcome in ("signed", "for_other")
