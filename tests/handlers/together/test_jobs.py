"""What runs by itself: claims left lying are offered, slow opinions reminded of, notices pushed, each once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.casework.access import Staff, staff_of
from handlers.casework.claim import claim
from handlers.casework.consult import consult, give_opinion
from handlers.casework.oversee import note
from handlers.casework.queues import Filters, cases_in
from handlers.records import Alert, Case, CaseEvent, Delivery, Officer, OpinionRequest
from handlers.records.database import Database
from handlers.together.colleagues import push_notices
from handlers.together.idle import offer_claims
from handlers.together.opinions import remind_opinions
from tests.handlers.escalation.bureau import DOORS, SECTION, Bureau, make_bureau
from tests.handlers.intake.citizens import Town, clear


@pytest.fixture
def bureau(database: Database, now: datetime) -> Bureau:
    return make_bureau(database, now)


@pytest.fixture
def town(bureau: Bureau, now: datetime) -> Town:
    return Town(bureau.core, now, clear())


def person(bureau: Bureau, login: str) -> Staff:
    with bureau.core.database.read() as session:
        return staff_of(session.get_one(Officer, bureau.staff[login]))


def case_of(bureau: Bureau, number: str) -> Case:
    with bureau.core.database.read() as session:
        return session.scalars(select(Case).where(Case.number == number)).one()


def claimed(bureau: Bureau, town: Town) -> Case:
    """A case that zhang has claimed."""
    number = town.write("请问高龄津贴怎么申请？", "p1").number
    with bureau.core.database.write() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        case.section_code = SECTION
        claim(session, bureau.core, person(bureau, "zhang"), case.id, case.version, town.now)
    return case_of(bureau, number)


def notices(bureau: Bureau, kind: str) -> list[Alert]:
    with bureau.core.database.read() as session:
        return list(session.scalars(select(Alert).where(Alert.kind == kind).order_by(Alert.id)))


def test_an_untouched_claim_is_offered_once_and_again_only_after_the_next(bureau: Bureau, town: Town) -> None:
    case = claimed(bureau, town)
    assert case.claim_until is not None
    assert offer_claims(bureau.core, case.claim_until - timedelta(seconds=1)) == 0
    later = case.claim_until + timedelta(minutes=1)
    assert [offer_claims(bureau.core, later), offer_claims(bureau.core, later)] == [1, 0]
    (told,) = notices(bureau, "claim")
    assert bureau.staff["zhang"] in told.recipients
    zhang = person(bureau, "zhang")
    with bureau.core.database.write() as session:
        listed = cases_in(session, bureau.core, zhang, "lying", Filters(), later)
        assert [line.number for line in listed.lines] == [case.number]
        assert "claim_lapsed" in session.scalars(select(CaseEvent.action).where(CaseEvent.case_id == case.id)).all()
        claim(session, bureau.core, zhang, case.id, case_of(bureau, case.number).version, later)
    offer_claims(bureau.core, later + timedelta(minutes=1))
    assert notices(bureau, "claim")[0].state == "acknowledged"
    again = case_of(bureau, case.number).claim_until
    assert again is not None
    assert offer_claims(bureau.core, again + timedelta(minutes=1)) == 1


def test_a_slow_section_is_reminded_on_the_last_morning_and_once_when_late(bureau: Bureau, town: Town) -> None:
    case = claimed(bureau, town)
    zhang, core = person(bureau, "zhang"), bureau.core
    with core.database.write() as session:
        session.add(
            Officer(login="qian", name="钱进", role="officer", section_code="finance", password_hash="-",
                    created_at=town.now, addresses={})
        )  # fmt: skip
        consult(session, core, zhang, case.id, case.version, sections=["finance"], text="请核对", now=town.now)
    with core.database.read() as session:
        asked = session.scalars(select(OpinionRequest)).one()
    assert asked.next_at is not None and asked.next_at < asked.due_at
    assert remind_opinions(core, asked.next_at - timedelta(seconds=1)) == 0
    assert [remind_opinions(core, asked.next_at), remind_opinions(core, asked.next_at)] == [1, 0]
    assert [remind_opinions(core, asked.due_at), remind_opinions(core, asked.due_at)] == [1, 0]
    assert [alert.colour for alert in notices(bureau, "opinion")] == ["", "yellow", "red"]
    assert bureau.staff["zhang"] in notices(bureau, "opinion")[-1].recipients
    with core.database.write() as session:
        qian = staff_of(session.scalars(select(Officer).where(Officer.login == "qian")).one())
        version = session.get_one(Case, case.id).version
        give_opinion(session, core, qian, case.id, version, text="已核对", now=asked.due_at)
    assert remind_opinions(core, asked.due_at + timedelta(days=3)) == 0


def test_a_notice_is_pushed_once_and_says_nothing_of_the_matter(bureau: Bureau, town: Town) -> None:
    case = claimed(bureau, town)
    clerk = person(bureau, "clerk")
    with bureau.core.database.write() as session:
        name = session.get_one(Officer, clerk.officer_id).name
        note(
            session, bureau.core, person(bureau, "zhang"), case.id, case.version, text=f"@{name} 请看津贴", now=town.now
        )
    assert push_notices(bureau.core, town.now, DOORS) >= 1
    assert push_notices(bureau.core, town.now, DOORS) == 0
    with bureau.core.database.read() as session:
        texts = session.scalars(select(Delivery.text).where(Delivery.officer_id == clerk.officer_id)).all()
    assert texts and all(case.number in text and "津贴" not in text for text in texts)
