"""Which tracks (办理途径) of a case have limits now, and which rules these start: one answer for every caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from handlers.deadlines.limits import Limits, Rule
from handlers.records.case import Case
from handlers.records.case_track import CaseTrack
from handlers.records.of_case import rows_of

GENERAL: Final = "general"
#: A track in one of these has its limits; a proposed one, too, for the law does not wait for our deciding.
LIVE_TRACKS: Final = ("proposed", "open")


class Track(Protocol):
    """What is needed of a track to know its limits: its row, or what the intake is about to write."""

    @property
    def track(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def confirmed_on(self) -> object: ...
    @property
    def since(self) -> datetime | None: ...


def tracks_of(session: Session, case_id: int) -> Sequence[CaseTrack]:
    """Return every track that the case has or had, oldest first."""
    return rows_of(session, CaseTrack, case_id)


@dataclass(frozen=True, slots=True)
class Begun:
    """A rule that a track starts; ``since``: from when, where that is not the receipt of the case."""

    rule: Rule
    since: datetime | None = None


def rules_of(session: Session, limits: Limits, case: Case, kind: str | None) -> dict[str, Begun]:
    """Return the rules that the case's tracks start, by code."""
    return rules_for(limits, tracks_of(session, case.id), case.track, kind, case.source)


def rules_for(limits: Limits, tracks: Iterable[Track], main: str, kind: str | None, source: str) -> dict[str, Begun]:
    """Return the rules that these tracks start together, by code; ``main`` is the case's own track.

    While nobody has confirmed the main track, the general limits run beside its own: whichever ends first is safe.
    """
    rows = list(tracks)
    live = [row for row in rows if row.state in LIVE_TRACKS]
    of_main = [row for row in rows if row.track == main]
    found: dict[str, Begun] = {}
    for row in live:
        if row.track == "information_request" and (row.confirmed_on or row.track != main):
            continue  # its limit starts with a step of its procedure; until then the main track's limits run
        found |= _started(limits, row.track, row.form, kind, source, row.since)
    if main == GENERAL or not of_main:
        found |= _started(limits, main, "", kind, source)
    elif any(row.track == main and row.state == "proposed" for row in live):
        found |= _started(limits, GENERAL, "", kind, source)
    return found


def _started(
    limits: Limits, track: str, form: str, kind: str | None, source: str, since: datetime | None = None
) -> dict[str, Begun]:
    return {rule.code: Begun(rule, since) for rule in limits.to_start(kind, source, track, form=form)}
