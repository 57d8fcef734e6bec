"""What a miss brings the section: the slip at red, and the written notice when five days pass without a word."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.promise import date_words
from handlers.core import Core
from handlers.deadlines.local import limits_of, rule_words
from handlers.deadlines.ticking import ends_at
from handlers.records.case import Case
from handlers.records.clock import Clock
from handlers.records.supervision import SupervisionSlip
from handlers.supervision.slips import open_slip, raise_slip

_DEMAND: Final = "请说明原因，写明采取的措施和办结的日期。"


def on_missed(session: Session, core: Core, case: Case, clock: Clock, colour: str, now: datetime) -> None:
    """At red raise the slip; with the notice mark the slip as noticed (通报). Of a report (举报) nothing is raised."""
    if colour == "red" and not has_answered(session, clock):
        profile = core.profile()
        rule = limits_of(profile).rule(clock.rule)
        ended = date_words(ends_at(clock) - timedelta(seconds=1))
        missed = f"{rule.name}（{rule_words(profile, rule.code)}）{ended}到期，没有办结。"
        raise_slip(session, core, case, f"{missed}{_DEMAND}", now, clock=clock)
    elif colour == "notice":
        slip = open_slip(session, case.id, case.section_code or core.profile().office)
        if slip is not None and slip.noticed_at is None:
            slip.noticed_at = now
            told = {"slip": slip.id, "number": slip.number, "section": slip.section_code}
            core.ledger.append(session, case.id, "system", "slip_noticed", now, told)


def has_answered(session: Session, clock: Clock) -> bool:
    """Whether the section has given its reason for this miss (an answer that was sent back is none)."""
    since = SupervisionSlip.case_id == clock.case_id, SupervisionSlip.answered_at >= ends_at(clock)
    given = SupervisionSlip.state.in_(("answered", "accepted"))
    return session.scalar(select(SupervisionSlip.id).where(*since, given).limit(1)) is not None
