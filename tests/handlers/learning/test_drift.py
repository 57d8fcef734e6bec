"""What comes in, how sure it was read, what people set right: by week, without restricted cases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from handlers.learning.drift import Change, Drift, Week, drift, week_starts
from handlers.learning.warnings import compared
from handlers.records import Correction, Label
from handlers.records.database import Database
from tests.handlers.learning.conftest import Add


def told(database: Database, now: datetime) -> Drift:
    with database.read() as session:
        return drift(session, now)


def test_weeks_begin_on_monday_in_shanghai(now: datetime) -> None:
    starts = week_starts(now, 2)
    assert [start.astimezone(UTC) for start in starts] == [
        datetime(2026, 11, 15, 16, tzinfo=UTC),
        datetime(2026, 11, 22, 16, tzinfo=UTC),
    ]


def test_a_week_counts_topics_kinds_sureness_and_who_was_asked(database: Database, now: datetime, add: Add) -> None:
    add(confidence={"topic": 0.8})
    add(topic="marriage", kind="help", needs_person=True, confidence={"topic": 0.4})
    add(topic=None, kind=None, needs_person=True, confidence={})
    add(days=7, topic="charity")
    before, week = told(database, now).weeks[-2:]
    assert (week.read, week.asked, week.scored, before.read) == (3, 2, 2, 1)
    assert week.sure == pytest.approx(0.6) and week.asked_share == pytest.approx(2 / 3)
    assert week.topics == Counter(funeral=1, marriage=1, **{"": 1}) and week.kinds["help"] == 1
    assert before.topics == Counter(charity=1)


def test_weeks_without_anything_are_there_and_empty(database: Database, now: datetime) -> None:
    found = told(database, now)
    assert len(found.weeks) == 9 and not found.changes
    assert {(week.read, week.sure, week.per_hundred, week.asked_share) for week in found.weeks} == {
        (0, None, None, None)
    }


def test_corrections_are_counted_and_named(database: Database, now: datetime, add: Add) -> None:
    for _ in range(2):
        add(fixed={"topic": "marriage"})
    add(fixed={"topic": "charity", "kind": "help"})
    add()
    found = told(database, now)
    week = found.weeks[-1]
    assert (week.corrected, week.checked, week.per_hundred) == (4, 3, 100.0)
    assert week.differs["topic"] == 3 and week.differs["kind"] == 1 and week.differs["urgent"] == 0
    assert found.changes[0] == Change("topic", "funeral", "marriage", 2) and len(found.changes) == 3


def test_only_the_first_correction_of_a_label_is_about_the_machine(database: Database, now: datetime, add: Add) -> None:
    case = add(fixed={"topic": "marriage"})
    with database.write() as session:
        first = session.query(Correction).one()
        again = Correction(case_id=case, label="topic", said="marriage", right="charity", at=now)
        again.officer_id = first.officer_id
        session.add(again)
    assert told(database, now).changes == (Change("topic", "funeral", "marriage", 1),)


def test_a_reading_made_anew_replaces_the_one_before(database: Database, now: datetime, add: Add) -> None:
    add(topic="charity")
    with database.write() as session:
        message = session.query(Label).one().message_id
        session.add(Label(message_id=message, topic="veterans", kind="help", needs_person=True, at=now))
    week = told(database, now).weeks[-1]
    assert week.topics == Counter(veterans=1) and week.read == 1


def test_a_restricted_case_takes_no_part_in_anything(database: Database, now: datetime, add: Add) -> None:
    add(fixed={"kind": "report"}, case={"restricted": True})
    found = told(database, now)
    assert not found.changes and found.weeks[-1] == Week(found.weeks[-1].start)


def weeks(*read: int, corrected: tuple[int, ...] = (), topics: tuple[Counter[str], ...] = ()) -> list[Week]:
    start = datetime(2026, 10, 1, tzinfo=UTC)
    return [
        Week(
            start + timedelta(weeks=n),
            read=count,
            corrected=corrected[n] if corrected else 0,
            topics=topics[n] if topics else Counter(),
        )
        for n, count in enumerate(read)
    ]


def test_more_corrections_than_chance_explains_are_warned_of() -> None:
    found = compared(weeks(100, 100, 100, 100, 100, corrected=(4, 5, 6, 5, 20)))
    (warned,) = found.warned
    assert (warned.what, warned.before, warned.now) == ("corrections", pytest.approx(5), pytest.approx(20))


def test_a_small_rise_or_a_fall_is_no_warning() -> None:
    assert not compared(weeks(1000, 1000, 1000, 1000, 1000, corrected=(40, 40, 40, 40, 85))).warned
    assert not compared(weeks(100, 100, 100, 100, 100, corrected=(20, 20, 20, 20, 0))).warned
    assert not compared(weeks(30, 30, 30, 30, 30, corrected=(2, 1, 2, 1, 4))).warned  # three more of thirty is chance


def test_a_topic_that_suddenly_comes_in_is_warned_of_with_its_name() -> None:
    usual, flood = Counter(funeral=50, marriage=50), Counter(funeral=30, marriage=30, disaster_relief=40)
    found = compared(weeks(100, 100, 100, 100, 100, topics=(usual, usual, usual, usual, flood)))
    assert (found.warned[0].topic, found.warned[0].now) == ("disaster_relief", pytest.approx(40))


def test_a_week_that_has_only_begun_leaves_the_one_before_to_be_compared() -> None:
    found = compared(weeks(100, 100, 100, 100, 100, 3, corrected=(0, 0, 0, 0, 30, 0)))
    assert found.week is not None and found.week.read == 100 and len(found.warned) == 1


def test_too_little_to_compare_is_said_so() -> None:
    assert compared(weeks(5, 5, 5, 5, 40)).week is None
    assert compared(weeks(100, 100)).week is None
    assert compared([]).week is None
