"""Which items a message names, and which of them it asks about: clause by clause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from handlers.guides.known import Known

_CLAUSE: Final = re.compile(r"[^,。!?;\n]+[,。!?;\n]*")
#: Words behind an item's name that make it a state of the writer, not what is asked for: 低保户, 低保家庭.
_STATE: Final = re.compile(r"户|家庭|对象|人员|人群|证(?:$|[,。、])|的(?:人|家庭|残疾|老|孩)")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and the places where it asks for something (none = it only tells)."""

    start: int
    end: int
    asked: tuple[Span, ...]

    def holds(self, one: Named) -> bool:
        """Whether the name stands in it."""
        return self.start <= one.start < self.end


@dataclass(frozen=True, slots=True)
class Named:
    """An item's name where it stands in the text."""

    start: int
    end: int
    known: Known
    weak: bool = False


def clauses_of(plain: str, asks: Mapping[str, re.Pattern[str]]) -> list[Clause]:
    """Return the clauses of a text."""
    return [Clause(c.start(), c.end(), _asked(c[0], c.start(), asks)) for c in _CLAUSE.finditer(plain)]


def named_in(plain: str, known: Iterable[Known]) -> list[Named]:
    """Return the names in a text that lie within no longer one: 结婚证 in 补办结婚证 says nothing of its own."""
    named = list(_named(plain, known))
    return [one for one in named if not any(_swallows(other, one) for other in named)]


def asked_items(named: Sequence[Named], clauses: Sequence[Clause], plain: str) -> list[Known]:
    """Return the items asked about. Where several are named, those in clauses that only tell, those named as somebody's
    state (低保户) and weak names step back, in this order, as long as one remains.
    """
    asking = [clause for clause in clauses if clause.asked]
    left = list(named)
    left = _narrowed(left, [one for one in left if any(clause.holds(one) for clause in asking)])
    left = _narrowed(left, [one for one in left if not _is_state(one, plain)])
    left = _narrowed(left, [one for one in left if not one.weak])
    return list({one.known.guide.code: one.known for one in left}.values())


def _asked(clause: str, offset: int, asks: Mapping[str, re.Pattern[str]]) -> tuple[Span, ...]:
    found = (pattern.search(clause) for pattern in asks.values())
    return tuple((offset + f.start(), offset + f.end()) for f in found if f)


def _named(plain: str, known: Iterable[Known]) -> Iterable[Named]:
    for one in known:
        for found in one.names.finditer(plain):
            yield Named(found.start(), found.end(), one)
        for found in one.weak.finditer(plain):
            yield Named(found.start(), found.end(), one, weak=True)


def _swallows(longer: Named, one: Named) -> bool:
    inside = longer.start <= one.start and one.end <= longer.end
    return inside and longer.end - longer.start > one.end - one.start


def _narrowed(named: list[Named], stay: list[Named]) -> list[Named]:
    return stay if stay and len({one.known.guide.code for one in named}) > 1 else named


def _is_state(one: Named, plain: str) -> bool:
    return plain[one.end - 1] == "户" or bool(_STATE.match(plain[one.end : one.end + 4]))
