"""Opinions of other sections (协办意见): who was asked what, by when (NB-03), who answered; reminding the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from handlers.casework.doing import lock
from handlers.casework.local import moment
from handlers.core import Core
from handlers.deadlines.bureau import due_from
from handlers.deadlines.local import limits_of
from handlers.deadlines.planning import office_of
from handlers.deadlines.worktime import business_start, local_day
from handlers.records import Case, Note, Officer, OpinionRequest
from handlers.records.of_case import may_hold
from handlers.together.colleagues import of_section, tell

RULE: Final = "NB-03"
_OF_CASE: Final = (
    select(OpinionRequest, Note, Officer.name)
    .outerjoin(Note, Note.id == OpinionRequest.note_id)
    .outerjoin(Officer, Officer.id == Note.officer_id)
    .where(OpinionRequest.case_id == bindparam("case_id"))
    .order_by(OpinionRequest.id)
)
STATES: Final[dict[str, str]] = {"open": "还没有答复", "answered": "已答复", "waived": "不再等"}


@dataclass(frozen=True, slots=True)
class OpinionView:
    """One section's part: what it was asked and what it said ("" while it has not).

    ``due`` is "" and nothing late while the bureau has NB-03 out of use.
    """

    section: str
    question: str
    state: str
    state_name: str
    asked: str
    due: str
    late: bool
    text: str
    who: str
    when: str


def ask(session: Session, core: Core, case: Case, section: str, text: str, asked_by: int, now: datetime) -> None:
    """Write down that ``section`` is asked; its limit is counted by NB-03, one for each section."""
    until = due_from(core, RULE, now).legal_due
    request = OpinionRequest(
        case_id=case.id, section_code=section, question=text, asked_by=asked_by, asked_at=now, due_at=until,
        next_at=_last_morning(core, until, now) if bound_by_time(core) else None,
    )  # fmt: skip
    session.add(request)
    session.flush()
    tell(session, core, case, "opinion", f"{request.id}:asked", of_section(session, section), now)


def answered(session: Session, core: Core, case: Case, section: str, note: Note, now: datetime) -> None:
    """``section`` has said what it thinks; whoever asked hears of it."""
    for request in waiting(session, case.id, section):
        request.state, request.note_id, request.ended_at, request.next_at = "answered", note.id, now, None
        lead = [o for o in (session.get(Officer, request.asked_by), _officer(session, case)) if o is not None]
        tell(session, core, case, "opinion", f"{request.id}:answered", lead, now)


def waive(session: Session, case_id: int, now: datetime) -> list[str]:
    """Nobody waits any longer; returns the sections that had not answered."""
    left = waiting(session, case_id)
    for request in left:
        request.state, request.ended_at, request.next_at = "waived", now, None
    return [request.section_code for request in left]


def waiting(session: Session, case_id: int, section: str = "") -> Sequence[OpinionRequest]:
    """The requests that are not answered yet (of one section, or of all)."""
    wanted = select(OpinionRequest).where(OpinionRequest.case_id == case_id, OpinionRequest.state == "open")
    if section:
        wanted = wanted.where(OpinionRequest.section_code == section)
    return session.scalars(wanted.order_by(OpinionRequest.id)).all()


def opinions(session: Session, core: Core, case: Case, now: datetime) -> list[OpinionView]:
    """Every section's part in the order of asking, for the page of the lead and of those who were asked."""
    if not may_hold(session, OpinionRequest, case.id):
        return []
    rows = session.execute(_OF_CASE, {"case_id": case.id})
    names, bound = core.profile().section_names, bound_by_time(core)
    return [_view(row, note, who or "", names, bound, now) for row, note, who in rows]


def bound_by_time(core: Core) -> bool:
    """Whether opinions have a limit at all (NB-03 is not out of use)."""
    return limits_of(core.profile()).rule(RULE).active


def remind_opinions(core: Core, now: datetime, limit: int = 200) -> int:
    """Remind sections on the last morning and once more when the limit has passed (then the lead, too)."""
    wanted = select(OpinionRequest.id, OpinionRequest.case_id)
    wanted = wanted.where(OpinionRequest.state == "open", OpinionRequest.next_at <= now).limit(limit)
    with core.database.read() as session:
        rows = list(session.execute(wanted.order_by(OpinionRequest.next_at)).tuples())
    return sum(_remind(core, request_id, case_id, now) for request_id, case_id in rows)


def _remind(core: Core, request_id: int, case_id: int, now: datetime) -> int:
    with core.database.write() as session:
        case = lock(session, case_id)  # the case before everything else, and one reminder only
        request = session.get(OpinionRequest, request_id, populate_existing=True)
        if case is None or request is None or request.state != "open" or not request.next_at or request.next_at > now:
            return 0
        if not bound_by_time(core):
            request.next_at = None
            return 0
        late = now >= request.due_at
        people = of_section(session, request.section_code)
        lead = _officer(session, case) if late else None
        people += [lead] if lead else []
        request.warned += 1
        request.next_at = None if late else request.due_at
        told = tell(
            session, core, case, "opinion", f"{request.id}:{request.warned}", people, now,
            colour="red" if late else "yellow",
        )  # fmt: skip
        if told:
            core.ledger.append(session, case.id, "system", "reminded", now, {"kind": "opinion", "told": told})
        return bool(told)


def _view(
    row: OpinionRequest, note: Note | None, who: str, names: dict[str, str], bound: bool, now: datetime
) -> OpinionView:
    return OpinionView(
        section=names.get(row.section_code, row.section_code),
        question=row.question,
        state=row.state,
        state_name=STATES[row.state],
        asked=moment(row.asked_at, now),
        due=moment(row.due_at - timedelta(minutes=1), now) if bound else "",
        late=bound and row.state == "open" and row.due_at <= now,
        text=note.text if note else "",
        who=who,
        when=moment(note.at, now) if note else "",
    )


def _officer(session: Session, case: Case) -> Officer | None:
    return session.get(Officer, case.officer_id) if case.officer_id else None


def _last_morning(core: Core, until: datetime, now: datetime) -> datetime:
    office = office_of(core.calendar(), core.profile())
    return max(now, business_start(local_day(until - timedelta(minutes=1)), office.hours))
