"""A worker that never came back, and what people decide."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.casework.access import Staff
from handlers.casework.delivered import record_delivery
from handlers.delivery.claim import Claim, claim_due
from handlers.delivery.decide import Decision, decide
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.readable import read_by_citizen
from handlers.delivery.record import Result, record
from handlers.delivery.sweep import sweep_stuck
from handlers.delivery.worker import run_once
from handlers.errors import Conflict, DeliveryError, InvalidInput, NotFound, Outcome, ProfileFault
from handlers.organisation.profile import Profile
from handlers.records import Case, Delivery, Reply
from tests.handlers.delivery.world import World

ANSWER = "您好，答复如下。"
POLICY = DeliveryPolicy()


def claimed(world: World) -> Claim:
    """A worker claims the answer and is never heard of again."""
    [claim] = claim_due(world.core, world.senders, POLICY, "a worker", world.now, 1).claims
    return claim


def stuck(world: World) -> Claim:
    claim = claimed(world)
    assert sweep_stuck(world.core, world.now + POLICY.lease) == 1
    return claim


def fail(world: World, outcome: Outcome = Outcome.FAILED) -> None:
    world.vendor.fail(ANSWER, DeliveryError("不行", outcome, vendor_code="43004"))
    run_once(world.core, world.senders, lambda: world.now)


def test_a_crash_between_send_and_record_leaves_the_text_unknown_with_an_alert(world: World) -> None:
    claimed(world)
    assert sweep_stuck(world.core, world.now + POLICY.lease - timedelta(seconds=1)) == 0
    assert sweep_stuck(world.core, world.now + POLICY.lease) == 1
    assert world.delivery().state == "unknown"
    assert world.case().state == "to_deliver"
    assert world.actions() == ["delivery_unknown"]
    assert len(world.alerts()) == 1
    assert sweep_stuck(world.core, world.now + timedelta(days=1)) == 0


def test_what_is_unknown_is_never_sent_again_by_itself(world: World) -> None:
    stuck(world)
    assert run_once(world.core, world.senders, lambda: world.now + timedelta(days=1)) == {}
    assert world.vendor.tried == 0


def test_a_worker_that_comes_back_late_still_tells_that_it_was_sent(world: World) -> None:
    claim = stuck(world)
    late = world.now + timedelta(minutes=10)
    assert record(world.core, claim, Result("sent", proof="v9"), POLICY, late, 0) == "sent"
    assert world.case().state == "answered"
    assert world.alerts() == []


def test_a_late_record_never_overwrites_what_a_person_decided(world: World) -> None:
    claim = stuck(world)
    late = world.now + timedelta(minutes=10)
    decide(world.core, world.delivery_id, Decision.GIVE_UP, world.officer_id, "已电话告知", late)
    for outcome in ("sent", "failed", "retry", "unknown"):
        assert record(world.core, claim, Result(outcome), POLICY, late, 0) == "late"
    assert world.delivery().state == "failed"
    decide(world.core, world.delivery_id, Decision.RESEND, world.officer_id, "再试一次", late)
    assert record(world.core, claim, Result("failed"), POLICY, late, 0) == "late"
    assert world.delivery().state == "pending"


def test_a_send_is_not_begun_when_its_lease_is_nearly_over(world: World) -> None:
    moments = iter([world.now] * 3 + [world.now + timedelta(minutes=2, seconds=30)])
    ends = run_once(world.core, world.senders, lambda: next(moments, world.now + timedelta(minutes=3)), 1)
    assert ends == {"retry": 1}
    assert world.vendor.tried == 0
    assert world.citizen().window_left == 5


def test_staff_may_send_a_failed_text_again(world: World) -> None:
    fail(world)
    decide(world.core, world.delivery_id, Decision.RESEND, world.officer_id, "对方重新关注了", world.now)
    assert world.alerts() == []
    assert run_once(world.core, world.senders, lambda: world.now) == {"sent": 1}
    assert world.case().state == "answered"
    assert "decide_delivery" in world.actions()


def test_staff_may_confirm_that_an_unknown_text_arrived(world: World) -> None:
    fail(world, Outcome.UNKNOWN)
    decide(world.core, world.delivery_id, Decision.CONFIRM_SENT, world.officer_id, "电话核实，对方看到了", world.now)
    assert world.delivery().recorded_by == world.officer_id
    assert "电话核实" in world.delivery().proof
    assert world.case().state == "answered"
    assert world.clock().state == "met"


def test_giving_up_settles_the_alert_but_meets_nothing(world: World) -> None:
    fail(world)
    decide(world.core, world.delivery_id, Decision.GIVE_UP, world.officer_id, "改用邮寄", world.now)
    assert world.alerts() == []
    assert world.alerts("acknowledged")[0].acknowledged_by == world.officer_id
    assert (world.case().state, world.clock().state) == ("to_deliver", "running")


def test_a_decision_needs_a_reason_and_a_text_that_waits_for_one(world: World) -> None:
    with pytest.raises(Conflict):
        decide(world.core, world.delivery_id, Decision.RESEND, world.officer_id, "再发", world.now)
    fail(world)
    with pytest.raises(InvalidInput):
        decide(world.core, world.delivery_id, Decision.RESEND, world.officer_id, "  ", world.now)
    with pytest.raises(NotFound):
        decide(world.core, 999_999, Decision.RESEND, world.officer_id, "再发", world.now)


def test_an_answer_that_a_newer_one_replaced_cannot_be_sent_again(world: World) -> None:
    fail(world)
    with world.core.database.write() as session:
        session.get_one(Reply, world.delivery().reply_id).state = "superseded"
    with pytest.raises(Conflict):
        decide(world.core, world.delivery_id, Decision.RESEND, world.officer_id, "再发", world.now)


def test_an_answer_told_by_telephone_counts_and_the_failed_push_is_no_more(world: World) -> None:
    fail(world)
    with world.core.database.write() as session:
        case = session.get_one(Case, world.case_id)
        person = Staff(world.officer_id, "李文", Role.OFFICER, case.section_code or "")
        spoken = record_delivery(
            session, world.core, person, case.id, case.version, way="phone", told_whom="本人", gist="已告知材料清单",
            proof="14:05 通话 3 分钟", now=world.now + timedelta(hours=1),
        )  # fmt: skip
        assert "本人" not in spoken.told_whom
        assert world.core.vault.open(spoken.told_whom) == "本人"
    assert world.case().state == "answered"
    assert world.clock().state == "met"
    assert world.delivery().vendor_code == "superseded"
    assert world.alerts() == []


def test_an_answer_that_waits_is_taken_back_when_staff_tell_it_themselves(world: World) -> None:
    with world.core.database.write() as session:
        case = session.get_one(Case, world.case_id)
        person = Staff(world.officer_id, "李文", Role.OFFICER, case.section_code or "")
        record_delivery(
            session, world.core, person, case.id, case.version, way="visit", told_whom="本人", gist="当面讲清",
            proof="签字", now=world.now,
        )  # fmt: skip
    assert run_once(world.core, world.senders, lambda: world.now) == {}


def test_a_citizen_who_reads_the_answer_by_asking_has_received_it(world: World) -> None:
    fail(world)
    with world.core.database.write() as session:
        assert read_by_citizen(session, world.core, world.case_id, "progress", world.now)
    assert (world.delivery().state, world.delivery().way) == ("sent", "read")
    assert world.case().state == "answered"
    assert world.clock().state == "met"
    with world.core.database.write() as session:
        assert not read_by_citizen(session, world.core, world.case_id, "progress", world.now)


def test_reading_while_the_text_is_being_sent_leaves_it_to_the_worker(world: World) -> None:
    claimed(world)
    with world.core.database.write() as session:
        assert not read_by_citizen(session, world.core, world.case_id, "web", world.now)
        assert session.get_one(Delivery, world.delivery_id).state == "sending"


def test_the_chain_of_events_holds_after_all_of_it(world: World) -> None:

    from handlers.records import CaseEvent

    fail(world, Outcome.UNKNOWN)
    decide(world.core, world.delivery_id, Decision.RESEND, world.officer_id, "再发", world.now)
    run_once(world.core, world.senders, lambda: world.now)
    with world.core.database.read() as session:
        events = session.scalars(select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq)).all()
        assert list(world.core.ledger.verify(events)) == []
        assert len(events) >= 3


def test_a_text_whose_alert_cannot_be_written_is_still_seen_as_unknown(world: World) -> None:
    def broken() -> Profile:
        raise ProfileFault("the wording is broken")

    claimed(world)
    core = dataclasses.replace(world.core, profile=broken)
    assert sweep_stuck(core, world.now + POLICY.lease) == 1
    assert world.delivery().state == "unknown"


def test_a_result_that_cannot_be_written_leaves_the_text_to_the_sweep(world: World) -> None:
    def broken() -> Profile:
        raise ProfileFault("the wording is broken")

    world.vendor.fail(ANSWER, DeliveryError("不行", Outcome.FAILED))
    core = dataclasses.replace(world.core, profile=broken)
    assert run_once(core, world.senders, lambda: world.now) == {"unrecorded": 1}
    assert world.delivery().state == "sending"


def test_an_answer_that_no_channel_could_push_arrives_when_the_citizen_reads_it(world: World) -> None:
    with world.core.database.write() as session:
        session.delete(session.get_one(Delivery, world.delivery_id))
    with world.core.database.write() as session:
        assert read_by_citizen(session, world.core, world.case_id, "progress", world.now)
        assert not read_by_citizen(session, world.core, world.case_id, "progress", world.now)
    assert world.case().state == "answered"
    assert world.clock().state == "met"
    with world.core.database.read() as session:
        read = session.scalars(select(Delivery)).one()
        assert (read.way, read.state, read.text) == ("read", "sent", ANSWER)
