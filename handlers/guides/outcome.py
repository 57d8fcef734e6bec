"""What becomes of a guide that was sent: confirmed (the case closes) or a person asked for; silence is neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.citizen import awaits_word
from handlers.casework.close import end
from handlers.casework.doing import lock
from handlers.casework.states import CASE_STATES
from handlers.casework.written import written_rules
from handlers.core import Core
from handlers.errors import MoveNotAllowed, NotFound
from handlers.guides.content import from_content
from handlers.guides.guide import Guide
from handlers.records import Case, GuideAnswer, GuideRow, GuideVersion

CONFIRMED: Final = "办事指南答复，来信人确认解决"


@dataclass(frozen=True, slots=True)
class Sent:
    """The guide that a case was sent, as it read then, and what the citizen said of it."""

    answer: GuideAnswer
    version: int
    guide: Guide


def confirm(session: Session, core: Core, case_id: int, now: datetime) -> Case:
    """解决了: meets the clocks and closes the case. Raises MoveNotAllowed when there is nothing to confirm."""
    case = lock(session, case_id)
    if case is None:
        raise NotFound("没有这件诉求。")
    if not awaits_word(core, case, now) or written_rules(session, case):
        raise MoveNotAllowed(f"编号 {case.number} {CASE_STATES[case.state].told}，不用再确认。")
    timing.answered(session, core, case, now, now)
    end(session, core, case, "citizen", "confirm_guide", "closed", "solved", CONFIRMED, now)
    _say(session, case, "solved", now)
    return case


def call_person(session: Session, core: Core, case_id: int, now: datetime, message_id: int | None = None) -> Case:
    """人工: mark the case, so that its officer sees that somebody waits; a guide that was sent did not do."""
    case = lock(session, case_id)
    if case is None:
        raise NotFound("没有这件诉求。")
    case.unread, case.changed_at, case.version = True, now, case.version + 1
    data = {"message": message_id} if message_id is not None else {}
    core.ledger.append(session, case.id, "citizen", "asked_person", now, data)
    timing.called(session, core, case, now)
    if case.guide_code:
        _say(session, case, "person", now)
    return case


def ask_person(session: Session, core: Core, case_id: int, now: datetime) -> Case:
    """人工 pressed beside a guide on the web. Raises MoveNotAllowed when the case no longer waits for that."""
    case = lock(session, case_id)
    if case is None or not awaits_word(core, case, now):
        raise MoveNotAllowed("这件不用再选了，请看下面现在的情况。")
    return call_person(session, core, case_id, now)


def sent_guide(session: Session, case: Case) -> Sent | None:
    """What the case was sent at once, or ``None``."""
    if not case.guide_code:
        return None
    wanted = (
        select(GuideAnswer, GuideVersion, GuideRow.code)
        .join(GuideVersion, GuideVersion.id == GuideAnswer.version_id)
        .join(GuideRow, GuideRow.id == GuideVersion.guide_id)
        .where(GuideAnswer.case_id == case.id)
    )
    found = session.execute(wanted).tuples().one_or_none()
    if found is None:
        return None
    answer, version, code = found
    return Sent(answer, version.version, from_content(code, version.content))


def _say(session: Session, case: Case, outcome: str, now: datetime) -> None:
    answer = session.scalars(select(GuideAnswer).where(GuideAnswer.case_id == case.id)).one_or_none()
    if answer is not None:
        answer.outcome, answer.outcome_at = outcome, now
