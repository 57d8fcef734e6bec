"""举报's secrecy: putting a case out of everybody's sight but its recipient's, and lifting that."""

from __future__ import annotations

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_WORKERS
from handlers.casework.access import is_barred, listed, staff_of
from handlers.casework.doing import drop_claim
from handlers.casework.sensitivity import officer_mark
from handlers.core import Core
from handlers.neighbours.forget import forget_case
from handlers.records import Case, Officer


def recipient_id(session: Session, core: Core) -> int | None:
    """The officer who receives reports (举报受理人): the profile's, else one marked so; ``None`` = nobody yet.

    An admin or auditor may be marked, but could not work on a report: it would be in nobody's hands.
    """
    able = (Officer.disabled.is_(False), Officer.role.in_(CASE_WORKERS))
    named = select(Officer.id).where(Officer.login == core.profile().report_recipient, *able)
    marked = select(Officer.id).where(Officer.receives_reports.is_(True), *able)
    return session.scalar(named) or session.scalar(marked.order_by(Officer.id).limit(1))


def restrict(session: Session, core: Core, case: Case) -> None:
    """Hide the case: no section, no cooperation, no claim; only the recipient sees it."""
    case.restricted = case.sensitive = True
    case.restricted_to = _recipient_of(session, core, case)
    case.sensitive_kinds = sorted({*(case.sensitive_kinds or ()), "report"})
    case.section_code, case.cooperating = None, []
    forget_case(session, case.id)
    drop_claim(case)


def _recipient_of(session: Session, core: Core, case: Case) -> int | None:
    """The recipient, or another one when the case is about them; ``None`` when there is no other."""
    usual = recipient_id(session, core)
    others = select(Officer).where(
        Officer.receives_reports.is_(True), Officer.disabled.is_(False), Officer.role.in_(CASE_WORKERS)
    )
    if not case.barred:
        return usual
    able = session.scalars(others.order_by(Officer.id))
    named = [officer.id for officer in able if not is_barred(staff_of(officer), case)]
    return usual if usual in named else next(iter(named), None)


def lift(case: Case) -> None:
    """The case may be seen like any other again."""
    case.restricted = False
    case.restricted_to = None


def adopt_orphans(session: Session, core: Core) -> int:
    """Give restricted cases that nobody may see (no recipient then, or one who left) to today's recipient; how many."""
    recipient = recipient_id(session, core)
    if recipient is None:
        return 0
    gone = select(Officer.id).where(or_(Officer.disabled.is_(True), Officer.role.not_in(CASE_WORKERS)))
    lost = Case.restricted_to.is_(None) | Case.restricted_to.in_(gone)
    orphans = select(Case.id).where(Case.restricted.is_(True), lost)
    # One that is about today's recipient stays with nobody: it waits for another recipient to be named.
    free = Case.id.in_(session.scalars(orphans).all()), ~listed(Case.barred, officer_mark(recipient))
    ids = list(session.scalars(select(Case.id).where(*free)))
    session.execute(update(Case).where(Case.id.in_(ids)).values(restricted_to=recipient))
    return len(ids)
