"""A daughter is told of her mother's case where she writes: with number, code and consent, and not a day longer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.casework.access import Staff, staff_of
from handlers.casework.answer import answer
from handlers.casework.assign import assign
from handlers.casework.board import trouble
from handlers.casework.citizen import progress_view
from handlers.casework.claim import claim
from handlers.casework.follow import add_follower, drop_follower
from handlers.core import Core
from handlers.delivery.senders import Sender
from handlers.delivery.worker import run_once
from handlers.demo.stage import Bounds
from handlers.intake.words import Command, read_command
from handlers.messages import OutboundContent, Proof
from handlers.procedure.extensions import approve_extension, ask_extension
from handlers.records import Case, CaseEvent, CaseFollower, Clock, Delivery, Message, Officer
from tests.handlers.intake.citizens import Reader, Town

MOTHER = {"channel": "web", "account": "portal"}
WORDS = "我叫王秀英，八十二岁，养老院多收了我的护理费，请核实退还。"


@dataclass
class Door:
    """A channel that takes every text; ``sent`` is to whom."""

    sent: list[str] = field(default_factory=list)
    capabilities: Bounds = field(default_factory=Bounds)

    def send(self, to: str, content: OutboundContent) -> Proof:
        self.sent.append(to)
        return Proof()


@dataclass
class House:
    """A mother's complaint that came by the web form, whose daughter follows it, and the people who work on it."""

    town: Town
    number: str
    code: str
    zhang: Staff
    head: Staff
    office: Staff

    @property
    def core(self) -> Core:
        return self.town.core

    def case(self, session: Any) -> Case:
        return session.scalars(select(Case).where(Case.number == self.number)).one()  # type: ignore[no-any-return]

    def say(self, text: str, who: str = "daughter") -> str:
        return self.town.write(text, who).text

    def told(self) -> list[str]:
        with self.core.database.read() as session:
            wanted = select(Delivery.text).where(Delivery.purpose == "follower", Delivery.state == "pending")
            return [text.partition("。")[0] for text in session.scalars(wanted.order_by(Delivery.id))]

    def put_down(self, **changes: Any) -> None:
        with self.core.database.write() as session:
            for name, value in changes.items():
                setattr(self.case(session), name, value)

    def given_to_the_section(self) -> None:
        with self.core.database.write() as session:
            case = self.case(session)
            case.state, case.section_code = "triage", None
            session.flush()
            assign(session, self.core, self.office, case.id, case.version, section="welfare", now=self.town.now)


@pytest.fixture
def house(core: Core, now: datetime) -> House:
    return with_consent(core, now, notices=True)


def with_consent(core: Core, now: datetime, *, notices: bool) -> House:
    town = Town(core, now, Reader(kind="complaint", topic="elderly_care", urgent=False, needs_person=False))
    number = town.write(WORDS, "mother", **MOTHER).number
    with town.core.database.write() as session:
        people = [
            Officer(
                login=login, name=login, role=str(role), section_code="welfare", password_hash="-", created_at=now
            )
            for login, role in (("zhang", Role.OFFICER), ("head", Role.HEAD), ("office", Role.OFFICE))
        ]  # fmt: skip
        session.add_all(people)
        session.flush()
        zhang, head, office = map(staff_of, people)
        case = session.scalars(select(Case)).one()
        case.section_code = "welfare"
        session.flush()
        follower = add_follower(
            session, town.core, zhang, case.id, name="乌兰", phone="", relation="女儿", consent="said",
            consent_note="电话里说的", notices=notices, now=now,
        )  # fmt: skip
        session.flush()
        code = town.core.vault.open(follower.query_code)
    return House(town, number, code, zhang, head, office)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("关注 20261123-0007 K7MR-PQXT", Command("follow", "20261123-0007", code="K7MR-PQXT")),
        ("关注编号：202611230007，查询码：k7mrpqxt", Command("follow", "20261123-0007", code="k7mrpqxt")),
        ("停止关注 20261123-0007", Command("unfollow", "20261123-0007")),
        ("取消关注20261123-0007。", Command("unfollow", "20261123-0007")),
        ("关注 20261123-0007", None),
        ("请关注一下我妈妈的事 20261123-0007", None),
        ("你们关注老人吃饭难吗", None),
    ],
)
def test_the_word_counts_with_number_and_code_only(text: str, meant: Command | None) -> None:
    assert read_command(text) == meant


