"""重办: once within fifteen days, by another officer than the first; after a 处理意见书 there is review, not 重办."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.directory import of_section
from handlers.casework.doing import officer_name
from handlers.core import Core
from handlers.documents.facts import entered
from handlers.errors import MoveNotAllowed, NotAllowed
from handlers.records import Case, Document, Reply

_HIGHER: Final = "本局的上一级机关"


def check_no_opinion(session: Session, core: Core, case: Case) -> None:
    """Raise MoveNotAllowed once a 处理意见书 was issued: the law gives review by the organ above (条例 35)."""
    organ = review_organ(session, core, case)
    if organ:
        raise MoveNotAllowed(
            "这件已经作出信访事项处理意见书，不能再重办。不同意处理意见的，可以自收到意见书之日起30日内，"
            f"向{organ}书面提出复查请求。"
        )


def review_organ(session: Session, core: Core, case: Case) -> str:
    """Whom to ask for review of the case's 处理意见书; "" while none was made."""
    wanted = select(Document).where(
        Document.case_id == case.id, Document.kind == "opinion", Document.state.in_(("made", "erased"))
    )
    document = session.scalars(wanted.order_by(Document.id.desc()).limit(1)).first()
    return (entered(core, document).get("review_organ") or _HIGHER) if document else ""


def check_other_officer(session: Session, case: Case, officer_id: int) -> None:
    """Raise NotAllowed when ``officer_id`` answered a reopened case the first time and the section has another."""
    if officer_id not in first_officers(session, case) or not others_for(session, case):
        return
    raise NotAllowed(
        f"这件是重办件，第一次由{officer_name(session, officer_id)}答复，重办应当换一位经办人。请科室负责人另行分派。"
    )


def first_officers(session: Session, case: Case) -> frozenset[int]:
    """Who drafted what was answered before the case was opened again; empty on any other case."""
    if case.reopened_at is None:
        return frozenset()
    wanted = select(Reply.drafted_by).where(
        Reply.case_id == case.id, Reply.purpose != "question", Reply.issued_at <= case.reopened_at
    )
    return frozenset(session.scalars(wanted))


def others_for(session: Session, case: Case) -> list[str]:
    """The names of who else in the section could deal with a reopened case; empty: it is too small for another."""
    first = first_officers(session, case)
    able = of_section(session, case.section_code) if case.section_code else []
    return [officer.name for officer in able if officer.id not in first]
