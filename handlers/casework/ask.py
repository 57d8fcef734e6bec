"""请群众补充 and what comes back: the citizen is asked, writes, and the case goes on. No clock pauses for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, keep_claim, lock, required
from handlers.casework.issue import seal
from handlers.casework.post import queue_reply
from handlers.core import Core
from handlers.records import Case, Reply


def ask_citizen(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, text: str, now: datetime
) -> Reply:
    """Send the citizen a question; where the channel cannot push, staff ask by telephone and the question is kept."""
    case = begin(session, person, case_id, version, "ask_citizen", now)
    text = required(text, "text", "要向群众了解的问题", 2000)
    keep_claim(case, person, core, now)
    reply = Reply(case_id=case.id, purpose="question", text=text, drafted_by=person.officer_id, drafted_at=now)
    session.add(reply)
    session.flush()
    seal(session, core, case, reply, person, now)
    delivery = queue_reply(session, core, case, reply, now)
    data = {"reply": reply.id, "way": delivery.way if delivery else "staff"}
    changed(session, core, case, actor_of(person), "ask_citizen", now, data, to="awaiting_citizen")
    timing.contacted(session, core, case, now, actor_of(person))
    return reply


def receive_citizen_words(session: Session, core: Core, case_id: int, message_id: int, now: datetime) -> None:
    """The citizen wrote again on an open case: it is unread, and goes on when it was waiting for them."""
    case = lock(session, case_id)
    if case is None:
        return
    case.unread = True
    case.last_inbound_at = now
    to = "in_progress" if case.state == "awaiting_citizen" else ""
    changed(session, core, case, "citizen", "supplement", now, {"message": message_id}, to=to)


def mark_read(case: Case) -> None:
    """Staff have looked at what the citizen wrote."""
    case.unread = False
