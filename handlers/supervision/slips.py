"""督办单: a numbered demand on a section, answered by its head with reason and measures, accepted or sent back.

Its answer time is the house rule NB-04, never shown as law. The caller's transaction holds the case.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import actor_of, lock, required
from handlers.core import Core
from handlers.deadlines import bureau
from handlers.deadlines.worktime import local_day
from handlers.documents.series import next_number
from handlers.errors import Conflict, NotAllowed, NotFound
from handlers.escalation.settling import settle
from handlers.records import Alert, Case, Clock, SlipTurn, SupervisionSlip
from handlers.supervision.access import may_answer, may_decide, may_see_slip

#: The house rule of the answer's time; the kind of document whose numbers slips bear, and what stands before them.
ANSWER_RULE: Final = "NB-04"
KIND: Final = "supervision_slip"
NUMBER_WORD: Final = "民督"
STATES: Final[dict[str, str]] = {
    "open": "待科室答复", "answered": "待办公室审核", "accepted": "已了结", "withdrawn": "已撤回",
}  # fmt: skip


def raise_slip(
    session: Session,
    core: Core,
    case: Case,
    demand: str,
    now: datetime,
    *,
    clock: Clock | None = None,
    officer_id: int | None = None,
    word: str = NUMBER_WORD,
) -> SupervisionSlip:
    """Put the demand to the case's section (the office while it has none): a new slip, or its open one once more.

    ``clock`` is the limit that was missed; ``officer_id`` ``None`` is the ladder. The sweep tells the section's head.
    """
    section = case.section_code or core.profile().office
    actor = f"officer:{officer_id}" if officer_id else "system"
    going = open_slip(session, case.id, section)
    if going is not None:
        if officer_id is not None:
            session.add(SlipTurn(slip_id=going.id, kind="urged", text=demand, officer_id=officer_id, at=now))
            going.next_at, going.next_step = now, "raised"
            core.ledger.append(session, case.id, actor, "slip_urged", now, _told(going))
        return going
    numbered = next_number(session, KIND, word, local_day(now).year)
    slip = SupervisionSlip(
        **numbered._asdict(), case_id=case.id, clock_id=clock.id if clock else None, rule=clock.rule if clock else "",
        section_code=section, demand=demand, raised_at=now, raised_by=officer_id, asked_at=now, due_at=now,
    )  # fmt: skip
    ask(core, slip, now, "raised")
    session.add(slip)
    case.supervised = True
    session.flush()
    core.ledger.append(session, case.id, actor, "slip_raised", now, _told(slip) | {"due": _day(slip)})
    return slip


def open_slip(session: Session, case_id: int, section: str) -> SupervisionSlip | None:
    """The slip of this case that this section still owes an answer to."""
    mine = SupervisionSlip.case_id == case_id, SupervisionSlip.section_code == section
    return session.scalars(select(SupervisionSlip).where(*mine, SupervisionSlip.state == "open")).first()


def ask(core: Core, slip: SupervisionSlip, now: datetime, step: str) -> None:
    """Start (again) the time for the answer; ``step`` is what the sweep does first."""
    slip.asked_at, slip.due_at = now, due_from(core, now)
    slip.next_at, slip.next_step = now, step


def due_from(core: Core, asked_at: datetime) -> datetime:
    """When an answer asked for at this instant is due (an exclusive end), by NB-04 as the bureau has it."""
    return bureau.due_from(core, ANSWER_RULE, asked_at).legal_due


def last_day(slip: SupervisionSlip) -> date:
    """The last local day on which an answer is in time."""
    return local_day(slip.due_at - timedelta(seconds=1))


def answer(
    session: Session, core: Core, person: Person, slip_id: int, *, reason: str, measures: str, now: datetime
) -> SupervisionSlip:
    """The section's head says why and what is done now; the office looks at it."""
    slip = _held(session, person, slip_id)
    if not may_answer(person, slip, core.profile()):
        raise NotAllowed("督办单由承办科室负责人（或代班的人）答复。")
    _expect(slip, "open", "这张督办单不在等待答复，可能已经有人答复了。")
    reason, measures = required(reason, "reason", "原因"), required(measures, "measures", "整改措施")
    late = now >= slip.due_at
    slip.state, slip.answered_at = "answered", now
    _turn(session, core, person, slip, "answered", now, reason, measures, late=late)
    slip.next_at, slip.next_step = now, "answered"
    return slip


