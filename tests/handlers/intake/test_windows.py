"""What a citizen's own doing opens and sets going: the rest of a long answer, the platform's word on a notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.core import Core
from handlers.delivery.confirm import wait_for_word
from handlers.delivery.outbox import queue, text_sha256
from handlers.delivery.reachable import send_when_reachable
from handlers.messages import MessageKind
from handlers.records import Case, Citizen, Delivery, Officer, Reply
from tests.handlers.intake.citizens import Town, clear

LONG = "带身份证到社区办理，" * 150


@pytest.fixture
def town(core: Core, now: datetime) -> Town:
    wechat = frozenset({"wechat"})
    return Town(replace(core, policy=replace(core.policy, window_channels=wechat)), now, clear())


def event(town: Town, name: str, **details: str) -> str:
    """A platform's event; returns what goes back."""
    return town.write("", kind=MessageKind.EVENT, event=name, details=details).text


def citizen(town: Town) -> Citizen:
    with town.core.database.read() as session:
        found = session.scalars(select(Citizen)).one()
        session.expunge(found)
        return found


def answer(town: Town, text: str, **values: object) -> None:
    """The town's one case is answered with ``text``; its row stands as ``values`` say."""
    with town.core.database.write() as session:
        case, who = session.scalars(select(Case)).one(), session.scalars(select(Citizen)).one()
        officer = Officer(login="li", name="李", role="officer", password_hash="-", created_at=town.now)
        session.add(officer)
        session.flush()
        reply = Reply(
            case_id=case.id, state="issued", text=text, sha256=text_sha256(text), drafted_by=officer.id,
            drafted_at=town.now, issued_by=officer.id, issued_at=town.now,
        )  # fmt: skip
        session.add(reply)
        session.flush()
        case.state = "to_deliver"
        row = queue(
            session, purpose="answer", case_id=case.id, channel="wechat", account=who.account,
            recipient=who.sender_id, text=text, now=town.now, reply_id=reply.id, citizen_id=who.id,
        )  # fmt: skip
        for name, value in values.items():
            setattr(row, name, value)


def delivery(town: Town) -> Delivery:
    with town.core.database.read() as session:
        found = session.scalars(select(Delivery).where(Delivery.purpose == "answer")).one()
        session.expunge(found)
        return found


def test_who_asks_after_a_long_answer_is_told_that_the_rest_comes_and_it_does(town: Town) -> None:
    town.write("高龄津贴怎么申请")
    cut = {"state": "failed", "vendor_code": "partial", "parts_sent": 2, "parts_total": 4, "finished_at": town.now}
    answer(town, LONG, **cut)
    town.now += timedelta(hours=60)
    told = town.write("进度").text
    assert "马上分几条发给您" in told and "/progress" in told and LONG[:20] not in told
    assert delivery(town).state == "failed", "not the whole answer has been shown"
    assert send_when_reachable(town.core, town.now) == 1
    row = delivery(town)
    assert (row.state, row.parts_sent) == ("pending", 2)


def test_a_short_answer_is_told_in_the_same_breath(town: Town) -> None:
    town.write("高龄津贴怎么申请")
    answer(town, "带身份证到社区办理。", state="failed", vendor_code="window", finished_at=town.now)
    assert "带身份证到社区办理。" in town.write("进度").text
    assert delivery(town).state == "sent"


def test_the_platforms_word_about_a_notice_opens_no_window_and_settles_the_answer(town: Town) -> None:
    town.write("高龄津贴怎么申请")
    answer(town, "带身份证到社区办理。", way="template", state="sending")
    with town.core.database.write() as session:
        row = session.scalars(select(Delivery).where(Delivery.purpose == "answer")).one()
        wait_for_word(row, "77", "msgid 77", town.now)
    before = citizen(town)
    town.now += timedelta(minutes=1)
    assert not event(town, "templatesendjobfinish", MsgID="77", Status="success")
    after = citizen(town)
    assert (after.window_until, after.window_left) == (before.window_until, before.window_left)
    assert delivery(town).state == "sent"
    with town.core.database.read() as session:
        assert session.scalars(select(Case.state)).one() == "answered"


def test_leaving_shuts_the_window_and_a_click_does_not_take_a_long_one_away(town: Town) -> None:
    town.write("高龄津贴怎么申请")
    until = citizen(town).window_until
    town.now += timedelta(minutes=5)
    event(town, "click")
    assert (citizen(town).window_until, citizen(town).window_left) == (until, 5)
    event(town, "unsubscribe")
    assert citizen(town).window_left == 0 and citizen(town).unsubscribed_at
    event(town, "templatesendjobfinish", MsgID="1", Status="failed:user block")
    assert citizen(town).unsubscribed_at, "the platform's own word is not the citizen's"
    event(town, "subscribe")
    assert citizen(town).window_left == 3 and not citizen(town).unsubscribed_at
