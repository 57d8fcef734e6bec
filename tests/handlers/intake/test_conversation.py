"""What belongs together stays together; the citizens' words do what they say, to their own cases only."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from handlers.core import Core
from handlers.intake.words import read_command
from handlers.messages import MessageKind
from handlers.records import Case, Message
from tests.handlers.intake.citizens import Reader, Town, clear


def cases(core: Core) -> int:
    with core.database.read() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_a_follow_up_joins_the_open_case(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write("请问高龄津贴怎么申请？我妈妈今年八十二岁，户口在玉泉区，需要本人去吗？")
    second = town.write("忘了说，她走不了路")
    assert second.number == first.number
    with core.database.read() as session:
        assert session.scalars(select(Case.unread)).one()


def test_a_new_subject_opens_a_new_case(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write("请问高龄津贴怎么申请？")
    town.intake = Town(core, now, clear("marriage")).intake
    second = town.write("另外想问结婚登记要预约吗")
    assert second.number != first.number


def test_a_long_text_of_its_own_is_its_own_case(core: Core, now: datetime) -> None:
    town = Town(core, now, Reader(kind="complaint", topic="not_ours", urgent=False, needs_person=True))
    first = town.write("小区的路灯坏了半个月没有人来修，晚上老人出门经常摔跤，物业说等通知，麻烦你们管一管好吗")
    second = town.write("学校门口的红绿灯时间太短，孩子们过不去马路，每天早上都堵成一片，希望有关部门来看一看")
    assert first.number != second.number


def test_the_same_text_sent_twice_by_one_person_is_one_case(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    text = "请问高龄津贴怎么申请，需要带哪些材料，子女可以代办吗，周末上班吗，麻烦详细说一下，谢谢你们了"
    assert town.write(text).number == town.write(text).number


def test_somebody_elses_open_case_is_never_joined(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write("高龄津贴怎么申请", "grandma")
    other = town.write(f"补充 {first.number} 我也要问", "neighbour")
    assert other.number != first.number


def test_progress_shows_only_the_senders_own_cases(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    number = town.write("高龄津贴怎么申请", "grandma").number
    assert "福利科" in town.write("进度", "grandma").text
    assert "福利科" in town.write(f"進度　{number}", "grandma").text
    stranger = town.write(f"进度 {number}", "neighbour")
    assert "没有在您名下找到" in stranger.text
    assert "福利科" not in stranger.text
    assert town.write(f"进度 {number[:-1]}9", "neighbour").text.replace(f"{number[:-1]}9", number) == stranger.text


def test_words_open_no_case_and_are_answered(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    for words in ("进度", "满意", "撤回", "人工", "帮助", "补充"):
        assert town.write(words, "visitor").text.strip()
    assert cases(core) == 0


def test_following_the_account_is_greeted_and_leaving_is_noted(core: Core, now: datetime) -> None:
    town = Town(core, now)
    assert "民政" in town.write("", kind=MessageKind.EVENT, event="subscribe").text
    assert town.write("", kind=MessageKind.EVENT, event="unsubscribe").text == ""
    assert cases(core) == 0


def test_withdrawing_asks_once_and_then_does_it(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    number = town.write("高龄津贴怎么申请").number
    assert number in town.write("撤回").text
    assert "收回" in town.write(f"撤回 {number}").text
    with core.database.read() as session:
        assert session.scalars(select(Case.state)).one() == "withdrawn"


def test_supplement_waits_for_its_words(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    number = town.write("高龄津贴怎么申请").number
    town.write("补充")
    long_words = "我母亲去年做过手术，家里只有我一个人照顾她，白天上班，晚上回来做饭，实在走不开，能不能代办"
    assert town.write(long_words).number == number


def test_supplement_with_nothing_to_add_to_becomes_a_case(core: Core, now: datetime) -> None:
    receipt = Town(core, now, clear()).write("补充：我父亲的高龄津贴三个月没发了")
    assert receipt.number == "20261123-0001"


def test_an_answer_to_our_question_resumes_the_work(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    town.write("高龄津贴怎么申请")
    with core.database.write() as session:
        session.scalars(select(Case)).one().state = "awaiting_citizen"
    town.now += timedelta(days=5)
    town.write("户口在玉泉区")
    with core.database.read() as session:
        assert session.scalars(select(Case.state)).one() == "in_progress"


def test_the_privacy_notice_comes_with_the_first_contact_only(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    assert "/privacy" in town.write("高龄津贴怎么申请").text
    assert "/privacy" not in town.write("还有，要带照片吗").text


def test_a_word_is_stored_like_every_message(core: Core, now: datetime) -> None:
    Town(core, now).write("进度")
    with core.database.read() as session:
        message = session.scalars(select(Message)).one()
    assert (message.state, message.command) == ("processed", "progress")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("进度", "progress"),
        ("　進 度！", "progress"),
        ("查进度２０２６１１２２－０００７", "progress"),
        ("滿意", "satisfied"),
        ("不满意，没说清楚", "dissatisfied"),
        ("一般。", "fair"),
        ("补充：还有残疾证", "supplement"),
        ("转人工", "person"),
        ("HELP", "help"),
    ],
)
def test_words_are_read_tolerantly(text: str, word: str) -> None:
    command = read_command(text)
    assert command is not None
    assert command.word == word


@pytest.mark.parametrize(
    "text", ["1", "２", "满意度调查什么时候", "一般情况下多久", "帮助我吧", "人工费多少", "补充保险怎么交", ""]
)
def test_what_only_begins_like_a_word_is_a_message(text: str) -> None:
    assert read_command(text) is None


def test_asking_after_a_case_joins_it_however_long_ago_it_was(core: Core, now: datetime) -> None:
    town = Town(core, now, clear("elderly_care", "complaint"))
    first = town.write("我父亲的高龄津贴从七月份起就没有到账了，街道和区里都说不清楚，请查一查卡在哪里。")
    town.now += timedelta(days=9)
    asked = town.write("一个多星期了，还是没有消息，有人在办吗？")
    assert asked.number == first.number


def test_asking_after_what_could_be_either_of_two_cases_opens_one_of_its_own(core: Core, now: datetime) -> None:
    town = Town(core, now, clear("elderly_care", "complaint"))
    numbers = {
        town.write(f"{what}的事情想请你们查一查，去年到现在已经拖了很久，找过街道也找过区里，都说不归他们管。").number
        for what in ("津贴", "床位")
    }
    town.now += timedelta(days=9)
    assert town.write("还是没有消息，有人在办吗？").number not in numbers
