"""Setting a matter's way (审签程序) in a bureau: refused with the reason, or applied; and what that does to replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.errors import InvalidInput
from handlers.organisation.admin import with_approvals
from handlers.organisation.approvals import Approvals, forbidden
from handlers.organisation.profile import Profile
from handlers.records import Case, Reply
from handlers.signing.rounds import standing_of
from handlers.signing.ways import MATTERS, STEPS, matter_of


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Replies of a matter that are being read now: ``kept`` go on by their own steps, ``longer`` take added ones."""

    kept: int
    longer: int


def with_way(profile: Profile, matter: str, steps: Sequence[str]) -> Profile:
    """Let a matter take ``steps`` behind its drafter, the last one issuing.

    Raises InvalidInput for an unknown matter or step, a way that is forbidden, or a legality check without a section.
    """
    if matter not in MATTERS:
        raise InvalidInput("没有这类答复。", "step-1")
    if any(step not in STEPS for step in steps):
        raise InvalidInput("请从列表中选择步骤。", "step-1")
    if fault := forbidden(matter, steps):
        raise InvalidInput(fault, "step-1")
    if "legal" in steps and not profile.legal_section:
        raise InvalidInput("还没有选定由哪个科室作合法性审核，这一步会落空。请先在“合法性审核”里选定。", "step-1")
    return with_approvals(profile, Approvals.model_validate(profile.approvals.model_dump() | {matter: tuple(steps)}))


def with_legal_section(profile: Profile, code: str) -> Profile:
    """Let another section check legality; what waits for that check waits for them from now on."""
    if code not in profile.section_names:
        raise InvalidInput("请选择作合法性审核的科室：书面决定都要经过这一步。", "legal_section")
    return with_approvals(profile, profile.approvals.model_copy(update={"legal_section": code}))


def under_way(session: Session, matter: str, after: Sequence[str]) -> UnderWay:
    """How replies that are being read fare once their matter takes ``after`` (see handlers.signing.rounds)."""
    read = select(Reply, Case).join(Case, Case.id == Reply.case_id)
    kept = longer = 0
    for reply, case in session.execute(read.where(Reply.state == "in_review", Case.restricted.is_(False))).tuples():
        if matter_of(standing_of(case, reply.act)) != matter:
            continue
        began = tuple(reply.steps)
        if len(after) > len(began) and tuple(after[: len(began)]) == began:
            longer += 1
        else:
            kept += 1
    return UnderWay(kept, longer)
