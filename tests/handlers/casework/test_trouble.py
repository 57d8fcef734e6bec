"""What wants a person: parked messages, texts that did not arrive, alerts — each shown to those who may know."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from handlers.casework.gaps import number_gaps
from handlers.casework.trouble import (
    alerts,
    check_alert,
    check_delivery,
    check_parked,
    parked_messages,
    pressing,
    undelivered,
)
from handlers.core import Core
from handlers.errors import NotFound
from handlers.records import Alert, Case, Delivery, Message, NumberSeries
from tests.handlers.casework.conftest import Bureau, OpenCase


def _delivery(session: Session, case: Case, state: str, now: datetime, code: str = "") -> Delivery:
    row = Delivery(
        purpose="answer", case_id=case.id, channel="wechat", text="x", sha256="x", state=state, created_at=now,
        vendor_code=code,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _alert(session: Session, case: Case | None, now: datetime, told: list[int], kind: str = "ladder") -> Alert:
    row = Alert(
        dedup_key=f"{kind}:{case and case.id}:{told}", kind=kind, case_id=case.id if case else None, text="x",
        recipients=told, created_at=now, colour="red",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_a_parked_message_is_shown_until_it_is_well(session: Session, bureau: Bureau, open_case: OpenCase) -> None:
    case = open_case()
    message = session.get_one(Message, case.first_message_id)
    message.state, message.error = "parked", "TimeoutError"
    session.flush()
    assert [row.number for row in parked_messages(session, bureau.office)] == [case.number]
    assert parked_messages(session, bureau.relief) == []
    with pytest.raises(NotFound):
        check_parked(session, bureau.relief, message.id)
    message.state = "processed"
    session.flush()
    with pytest.raises(NotFound):
        check_parked(session, bureau.office, message.id)


def test_only_undecided_texts_of_visible_cases_are_listed(
    session: Session, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case, hidden = open_case(), open_case(restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None)
    failed, secret = _delivery(session, case, "failed", now), _delivery(session, hidden, "unknown", now)
    _delivery(session, case, "sent", now), _delivery(session, case, "failed", now, "given_up")
    assert [row.delivery_id for row in undelivered(session, bureau.office)] == [failed.id]
    assert [row.delivery_id for row in undelivered(session, bureau.suhe)] == [failed.id, secret.id]
    check_delivery(session, bureau.head, failed.id)
    with pytest.raises(NotFound):
        check_delivery(session, bureau.office, secret.id)


def test_alerts_reach_those_told_and_nobody_who_may_not_know(
    session: Session, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case, other = open_case(), open_case(section_code="finance")
    mine = _alert(session, case, now, [bureau.zhang.officer_id, 77])
    heads = _alert(session, case, now, [bureau.head.officer_id])
    urgent = _alert(session, case, now, [], "urgent")
    theirs = _alert(session, other, now, [bureau.zhang.officer_id])
    calendar = _alert(session, None, now, [bureau.office.officer_id], "calendar")

    def seen(person: object, **more: bool) -> list[int]:
        return [row.alert_id for row in alerts(session, person, **more)]

    assert seen(bureau.zhang) == [urgent.id, mine.id]
    assert seen(bureau.zhang, everyone=True) == [urgent.id, heads.id, mine.id]
    assert calendar.id in seen(bureau.office) and calendar.id not in seen(bureau.head, everyone=True)
    check_alert(session, bureau.zhang, heads.id)
    with pytest.raises(NotFound):
        check_alert(session, bureau.zhang, theirs.id)


def test_the_most_pressing_stand_first(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    slow, quick = open_case(kind="complaint"), open_case()
    found = pressing(session, core, bureau.office, now + timedelta(days=40))
    assert [line.number for line in found] == [quick.number, slow.number]
    assert pressing(session, core, bureau.office, now - timedelta(days=3)) == []


def test_a_number_that_was_given_out_and_has_no_case_is_a_gap(session: Session, open_case: OpenCase) -> None:
    day = date(2026, 11, 23)
    session.execute(delete(NumberSeries))
    session.add_all([NumberSeries(day=day, last=2), NumberSeries(day=date(2026, 1, 5), last=9)])
    open_case(number="20261123-0001"), open_case(number="20261123-0002")
    assert number_gaps(session, date(2026, 11, 1)) == []
    session.get_one(NumberSeries, day).last = 3
    session.flush()
    assert number_gaps(session, date(2026, 11, 1)) == ["11月23日发出 3 个编号，现有 2 件"]
