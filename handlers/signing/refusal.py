"""不予受理 is told only once its notice went the whole way: nobody refuses a matter alone."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.errors import MoveNotAllowed
from handlers.records import Case, Document
from handlers.signing.ways import ACTS, STEPS


def check_signed_refusal(session: Session, core: Core, case: Case) -> None:
    """Raise MoveNotAllowed while no notice of refusal was signed; a report's recipient decides alone (举报)."""
    if case.restricted:
        return
    kinds = [kind for kind, matter in ACTS.items() if matter == "refusal"]
    made = select(Document.id).where(
        Document.case_id == case.id, Document.kind.in_(kinds), Document.state.in_(("made", "erased"))
    )
    if session.scalar(made.limit(1)) is None:
        way = " → ".join(STEPS[step] for step in core.profile().approvals.refusal)
        raise MoveNotAllowed(
            f"不予受理要先拟《不予受理告知书》送审（{way}），签发以后才能告知群众。请在“文书”里制作，没有改动。"
        )
