"""Stored once, numbered at once, parked alone."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from handlers.core import Core
from handlers.intake.reading import Reader as BoundedReader
from handlers.intake.receive import Intake
from handlers.intake.retry import finish_stored, retry_parked
from handlers.intake.store import store_once
from handlers.messages import Contact, MessageKind, Particulars, Receipt
from handlers.records import Alert, Case, CaseContact, CaseEvent, Clock, Delivery, Label, Message
from handlers.understanding.labels import Labels
from tests.handlers.intake.citizens import Reader, Town, clear


def count(core: Core, table: type) -> int:
    with core.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def only_case(core: Core) -> Case:
    with core.database.read() as session:
        return session.scalars(select(Case)).one()


def test_a_message_gets_a_number_a_query_code_and_a_computed_date(core: Core, now: datetime) -> None:
    receipt = Town(core, now, clear()).write("请问高龄津贴怎么申请？")
    assert receipt.number == "20261123-0001"
    assert receipt.query_code in receipt.text
    assert "福利科" in receipt.text
    assert "11月25日（周三）" in receipt.text
    assert "今天" not in receipt.text


def test_a_repeated_message_gets_the_same_receipt_and_no_second_case(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    message = town.message("请问高龄津贴怎么申请？")
    first, again = town.receive(message, message)
    (later,) = town.receive(message)
    assert first.number == again.number == later.number
    assert later.repeated
    assert later.query_code == first.query_code
    assert count(core, Message) == count(core, Case) == 1


def test_parallel_retries_of_one_message_make_one_case(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    message = town.message("请问高龄津贴怎么申请？")
    receipts: list[Receipt] = []

    def deliver() -> None:
        receipts.append(Intake(town.core).receive(message, now))

    threads = [threading.Thread(target=deliver) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({receipt.number for receipt in receipts}) == 1
    assert count(core, Message) == count(core, Case) == 1


def test_two_processes_number_their_cases_without_gap_or_double(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    numbers: list[str] = []

    def deliver(who: str) -> None:
        intake = Intake(town.core)
        messages = [town.message(f"高龄津贴第{i}问", f"{who}{i}") for i in range(10)]
        numbers.extend(intake.receive(message, now).number for message in messages)

    threads = [threading.Thread(target=deliver, args=(who,)) for who in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"20261123-{n:04d}" for n in range(1, 31)]


def test_text_is_stored_verbatim_and_unstorable_characters_become_the_replacement(core: Core, now: datetime) -> None:
    text = "  ]]> <b>粗</b> 😀\u202e反 \x00\x07 \ud800 行\n尾 "
    Town(core, now).write(text)
    with core.database.read() as session:
        stored = session.scalars(select(Message.text)).one()
    assert stored == "  ]]> <b>粗</b> 😀\u202e反 \ufffd\ufffd \ufffd 行\n尾 "


def test_a_message_that_cannot_be_read_is_parked_in_triage_and_harms_no_neighbour(core: Core, now: datetime) -> None:
    town = Town(core, now, clear(raises="毒"))
    good, bad, other = town.receive(town.message("甲", "a"), town.message("毒", "b"), town.message("乙", "c"))
    assert {good.number, bad.number, other.number} == {f"20261123-000{n}" for n in (1, 2, 3)}
    with core.database.read() as session:
        parked = session.scalars(select(Message).where(Message.state == "parked")).one()
        case = session.get_one(Case, parked.case_id)
        assert (case.state, case.topic, case.number) == ("triage", None, bad.number)
        assert "ValueError" in parked.error and "毒" not in parked.error
        assert parked.retry_at is not None
        states = session.scalars(select(Case.state).where(Case.id != case.id)).all()
    assert states == ["assigned", "assigned"]


def test_a_fault_while_writing_the_batch_is_found_by_redoing_it_one_by_one(core: Core, now: datetime) -> None:
    class Oversized(Reader):
        def read(self, text: str) -> Labels:
            return Labels(kind="x" * 50_000 if "坏" in text else "consultation", needs_person=True, model="m")

    town = Town(core, now, Oversized())
    results = town.intake.receive_many([town.message("好", "a"), town.message("坏", "b")], now)
    numbers = [result.number for result in results if isinstance(result, Receipt)]
    assert len(set(numbers)) == 2, "both senders are told a number, whatever the labels were"


def test_a_parked_message_is_read_again_and_its_case_moves_on(core: Core, now: datetime) -> None:
    Town(core, now, clear(raises="津贴")).write("高龄津贴")
    later = now + timedelta(hours=1)
    well = BoundedReader(clear(), 2)
    assert retry_parked(core, well, later) == 1
    case = only_case(core)
    assert (case.state, case.section_code, case.topic) == ("assigned", "welfare", "elderly_care")
    assert case.next_due_rule == "RX-01", "the office has nothing to decide any more"
    assert retry_parked(core, well, later + timedelta(hours=2)) == 0


def test_a_parked_message_that_fails_again_waits_longer_each_time(core: Core, now: datetime) -> None:
    Town(core, now, clear(raises="津贴")).write("高龄津贴")
    broken = BoundedReader(Reader(raises="津贴"), 2)
    waits = []
    for hours in (1, 3, 6):
        at = now + timedelta(hours=hours)
        assert retry_parked(core, broken, at) == 0
        with core.database.read() as session:
            retry_at = session.scalars(select(Message.retry_at)).one()
        assert retry_at is not None
        waits.append(retry_at - at)
    assert waits == sorted(waits)
    assert waits[0] > timedelta(0)


def test_a_message_that_has_failed_for_days_is_still_tried_every_hour(core: Core, now: datetime) -> None:
    Town(core, now, clear(raises="津贴")).write("高龄津贴")
    with core.database.write() as session:
        session.scalars(select(Message)).one().attempts = 100
    later = now + timedelta(hours=1)
    assert retry_parked(core, BoundedReader(Reader(raises="津贴"), 2), later) == 0
    with core.database.read() as session:
        assert session.scalars(select(Message.retry_at)).one() == later + timedelta(hours=1)


def test_understanding_that_takes_too_long_parks_its_message_only(core: Core, now: datetime) -> None:
    release = threading.Event()

    class Slow(Reader):
        def read(self, text: str) -> Labels:
            if "慢" in text:
                release.wait(5)
            return clear().labels

    reader = BoundedReader(Slow(), 0.05)
    quick, slow, also_quick = reader.read(["快", "慢", "快"])
    release.set()
    assert slow.fault
    assert not quick.fault
    assert not also_quick.fault


def test_a_message_left_stored_by_a_crash_is_finished_later(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    with core.database.write() as session:
        store_once(session, [town.message("高龄津贴", particulars=_particulars())], core.vault)
    assert count(core, Case) == 0
    assert finish_stored(town.core, town.intake, now + timedelta(minutes=1)) == 1
    case = only_case(core)
    assert case.number == "20261123-0001"
    assert case.district == "玉泉区", "what the form said survives the crash"
    with core.database.read() as session:
        receipt = session.scalars(select(Delivery)).one()
    assert (receipt.purpose, receipt.recipient) == ("receipt", "grandma") and case.number in receipt.text
    assert finish_stored(town.core, town.intake, now + timedelta(minutes=2)) == 0
    assert count(core, Delivery) == 1


def test_a_word_that_failed_is_done_when_it_is_tried_again(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write("高龄津贴怎么申请")
    asked, profile = town.message(f"撤回 {first.number}"), core.profile()
    lacking = profile.model_copy(update={"wording": {k: v for k, v in profile.wording.items() if k != "withdraw_done"}})
    Intake(replace(town.core, profile=lambda: lacking)).receive(asked, now)
    assert only_case(core).state != "withdrawn"
    later = now + timedelta(hours=1)
    assert retry_parked(core, BoundedReader(clear(), 2), later) == 1
    assert finish_stored(town.core, town.intake, later) == 1
    assert only_case(core).state == "withdrawn"


def test_a_letter_that_lay_for_weeks_is_promised_no_date_that_has_passed(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    text = town.write("高龄津贴怎么申请", channel="letter", received_at=now - timedelta(days=40)).text
    assert "福利科" in text and "最迟" not in text
    case = only_case(core)
    assert case.promised_at is None and case.next_due_at is not None and case.next_due_at < now
    unsure = Reader(kind="complaint", needs_person=True)
    text = Town(core, now, unsure).write("说不清的事", "b", received_at=now - timedelta(days=40)).text
    assert "最迟 11月23日（周一）下班前" in text


def test_contact_data_is_sealed_in_the_database(core: Core, now: datetime) -> None:
    Town(core, now, clear()).write("高龄津贴", particulars=_particulars())
    with core.database.read() as session:
        contact = session.scalars(select(CaseContact)).one()
        message = session.scalars(select(Message)).one()
    assert core.vault.open(contact.phone) == "13900000000"
    assert "13900000000" not in f"{contact.phone}{message.details}"


def test_a_case_opens_with_its_clocks_events_and_label(core: Core, now: datetime) -> None:
    Town(core, now, clear()).write("高龄津贴怎么办")
    with core.database.read() as session:
        rules = set(session.scalars(select(Clock.rule)))
        events = session.scalars(select(CaseEvent).order_by(CaseEvent.seq)).all()
        assert not list(core.ledger.verify(events))
    assert rules == {"RX-01", "WX-01", "WX-02"} or {"RX-01", "WX-01"} <= rules
    assert [event.action for event in events] == ["opened", "routed"]
    assert count(core, Label) == 1
    case = only_case(core)
    assert case.next_due_rule == "RX-01"
    assert case.next_due_at == datetime.fromisoformat("2026-11-26T00:00:00+08:00")


def test_what_is_not_ours_or_unsure_goes_to_triage_with_its_own_clock(core: Core, now: datetime) -> None:
    Town(core, now, Reader(kind="complaint", topic="not_ours", urgent=False, needs_person=True)).write("停水一周")
    case = only_case(core)
    assert (case.state, case.section_code, case.next_due_rule) == ("triage", None, "NB-01")


def test_an_urgent_message_queues_an_alert_and_says_so_only_then(core: Core, now: datetime) -> None:
    town = Town(core, now, Reader(kind="help", topic="homeless_aid", urgent=True, needs_person=False))
    receipt = town.write("孩子在桥下冻着")
    assert count(core, Alert) == 1
    assert "正在通知值班人员" in receipt.text


def test_a_report_is_restricted_at_once_and_its_receipt_names_no_section(core: Core, now: datetime) -> None:
    town = Town(core, now, Reader(kind="report", topic="social_assistance", urgent=False, needs_person=False))
    receipt = town.write("我要举报有人冒领低保")
    case = only_case(core)
    assert (case.restricted, case.section_code, case.state) == (True, None, "triage")
    assert not any(name in receipt.text for name in ("社救办", "低保", "社会救助", "举报"))


def test_a_picture_alone_goes_to_a_person(core: Core, now: datetime) -> None:
    receipt = Town(core, now).write("", kind=MessageKind.IMAGE)
    assert receipt.number
    assert only_case(core).state == "triage"


def _particulars() -> Particulars:
    return Particulars(district="玉泉区", contact=Contact(name="某某", phone="13900000000"))
