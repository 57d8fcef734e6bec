"""A consultation that a guide answers gets it in the receipt; 解决了 closes it, 人工 calls a person, silence: none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, update

from handlers.casework import citizen
from handlers.casework.history import history
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.errors import MoveNotAllowed
from handlers.guides.outcome import confirm
from handlers.messages import MediaRef, MessageKind, Particulars
from handlers.records import Case, CaseEvent, Clock, GuideAnswer
from tests.handlers.intake.citizens import Reader, Town, clear

ASKED = "高龄津贴怎么申请，要带什么材料"


def only(core: Core) -> Case:
    with core.database.read() as session:
        case = session.scalars(select(Case)).one()
        session.expunge(case)
        return case


def outcome(core: Core) -> str:
    with core.database.read() as session:
        return session.scalars(select(GuideAnswer.outcome)).one()


def test_the_receipt_carries_number_date_guide_source_and_how_to_reply(guided: Core, now: datetime) -> None:
    receipt = Town(guided, now, clear()).write(ASKED)
    assert receipt.number in receipt.text
    assert "最迟" in receipt.text
    for words in (
        "【申请高龄津贴】（示例，待核实）",
        "老年人权益保障法",
        "https://mz.example/guides/old_age_allowance",
    ):
        assert words in receipt.text
    assert "解决了请回复“解决了”，需要人工请回复“人工”" in receipt.text
    assert receipt.text.rstrip().endswith("）")
    case = only(guided)
    assert (case.state, case.section_code, case.guide_code) == ("assigned", "welfare", "old_age_allowance")


@pytest.mark.parametrize("first", ["", "x"])
def test_every_guide_fits_into_one_wechat_message_with_its_receipt(guided: Core, now: datetime, first: str) -> None:
    assert guided.guides is not None
    for i, guide in enumerate(guided.guides(now).guides):
        town = Town(guided, now, clear(guide.topic))
        if guide.topic == "child_welfare":
            continue  # minors: no text names the matter
        receipt = town.write(guide.questions[0], f"{first}{i}")
        assert len(receipt.text.encode()) <= 2048, guide.code
        assert f"【{guide.item}】" in receipt.text, guide.code
        assert f"依据：{guide.source}" in receipt.text


def test_what_staff_see_of_it_stands_in_the_history(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear())
    town.write(ASKED)
    with guided.database.read() as session:
        told = [sentence.what for sentence in history(session, guided.profile(), only(guided).id, now)]
        steps = [step.words for step in citizen.progress_view(session, guided, only(guided).id, town.now).steps]
        assert not list(guided.ledger.verify(session.scalars(select(CaseEvent).order_by(CaseEvent.seq))))
    assert "自动发送办事指南《申请高龄津贴》，等来信人确认是否解决" in told
    assert "已把办事指南发给您" in steps


def test_solved_meets_the_clocks_and_closes_the_case(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear())
    number = town.write(ASKED).number
    answer = town.write("解决了，谢谢您！")
    assert answer.number == number
    assert f"编号 {number}" in answer.text
    case = only(guided)
    assert (case.state, case.result, case.result_evidence) == ("closed", "solved", "办事指南答复，来信人确认解决")
    assert (case.rating, case.answered_at) == ("", None)
    assert outcome(guided) == "solved"
    with guided.database.read() as session:
        assert set(session.scalars(select(Clock.state))) == {"met"}


def test_silence_leaves_the_case_in_the_queue_with_its_clock(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear())
    town.write(ASKED)
    town.now += timedelta(days=3)
    assert only(guided).state in OPEN_STATES
    with guided.database.read() as session:
        assert set(session.scalars(select(Clock.state))) == {"running"}
    assert outcome(guided) == ""


def test_asking_for_a_person_marks_the_case(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear())
    number = town.write(ASKED).number
    assert number in town.write("人工").text
    case = only(guided)
    assert case.unread
    assert case.state in OPEN_STATES
    assert outcome(guided) == "person"


def test_solved_after_the_days_is_a_message_to_the_case(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear())
    number = town.write(ASKED).number
    town.now += timedelta(days=8)
    assert town.write("解决了").number == number
    assert only(guided).state in OPEN_STATES
    assert outcome(guided) == ""


def test_solved_with_something_left_to_say_closes_nothing(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear())
    town.write(ASKED)
    for words in ("解决了一半，还想问要不要本人去", "没解决", "解决了吗", "没有解决", "解决了？", "已解决?"):
        town.write(words)
        assert only(guided).state in OPEN_STATES, words


def test_solved_closes_nothing_while_another_case_may_be_meant(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear())
    asked = town.write(ASKED).number
    funeral = Town(guided, town.now, clear("funeral", "complaint"))
    other = funeral.write(
        "殡仪馆的冷藏费收得不对，多收了我家三天的钱，收据在我手里，请你们查清楚以后把钱退给我们"
    ).number
    assert other != asked
    funeral.write("解决了")
    with guided.database.read() as session:
        assert set(session.scalars(select(Case.state))) <= set(OPEN_STATES)
    town.now = funeral.now
    assert town.write(f"解决了 {asked}").number == asked
    with guided.database.read() as session:
        states = {case.number: case.state for case in session.scalars(select(Case))}
    assert states[asked] == "closed"
    assert states[other] in OPEN_STATES


@pytest.mark.parametrize(
    "since",
    [{"restricted": True}, {"urgent": True}, {"kind": "report"}, {"reopened": 1}, {"answered_at": "now"}],
)
def test_what_became_more_than_a_question_is_not_closed_by_a_word(
    guided: Core, now: datetime, since: dict[str, Any]
) -> None:
    town = Town(guided, now, clear())
    number = town.write(ASKED).number
    changed = {name: now if value == "now" else value for name, value in since.items()}
    with guided.database.write() as session:
        session.execute(update(Case).values(**changed))
    town.write("解决了")
    town.write(f"解决了 {number}")
    with guided.database.write() as session, pytest.raises(MoveNotAllowed):
        confirm(session, guided, only(guided).id, town.now)
    assert only(guided).state in OPEN_STATES


def test_solved_without_a_guide_is_no_command(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear("veterans"))
    town.write("请问优抚对象的体检在哪里做，什么时候开始报名？")
    town.write("解决了")
    case = only(guided)
    assert case.guide_code == ""
    assert case.state in OPEN_STATES


def test_what_a_guide_solved_can_be_asked_for_again_but_not_rated(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear())
    town.write(ASKED)
    town.write("解决了")
    case = only(guided)
    with guided.database.write() as session:
        assert citizen.may_now(guided, case, town.now) == {"reopen"}
        with pytest.raises(MoveNotAllowed):
            citizen.rate(session, guided, case.id, "satisfied", now=town.now)
    assert "没有等待评价的答复" in town.write("满意").text


@pytest.mark.parametrize(
    "labels",
    [
        {"kind": "complaint"}, {"kind": "report"}, {"kind": "help"}, {"kind": "praise"}, {"kind": "other"},
        {"urgent": True}, {"topic": "not_ours"}, {"topic": "marriage"},
    ],
)  # fmt: skip
def test_nothing_but_a_plain_consultation_of_the_same_topic_gets_one(
    guided: Core, now: datetime, labels: dict[str, Any]
) -> None:
    sure: dict[str, Any] = {"kind": "consultation", "topic": "elderly_care", "urgent": False, "needs_person": False}
    receipt = Town(guided, now, Reader(sentiment="neutral", **(sure | labels))).write(ASKED)
    assert "【" not in receipt.text
    assert only(guided).guide_code == ""


@pytest.mark.parametrize(
    "more",
    [
        {"particulars": Particulars(registered_by=1)},
        {"particulars": Particulars(outer_number="12345-1"), "channel": "web"},
        {"particulars": Particulars(confidential=True), "channel": "web"},
        {"media": (MediaRef(MessageKind.IMAGE, "m1"),)},
        {"channel": "rest"},
    ],
)
def test_what_came_by_another_way_or_with_papers_waits_for_a_person(
    guided: Core, now: datetime, more: dict[str, Any]
) -> None:
    if "particulars" in more and more["particulars"].registered_by:
        with guided.database.read() as session:
            more = {"particulars": Particulars(registered_by=session.scalar(select(GuideAnswer.id)) or 1)}
    Town(guided, now, clear()).write(ASKED, **more)
    assert only(guided).guide_code == ""


def test_adoption_and_orphans_are_never_named_in_a_receipt(guided: Core, now: datetime) -> None:
    receipt = Town(guided, now, clear("child_welfare")).write("收养登记怎么办理")
    assert "收养" not in receipt.text


def test_on_the_web_the_receipt_points_to_the_progress_page(guided: Core, now: datetime) -> None:
    receipt = Town(guided, now, clear()).write(ASKED, channel="web")
    assert "【申请高龄津贴】" in receipt.text
    assert f"https://mz.example/progress?number={receipt.number}" in receipt.text
    assert "回复“解决了”" not in receipt.text


def test_a_faulty_shelf_harms_no_receipt(guided: Core, now: datetime) -> None:
    def broken(_: datetime) -> Any:
        raise RuntimeError("planned")

    receipt = Town(replace(guided, guides=broken), now, clear()).write(ASKED)
    assert "福利科" in receipt.text
    assert "【" not in receipt.text


def test_a_guide_that_cannot_be_worded_is_neither_sent_nor_recorded(guided: Core, now: datetime) -> None:
    class Bent:
        def __init__(self, real: Any) -> None:
            self.real = real

        def __call__(self, at: datetime) -> Any:
            shelf = self.real(at)
            guides = [replace(guide, steps=(1, 2)) for guide in shelf.guides]

            class Matched:
                def match(self, text: str, labels: Any) -> Any:
                    found = shelf.matcher.match(text, labels)
                    bent = next(one for one in guides if found.guide and one.code == found.guide.code)
                    return replace(found, guide=bent)

            return SimpleNamespace(matcher=Matched(), versions=shelf.versions)

    receipt = Town(replace(guided, guides=Bent(guided.guides)), now, clear()).write(ASKED)
    assert receipt.number in receipt.text
    assert "福利科" in receipt.text
    case = only(guided)
    assert (case.state, case.guide_code) == ("assigned", "")
    with guided.database.read() as session:
        assert session.scalars(select(GuideAnswer)).all() == []
        assert session.scalars(select(CaseEvent.action)).all() == ["opened", "routed"]


def test_many_at_once_each_get_their_own_guide(guided: Core, now: datetime) -> None:
    town = Town(guided, now, clear())
    asked = [town.message(ASKED if i % 2 else "养老院的路牌歪了谁来修", f"w{i}") for i in range(6)]
    texts = [receipt.text for receipt in town.receive(*asked)]
    assert ["【申请高龄津贴】" in text for text in texts] == [False, True] * 3
