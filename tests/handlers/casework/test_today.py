"""今天先办这几件: what presses most, in words, and never what somebody else must do or may not see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.accounts.roles import StandIn
from handlers.casework.access import may_see
from handlers.casework.answer import answer
from handlers.casework.claim import claim
from handlers.casework.today import today
from handlers.core import Core
from handlers.escalation.mandatory import open_report
from tests.handlers.casework.conftest import Bureau, OpenCase


def test_the_most_pressing_comes_first_with_its_reasons(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    mine = {"officer_id": bureau.zhang.officer_id, "state": "in_progress", "kind": None}
    late = open_case(**mine)
    urgent = open_case(**mine, urgent=True, unread=True, last_inbound_at=now - timedelta(days=3))
    closing = open_case(**mine, last_inbound_at=now - timedelta(hours=45))
    calm, harmed = open_case(**mine), open_case(**mine)
    for case in (urgent, closing, calm, harmed):
        case.next_due_at = now + timedelta(days=30)
    late.next_due_at = now - timedelta(hours=30)
    grave = open_case(**mine, urgent=True, grade="today")
    open_report(session, core, harmed, "邻居说孩子身上有伤", now)
    session.flush()
    found = {one.line.number: one.why for one in today(session, core, bureau.zhang, now)}
    assert list(found) == [case.number for case in (harmed, urgent, late, grave, closing)]
    assert found[late.number] == "已超期 1 天"
    assert found[grave.number].startswith("当日过问")
    assert found[urgent.number] == "紧急；群众又来信，等了 3 天"
    assert found[harmed.number] == "须立即向公安机关报告"
    assert "还能直接回复约 3 小时" in found[closing.number]


def test_of_the_section_only_what_nobody_has_and_nothing_hidden(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    free = open_case(urgent=True)
    open_case(urgent=True, officer_id=bureau.li.officer_id, state="in_progress")
    open_case(urgent=True, state="in_review")
    open_case(urgent=True, sensitivity="guarded")
    open_case(urgent=True, sensitivity="screened", barred=[f"officer:{bureau.zhang.officer_id}"])
    assert [one.line.number for one in today(session, core, bureau.zhang, now)] == [free.number]
    assert today(session, core, bureau.auditor, now) == []


def test_no_more_than_five(session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime) -> None:
    for _ in range(7):
        open_case(urgent=True)
    assert len(today(session, core, bureau.zhang, now)) == 5


def test_whoever_stands_in_takes_the_cases_of_the_one_away_and_leaves_them_theirs(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    away = StandIn(bureau.zhang.officer_id, "张敏", bureau.zhang.role, bureau.zhang.section)
    stand_in = replace(bureau.relief, stands_for=(away,))
    named, free = open_case(urgent=True, officer_id=bureau.zhang.officer_id), open_case(urgent=True)
    assert {one.line.number for one in today(session, core, stand_in, now)} == {named.number, free.number}
    claim(session, core, stand_in, named.id, named.version, now)
    assert (named.state, named.officer_id) == ("in_progress", bureau.zhang.officer_id)
    assert named.claim_until is not None and named.claim_until > now
    answer(session, core, stand_in, named.id, named.version, "请到社区申请。", now=now)
    assert named.officer_id == bureau.zhang.officer_id
    claim(session, core, stand_in, free.id, free.version, now)
    assert free.officer_id == bureau.zhang.officer_id and may_see(bureau.zhang, free)
