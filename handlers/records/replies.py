"""The replies of a case: few to a case, so all are read and picked from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy.orm import Session

from handlers.records.of_case import rows_of
from handlers.records.reply import Reply

#: Still being written or read.
OPEN_REPLY: Final = ("draft", "in_review")


def newest_reply(
    session: Session, case_id: int, states: Collection[str], purposes: Collection[str] = (), act: str = ""
) -> Reply | None:
    """Return the case's newest reply in one of the states (for one of the purposes; of the document ``act``)."""
    fit = (
        reply
        for reply in reversed(rows_of(session, Reply, case_id))
        if reply.state in states and (not purposes or reply.purpose in purposes) and (not act or reply.act == act)
    )
    return next(fit, None)
