"""A service guide (办事指南) as plain data: what people are told, and by which words it is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Material:
    """One paper to bring; ``note`` says where it comes from or how its sample (样表) looks ("" = nothing to say)."""

    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide. Lists are in the order in which people read them.

    ``section``, ``hours`` and ``phone`` may be empty: then the topic's section and the bureau's hours hold.
    ``not_covered`` says what the guide does not answer. ``valid_until`` is the last day (``None`` = open).
    ``names`` are what people call the item ("…" = a few words between,
    "~" behind = only where no other item is named), ``questions`` ways they ask it, ``vetoes``
    words with which it is not sent. ``sample`` marks text that nobody of the bureau has confirmed (示例，待核实).
    """

    code: str
    item: str
    topic: str
    summary: str
    who: tuple[str, ...]
    materials: tuple[Material, ...]
    steps: tuple[str, ...]
    place: str
    limit: str
    source: str
    valid_from: date
    valid_until: date | None = None
    section: str = ""
    hours: str = ""
    phone: str = ""
    fee: str = ""
    not_covered: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    sample: bool = False

    def valid_on(self, day: date) -> bool:
        """Whether the guide holds on ``day`` (Asia/Shanghai)."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


#: The fields in words, in the order of the form and of every list of differences.
FIELD_NAMES: Final[dict[str, str]] = {
    "item": "事项",
    "topic": "业务类别",
    "section": "负责科室",
    "summary": "一句话说明",
    "who": "谁能办",
    "materials": "要带的材料",
    "steps": "怎么办",
    "place": "在哪里办",
    "hours": "办理时间",
    "phone": "电话",
    "limit": "多久办好",
    "fee": "收费",
    "not_covered": "本指南没有说的",
    "source": "依据",
    "valid_from": "从哪天起有效",
    "valid_until": "有效到哪天",
    "names": "群众的叫法",
    "questions": "群众会怎么问",
    "vetoes": "出现这些词就不自动发",
    "sample": "示例，待核实",
}
LISTS: Final = ("who", "steps", "not_covered", "names", "questions", "vetoes")
#: Behind a name that counts only where no other item is named: 领证~.
WEAK: Final = "~"
SAMPLE_WORDS: Final = "示例，待核实"
