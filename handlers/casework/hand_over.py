"""移交: the officer in charge gives a case to a colleague of the section by name, with a note on how it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.assign import officer_of_section
from handlers.casework.doing import actor_of, begin, changed, claim_end, required
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.records import Case, Note
from handlers.signing.again import check_other_officer
from handlers.together.colleagues import tell


def hand_over(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    officer_id: int,
    text: str,
    now: datetime,
) -> Case:
    """Make ``officer_id`` the officer in charge; the state, the draft and every limit stay as they are."""
    case = begin(session, person, case_id, version, "hand_over", now)
    text = required(text, "text", "交接说明", 2000)
    if case.section_code is None:
        raise InvalidInput("这件还没有定科室，请先分派。", "officer")
    if officer_id == case.officer_id:
        raise InvalidInput("这件已在这位同事手上，请选另一位。", "officer")
    receiver = officer_of_section(session, officer_id, case.section_code)
    check_other_officer(session, case, receiver.id)
    data = {"officer": receiver.id, "before": case.officer_id}
    case.officer_id = receiver.id
    if case.state != "assigned":  # there the receiver claims it like any case given by name
        case.claim_until = claim_end(core, now)
    note = Note(case_id=case.id, kind="handover", text=text, officer_id=person.officer_id, at=now)
    session.add(note)
    session.flush()
    changed(session, core, case, actor_of(person), "hand_over", now, data)
    tell(session, core, case, "handover", str(note.id), [receiver], now)
    return case
