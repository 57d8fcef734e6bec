"""What the case page shows of documents on their way: the text that is read, its hash, and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.casework.page import CasePage
from handlers.delivery.outbox import text_sha256
from handlers.documents.kinds import KINDS
from handlers.records import Reply


@dataclass(frozen=True, slots=True)
class ActView:
    """A document that is drafted or read: ``shown`` is the hash of its text, ``mine``: it is the reader's turn."""

    reply: Reply
    name: str
    shown: str
    mine: bool
    may_edit: bool


def acts_view(page: CasePage) -> ActView | None:
    """The document on its way, if the case has one."""
    reply = page.act
    if reply is None:
        return None
    mine = page.turn is not None and reply.state == "in_review"
    may_edit = mine if reply.state == "in_review" else "submit_act" in page.moves
    return ActView(reply, KINDS[reply.act].name, text_sha256(reply.text), mine, may_edit)
