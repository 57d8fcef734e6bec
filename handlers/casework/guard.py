"""密级 and 回避: making a case's view narrower by rule or by hand, and keeping those out whom it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.casework.access import Person, may_know
from handlers.casework.assign import check_section
from handlers.casework.doing import actor_of, begin, changed, drop_claim, required
from handlers.casework.sensitivity import (
    GUARDED,
    ORDINARY,
    SCREENED,
    level_for,
    levels,
    officer_mark,
    section_mark,
    stricter,
)
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.neighbours.forget import forget_case
from handlers.records import Case, Officer

#: The levels that a person chooses; the recipient's own is what 举报 gets.
CHOSEN = ("guarded", "screened", "")


def guard(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    level: str,
    reason: str,
    barred_sections: Sequence[str] = (),
    barred_officers: Sequence[int] = (),
    admitted: Sequence[int] = (),
    now: datetime,
) -> Case:
    """Set the case's level, whom it is about (they see, find and infer nothing), and who is let in by name.

    Its section or officer being among those, the case goes back to the office's triage. Nobody bars themselves: then
    nobody might be left who knows of it.
    """
    case = begin(session, person, case_id, version, "guard", now)
    reason = required(reason, "reason", "理由", 300)
    if level not in CHOSEN:
        raise InvalidInput("请选择查看范围。", "level")
    if case.restricted:  # what it is about still counts on the day it is dispatched
        level = stricter(level, level_for(case.sensitive_kinds or ()))
    barred = [section_mark(code) for code in barred_sections if check_section(core, code)]
    barred += [officer_mark(_officer(session, ident, "barred").id) for ident in barred_officers]
    _check_bars(core, case, person, barred)
    case.barred = sorted(set(barred))
    case.admitted = sorted({officer_mark(_officer(session, ident, "admitted").id) for ident in admitted} - set(barred))
    case.sensitivity = ORDINARY  # by hand it may be lowered, too
    narrow(session, case, stricter(SCREENED if barred else ORDINARY, level), ("by_hand",) if level == GUARDED else ())
    to = _out_of_their_hands(session, case)
    # No names: an event is for ever, and whoever reads it in years need not know whom the case was about.
    data = {"level": case.sensitivity, "barred": len(barred), "admitted": len(case.admitted), "reason": reason}
    changed(session, core, case, actor_of(person), "guard", now, data, to=to)
    return case


def narrow(session: Session, case: Case, level: str, why: Iterable[str]) -> None:
    """Raise the case to ``level`` (never lower it): out of likeness, and texts to the citizen name no matter."""
    found = sorted({*(case.sensitive_kinds or ()), *why})
    if level == ORDINARY and found == list(case.sensitive_kinds or ()):
        return
    case.sensitive_kinds = found
    case.sensitivity = stricter(case.sensitivity or ORDINARY, level)
    if level != ORDINARY:
        case.sensitive = True
        forget_case(session, case.id)


def narrow_by_rule(session: Session, case: Case, found: Iterable[str]) -> None:
    """What a further message says makes the view narrower, too."""
    kinds = tuple(found)
    if kinds:
        narrow(session, case, level_for(kinds), kinds)


def take_over(session: Session, target: Case, source: Case) -> None:
    """What is put together is as closed as its more closed part, and keeps out whom either keeps out."""
    target.barred = sorted({*(target.barred or ()), *(source.barred or ())})
    level = stricter(source.sensitivity or ORDINARY, SCREENED if target.barred else ORDINARY)
    narrow(session, target, level, source.sensitive_kinds or ())


def level_name(case: Case) -> str:
    """The level as people read it."""
    return levels()["recipient" if case.restricted else case.sensitivity or ORDINARY].name


def _officer(session: Session, ident: int, field: str) -> Officer:
    officer = session.get(Officer, ident)
    if officer is None or officer.disabled:
        raise InvalidInput("请选择在岗的同事。", field)
    return officer


def _check_bars(core: Core, case: Case, person: Person, barred: list[str]) -> None:
    if officer_mark(person.officer_id) in barred or (person.section and section_mark(person.section) in barred):
        raise InvalidInput("不能把您自己或您的科室列为回避：请先把这件交给别的同事，由其登记。", "barred")
    if section_mark(core.profile().office) in barred:
        raise InvalidInput("涉及办公室的，请把诉求类型改为“举报”，由举报受理人专办、分办。", "barred")
    if case.restricted_to is not None and officer_mark(case.restricted_to) in barred:
        raise InvalidInput("这件涉及举报受理人本人：请先“换举报受理人”，由新的受理人登记回避。", "barred")


def _out_of_their_hands(session: Session, case: Case) -> str:
    """Take the case away from a section or officer that is barred now; the state it goes to ("" = it stays)."""
    barred: set[Any] = set(case.barred)
    case.cooperating = [code for code in case.cooperating if section_mark(code) not in barred]
    officer = session.get(Officer, case.officer_id) if case.officer_id else None
    theirs = bool(case.section_code) and section_mark(case.section_code or "") in barred
    if theirs or (officer is not None and not may_know(officer, case)):
        drop_claim(case)
    if not theirs:
        return ""
    case.section_code = None
    return "triage" if case.state in ("assigned", "in_progress", "awaiting_citizen", "consulting", "reopened") else ""
