"""Taking one step of a track's procedure: checked against the table, traced, and its clocks started, stopped, moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.local import limits_of
from handlers.deadlines.tracks import tracks_of
from handlers.deadlines.worktime import instant_of, local_day
from handlers.errors import Conflict, MoveNotAllowed
from handlers.procedure import petition, request
from handlers.procedure.choices import STAGES
from handlers.procedure.fields import read_fields
from handlers.procedure.table import Step, load_steps
from handlers.records import Case, CaseTrack
from handlers.taxonomy import TRACKS


@dataclass
class Taken:
    """One step being taken. ``at`` is the instant its clocks count from, ``note`` what the officer is told besides.

    A special case of the table works on it: ``data`` goes into the event, ``told`` are the values that must not.
    """

    session: Session
    core: Core
    person: Person
    case: Case
    track: CaseTrack | None
    step: Step
    values: dict[str, str]
    at: datetime
    now: datetime
    data: dict[str, Any] = field(default_factory=dict)
    starts: tuple[str, ...] = ()
    note: str = ""

    @property
    def row(self) -> CaseTrack:
        """The track, for steps that belong to one."""
        assert self.track is not None
        return self.track

    @property
    def actor(self) -> str:
        """Who takes the step, as events name them."""
        return actor_of(self.person)

    def day(self, name: str = "day") -> date:
        """Return a typed day."""
        return date.fromisoformat(self.values[name])


def _check_called(taken: Taken) -> None:
    """In triage the office's own promise runs still; it is kept by deciding who deals with the case."""
    if taken.case.state == "triage":
        raise MoveNotAllowed("这件还在待分派，请先分派；分派以后再登记联系。")


Special = Callable[[Taken], None]
#: Before the event is written: what else must be true, and what the event says.
_BEFORE: Final[dict[str, Special]] = {
    "accept_petition": petition.accept,
    "refuse_petition": petition.refuse,
    "object_transfer": petition.object_to_transfer,
    "contacted": _check_called,
    "take_review": petition.in_time,
    "take_recheck": petition.in_time,
    "ask_correction": request.check_correction,
    "ask_party": request.check_party,
    "party_received": request.check_received,
    "party_answer": request.check_answer,
}
#: After it: what the table's columns do not say.
_AFTER: Final[dict[str, Special]] = {
    "objection_answer": petition.objection_answered,
    "confirm_request": request.confirmed,
    "ask_correction": request.correction_asked,
    "ask_party": request.party_asked,
    "party_received": request.party_received,
    "party_answer": request.party_answered,
}
#: Values that name people or say what only the case's own people may read: never in an event.
_NEVER_TOLD: Final = frozenset(
    {"party", "proof", "no_other_route", "identity_given", "description_given", "form_given"}
)


def take(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    code: str,
    given: Mapping[str, str],
    now: datetime,
) -> Taken:
    """Take the step ``code`` with what was typed into its form.

    Raises NotFound, NotAllowed, Conflict, MoveNotAllowed (not at this stage), InvalidInput (a field); then nothing
    has changed.
    """
    case, step = begin(session, person, case_id, version, code, now), load_steps()[code]
    track = _track(session, case, step)
    received = local_day(case.received_at)
    values = read_fields(code, step.fields, step.labels, given, received, local_day(now))
    taken = Taken(session, core, person, case, track, step, values, _start(core, values, track, now), now)
    taken.starts = step.starts if not step.purposes or values.get("purpose") in step.purposes else ()
    _check_time(taken)
    taken.data = {"basis": step.basis} | {k: v for k, v in values.items() if v and k not in _NEVER_TOLD}
    _BEFORE.get(code, _nothing)(taken)
    changed(session, core, case, taken.actor, code, now, taken.data)
    _wind(taken)
    if track is not None and step.to is not None:
        track.stage = step.to
    if track is not None and step.ends:
        track.state, track.ended_at, track.ended_why = "ended", now, STAGES[track.stage]
    _AFTER.get(code, _nothing)(taken)
    clocks.refresh_case(session, case)
    return taken


def offered(step: Step, tracks: Mapping[str, CaseTrack]) -> bool:
    """Whether a step makes sense on a case with these confirmed tracks (by code)."""
    track = tracks.get(step.track)
    if not step.track:
        return True
    if track is None or (step.forms and track.form not in step.forms):
        return False
    return not step.before or track.stage in step.before


def _nothing(taken: Taken) -> None:
    """Nothing special about this step."""


def _track(session: Session, case: Case, step: Step) -> CaseTrack | None:
    if not step.track:
        return None
    open_rows = {row.track: row for row in tracks_of(session, case.id) if row.state == "open"}
    row = open_rows.get(step.track)
    if row is None:
        raise MoveNotAllowed(f"这件没有确认按“{TRACKS[step.track]}”办理。请先确认办理途径，再做“{step.verb}”。")
    if not offered(step, open_rows):
        now_at = STAGES[row.stage] or "刚确认途径"
        raise MoveNotAllowed(f"“{TRACKS[step.track]}”现在是“{now_at}”，不能“{step.verb}”；没有改动。")
    return row


def _start(core: Core, values: Mapping[str, str], track: CaseTrack | None, now: datetime) -> datetime:
    """The instant a step's clocks count from: its day (today: now), else the day both sides confirmed, else now."""
    day = date.fromisoformat(values["day"]) if values.get("day") else track.confirmed_on if track else None
    return instant_of(day, now, core.profile().hours) if day else now


def _check_time(taken: Taken) -> None:
    rule = taken.step.within
    if not rule or not limits_of(taken.core.profile()).rule(rule).active:
        return
    running = [clock for clock in clocks.open_clocks(taken.session, taken.case.id) if clock.rule == rule]
    if not any(taken.now < clocks.ends_at(clock) for clock in running):
        name = limits_of(taken.core.profile()).rule(rule).name
        raise Conflict(f"“{name}”的期限（{rule}）已过，不能再“{taken.step.verb}”。请与对方联系，或按本局办理继续。")


def _wind(taken: Taken) -> None:
    """What the table says of the clocks, in the order in which a sentence would."""
    step, case, why, limits = taken.step, taken.case, taken.step.verb, limits_of(taken.core.profile())
    session, core, now, actor = taken.session, taken.core, taken.now, taken.actor
    if step.meets:
        clocks.meet(session, core, case, now, step.meets, why, actor)
    gone = (*step.stops, *step.restarts)
    if gone:
        clocks.stop(session, core, case, now, why, gone, actor, void=True)
    for rule in step.pauses:
        clocks.pause(session, core, case, rule, now, why, actor, since=taken.at)
    for rule in step.resumes:
        clocks.resume(session, core, case, rule, now, why, actor, until=taken.at)
    begun = [limits.rule(rule) for rule in (*taken.starts, *step.restarts)]
    if begun:
        clocks.add_clocks(session, core, case, begun, taken.at, now, actor)
