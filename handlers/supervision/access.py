"""Who may see, answer and decide about a supervision slip: as predicates, and as the condition for every list."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_READERS, Role
from handlers.casework.access import Person, is_barred, may_see, sections_of, sees_all, standings_of, visible_to
from handlers.casework.sensitivity import ORDINARY
from handlers.organisation.profile import Profile
from handlers.records import Case, SlipTurn, SupervisionSlip


def may_see_slip(person: Person, slip: SupervisionSlip, case: Case) -> bool:
    """The whole bureau's readers, and the section it is put to; of a report only its recipient.

    Where the case has a level, only who may see the case itself; nobody whom it is about.
    """
    if person.role not in CASE_READERS:
        return False
    if case.restricted:
        return case.restricted_to == person.officer_id
    if case.sensitivity != ORDINARY:
        return may_see(person, case)
    return not is_barred(person, case) and (sees_all(person) or slip.section_code in sections_of(person))


def slips_visible_to(person: Person) -> ColumnElement[bool]:
    """:func:`may_see_slip` as a condition on ``supervision_slip`` joined with ``cases``."""
    if person.role not in CASE_READERS:
        return false()
    mine = and_(Case.restricted.is_(True), Case.restricted_to == person.officer_id)
    ours = true() if sees_all(person) else SupervisionSlip.section_code.in_(sections_of(person))
    ordinary = and_(Case.sensitivity == ORDINARY, ours)
    levelled = and_(Case.sensitivity != ORDINARY, visible_to(person))
    return or_(mine, and_(Case.restricted.is_(False), or_(ordinary, levelled)))


def may_answer(person: Person, slip: SupervisionSlip, profile: Profile) -> bool:
    """The section's head, or who stands in; for the office's own section its people."""
    return any(
        (role is Role.HEAD and section == slip.section_code)
        or (role is Role.OFFICE and slip.section_code == profile.office)
        for role, section in standings_of(person)
    )


def may_decide(session: Session, person: Person, slip: SupervisionSlip) -> bool:
    """The office or a leader, but nobody about an answer of their own."""
    if not {Role.OFFICE, Role.LEADER} & {role for role, _ in standings_of(person)}:
        return False
    answers = select(SlipTurn.officer_id).where(SlipTurn.slip_id == slip.id, SlipTurn.kind == "answered")
    return session.scalar(answers.order_by(SlipTurn.id.desc()).limit(1)) != person.officer_id
