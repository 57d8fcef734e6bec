"""The 48 hours: what fits the count goes out, the rest waits; after them the platform's notices; every step told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from handlers.delivery.confirm import heard
from handlers.delivery.decide import Decision, decide
from handlers.delivery.reachable import send_when_reachable
from handlers.delivery.readable import read_by_citizen
from handlers.delivery.senders import Senders
from handlers.delivery.sweep import sweep_stuck
from handlers.delivery.window import Window, better, opened_by
from handlers.delivery.worker import run_once
from handlers.errors import DeliveryError, Outcome
from handlers.messages import OutboundContent, Proof
from handlers.organisation.load import parse, shipped, to_toml
from handlers.organisation.profile import NoticeTemplate, Profile
from handlers.records import Case, Citizen, Delivery, Message, Officer
from handlers.records.database import Database
from tests.handlers.delivery.world import ACCOUNT, Limits, World, add_answer, add_case, add_citizen

NOTICES = (
    NoticeTemplate(way="template", template_id="T-1", fields={"thing1": "{number}", "thing2": "{state}"}),
    NoticeTemplate(way="subscription", template_id="S-1", fields={"thing1": "{number} {section}"}),
)


@dataclass
class Platform:
    """A vendor that splits a text into letters of ten and takes notices; ``refuse`` is raised once each, in order."""

    capabilities: Limits = field(default_factory=lambda: Limits(notice_ways=("template", "subscription")))
    sent: list[str] = field(default_factory=list)
    notices: list[tuple[str, str, str]] = field(default_factory=list)
    refuse: list[DeliveryError] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)

    def parts(self, content: OutboundContent) -> int:
        return -(-len(content.text) // 10)

    def send(self, to: str, content: OutboundContent) -> Proof:
        if self.refuse:
            raise self.refuse.pop(0)
        if content.notice is not None:
            self.notices.append((content.notice.way, content.notice.template_id, str(dict(content.notice.fields))))
            return Proof(ref=self.refs.pop(0) if self.refs else "")
        pieces = [content.text[at : at + 10] for at in range(0, len(content.text), 10)][content.skip :]
        pieces = pieces if content.most is None else pieces[: content.most]
        self.sent += pieces
        return Proof(parts=len(pieces))


def with_notices(world: World, *notices: NoticeTemplate) -> World:
    profile: Profile = world.core.profile().model_copy(update={"notices": notices})
    world.core = replace(world.core, profile=lambda: profile)
    return world


def run(world: World, platform: Platform, hours: float = 0) -> Counter[str]:
    at = world.now + timedelta(hours=hours)
    senders: Senders = {("wechat", ACCOUNT): platform}
    return run_once(world.core, senders, lambda: at, pause=lambda _: None, jitter=lambda: 0.5)


def lengthen(world: World, text: str) -> None:
    with world.core.database.write() as session:
        session.get_one(Delivery, world.delivery_id).text = text


def write_again(world: World, hours: float, left: int = 5) -> None:
    with world.core.database.write() as session:
        citizen = session.get_one(Citizen, world.citizen_id)
        at = world.now + timedelta(hours=hours)
        citizen.last_inbound_at, citizen.window_until, citizen.window_left = at, at + timedelta(hours=48), left


@pytest.fixture
def shut(database: Database, world: World) -> World:
    """A world whose window is over, with both notices in the profile."""
    with database.write() as session:
        session.get_one(Citizen, world.citizen_id).window_until = world.now - timedelta(seconds=1)
    return with_notices(world, *NOTICES)


def test_what_does_not_fit_the_count_waits_for_the_citizens_next_word_and_nothing_is_met(
    database: Database, world: World
) -> None:
    platform = Platform()
    write_again(world, 0, left=2)
    lengthen(world, "一二三四五六七八九十" * 3 + "完")
    assert run(world, platform) == {"failed": 1}
    assert platform.sent == ["一二三四五六七八九十"] * 2
    row = world.delivery()
    assert (row.vendor_code, row.parts_sent, row.parts_total) == ("partial", 2, 4)
    assert "共 4 条" in row.error and "已发" not in row.error
    assert world.case().state == "to_deliver"
    assert world.clock().state == "running"
    assert len(world.alerts()) == 1
    assert send_when_reachable(world.core, world.now + timedelta(hours=1)) == 0, "not before the citizen writes"
    write_again(world, 2)
    assert send_when_reachable(world.core, world.now + timedelta(hours=2)) == 1
    assert run(world, platform, 2) == {"sent": 1}
    assert platform.sent == [*["一二三四五六七八九十"] * 3, "完"], "nothing twice, nothing left out"
    assert world.case().state == "answered"
    assert world.citizen().window_left == 3
    assert world.alerts() == []


def test_after_a_part_that_was_refused_only_the_rest_is_sent(world: World) -> None:
    platform = Platform()
    lengthen(world, "一二三四五六七八九十" * 3)
    platform.refuse = [DeliveryError("忙", Outcome.RETRY, vendor_code="-1", parts_done=2)]
    assert run(world, platform) == {"retry": 1}
    assert (world.delivery().parts_sent, world.citizen().window_left) == (2, 3)
    assert run(world, platform, 1) == {"sent": 1}
    assert len(platform.sent) == 1
    assert world.citizen().window_left == 2


def test_of_a_part_that_nobody_can_tell_of_a_person_decides_and_what_arrived_is_not_repeated(world: World) -> None:
    platform = Platform()
    lengthen(world, "一二三四五六七八九十" * 3)
    platform.refuse = [DeliveryError("超时", Outcome.UNKNOWN, parts_done=1)]
    assert run(world, platform) == {"unknown": 1}
    assert world.citizen().window_left == 3, "one went out, one perhaps, the third certainly not"
    decide(world.core, world.delivery_id, Decision.RESEND, world.officer_id, "电话核实没有收到", world.now)
    assert run(world, platform, 0.1) == {"sent": 1}
    assert len(platform.sent) == 2


def test_the_text_whose_window_closes_next_goes_first_however_long_the_queue(database: Database, world: World) -> None:
    platform = Platform()
    with database.write() as session:
        officer = session.get_one(Officer, world.officer_id)
        for n in range(80):  # longer than the part of the queue that is looked at
            person = add_citizen(session, world.now, hours=40)
            add_answer(session, add_case(session, person, officer, world.now), officer, world.now, f"早{n}")
        for text, hours in (("后", 3.0), ("先", 1.0)):
            person = add_citizen(session, world.now, hours=hours)
            later = world.now + timedelta(minutes=1)
            add_answer(session, add_case(session, person, officer, world.now), officer, later, text)
    at = world.now + timedelta(minutes=2)
    run_once(world.core, {("wechat", ACCOUNT): platform}, lambda: at, batch=2, pause=lambda _: None)
    assert sorted(platform.sent) == ["先", "后"]


def test_after_the_window_a_notice_says_where_to_read_and_counts_when_the_platform_says_it_arrived(
    shut: World,
) -> None:
    platform = Platform(refs=["77"])
    assert run(shut, platform) == {"sending": 1}
    assert platform.notices == [
        ("template", "T-1", f"{{'thing1': '{shut.case().number}', 'thing2': '已答复，请查看'}}")
    ]
    assert shut.case().state == "to_deliver", "taken by the platform is not arrived"
    with shut.core.database.write() as session:
        assert not heard(session, shut.core, ACCOUNT, {"MsgID": "78", "Status": "success"}, shut.now)
        assert heard(session, shut.core, ACCOUNT, {"MsgID": "77", "Status": "success"}, shut.now)
        assert not heard(session, shut.core, ACCOUNT, {"MsgID": "77", "Status": "success"}, shut.now), "told twice"
    assert (shut.delivery().state, shut.delivery().way) == ("sent", "template")
    assert shut.case().state == "answered"


def test_a_notice_that_did_not_arrive_is_followed_by_the_next_and_then_staff_are_told(shut: World) -> None:
    platform = Platform(refs=["77"])
    run(shut, platform)
    with shut.core.database.write() as session:
        heard(session, shut.core, ACCOUNT, {"MsgID": "77", "Status": "failed:user block"}, shut.now)
    platform.refuse = [DeliveryError("没有订阅。", Outcome.FAILED, vendor_code="43101")]
    assert run(shut, platform) == {"pending": 1, "failed": 1}
    row = shut.delivery()
    assert (row.state, row.vendor_code, row.tried_ways) == ("failed", "window", "template,subscription")
    assert "没有订阅" in row.error and "进度" in row.error
    assert shut.case().state == "to_deliver"
    assert len(shut.alerts()) == 1
    write_again(shut, 1)
    assert send_when_reachable(shut.core, shut.now + timedelta(hours=1)) == 1
    assert run(shut, platform, 1) == {"sent": 1}
    assert platform.sent == ["您好，答复如下。"]


def test_a_notice_without_a_later_word_is_sent_as_the_platform_said(shut: World) -> None:
    platform = Platform()
    assert run(shut, platform) == {"sent": 1}
    assert shut.delivery().way == "template"


def test_a_notice_of_which_the_platform_never_tells_is_unknown(shut: World) -> None:
    platform = Platform(refs=["77"])
    run(shut, platform)
    assert sweep_stuck(shut.core, shut.now + timedelta(minutes=11)) == 1
    assert shut.delivery().state == "unknown" and "没有告知" in shut.delivery().error
    with shut.core.database.write() as session:  # later than we waited, and believed all the same
        assert heard(session, shut.core, ACCOUNT, {"MsgID": "77", "Status": "success"}, shut.now)
    assert shut.case().state == "answered"


def test_who_reads_the_answer_before_the_platform_speaks_has_it(shut: World) -> None:
    platform = Platform(refs=["77"])
    run(shut, platform)
    with shut.core.database.write() as session:
        assert read_by_citizen(session, shut.core, shut.case_id, "web", shut.now)
        assert not heard(session, shut.core, ACCOUNT, {"MsgID": "77", "Status": "failed:user block"}, shut.now)
    assert (shut.delivery().state, shut.delivery().way) == ("sent", "read")


def test_a_sensitive_matters_notice_names_no_section(shut: World) -> None:
    with shut.core.database.write() as session:
        session.get_one(Case, shut.case_id).sensitive = True
        session.get_one(Delivery, shut.delivery_id).tried_ways = "template"
    platform = Platform()
    run(shut, platform)
    [(_, _, fields)] = platform.notices
    section = shut.core.profile().section(shut.case().section_code or "").name
    assert section not in fields
    assert shut.core.profile().short_name in fields


def test_an_account_that_may_not_send_notices_has_none_sent(shut: World) -> None:
    platform = Platform(capabilities=Limits())
    assert run(shut, platform) == {"failed": 1}
    assert platform.notices == []


@pytest.mark.parametrize(
    ("kind", "event", "opens"),
    [
        ("text", "", (48 * 60, 5)),
        ("event", "click", (1, 3)),
        ("event", "subscribe", (1, 3)),
        ("event", "SCAN", (1, 3)),
        ("event", "unsubscribe", None),
        ("event", "location", None),
        ("event", "templatesendjobfinish", None),
    ],
)
def test_what_opens_a_window(now, kind: str, event: str, opens: tuple[int, int] | None) -> None:
    window = opened_by(kind, event, now, 48, 5)
    assert window == (opens and Window(now + timedelta(minutes=opens[0]), opens[1]))


def test_a_click_does_not_take_away_a_long_window_but_helps_where_it_is_used_up(now) -> None:
    long, used, short = Window(now + timedelta(hours=40), 2), Window(now + timedelta(hours=40), 0), Window(now, 3)
    click = Window(now + timedelta(minutes=1), 3)
    assert better(long, click, now) == long
    assert better(used, click, now) == click
    assert better(short, click, now) == click
    assert better(None, click, now) == click


def test_notices_survive_the_profiles_way_through_tables_and_toml() -> None:
    profile = shipped("hohhot-2018").model_copy(update={"notices": NOTICES})
    assert parse(to_toml(profile)).notices == NOTICES


def test_the_platforms_word_may_be_quicker_than_our_own_record(database: Database, shut: World) -> None:
    with database.write() as session:
        session.add(
            Message(
                channel="wechat", account=ACCOUNT, external_id="e1", sender_id="o", citizen_id=shut.citizen_id,
                kind="event", event="templatesendjobfinish", details={"MsgID": "77", "Status": "success"},
                sent_at=shut.now, received_at=shut.now, state="processed",
            )
        )  # fmt: skip
    assert run(shut, Platform(refs=["77"])) == {"sent": 1}
