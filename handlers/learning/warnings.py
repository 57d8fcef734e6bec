"""When a week's corrections or topics move further than chance against the four weeks before. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from handlers.learning.drift import Week

#: Weeks that a week is compared with.
BEFORE: Final = 4
#: Fewer readings than this in the week, or in the weeks before together, say nothing.
LEAST: Final = 30
LEAST_BEFORE: Final = 60
#: Corrections per 100 read may rise by so many …
MORE_CORRECTIONS: Final = 5.0
#: … and a topic's share of what comes in may move by so many points of a hundred …
MORE_OF_A_TOPIC: Final = 10.0
#: … before it is told, and only when chance alone would do that less than once in three hundred weeks.
_BEYOND_CHANCE: Final = 3.0


@dataclass(frozen=True, slots=True)
class Warned:
    """``what`` is "corrections", or "topic" with its code; ``before`` and ``now`` are per 100 read."""

    what: str
    topic: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Compared:
    """The week that was compared (``None``: too little came in to compare), and what moved too far."""

    week: Week | None
    warned: tuple[Warned, ...]


def compared(weeks: Sequence[Week]) -> Compared:
    """Compare the running week, or while it holds too little the one before it, with the four weeks before that."""
    for place in (len(weeks) - 1, len(weeks) - 2):
        if place < BEFORE or weeks[place].read < LEAST:
            continue
        before = weeks[place - BEFORE : place]
        if sum(week.read for week in before) < LEAST_BEFORE:
            continue
        return Compared(weeks[place], (*_corrections(weeks[place], before), *_topics(weeks[place], before)))
    return Compared(None, ())


def _corrections(week: Week, before: Sequence[Week]) -> list[Warned]:
    read = sum(one.read for one in before)
    then, now = sum(one.corrected for one in before) / read, week.corrected / week.read
    if 100 * (now - then) <= MORE_CORRECTIONS or not _beyond_chance(week.corrected, week.read, then, read):
        return []
    return [Warned("corrections", "", 100 * then, 100 * now)]


def _topics(week: Week, before: Sequence[Week]) -> list[Warned]:
    read = sum(one.read for one in before)
    total: Counter[str] = Counter()
    for one in before:
        total.update(one.topics)
    found = []
    for topic in sorted({*total, *week.topics}):
        then, now = total[topic] / read, week.topics[topic] / week.read
        if 100 * abs(now - then) > MORE_OF_A_TOPIC and _beyond_chance(week.topics[topic], week.read, then, read):
            found.append(Warned("topic", topic, 100 * then, 100 * now))
    return sorted(found, key=lambda one: -abs(one.now - one.before))


def _beyond_chance(count: int, of: int, then: float, before: int) -> bool:
    """Two shares compared by their pooled standard error (corrections may exceed the readings: capped at all)."""
    count = min(count, of)
    pooled = min(1.0, (count + then * before) / (of + before))
    error = math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / before))
    return abs(count / of - min(then, 1.0)) > _BEYOND_CHANCE * error
