"""密级: the levels of who may see a case and the kinds of matter that get one, read from ``sensitivity.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

ORDINARY: Final = ""
SCREENED: Final = "screened"
GUARDED: Final = "guarded"
RECIPIENT: Final = "recipient"  # kept as ``cases.restricted``: the strictest level needs no second mark


@dataclass(frozen=True, slots=True)
class Level:
    """One level; ``seen_by`` names how a person stands to a case that they may see."""

    code: str
    name: str
    seen_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of matter and the level it gets by rule."""

    code: str
    name: str
    level: str


@cache
def levels() -> Mapping[str, Level]:
    """THE table of levels by code, from open to closed."""
    return {row["code"]: Level(row["code"], row["name"], frozenset(row["seen_by"])) for row in _data()["level"]}


@cache
def kinds() -> Mapping[str, Kind]:
    """THE table of kinds of sensitive matter by code."""
    return {row["code"]: Kind(**row) for row in _data()["kind"]}


def level_for(found: Iterable[str]) -> str:
    """The strictest level that the kinds ask for, below the recipient's own; "" for none."""
    order = list(levels())
    wanted = [kinds()[code].level for code in found if kinds()[code].level != RECIPIENT]
    return max(wanted, key=order.index, default=ORDINARY)


def stricter(one: str, other: str) -> str:
    """The stricter of two levels."""
    return max(one, other, key=list(levels()).index)


def officer_mark(officer_id: int) -> str:
    """How an officer is named in ``cases.barred`` and ``cases.admitted``."""
    return f"officer:{officer_id}"


def section_mark(code: str) -> str:
    """How a whole section is named in ``cases.barred``."""
    return f"section:{code}"


def _data() -> dict[str, list[dict[str, str]]]:
    return tomllib.loads((files("handlers.casework") / "sensitivity.toml").read_text(encoding="utf-8"))