def accept(
    session: Session, core: Core, person: Person, slip_id: int, *, note: str = "", now: datetime
) -> SupervisionSlip:
    """The office is content: the slip is settled."""
    slip = _decidable(session, person, slip_id)
    slip.state, slip.settled_at, slip.next_at, slip.next_step = "accepted", now, None, ""
    _turn(session, core, person, slip, "accepted", now, note.strip())
    return slip


def send_back(
    session: Session, core: Core, person: Person, slip_id: int, *, note: str, now: datetime
) -> SupervisionSlip:
    """The office is not: the section answers again, within the same time from now."""
    slip = _decidable(session, person, slip_id)
    note = required(note, "note", "哪里没说清、还要做什么")
    slip.state, slip.returns = "open", slip.returns + 1
    _turn(session, core, person, slip, "returned", now, note)
    ask(core, slip, now, "returned")
    return slip


def withdraw(
    session: Session, core: Core, person: Person, slip_id: int, *, note: str, now: datetime
) -> SupervisionSlip:
    """Nothing is asked of the section any more (raised by mistake, another section's matter)."""
    slip = _held(session, person, slip_id)
    if not may_decide(session, person, slip):
        raise NotAllowed("督办单只能由办公室或分管领导撤回。")
    if slip.state not in ("open", "answered"):
        raise Conflict("这张督办单已经了结。")
    note = required(note, "note", "为什么撤回")
    slip.state, slip.settled_at, slip.next_at, slip.next_step = "withdrawn", now, None, ""
    _turn(session, core, person, slip, "withdrawn", now, note)
    return slip


def _decidable(session: Session, person: Person, slip_id: int) -> SupervisionSlip:
    slip = _held(session, person, slip_id)
    if not may_decide(session, person, slip):
        raise NotAllowed("督办答复由办公室或分管领导审核，答复的人不能审自己的。")
    _expect(slip, "answered", "这张督办单没有等待审核的答复。")
    return slip


def _held(session: Session, person: Person, slip_id: int) -> SupervisionSlip:
    """The slip with its case in hand, when this person may see it. Raises NotFound."""
    slip = session.get(SupervisionSlip, slip_id)
    case = lock(session, slip.case_id) if slip else None
    slip = session.get(SupervisionSlip, slip_id, with_for_update=True, populate_existing=True) if case else None
    if slip is None or case is None or not may_see_slip(person, slip, case):
        raise NotFound("没有这张督办单，或者您无权查看。")
    return slip


def _expect(slip: SupervisionSlip, state: str, otherwise: str) -> None:
    if slip.state != state:
        raise Conflict(otherwise)


def _turn(
    session: Session, core: Core, person: Person, slip: SupervisionSlip, kind: str, now: datetime, text: str,
    measures: str = "", *, late: bool = False,
) -> None:  # fmt: skip
    turn = SlipTurn(slip_id=slip.id, kind=kind, text=text, measures=measures, officer_id=person.officer_id, at=now)
    session.add(turn)
    settle(session, now, Alert.kind == "slip", Alert.dedup_key.startswith(f"slip:{slip.id}:"))
    session.flush()
    told = _told(slip) | ({"late": True} if late else {})
    core.ledger.append(session, slip.case_id, actor_of(person), f"slip_{kind}", now, told)


def _told(slip: SupervisionSlip) -> dict[str, object]:
    return {"slip": slip.id, "number": slip.number, "section": slip.section_code}


def _day(slip: SupervisionSlip) -> str:
    return last_day(slip).isoformat()
