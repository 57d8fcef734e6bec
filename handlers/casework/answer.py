"""拟稿 and 答复: the officer's words set out on their way; a plain question's answer goes out at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, keep_claim, required
from handlers.casework.issue import send_out
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.records import Case, Reply
from handlers.records.replies import OPEN_REPLY, newest_reply
from handlers.signing.again import check_other_officer
from handlers.signing.notices import tell_next
from handlers.signing.rounds import set_out, told, way_for
from handlers.taxonomy import RESULTS


def may_issue_alone(core: Core, case: Case) -> bool:
    """Whether an answer goes out without a second pair of eyes: its way has no step behind the drafter's."""
    return not way_for(core, case)


def save_draft(
    session: Session, core: Core, person: Person, case_id: int, version: int, text: str, now: datetime
) -> Reply:
    """Keep a draft (autosave, too). It changes no state and no version, so that saving never conflicts with reading."""
    case = begin(session, person, case_id, version, "draft", now)
    keep_claim(case, person, core, now)
    return _draft(session, person, case, text.strip(), now)


def answer(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    text: str,
    *,
    result: str = "",
    now: datetime,
) -> Reply:
    """Finish the draft: issue it at once where its way has no further step, else send it on its way.

    ``result`` (a code of RESULTS) is what the case will be closed with when the citizen raises nothing more; a
    consultation is ``policy_explained`` unless said otherwise. Look at ``reply.state`` for which way it went.
    """
    case = begin(session, person, case_id, version, "answer", now)
    text = required(text, "text", "答复内容", 10_000)
    if result and result not in RESULTS:
        raise InvalidInput("请从列表里选择办理结果。", "result")
    check_other_officer(session, case, person.officer_id)
    keep_claim(case, person, core, now)
    case.result = result or case.result or ("policy_explained" if case.kind == "consultation" else "")
    reply = _draft(session, person, case, text, now)
    state = set_out(session, core, case, reply, person, now)
    if not state:
        send_out(session, core, case, reply, person, "answer", now, {"alone": True} if reply.steps else {})
        return reply
    changed(session, core, case, actor_of(person), "answer", now, told(reply), to=state)
    tell_next(session, core, case, reply, now)
    return reply


def open_draft(session: Session, case_id: int) -> Reply | None:
    """The answer being written or reviewed, if there is one."""
    return newest_reply(session, case_id, OPEN_REPLY, ("answer",))


def _draft(session: Session, person: Person, case: Case, text: str, now: datetime) -> Reply:
    reply = open_draft(session, case.id)
    if reply is None:
        reply = Reply(case_id=case.id, text=text, drafted_by=person.officer_id, drafted_at=now)
        session.add(reply)
    elif reply.text != text:
        reply.text, reply.drafted_by, reply.drafted_at = text, person.officer_id, now
        reply.version += 1
    session.flush()
    return reply
