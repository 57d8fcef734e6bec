"""The document that is being drafted or read for a case."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.records import Reply


def open_act(session: Session, case_id: int, code: str = "") -> Reply | None:
    """The document that is being drafted or read (of kind ``code``), if there is one."""
    wanted = select(Reply).where(
        Reply.case_id == case_id, Reply.purpose == "act", Reply.state.in_(("draft", "in_review"))
    )
    if code:
        wanted = wanted.where(Reply.act == code)
    return session.scalars(wanted.order_by(Reply.id.desc()).limit(1)).first()
