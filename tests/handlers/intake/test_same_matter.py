"""The same person writing the same matter again joins their open case, in other words and weeks later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.core import Core
from handlers.records import Case
from tests.handlers.intake.citizens import Town, clear

FIRST = (
    "锦绣社区的老年食堂说好腊月开门，到现在铁门还锁着，里面连灶都没有装，八十岁的老人天天跑来看，"
    "社区说等民政局验收，验收的人一直不来，请问到底什么时候能开门吃饭？"
)
AGAIN = (
    "领导好，锦绣社区老年食堂的事再说一下：说好腊月开门，到现在铁门还锁着，里面连灶都没有装，"
    "社区还是说等民政局验收，验收的人一直不来，家里八十岁的老人天天跑去看，到底什么时候能开门？"
)
OTHER = "我母亲去年过世，骨灰寄存在殡仪馆，寄存证找不到了，想迁到公墓去，补证要带哪些材料，去哪个窗口？"


@pytest.fixture
def town(core: Core, now: datetime) -> Town:
    return Town(core, now, clear("elderly_care", "complaint"))


def test_the_same_matter_in_other_words_joins_the_open_case_after_weeks(town: Town) -> None:
    first = town.write(FIRST)
    town.now += timedelta(days=25)
    assert town.write(AGAIN).number == first.number


def test_it_joins_whatever_topic_was_read_this_time(core: Core, now: datetime, town: Town) -> None:
    first = town.write(FIRST)
    other_reader = Town(core, town.now + timedelta(days=4), clear("openness", "complaint"))
    assert other_reader.write(AGAIN).number == first.number


def test_another_matter_of_the_same_person_opens_a_case_of_its_own(town: Town) -> None:
    first = town.write(FIRST)
    town.now += timedelta(days=5)
    assert town.write(OTHER).number != first.number


def test_another_person_with_the_very_same_words_has_a_case_of_their_own(town: Town) -> None:
    assert town.write(FIRST, "grandma").number != town.write(FIRST, "neighbour").number


def test_of_two_open_cases_the_one_that_says_the_same_is_joined(town: Town) -> None:
    first = town.write(FIRST)
    town.now += timedelta(days=5)
    town.write(OTHER)
    town.now += timedelta(days=5)
    assert town.write(AGAIN).number == first.number


def test_what_is_announced_as_a_further_matter_is_believed(town: Town) -> None:
    first = town.write(FIRST)
    town.now += timedelta(days=5)
    assert town.write("另外" + AGAIN + OTHER).number != first.number


def test_the_same_letter_again_joins_even_if_it_says_another_thing_was_meant(town: Town) -> None:
    words = FIRST + "另外食堂的饭票在哪里买？"
    first = town.write(words)
    town.now += timedelta(days=5)
    assert town.write(words + "请回复").number == first.number


def test_a_closed_case_is_joined_by_nothing(town: Town, core: Core) -> None:
    first = town.write(FIRST)
    with core.database.write() as session:
        session.scalars(select(Case)).one().state = "closed"
    town.now += timedelta(days=5)
    assert town.write(AGAIN).number != first.number


def test_after_the_window_a_letter_opens_a_case_of_its_own(town: Town) -> None:
    first = town.write(FIRST)
    town.now += timedelta(days=70)
    assert town.write(AGAIN).number != first.number


def test_a_report_never_joins_an_ordinary_case_however_alike_it_is(core: Core, now: datetime, town: Town) -> None:
    first = town.write(FIRST)
    accuser = Town(core, town.now + timedelta(days=4), clear("elderly_care", "report"))
    second = accuser.write(AGAIN)
    assert second.number != first.number
    with core.database.read() as session:
        assert session.scalars(select(Case.restricted).order_by(Case.id)).all() == [False, True]


def test_likeness_leads_into_no_restricted_and_no_sensitive_case(core: Core, town: Town) -> None:
    for hidden in ({"restricted": True, "sensitive": True, "kind": "report"}, {"sensitive": True}):
        writer = f"somebody {len(hidden)}"
        first = town.write(FIRST, writer)
        with core.database.write() as session:
            case = session.scalars(select(Case).where(Case.number == first.number)).one()
            for name, value in hidden.items():
                setattr(case, name, value)
        town.now += timedelta(days=5)
        assert town.write(AGAIN, writer).number != first.number


def test_two_short_questions_of_one_form_are_two_matters(town: Town) -> None:
    first = town.write("请问低保怎么办理，需要带什么材料，去哪个窗口，周六上不上班？")
    town.now += timedelta(days=5)
    assert town.write("请问残疾证怎么办理，需要带什么材料，去哪个窗口，周六上不上班？").number != first.number


def test_a_short_question_sent_again_joins(town: Town) -> None:
    first = town.write("请问低保怎么办理，需要带什么材料，去哪个窗口，周六上不上班？")
    town.now += timedelta(days=5)
    assert town.write("您好，请问低保怎么办理，需要带什么材料，去哪个窗口，周六上不上班？谢谢").number == first.number


def test_two_letters_of_one_batch_from_one_person_make_one_case(town: Town) -> None:
    told = town.receive(town.message(FIRST), town.message(AGAIN))
    assert len({receipt.number for receipt in told}) == 1
