"""What must not go wrong however people write: nothing overwritten, nothing shown to wrong eyes, no words dropped."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sqlalchemy import select, update

from handlers.core import Core
from handlers.errors import IntakeUnavailable, InvalidInput
from handlers.intake.receive import Intake
from handlers.messages import MediaRef, MessageKind, Particulars
from handlers.records import Alert, Case, Message
from tests.handlers.intake.citizens import Reader, Town, clear

ASKED = "请问高龄津贴怎么申请？我妈妈今年八十二岁"


def all_cases(core: Core) -> list[Case]:
    with core.database.read() as session:
        return list(session.scalars(select(Case).order_by(Case.id)))


def answered(core: Core, at: datetime) -> None:
    with core.database.write() as session:
        session.execute(update(Case).values(state="answered", answered_at=at))


def test_a_follow_up_waits_for_the_officer_at_work_and_overwrites_nothing(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    town.write(ASKED)
    with core.database.write() as session:
        session.execute(update(Case).values(state="awaiting_citizen", version=7))
    writing = threading.Thread(target=town.write, args=("身份证带着呢",))
    with core.database.write() as session:
        case = session.scalars(select(Case).with_for_update()).one()
        writing.start()
        writing.join(0.5)
        assert writing.is_alive()
        case.state, case.version = "to_deliver", 8
    writing.join(20)
    (case,) = all_cases(core)
    assert (case.state, case.version, case.unread) == ("to_deliver", 9, True)


def test_an_accusation_never_joins_a_case_that_a_section_reads(core: Core, now: datetime) -> None:
    town = Town(core, now, clear("social_assistance", "help"))
    town.write("低保停发两个月了，请帮我看看是什么原因")
    town.intake = Town(core, now, Reader(kind="report", topic="social_assistance", needs_person=True)).intake
    for words in ("我要举报社救办的人收钱", "补充：我要举报社救办的人收钱"):
        town.write(words)
    first, *reports = all_cases(core)
    assert not first.unread
    assert len(reports) == 1, "the second accusation belongs to the restricted case of the first"
    assert reports[0].restricted and reports[0].section_code is None


def test_words_behind_a_rating_with_nothing_to_rate_become_a_case(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    receipt = town.write("不满意，养老院一直不退押金，打了三次电话没人管")
    assert receipt.number
    assert [case.subject for case in all_cases(core)] == ["不满意，养老院一直不退押金，打了三次电话没人管"]


def test_a_complaint_behind_a_rating_of_a_closed_case_becomes_a_case(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write(ASKED)
    with core.database.write() as session:
        session.execute(update(Case).values(state="closed", answered_at=now, closed_at=now))
    assert town.write("满意，谢谢").number == first.number
    assert town.write("不满意，钱到现在还是没有到账，请再查一查").number not in ("", first.number)


def test_a_rating_with_urgent_words_is_a_message_and_no_mere_remark(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write(ASKED)
    answered(core, now)
    grave = Reader(kind="help", topic="elderly_care", urgent=True, needs_person=False)
    town.intake = Town(core, now, grave).intake
    assert town.write("不满意，老人现在一个人倒在家里起不来").number == first.number
    (case,) = all_cases(core)
    assert case.urgent and case.rating == ""


def test_an_urgent_follow_up_calls_again_though_the_case_was_urgent_before(core: Core, now: datetime) -> None:
    town = Town(core, now, Reader(kind="help", topic="elderly_care", urgent=True, needs_person=False))
    first = town.write("老人摔倒了起不来")
    with core.database.write() as session:
        session.execute(update(Alert).values(state="acknowledged"))
    assert town.write("又摔倒了，快来人").number == first.number
    with core.database.read() as session:
        assert list(session.scalars(select(Alert.state).order_by(Alert.id))) == ["acknowledged", "open"]


def test_an_urgent_follow_up_is_told_what_to_do_now_and_no_far_day(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write("请问高龄津贴怎么申请？")
    told = Town(
        core, now + timedelta(hours=1), Reader(kind="help", topic="elderly_care", urgent=True, needs_person=False)
    ).write("今晚没有地方住", particulars=Particulars(joins=first.number))
    assert told.number == first.number and "110" in told.text and "紧急" in told.text
    assert "最迟" not in told.text


def test_an_urgent_message_is_not_promised_a_day_weeks_away(core: Core, now: datetime) -> None:
    told = Town(core, now, Reader(kind="help", topic="social_assistance", urgent=True, needs_person=False)).write(
        "把我的低保停了吧，用不着了"
    )
    assert "已标为紧急" in told.text and "最迟" not in told.text


def test_no_answer_is_promised_while_nobody_knows_whose_matter_it_is(core: Core, now: datetime) -> None:
    town = Town(core, now, Reader(needs_person=True))
    town.write("你好")
    for words in ("在吗", "进度"):
        told = town.write(words).text
        assert "给您回话" in told and "答复您" not in told


def test_an_urgent_report_does_not_claim_that_the_duty_roster_was_called(core: Core, now: datetime) -> None:
    town = Town(core, now, Reader(kind="report", topic="elderly_care", urgent=True, needs_person=True))
    assert "正在通知值班人员" not in town.write("我举报敬老院正在打老人").text


def test_no_case_is_called_a_repeat_of_a_report(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    town.write(ASKED)
    with core.database.write() as session:
        session.execute(update(Case).values(state="closed", kind="report", accused_type="organisation"))
    town.write(ASKED)
    assert all_cases(core)[1].repeat_of_id is None


def test_a_word_needs_no_understanding(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write(ASKED)
    town.intake = Town(core, now, Reader(raises="进")).intake
    assert first.number in town.write("进度").text
    assert len(all_cases(core)) == 1
    with core.database.read() as session:
        assert set(session.scalars(select(Message.state))) == {"processed"}


def test_what_is_added_goes_to_the_case_that_was_named(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    older = town.write(ASKED)
    town.intake = Town(core, now, clear("marriage")).intake
    town.write("另外想问结婚登记要不要预约，周末能不能办")
    assert older.number in town.write(f"补充 {older.number}").text
    assert town.write("材料已经寄出去了").number == older.number


def test_words_for_a_merged_case_reach_the_one_it_went_into(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    older = town.write(ASKED)
    town.intake = Town(core, now, clear("marriage")).intake
    newer = town.write("另外想问结婚登记要不要预约，周末能不能办")
    with core.database.write() as session:
        session.execute(update(Case).where(Case.number == older.number).values(state="merged", merged_into_id=2))
    assert town.write(f"{older.number} 这件还差什么").number == newer.number


def test_a_file_that_cannot_be_kept_harms_no_neighbour(core: Core, now: datetime) -> None:
    def keep(data: bytes, filename: str, claimed_type: str) -> tuple[str, int, str]:
        raise InvalidInput("a kind of file that is not taken", "files")

    town = Town(core, now, clear())
    file = MediaRef(MessageKind.FILE, filename="x", data=b"x")
    results = Intake(town.core, keep).receive_many(
        [town.message("甲", "a"), town.message("乙", "b", media=(file,))], now
    )
    assert isinstance(results[1], IntakeUnavailable)
    assert [case.number for case in all_cases(core)] == [getattr(results[0], "number", "")]


def test_a_number_that_a_withdrawn_case_had_opens_a_new_one(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write(ASKED)
    town.write(f"撤回 {first.number}")
    town.now += timedelta(days=1)
    assert town.write(f"{first.number} 又想办了").number not in ("", first.number)
