"""The bracket round every change of a case: look, check, change, leave a trace; one place for each check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, ids_of, may_see, relations
from handlers.casework.local import moment
from handlers.casework.moves import MOVES, RELATIONS, Move
from handlers.casework.sensitivity import officer_mark, section_mark
from handlers.casework.states import state_name
from handlers.core import Core
from handlers.deadlines.counting import add_working_hours
from handlers.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from handlers.records import Case, CaseEvent, Officer


def lock(session: Session, case_id: int) -> Case | None:
    """The case's row, held until the transaction ends, so that its events are numbered one by one."""
    wanted = select(Case).where(Case.id == case_id).with_for_update()
    return session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()


def begin(session: Session, person: Person, case_id: int, version: int, code: str, now: datetime) -> Case:
    """Return the locked case after every check of the move ``code``.

    Raises NotFound (absent or not to be known), NotAllowed (not this person's move), Conflict (changed since
    ``version``, or another officer holds the claim), MoveNotAllowed (not from this state).
    """
    case = lock(session, case_id)
    if case is None or not may_see(person, case):
        raise NotFound("没有这件诉求，或者您无权查看。")
    move = MOVES[code]
    standing = relations(person, case)
    if not standing & move.who:
        raise NotAllowed(f"“{move.verb}”只能由{_people(move)}来做。")
    if case.version != version:
        raise Conflict(_who_changed(session, person, case, now))
    if case.state not in move.froms:
        raise MoveNotAllowed(_other_moves(case, move, standing))
    if move.claimed:
        check_claim(session, person, case, now)
    return case


def check_claim(session: Session, person: Person, case: Case, now: datetime) -> None:
    """Raise Conflict while another officer holds the claim, so that no case is answered twice unknowingly."""
    if held_by_other(person, case, now):
        holder = officer_name(session, case.officer_id)
        until = moment(case.claim_until, now) if case.claim_until else ""
        raise Conflict(f"{holder} 正在办理这件（签收有效到 {until}）。请先与其商量，或由科室负责人改派。")


def held_by_other(person: Person, case: Case, now: datetime) -> bool:
    """Whether somebody else's claim still runs."""
    return bool(
        case.officer_id and case.officer_id not in ids_of(person) and case.claim_until and case.claim_until > now
    )


def changed(
    session: Session,
    core: Core,
    case: Case,
    actor: str,
    action: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    *,
    to: str = "",
) -> None:
    """Finish a change: the new state (checked against the table), the version, the instant, the case event."""
    move = MOVES.get(action)
    details = dict(data or {})
    _keep_out(case)
    if to and to != case.state:
        if move is None or to not in move.to:
            raise ValueError(f"the move {action!r} does not lead to {to!r}")
        details |= {"from": case.state, "to": to}
        case.state = to
    case.version += 1
    case.changed_at = now
    session.flush()
    core.ledger.append(session, case.id, actor, action, now, details)


def _keep_out(case: Case) -> None:
    """No way leads a case to a section or an officer that it is about (回避)."""
    for code in (case.section_code, *(case.cooperating or ())):
        if code and section_mark(code) in (case.barred or ()):
            raise InvalidInput("该科室需要回避这一件，请另选科室。", "section")
    if case.officer_id and officer_mark(case.officer_id) in (case.barred or ()):
        raise InvalidInput("这位同事需要回避这一件，请另选经办人。", "officer")


def actor_of(person: Person) -> str:
    """The name of a member of staff in case events."""
    return f"officer:{person.officer_id}"


def keep_claim(case: Case, person: Person, core: Core, now: datetime) -> None:
    """Working on a case renews the claim of whoever does it; a stand-in leaves it with whom they stand in for."""
    if case.officer_id not in ids_of(person):
        # Taken for another section: whoever is away comes back to it, the stand-in could not see it any more.
        others = person.stands_for if person.section != case.section_code else ()
        away = (one.officer_id for one in others if one.section and one.section == case.section_code)
        case.officer_id = next(away, person.officer_id)
    case.claim_until = claim_end(core, now)


def claim_end(core: Core, now: datetime) -> datetime:
    """Until when a claim holds that is not touched after ``now``: the setting's hours, working hours only."""
    hours = core.policy.claim_expires.total_seconds() / 3600
    return add_working_hours(now, hours, core.calendar(), core.profile().hours, ())


def drop_claim(case: Case) -> None:
    """Nobody has the case any more."""
    case.officer_id = None
    case.claim_until = None


def required(text: str, field: str, what: str, longest: int = 5000) -> str:
    """Return ``text`` without outer space; raises InvalidInput when it is empty or too long."""
    plain = text.strip()
    if not plain:
        raise InvalidInput(f"请写明{what}。", field)
    if len(plain) > longest:
        raise InvalidInput(f"{what}最多 {longest} 字，现在有 {len(plain)} 字。", field)
    return plain


def officer_name(session: Session, officer_id: int | None) -> str:
    """The name of an officer, for a sentence."""
    return session.scalar(select(Officer.name).where(Officer.id == officer_id)) or "另一位同事"


def _people(move: Move) -> str:
    return "、".join(name for code, name in RELATIONS.items() if code in move.who)


def _who_changed(session: Session, person: Person, case: Case, now: datetime) -> str:
    wanted = (
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, CaseEvent.action != "read")
        .order_by(CaseEvent.seq.desc())
        .limit(1)
    )
    event = session.scalars(wanted).first()
    if event is None:
        return "这件诉求刚刚有了变化。请看过新的内容再决定。"
    kind, _, ident = event.actor.partition(":")
    verb, at = MOVES[event.action].verb if event.action in MOVES else "更新", moment(event.at, now)
    if event.actor == actor_of(person):
        return f"您 {at} 已做了“{verb}”（可能多按了一次，或开着另一个页面）。下面是现在的内容；您写的没有丢。"
    who = officer_name(session, int(ident)) if kind == "officer" else {"citizen": "群众"}.get(kind, "系统")
    return f"{who} 于 {at} 做了“{verb}”，您看到的是之前的内容。请看过新的内容再决定；您写的没有丢。"


def _other_moves(case: Case, move: Move, standing: frozenset[str]) -> str:
    others = [m.verb for m in MOVES.values() if case.state in m.froms and standing & m.who]
    can = f"现在可以：{'、'.join(others)}。" if others else "现在没有您可以做的操作。"
    return f"这件诉求“{state_name(case.state)}”，不能“{move.verb}”。{can}"
