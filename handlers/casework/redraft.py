"""重拟答复: an issued answer that cannot be delivered as it is goes back to its officer and through a new round."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, keep_claim, required
from handlers.casework.issue import letter
from handlers.casework.states import ANSWERS
from handlers.core import Core
from handlers.delivery.spoken import take_out_of_queue
from handlers.errors import InvalidInput
from handlers.records import Case, Reply
from handlers.signing.seal import take_back

_MARK: Final = "〔正文〕"


def redraft(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, reason: str, now: datetime
) -> Case:
    """Take the issued answer back before it has arrived; its words are the draft of the next round.

    What is still to go out of it is stopped; what went out stays in the history. The case's limits run on. Raises
    Conflict while it is being sent at this very moment.
    """
    case = begin(session, person, case_id, version, "redraft", now)
    reason = required(reason, "reason", "为什么要重拟", 300)
    issued = _issued(session, case)
    take_out_of_queue(session, issued.id, person.officer_id, now, "答复已收回重拟，没有再发")
    issued.state = "superseded"
    anew = Reply(case_id=case.id, purpose=issued.purpose, drafted_by=person.officer_id, drafted_at=now)
    if issued.act:
        anew.act, anew.entered, anew.text = issued.act, issued.entered, issued.body
        take_back(session, core, person, issued, reason, now)
    else:
        anew.text = _own_words(session, core, case, issued)
    session.add(anew)
    keep_claim(case, person, core, now)
    data = {"reply": issued.id, "reason": reason}
    changed(session, core, case, actor_of(person), "redraft", now, data, to="in_progress")
    return case


def _issued(session: Session, case: Case) -> Reply:
    wanted = select(Reply).where(Reply.case_id == case.id, Reply.purpose.in_(ANSWERS), Reply.state == "issued")
    reply = session.scalars(wanted.order_by(Reply.id.desc()).limit(1).with_for_update()).first()
    if reply is None:
        raise InvalidInput("这件没有已签发而未送达的答复。", "reply")
    return reply


def _own_words(session: Session, core: Core, case: Case, issued: Reply) -> str:
    """The officer's words without the letter's frame around them (the new round puts it on again)."""
    if issued.body:
        return issued.body
    # Issued by an earlier release, which kept the letter alone.
    empty = Reply(case_id=case.id, purpose=issued.purpose, text=_MARK, drafted_by=issued.drafted_by)
    head, _, tail = letter(session, core, case, empty).partition(_MARK)
    framed = issued.text.startswith(head) and issued.text.endswith(tail)
    # A wording or section changed since: better the whole letter than half of it.
    return issued.text[len(head) : len(issued.text) - len(tail)].strip() if framed else issued.text
