"""Drift and disagreement by week: what comes in, how sure the reading is, what people corrected. Queries only.

Restricted cases take no part: neither in a count nor in a pair of labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from handlers.casework.access import countable
from handlers.deadlines.worktime import SHANGHAI
from handlers.records import Case, Correction, Label

WEEKS: Final = 9
#: Labels that the understanding says and a person can set right, in the order they are shown.
COMPARED: Final = ("kind", "topic", "sentiment", "urgent")


@dataclass(slots=True)
class Week:
    """One week from Monday 00:00 Shanghai (``start``, aware) of first messages of cases, as they were read.

    ``sure`` is the mean confidence of the topic over the ``scored`` ones; ``asked`` went to a person. ``corrected``
    counts labels that a person set right in this week. ``checked``: readings of this week that a person has looked at;
    ``differs``: of these, how many by label read otherwise.
    """

    start: datetime
    read: int = 0
    scored: int = 0
    sure: float | None = None
    asked: int = 0
    topics: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    corrected: int = 0
    checked: int = 0
    differs: Counter[str] = field(default_factory=Counter)

    @property
    def per_hundred(self) -> float | None:
        """Corrections per 100 read; ``None`` in a week in which nothing was read."""
        return 100 * self.corrected / self.read if self.read else None

    @property
    def asked_share(self) -> float | None:
        """The share (0–1) that was handed to a person; ``None`` without any."""
        return self.asked / self.read if self.read else None


@dataclass(frozen=True, slots=True)
class Change:
    """One correction many times over: ``label`` was ``said``, a person made it ``right``, ``n`` times."""

    label: str
    said: str
    right: str
    n: int


@dataclass(frozen=True, slots=True)
class Drift:
    """The weeks, the earliest first, the last one still running; and the most frequent corrections within them."""

    weeks: tuple[Week, ...]
    changes: tuple[Change, ...]


def drift(session: Session, now: datetime, weeks: int = WEEKS) -> Drift:
    """Return the last ``weeks`` weeks up to ``now``."""
    starts = week_starts(now, weeks)
    found = [Week(start) for start in starts]
    _count_readings(session, found, starts)
    _count_checked(session, found, starts)
    changes = _count_corrections(session, found, starts)
    return Drift(tuple(found), changes)


def week_starts(now: datetime, weeks: int) -> list[datetime]:
    """Return the Mondays 00:00 Shanghai of the last ``weeks`` weeks, that of ``now`` the last."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]


def _count_readings(session: Session, weeks: Sequence[Week], starts: Sequence[datetime]) -> None:
    sure = Label.confidence["topic"].as_float()
    week = _week(Label.at, starts)
    rows = session.execute(
        _first_readings(
            week,
            Label.topic,
            Label.kind,
            Label.needs_person,
            func.count(),
            func.count(sure),
            func.sum(sure),
        )
        .where(Label.at >= starts[0])
        .group_by(week, Label.topic, Label.kind, Label.needs_person)
    )
    sums = [0.0] * len(weeks)
    for place, topic, kind, person, n, scored, total in rows:
        one = weeks[place]
        one.read += n
        one.asked += n if person else 0
        one.topics[topic or ""] += n
        one.kinds[kind or ""] += n
        one.scored += scored
        sums[place] += float(total or 0.0)
    for one, found in zip(weeks, sums, strict=True):
        one.sure = found / one.scored if one.scored else None


def _count_checked(session: Session, weeks: Sequence[Week], starts: Sequence[datetime]) -> None:
    week = _week(Label.at, starts)
    pairs = ((Label.kind, Case.kind), (Label.topic, Case.topic), (Label.sentiment, Case.sentiment),
             (Label.urgent, Case.urgent))  # fmt: skip
    differs = [func.sum(case((said != right, 1), else_=0)) for said, right in pairs]  # a label that is null differs not
    rows = session.execute(
        _first_readings(week, func.count(), *differs)
        .where(Label.at >= starts[0], Case.labels_checked.is_(True))
        .group_by(week)
    )
    for place, checked, *counts in rows:
        weeks[place].checked = checked
        weeks[place].differs.update(dict(zip(COMPARED, map(int, counts), strict=True)))


def _first_readings(*columns: Any) -> Any:
    """The newest reading of the message that opened a case, for every unrestricted case."""
    later = aliased(Label)
    # An anti-join: PostgreSQL works out a correlated maximum anew for every pair of rows.
    replaced = select(later.id).where(later.message_id == Label.message_id, later.id > Label.id).exists()
    return (
        select(*columns)
        .select_from(Label)
        .join(Case, Case.first_message_id == Label.message_id)
        .where(~replaced, countable())
    )


def _count_corrections(session: Session, weeks: Sequence[Week], starts: Sequence[datetime]) -> tuple[Change, ...]:
    """Only the first correction of a label is about the machine; the next ones are about a colleague."""
    first = select(func.min(Correction.id)).group_by(Correction.case_id, Correction.label).scalar_subquery()
    week = _week(Correction.at, starts)
    rows = session.execute(
        select(week, Correction.label, Correction.said, Correction.right, func.count())
        .join(Case, Case.id == Correction.case_id)
        .where(
            Correction.at >= starts[0], Correction.id.in_(first), Correction.label.in_(COMPARED),
            Correction.said.is_not(None), countable(),
        )
        .group_by(week, Correction.label, Correction.said, Correction.right)
    )  # fmt: skip
    changes: Counter[tuple[str, str, str]] = Counter()
    for place, label, said, right, n in rows:
        weeks[place].corrected += n
        changes[label, said, right or ""] += n
    ordered = sorted(changes.items(), key=lambda change: (-change[1], change[0]))
    return tuple(Change(*change, n) for change, n in ordered)


def _week(at: Any, starts: Sequence[datetime]) -> ColumnElement[int]:
    """The place of an instant's week in ``starts``; what lies after the last start is in the last."""
    return case(*[(at < later, place) for place, later in enumerate(starts[1:])], else_=len(starts) - 1)
