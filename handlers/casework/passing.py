"""转办 and 退回 have bounds: one working day to give back (NB-02), and the office settles it after the third time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import Person, relations
from handlers.core import Core
from handlers.deadlines.counting import due
from handlers.deadlines.local import limits_of
from handlers.errors import NotAllowed
from handlers.records import Case, CaseEvent, Officer
from handlers.together.colleagues import tell

RULE: Final = "NB-02"
_PASSED: Final = ("transfer", "return_case")
_GIVEN: Final = ("routed", "understood_later", "assign", "transfer", "correct_labels", "dispatch_report")


def passes(session: Session, case_id: int) -> int:
    """How often sections have passed the case on or back."""
    wanted = select(func.count()).where(CaseEvent.case_id == case_id, CaseEvent.action.in_(_PASSED))
    return session.scalar(wanted) or 0


def check_passes(session: Session, core: Core, person: Person, case: Case) -> None:
    """Raise NotAllowed when sections have passed the case round often enough: then only the office moves it."""
    if "office" in relations(person, case) or passes(session, case.id) < core.policy.pass_limit:
        return
    raise NotAllowed(
        f"这件已转办、退回 {core.policy.pass_limit} 次，由办公室定办，科室不能再转再退。"
        "有不同意见请写备注并 @ 办公室的同事。"
    )


def returned_late(session: Session, core: Core, person: Person, case: Case, now: datetime) -> bool:
    """Whether the section's day for giving back (NB-02) is over; then only its head still may.

    Raises NotAllowed for anybody else of the section.
    """
    given = select(CaseEvent.at).where(CaseEvent.case_id == case.id, CaseEvent.action.in_(_GIVEN))
    since = session.scalar(given.order_by(CaseEvent.seq.desc()).limit(1))
    if since is None:
        return False
    rule = limits_of(core.profile()).rule(RULE)
    late = rule.active and now >= due(rule, since, core.calendar(), core.profile().hours).legal_due
    if late and not relations(person, case) & {"head", "office"}:
        raise NotAllowed(f"收到已超过{rule.length_words}（NB-02），要退回请由科室负责人来退；也可以请有关科室协办。")
    return late


def bring_in_office(session: Session, core: Core, case: Case, now: datetime) -> None:
    """The pass just made was the last one allowed: office and leaders hear of it and settle who does it."""
    count = passes(session, case.id)
    if count < core.policy.pass_limit:
        return
    wanted = select(Officer).where(Officer.role.in_((Role.OFFICE, Role.LEADER)), Officer.disabled.is_(False))
    people = session.scalars(wanted.order_by(Officer.id)).all()
    tell(session, core, case, "returns", f"{case.id}:{count}", people, now, colour="orange")
