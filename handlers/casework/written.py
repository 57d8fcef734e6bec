"""书面告知: a written act (信访受理告知 …) was served; only its proof of service meets the limit, no chat does."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, required
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.limits import load_limits
from handlers.errors import InvalidInput
from handlers.records import Case

#: The limits whose being met is the answer itself.
ANSWERED_IN_WRITING: Final = frozenset({"XF-05", "XF-08", "XF-09", "XF-11b", "GK-01", "JT-01a", "JT-01b", "JT-02"})


def written_rules(session: Session, case: Case) -> list[str]:
    """The rules running on the case that only a written act with proof of service meets."""
    limits = load_limits()
    running = [limits.rule(clock.rule) for clock in clocks.open_clocks(session, case.id)]
    return [rule.code for rule in running if not (rule.met_by_answer or rule.house or rule.of_others)]


def answered_in_writing(session: Session, case: Case) -> bool:
    """Whether a written answer (处理意见书, 公开答复 …) was served with proof, so that no letter in a chat is owed."""
    rules = [clock.rule for clock in clocks.open_clocks(session, case.id, ("met",))]
    return any(rule in ANSWERED_IN_WRITING for rule in rules)


def serve_notice(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    rule: str,
    proof: str,
    at: datetime | None = None,
    now: datetime,
) -> Case:
    """Record that the written act of ``rule`` was served ``at``, with its 送达回证; that meets the limit."""
    case = begin(session, person, case_id, version, "serve_notice", now)
    if rule not in written_rules(session, case):
        raise InvalidInput("请选择正在计时的书面告知事项。", "rule")
    proof = required(proof, "proof", "送达凭证（送达回证、挂号号码）", 200)
    at = at or now
    if not case.received_at <= at <= now:
        raise InvalidInput("送达时间应在收到之后、现在之前。", "at")
    changed(session, core, case, actor_of(person), "serve_notice", now, {"rule": rule, "proof": proof})
    clocks.meet(session, core, case, at, (rule,), proof, actor_of(person))
    return case
