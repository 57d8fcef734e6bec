"""办结, 不予受理 and 重办: how a case ends, with what proof, and how it starts again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, drop_claim, required
from handlers.casework.post import tell
from handlers.casework.promise import latest_words
from handlers.casework.states import ANSWERS
from handlers.casework.written import answered_in_writing, written_rules
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.records import Case, Delivery, Reply
from handlers.signing.again import check_no_opinion
from handlers.signing.notices import settle_told
from handlers.signing.refusal import check_signed_refusal
from handlers.taxonomy import RESULTS

#: What may end a case that was never answered, and the kinds that need no answer.
WITHOUT_ANSWER = ("unreachable", "duplicate", "withdrawn")
NO_ANSWER_OWED = ("praise", "other")


def close(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    result: str,
    evidence: str,
    now: datetime,
) -> Case:
    """办结 with a result and its evidence; an answer that has not provably arrived closes nothing."""
    case = begin(session, person, case_id, version, "close", now)
    if result not in RESULTS or result == "forwarded":
        raise InvalidInput("请从列表里选择办理结果（转送请用“转送”）。", "result")
    evidence = required(evidence, "evidence", "办理结果的依据（谁、什么时候、怎么办的）", 2000)
    check_closable(session, case, result)
    end(session, core, case, actor_of(person), "close", "closed", result, evidence, now)
    return case


def not_accept(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, reason: str, now: datetime
) -> Case:
    """不予受理, with the reason that the citizen is told; once the notice of it was signed (handlers.signing)."""
    case = begin(session, person, case_id, version, "not_accept", now)
    check_signed_refusal(session, core, case)
    reason = required(reason, "reason", "不予受理的理由", 500)
    end(session, core, case, actor_of(person), "not_accept", "not_accepted", "not_supported", reason, now)
    tell(session, core, case, "not_accepted", now, number=case.number, reason=reason)
    return case


def reopen(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, reason: str, now: datetime
) -> Case:
    """重办 by staff; the limits of the case start anew."""
    case = begin(session, person, case_id, version, "reopen", now)
    check_no_opinion(session, core, case)
    reason = required(reason, "reason", "重办理由", 500)
    start_again(session, core, case, actor_of(person), "reopen", now, reason)
    return case


def end(
    session: Session,
    core: Core,
    case: Case,
    actor: str,
    action: str,
    to: str,
    result: str,
    evidence: str,
    now: datetime,
) -> None:
    """End a locked case: result, evidence, the remaining clocks stopped (met ones stay met)."""
    case.result, case.result_evidence, case.closed_at = result, evidence, now
    case.claim_until, case.step = None, ""
    changed(session, core, case, actor, action, now, {"result": result}, to=to)
    settle_told(session, case, now)
    timing.ended(session, core, case, RESULTS.get(result, to), now)


def start_again(session: Session, core: Core, case: Case, actor: str, action: str, now: datetime, reason: str) -> None:
    """Reopen a locked case: new clocks from now; the citizen is told until when."""
    case.reopened += action == "citizen_reopen"  # what the citizen may do once is not used up by staff
    case.closed_at = case.answered_at = case.rated_at = None
    case.reopened_at, case.step = now, ""
    case.result = case.result_evidence = case.rating = ""
    drop_claim(case)
    changed(session, core, case, actor, action, now, {"reason": reason}, to="reopened")
    timing.restarted(session, core, case, now)
    latest = latest_words(case.next_due_at, case.next_due_rule, core.profile())
    if latest:
        tell(session, core, case, "reopened", now, number=case.number, latest=latest)


def check_closable(session: Session, case: Case, result: str) -> None:
    """Raise InvalidInput when an answer or a written act is owed, or an answer is still on its way."""
    owed = written_rules(session, case)
    if owed and result not in WITHOUT_ANSWER:
        raise InvalidInput(f"还没有登记书面告知（{'、'.join(owed)}），不能办结。送达后请先登记凭证。", "result")
    wanted = select(Reply.id).where(Reply.case_id == case.id, Reply.purpose.in_(ANSWERS), Reply.state == "issued")
    issued = session.scalars(wanted.order_by(Reply.id.desc()).limit(1)).first()
    if issued is None:
        if result in WITHOUT_ANSWER or case.kind in NO_ANSWER_OWED or answered_in_writing(session, case):
            return
        raise InvalidInput("还没有答复群众，不能办结。请先答复；联系不上、重复或群众撤回的，请选相应结果。", "result")
    arrived = select(Delivery.id).where(Delivery.reply_id == issued, Delivery.state == "sent").limit(1)
    if session.scalar(arrived) is None:
        raise InvalidInput("答复还没有确实送到，不能办结。请先处理送达：重发，或登记电话、当面、邮寄送达。", "result")