def test_what_the_mother_is_told_reaches_the_daughter_by_number_only(house: House) -> None:
    said = house.say(f"关注 {house.number} {house.code}")
    assert f"编号 {house.number} 交科室、延期、答复时" in said
    house.given_to_the_section()
    assert house.told() == [f"您关注的诉求（编号 {house.number}）已交福利科办理"]
    with house.core.database.write() as session:
        case = house.case(session)
        claim(session, house.core, house.zhang, case.id, case.version, house.town.now)
        clock = session.scalars(select(Clock).where(Clock.case_id == case.id, Clock.rule == "RX-03")).one()
        consent = ask_extension(
            session, house.core, house.zhang, case.id, case.version, clock_id=clock.id, units=5, reason="要向医院核实",
            now=house.town.now,
        )  # fmt: skip
        approve_extension(
            session, house.core, house.office, case.id, case.version, consent_id=consent.id, now=house.town.now
        )
        case.kind = "consultation"
        answer(session, house.core, house.zhang, case.id, case.version, "已退还六百元。", now=house.town.now)
        latest = progress_view(session, house.core, case.id, house.town.now)
    assert [text.removeprefix(f"您关注的诉求（编号 {house.number}）")[:7] for text in house.told()] == [
        "已交福利科办理", "办理期限延到 ", "已答复"
    ]  # fmt: skip
    assert latest.state == "answered"
    with house.core.database.read() as session:
        texts = list(session.scalars(select(Delivery.text).where(Delivery.purpose == "follower")))
    assert all("王秀英" not in text and "护理费" not in text and "六百" not in text for text in texts)
    assert all(f"停止关注 {house.number}" in text and "https://mz.example/progress" in text for text in texts)


def test_without_a_consent_that_says_so_nothing_is_sent(core: Core, now: datetime) -> None:
    house = with_consent(core, now, notices=False)
    assert "没有“主动通知”这一项" in house.say(f"关注 {house.number} {house.code}")
    house.given_to_the_section()
    assert house.told() == []


def test_a_wrong_code_and_an_absent_number_say_the_same_and_guessing_ends(house: House) -> None:
    wrong, absent = house.say(f"关注 {house.number} AAAA-AAAA"), house.say("关注 20261123-9999 AAAA-AAAA")
    assert wrong == absent and "没有找到" in wrong
    for _ in range(8):
        house.say(f"关注 {house.number} CCCC-CCCC")
    assert "试的次数太多了" in house.say(f"关注 {house.number} {house.code}")
    assert f"编号 {house.number}" in house.say(f"关注 {house.number} {house.code}", "the daughter's other account")


def test_the_code_is_not_kept_in_what_was_written(house: House) -> None:
    house.say(f"关注 {house.number} {house.code}")
    with house.core.database.read() as session:
        row = session.scalars(select(Message).where(Message.command == "follow")).one()
        assert (row.text, row.raw, row.case_id) == (f"关注 {house.number}", b"", None)


@pytest.mark.parametrize("who", ["citizen", "follower", "officer:1", "chat"])
def test_ending_it_stops_what_is_queued_and_what_would_come(house: House, who: str) -> None:
    house.say(f"关注 {house.number} {house.code}")
    house.given_to_the_section()
    assert len(house.told()) == 1
    if who == "chat":
        assert "不再发给您" in house.say(f"停止关注 {house.number}")
    else:
        with house.core.database.write() as session:
            follower = session.scalars(select(CaseFollower)).one()
            drop_follower(session, house.core, follower.case_id, follower.id, who, house.town.now)
    with house.core.database.write() as session:
        case = house.case(session)
        claim(session, house.core, house.zhang, case.id, case.version, house.town.now)
        case.kind = "consultation"
        answer(session, house.core, house.zhang, case.id, case.version, "已退还六百元。", now=house.town.now)
    door = Door()
    run_once(house.core, {("wechat", "bureau"): door}, lambda: house.town.now)
    assert door.sent == []
    with house.core.database.read() as session:
        assert trouble(session, house.office).failed == 0, "a notice that was stopped is nobody's work"
        events = list(session.scalars(select(CaseEvent.action)))
        assert ("follower_unlinked" if who == "chat" else "drop_follower") in events


def test_a_following_that_stands_is_sent_and_counts_in_the_daughters_own_queue(house: House) -> None:
    house.say(f"关注 {house.number} {house.code}")
    house.given_to_the_section()
    door = Door()
    run_once(house.core, {("wechat", "bureau"): door}, lambda: house.town.now)
    assert door.sent == ["daughter"] and house.told() == []


def test_nothing_is_pushed_of_a_sensitive_matter(house: House) -> None:
    house.say(f"关注 {house.number} {house.code}")
    house.put_down(sensitive=True)
    house.given_to_the_section()
    assert house.told() == []


def test_a_notice_that_cannot_be_sent_is_nobodys_work(house: House) -> None:
    house.say(f"关注 {house.number} {house.code}")
    house.given_to_the_section()
    senders: dict[tuple[str, str], Sender] = {}
    run_once(house.core, senders, lambda: house.town.now)
    with house.core.database.read() as session:
        row = session.scalars(select(Delivery).where(Delivery.purpose == "follower")).one()
        assert row.state == "failed" and trouble(session, house.office).failed == 0
