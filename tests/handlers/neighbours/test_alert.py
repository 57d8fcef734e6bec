"""Five people about one matter within a day: the office is told, once, with a link."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.neighbours.alert import alert_similar
from handlers.neighbours.compare import find_similar
from handlers.records import Alert, Case, Citizen, Message
from handlers.records.database import Database
from tests.handlers.escalation.bureau import DOORS, Bureau, make_bureau
from tests.handlers.intake.citizens import Town, clear
from tests.handlers.neighbours.letters import CANTEEN, SMOKE


@pytest.fixture
def bureau(database: Database, now: datetime) -> Bureau:
    return make_bureau(database, now)


@pytest.fixture
def town(bureau: Bureau, now: datetime) -> Town:
    return Town(bureau.core, now, clear("funeral", "complaint"))


def tell(town: Town) -> int:
    find_similar(town.core, town.now)
    return alert_similar(town.core, town.now, DOORS)


def alerts(town: Town) -> list[Alert]:
    with town.core.database.read() as session:
        return list(session.scalars(select(Alert).where(Alert.kind == "similar").order_by(Alert.id)))


def test_the_office_is_told_of_five_people_about_one_matter(bureau: Bureau, town: Town) -> None:
    numbers = [town.write(text, f"p{i}").number for i, text in enumerate(SMOKE)]
    town.write(CANTEEN, "z")
    assert tell(town) == 1
    (alert,) = alerts(town)
    assert "5 位群众" in alert.text
    assert alert.text.endswith(f"/console/cases/{numbers[0]}/similar")
    assert "青松" not in alert.text
    assert bureau.staff["clerk"] in alert.recipients
    assert bureau.staff["zhang"] not in alert.recipients
    assert ("tg-clerk", alert.text) in bureau.pushed()
    assert "reminded" in bureau.actions(alert.case_id or 0)


def test_it_is_told_once_a_day_and_again_when_the_next_day_brings_five_more(town: Town) -> None:
    for i, text in enumerate(SMOKE):
        town.write(text, f"p{i}")
    assert [tell(town), tell(town)] == [1, 0]
    town.write(SMOKE[0] + "今天又烧了", "p9")
    assert tell(town) == 0
    town.now += timedelta(days=1, hours=1)
    assert tell(town) == 0
    for i, text in enumerate(SMOKE):
        town.write(text, f"q{i}")
    assert tell(town) == 1
    assert len(alerts(town)) == 2


def test_four_people_are_not_enough_and_one_person_five_times_neither(town: Town) -> None:
    for i, text in enumerate(SMOKE[:4]):
        town.write(text, f"p{i}")
    town.write(SMOKE[4], "p0")
    assert tell(town) == 0
    town.write(SMOKE[4], "p5")
    with town.core.database.write() as session:  # the fifth turns out to be the first on another channel
        people = list(session.scalars(select(Citizen).order_by(Citizen.id)))
        people[-1].person_id = people[0].id
    assert tell(town) == 0


def test_five_over_several_days_are_no_burst(town: Town) -> None:
    for i, text in enumerate(SMOKE):
        town.write(text, f"p{i}")
        town.now += timedelta(hours=9)
    assert tell(town) == 0


def test_letters_of_the_days_before_link_those_of_today_but_are_not_counted(town: Town) -> None:
    link = SMOKE[0] + CANTEEN
    town.write(link, "earlier")
    town.now += timedelta(days=2)
    for i, text in enumerate((*SMOKE[:2], SMOKE[3], CANTEEN)):
        town.write(text, f"p{i}")
    assert tell(town) == 0
    town.write(CANTEEN + "灶都没有", "p9")
    assert tell(town) == 1
    assert "5 位群众" in alerts(town)[0].text


def test_reports_and_sensitive_letters_are_not_counted(town: Town) -> None:
    for i, text in enumerate(SMOKE):
        town.write(text, f"p{i}")
    find_similar(town.core, town.now)
    with town.core.database.write() as session:
        session.scalars(select(Case).order_by(Case.id)).first().sensitive = True  # type: ignore[union-attr]
    assert tell(town) == 0
    assert alerts(town) == []


def test_a_letter_that_arrived_late_counts_by_its_receipt(town: Town) -> None:
    for i, text in enumerate(SMOKE):
        town.write(text, f"p{i}")
    with town.core.database.write() as session:
        first = session.scalars(select(Message).order_by(Message.id)).first()
        assert first is not None
        first.received_at = town.now - timedelta(days=3)
    assert tell(town) == 0
