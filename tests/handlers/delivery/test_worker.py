"""Claiming, sending and recording: what the citizen gets, what the records say."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest

from handlers.delivery.decide import Decision, decide
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.reachable import send_when_reachable
from handlers.delivery.worker import run_once
from handlers.errors import DeliveryError, Outcome
from handlers.messages import OutboundContent, Proof
from handlers.records import Case, Citizen, Delivery, Officer, Reply
from handlers.records.database import Database
from tests.handlers.delivery.world import ACCOUNT, Limits, Vendor, World, add_answer, add_citizen, add_text, senders

ANSWER = "您好，答复如下。"


def run(world: World, minutes: float = 0, **more: object) -> Counter[str]:
    at = world.now + timedelta(minutes=minutes)
    more.setdefault("jitter", lambda: 0.5)
    return run_once(world.core, world.senders, lambda: at, pause=lambda _: None, **more)  # type: ignore[arg-type]


def add(world: World, text: str, **more: object) -> int:
    with world.core.database.write() as session:
        case = session.get_one(Case, world.case_id)
        return add_text(session, case, world.now, text, **more).id


def test_a_sent_answer_moves_its_case_to_answered_and_meets_its_limit(world: World) -> None:
    assert run(world) == {"sent": 1}
    assert world.vendor.sent == [(world.citizen().sender_id, ANSWER)]
    assert world.delivery().state == "sent"
    assert world.delivery().proof == "v1"
    assert world.case().state == "answered"
    assert world.case().answered_at == world.now
    assert world.clock().state == "met"
    assert "delivered" in world.actions()


def test_a_second_run_sends_nothing_again(world: World) -> None:
    run(world)
    assert run(world) == {}
    assert world.vendor.tried == 1


def test_a_text_that_the_vendor_wants_later_waits_and_is_then_sent(world: World) -> None:
    world.vendor.fail(ANSWER, DeliveryError("忙", Outcome.RETRY, vendor_code="-1"))
    assert run(world) == {"retry": 1}
    assert world.delivery().next_at == world.now + timedelta(seconds=22.5)
    assert world.case().state == "to_deliver"
    assert run(world, 0.2) == {}
    assert run(world, 0.5) == {"sent": 1}
    assert world.delivery().attempts == 2


def test_the_vendors_own_wish_is_honoured_when_it_lies_later(world: World) -> None:
    wish = world.now + timedelta(hours=3)
    world.vendor.fail(ANSWER, DeliveryError("额度", Outcome.RETRY, retry_at=wish))
    run(world)
    assert world.delivery().next_at == wish


def test_after_the_last_try_a_text_is_failed_and_staff_are_told(world: World) -> None:
    fault = DeliveryError("忙", Outcome.RETRY, vendor_code="-1")
    world.vendor.fail(ANSWER, fault, fault, fault)
    policy = DeliveryPolicy(most_tries=3)
    ends = [run(world, minutes, policy=policy) for minutes in (0, 10, 60)]
    assert ends == [{"retry": 1}, {"retry": 1}, {"failed": 1}]
    assert world.case().state == "to_deliver"
    assert world.clock().state == "running"
    assert world.actions() == ["delivery_failed"]
    [alert] = world.alerts()
    assert world.case().number in alert.text
    assert alert.recipients == [world.officer_id]


def test_a_refusal_for_good_is_not_tried_again(world: World) -> None:
    world.vendor.fail(ANSWER, DeliveryError("取消关注", Outcome.FAILED, vendor_code="43004"))
    assert run(world) == {"failed": 1}
    assert run(world, 600) == {}
    assert (world.delivery().vendor_code, world.delivery().error) == ("43004", "取消关注")


def test_a_send_of_which_nobody_can_say_is_unknown_and_never_repeated(world: World) -> None:
    world.vendor.fail(ANSWER, DeliveryError("超时", Outcome.UNKNOWN))
    assert run(world) == {"unknown": 1}
    assert run(world, 600) == {}
    assert world.vendor.tried == 1
    assert world.actions() == ["delivery_unknown"]
    assert len(world.alerts()) == 1


def test_a_fault_in_a_channels_own_code_leaves_the_text_unknown_and_harms_no_other(world: World) -> None:
    world.vendor.fail(ANSWER, KeyError("secret words"))
    other = add(world, "另一条")
    assert run(world) == {"unknown": 1, "sent": 1}
    assert world.delivery(other).state == "sent"
    assert "secret" not in world.delivery().error


def test_two_texts_to_one_citizen_arrive_in_the_order_queued_even_when_the_first_must_wait(world: World) -> None:
    add(world, "第二条")
    add(world, "第三条")
    world.vendor.fail(ANSWER, DeliveryError("忙", Outcome.RETRY))
    assert run(world) == {"retry": 1}
    assert world.vendor.sent == []
    assert run(world, 1) == {"sent": 3}
    assert [text for _, text in world.vendor.sent] == [ANSWER, "第二条", "第三条"]


def test_alerts_to_staff_do_not_wait_behind_one_another(world: World) -> None:
    first = add(world, "提醒一", purpose="alert")
    second = add(world, "提醒二", purpose="alert")
    world.vendor.fail("提醒一", DeliveryError("忙", Outcome.RETRY))
    run(world)
    assert world.delivery(first).state == "retry"
    assert world.delivery(second).state == "sent"


def test_an_answer_in_several_rows_is_answered_only_when_all_have_arrived(world: World) -> None:
    second = add(world, "第二部分", purpose="answer", reply_id=world.delivery().reply_id)
    world.vendor.fail("第二部分", DeliveryError("忙", Outcome.RETRY))
    run(world)
    assert world.case().state == "to_deliver"
    run(world, 5)
    assert world.delivery(second).state == "sent"
    assert world.case().state == "answered"


def test_outside_the_window_nothing_is_tried_and_staff_see_why(database: Database, world: World) -> None:
    assert run(world, 41 * 60) == {"failed": 1}
    assert world.vendor.tried == 0
    assert world.delivery().vendor_code == "window"
    assert "进度" in world.delivery().error
    assert world.case().state == "to_deliver"
    assert len(world.alerts()) == 1


def test_a_used_up_count_is_not_tried_and_each_push_takes_one(world: World) -> None:
    for n in range(2, 7):
        add(world, f"第{n}条")
    assert run(world) == {"sent": 5, "failed": 1}
    assert world.citizen().window_left == 0
    assert len(world.vendor.sent) == 5


def test_a_long_text_takes_as_many_of_the_count_as_it_has_parts(world: World) -> None:
    add(world, "长" * 1300)
    run(world)
    assert world.citizen().window_left == 1


def test_a_push_that_was_certainly_not_made_is_given_back(world: World) -> None:
    world.vendor.fail(ANSWER, DeliveryError("忙", Outcome.RETRY))
    run(world)
    assert world.citizen().window_left == 5


def test_when_the_platform_says_the_count_is_used_up_nothing_more_is_tried(world: World) -> None:
    add(world, "第二条")
    world.vendor.fail(ANSWER, DeliveryError("用完", Outcome.FAILED, vendor_code="45047"))
    assert run(world) == {"failed": 2}
    assert world.vendor.tried == 1
    assert world.citizen().window_left == 0


def test_who_can_soon_no_longer_be_reached_goes_first(world: World) -> None:
    with world.core.database.write() as session:
        officer, case = session.get_one(Officer, world.officer_id), session.get_one(Case, world.case_id)
        soon = add_citizen(session, world.now, hours=1)
        case.citizen_id = soon.id
        add_answer(session, case, officer, world.now, "快到时限")
    run(world, policy=DeliveryPolicy(threads=1))
    assert [text for _, text in world.vendor.sent] == ["快到时限", ANSWER]


def test_a_channel_that_is_not_there_or_cannot_push_fails_visibly(world: World) -> None:
    assert run_once(world.core, {}, lambda: world.now) == {"failed": 1}
    assert world.delivery().vendor_code == "no_channel"
    world.vendor.capabilities = Limits(can_push=False)
    other = add(world, "第二条")
    assert run(world) == {"failed": 1}
    assert world.delivery(other).vendor_code == "no_push"


def test_a_text_to_be_read_on_the_web_has_arrived_at_once(world: World) -> None:
    with world.core.database.write() as session:
        session.get_one(Delivery, world.delivery_id).way = "read"
    assert run(world) == {"sent": 1}
    assert world.vendor.tried == 0
    assert world.case().state == "answered"
    assert world.clock().state == "met"


def test_an_answer_that_a_newer_one_replaced_is_not_sent(world: World) -> None:
    with world.core.database.write() as session:
        session.get_one(Reply, world.delivery().reply_id).state = "superseded"
    assert run(world) == {"failed": 1}
    assert world.vendor.tried == 0
    assert world.alerts() == []


def test_stopping_claims_nothing_more(world: World) -> None:
    assert run(world, stopping=lambda: True) == {}
    assert world.delivery().state == "pending"


def test_a_batch_bounds_one_run(world: World) -> None:
    add(world, "第二条")
    assert run(world, batch=1) == {"sent": 1}


def test_no_database_is_held_while_the_vendor_is_called(world: World) -> None:
    class Looking(Vendor):
        def send(self, to: str, content: OutboundContent) -> Proof:
            with world.core.database.write() as session:  # would wait for ever if the worker still held it
                assert session.get_one(Delivery, world.delivery_id).state == "sending"
            return super().send(to, content)

    world.vendor = Looking()
    assert run(world) == {"sent": 1}


def test_many_workers_send_each_text_once(world: World) -> None:
    with world.core.database.write() as session:
        case = session.get_one(Case, world.case_id)
        for n in range(30):
            case.citizen_id = add_citizen(session, world.now).id
            add_text(session, case, world.now, f"通知{n}")
    totals: Counter[str] = Counter()
    lock = threading.Lock()

    def work() -> None:
        done = run_once(world.core, world.senders, lambda: world.now)
        with lock:
            totals.update(done)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(text for _, text in world.vendor.sent) == sorted([ANSWER, *(f"通知{n}" for n in range(30))])
    assert totals == {"sent": 31}


def test_waits_double_to_a_bound_and_the_jitter_spreads_them() -> None:
    policy = DeliveryPolicy()
    now = datetime.fromisoformat("2026-11-23T09:00:00+08:00")

    def wait(attempts: int, jitter: float, purpose: str = "answer") -> float:
        return (policy.next_try(purpose, attempts, now, jitter, None) - now).total_seconds()

    assert [wait(n, 1.0) for n in (1, 2, 3, 7, 50)] == [30, 60, 120, 1800, 1800]
    assert wait(1, 0.0) == 15
    assert wait(9, 1.0, "alert") == 120


def test_a_senders_own_count_of_parts_is_used() -> None:
    class Counting(Vendor):
        def parts(self, content: OutboundContent) -> int:
            return 3

    from handlers.delivery.senders import parts_of

    assert parts_of(Counting(), OutboundContent("短")) == 3
    assert senders(Vendor())["wechat", ACCOUNT].capabilities.can_push


def test_a_citizen_with_many_waiting_texts_holds_nobody_else_up(world: World) -> None:
    for n in range(80):
        add(world, f"排队{n}")
    with world.core.database.write() as session:
        case = session.get_one(Case, world.case_id)
        case.citizen_id = add_citizen(session, world.now).id
        add_text(session, case, world.now, "别人的")
    world.vendor.fail(ANSWER, DeliveryError("忙", Outcome.RETRY))
    run(world)
    assert [text for _, text in world.vendor.sent] == ["别人的"]


def test_a_purpose_that_is_not_known_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="purpose"):
        add(world, "x", purpose="spam")


def write_again(world: World, minutes: float) -> datetime:
    """The citizen writes: intake opens the window anew."""
    at = world.now + timedelta(minutes=minutes)
    with world.core.database.write() as session:
        citizen = session.get_one(Citizen, world.citizen_id)
        citizen.last_inbound_at, citizen.window_until, citizen.window_left = at, at + timedelta(hours=48), 5
    return at


def test_an_answer_shut_out_by_the_window_is_sent_when_the_citizen_writes_again(world: World) -> None:
    run(world, 41 * 60)
    assert send_when_reachable(world.core, world.now + timedelta(hours=41)) == 0
    at = write_again(world, 50 * 60)
    assert send_when_reachable(world.core, at) == 1
    assert world.alerts() == []
    assert run(world, 50 * 60) == {"sent": 1}
    assert world.case().state == "answered"
    assert world.actions()[:2] == ["delivery_failed", "delivery_again"]
    assert send_when_reachable(world.core, at) == 0


def test_what_a_person_decided_or_nobody_can_say_is_not_sent_when_the_citizen_writes_again(world: World) -> None:
    world.vendor.fail(ANSWER, DeliveryError("第一条已送出", Outcome.UNKNOWN, vendor_code="45047"))
    run(world)
    assert send_when_reachable(world.core, write_again(world, 60)) == 0
    decide(world.core, world.delivery_id, Decision.GIVE_UP, world.officer_id, "已电话告知", world.now)
    assert send_when_reachable(world.core, write_again(world, 90)) == 0
