"""The document that is being drafted or read for a case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from handlers.records import Reply
from handlers.records.replies import OPEN_REPLY, newest_reply


def open_act(session: Session, case_id: int, code: str = "") -> Reply | None:
    """The document that is being drafted or read (of kind ``code``), if there is one."""
    return newest_reply(session, case_id, OPEN_REPLY, ("act",), code)
