"""请协办 and 协办意见: other sections' opinions before the lead answers, without the case changing hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, sections_of
from handlers.casework.assign import check_section
from handlers.casework.doing import actor_of, begin, changed, claim_end, required
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.records import Case, CaseEvent, Note
from handlers.together import opinions


def consult(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    sections: Sequence[str],
    text: str,
    now: datetime,
) -> Case:
    """Ask other sections for their opinion; they see the case from now on."""
    case = begin(session, person, case_id, version, "consult", now)
    text = required(text, "text", "要请协办的事项", 2000)
    asked = [code for code in dict.fromkeys(sections) if code != case.section_code]
    if not asked:
        raise InvalidInput("请至少选一个协办科室。", "section")
    for code in asked:
        check_section(core, code)
    case.cooperating = [*case.cooperating, *(code for code in asked if code not in case.cooperating)]
    session.add(Note(case_id=case.id, kind="consult", text=text, officer_id=person.officer_id, at=now))
    _renew(case, core, now)
    changed(session, core, case, actor_of(person), "consult", now, {"sections": asked}, to="consulting")
    for code in asked:
        opinions.ask(session, core, case, code, text, person.officer_id, now)
    return case


def give_opinion(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, text: str, now: datetime
) -> Case:
    """A cooperating section answers; when the last one asked has, the case goes on with whoever had it.

    The head of the section in charge may end the waiting with a word of their own.
    """
    case = begin(session, person, case_id, version, "give_opinion", now)
    text = required(text, "text", "协办意见")
    opinion = Note(case_id=case.id, kind="opinion", text=text, officer_id=person.officer_id, at=now)
    session.add(opinion)
    session.flush()
    asked = _still_asked(session, case)
    # Whoever stands in for another section's people speaks for the section that was asked.
    section = next((code for code in sections_of(person) if code in asked), person.section)
    data, own = {"section": section}, section == case.section_code
    waits = not own and asked - {section}
    changed(session, core, case, actor_of(person), "give_opinion", now, data, to="" if waits else "in_progress")
    if own:
        opinions.waive(session, case.id, now)
    else:
        opinions.answered(session, core, case, section, opinion, now)
    if not waits:
        _renew(case, core, now)
    return case


def end_consult(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, reason: str, now: datetime
) -> Case:
    """Wait no longer for those who have not answered, and say why; they can still write a note."""
    case = begin(session, person, case_id, version, "end_consult", now)
    reason = required(reason, "reason", "不再等的理由", 300)
    left = opinions.waive(session, case.id, now)
    _renew(case, core, now)
    data = {"sections": left, "reason": reason}
    changed(session, core, case, actor_of(person), "end_consult", now, data, to="in_progress")
    return case


def _renew(case: Case, core: Core, now: datetime) -> None:
    """The officer in charge has their hours anew: at the asking, and when the last opinion is there."""
    if case.officer_id is not None:
        case.claim_until = claim_end(core, now)


def _still_asked(session: Session, case: Case) -> set[str]:
    """The sections asked that have not answered yet, from the case's events."""
    wanted = select(CaseEvent).where(
        CaseEvent.case_id == case.id, CaseEvent.action.in_(("consult", "give_opinion", "end_consult"))
    )
    asked: set[str] = set()
    for event in session.scalars(wanted.order_by(CaseEvent.seq)):
        if event.action == "consult":
            asked |= set(event.data["sections"])
        elif event.action == "end_consult":
            asked = set()
        else:
            asked.discard(event.data["section"])
            asked = set() if event.data["section"] == case.section_code else asked
    return asked
