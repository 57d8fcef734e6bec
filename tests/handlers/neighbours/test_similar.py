"""Letters about one matter: found once, shown to who may see them, and never those that take no part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from handlers.accounts.roles import Role
from handlers.casework.access import Staff
from handlers.casework.restrict import restrict
from handlers.core import Core
from handlers.neighbours.compare import compare_new, find_similar
from handlers.neighbours.find import most_alike
from handlers.neighbours.forget import forget_case, forget_old
from handlers.neighbours.keep import keep_new
from handlers.neighbours.show import further, similar_counts, similar_to
from handlers.records import Case, Message, MessageSketch, SimilarPair, SketchKey
from handlers.retention.erase_case import erase_messages
from handlers.understanding.likeness.measures import SCHEME, WINDOW
from handlers.understanding.likeness.sketch import sketch_of
from tests.handlers.intake.citizens import Town, clear
from tests.handlers.neighbours.letters import ADOPTION, CANTEEN, SMOKE

OFFICE = Staff(1, "乌云", Role.OFFICE, "general_office")
ADMIN = Staff(2, "管理员", Role.ADMIN, "")
FINANCE = Staff(3, "钱进", Role.OFFICER, "finance")
Write = Callable[..., Case]


@pytest.fixture
def town(core: Core, now: datetime) -> Town:
    return Town(core, now, clear("funeral", "complaint"))


@pytest.fixture
def write(town: Town) -> Write:
    """Somebody writes; gives the case, its columns changed as told."""

    def write(text: str, who: str, **columns: Any) -> Case:
        number = town.write(text, who).number
        with town.core.database.write() as session:
            case = session.scalars(select(Case).where(Case.number == number)).one()
            for name, value in columns.items():
                setattr(case, name, value)
        return case

    return write


def counts(core: Core, *cases: Case, person: Staff = OFFICE) -> list[int]:
    with core.database.read() as session:
        found = similar_counts(session, person, [case.id for case in cases])
    return [found.get(case.id, 0) for case in cases]


def rows(core: Core) -> tuple[int, ...]:
    with core.database.read() as session:
        tables = (MessageSketch, SketchKey, SimilarPair)
        return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def test_different_people_writing_of_one_matter_are_found_and_keep_their_own_cases(town: Town, write: Write) -> None:
    one, other, apart = write(SMOKE[0], "a"), write(SMOKE[1], "b"), write(CANTEEN, "c")
    assert find_similar(town.core, town.now) == {"letters": 3, "pairs": 1}
    assert counts(town.core, one, other, apart) == [1, 1, 0]
    assert one.id != other.id
    with town.core.database.read() as session:
        assert set(session.scalars(select(Case.merged_into_id))) == {None}
        (similar,) = similar_to(session, OFFICE, one)
        letter = session.get_one(Message, similar.message_id).text
    assert (similar.case.number, similar.words, similar.same_person, letter) == (other.number, "相似", False, SMOKE[1])


def test_a_run_with_nothing_new_does_nothing(town: Town, write: Write) -> None:
    write(SMOKE[0], "a")
    find_similar(town.core, town.now)
    before = rows(town.core)
    assert find_similar(town.core, town.now) == {"letters": 0, "pairs": 0}
    assert rows(town.core) == before


def test_letters_stored_before_are_found_too_and_only_within_the_window(town: Town, write: Write) -> None:
    old, recent = write(SMOKE[0], "a"), write(SMOKE[1], "b")
    with town.core.database.write() as session:
        session.get_one(Message, old.first_message_id).received_at = town.now - WINDOW - timedelta(days=1)
    new = write(SMOKE[2], "c")
    find_similar(town.core, town.now)
    assert counts(town.core, old, recent, new) == [0, 1, 1]


def test_two_processes_at_once_note_each_pair_once(town: Town, write: Write) -> None:
    one, other = write(SMOKE[0], "a"), write(SMOKE[1], "b")
    assert keep_new(town.core, town.now) == 2
    assert keep_new(town.core, town.now) == 0
    with town.core.database.read() as session:
        texts = {m.id: m.text for m in session.scalars(select(Message))}
        seen = [most_alike(session, sketch_of(text), town.now) for text in texts.values()]
    assert [{found.message_id for found in one} for one in seen] == [set(texts)] * 2
    assert compare_new(town.core) == (2, 1)
    with town.core.database.write() as session:
        session.execute(MessageSketch.__table__.update().values(compared=False))  # as if the other had not finished
    assert compare_new(town.core) == (2, 0)
    assert counts(town.core, one, other) == [1, 1]


@pytest.mark.parametrize(
    "hidden",
    [{"restricted": True, "sensitive": True}, {"sensitive": True}, {"kind": "report"}, {"accused_type": "person"}],
    ids=["restricted", "sensitive", "report", "dispatched report"],
)
def test_what_is_hidden_is_neither_compared_nor_counted_nor_shown(
    town: Town, write: Write, hidden: dict[str, Any]
) -> None:
    first, secret, last = write(SMOKE[0], "a"), write(SMOKE[1], "b", **hidden), write(SMOKE[4], "c")
    find_similar(town.core, town.now)
    assert counts(town.core, first, secret, last) == [1, 0, 1]
    with town.core.database.read() as session:
        sketched = set(session.scalars(select(MessageSketch.message_id)))
        assert secret.first_message_id not in sketched
        assert similar_to(session, OFFICE, secret) == []
        assert secret.id not in {s.case.id for s in similar_to(session, OFFICE, first)}


def test_what_is_hidden_later_disappears_at_once_and_leaves_no_trace_after_the_night(town: Town, write: Write) -> None:
    one, other = write(SMOKE[0], "a"), write(SMOKE[1], "b")
    find_similar(town.core, town.now)
    with town.core.database.write() as session:
        session.get_one(Case, other.id).sensitive = True
    assert counts(town.core, one, other) == [0, 0]
    assert forget_old(town.core, town.now) == 1
    sketches, _, pairs = rows(town.core)
    assert (sketches, pairs) == (1, 0)


def test_a_case_that_turns_out_to_be_a_report_is_forgotten_in_the_same_moment(town: Town, write: Write) -> None:
    one, other = write(SMOKE[0], "a"), write(SMOKE[1], "b")
    find_similar(town.core, town.now)
    with town.core.database.write() as session:
        restrict(session, town.core, session.get_one(Case, other.id))
    assert counts(town.core, one) == [0]
    with town.core.database.read() as session:
        assert session.scalars(select(MessageSketch.message_id)).all() == [one.first_message_id]
        assert set(session.scalars(select(SketchKey.message_id))) == {one.first_message_id}
        assert session.scalars(select(SimilarPair)).all() == []


def test_an_erased_letter_is_found_no_more(town: Town, write: Write) -> None:
    one, other = write(SMOKE[0], "a"), write(SMOKE[1], "b")
    find_similar(town.core, town.now)
    with town.core.database.write() as session:
        erase_messages(session, Message.case_id == other.id)
    assert counts(town.core, one, other) == [0, 0]
    assert find_similar(town.core, town.now) == {"letters": 0, "pairs": 0}
    with town.core.database.read() as session:
        assert session.scalars(select(MessageSketch.message_id)).all() == [one.first_message_id]
        assert other.first_message_id not in set(session.scalars(select(SketchKey.message_id)))


def test_staff_are_counted_and_shown_only_what_they_may_see(town: Town, write: Write) -> None:
    one = write(SMOKE[0], "a", section_code="finance", state="assigned")
    other = write(SMOKE[1], "b", section_code="welfare", state="assigned")
    find_similar(town.core, town.now)
    assert counts(town.core, one, person=FINANCE) == [0]
    assert counts(town.core, one, person=ADMIN) == [0]
    with town.core.database.write() as session:
        session.get_one(Case, other.id).cooperating = ["finance"]
    assert counts(town.core, one, person=FINANCE) == [1]


def test_a_case_merged_into_another_is_shown_as_that_one_and_counted_once(town: Town, write: Write) -> None:
    one, second, third = write(SMOKE[0], "a"), write(SMOKE[1], "b"), write(SMOKE[4], "b2")
    find_similar(town.core, town.now)
    assert counts(town.core, one) == [2]
    with town.core.database.write() as session:
        row = session.get_one(Case, third.id)
        row.merged_into_id, row.state = second.id, "merged"
    assert counts(town.core, one) == [1]
    with town.core.database.read() as session:
        assert [s.case.id for s in similar_to(session, OFFICE, one)] == [second.id]
        assert one.id in {s.case.id for s in similar_to(session, OFFICE, session.get_one(Case, second.id))}
        assert second.id not in {s.case.id for s in similar_to(session, OFFICE, session.get_one(Case, second.id))}


def test_the_rest_of_a_group_is_reached_through_its_letters(town: Town, write: Write) -> None:
    cases = [write(text, f"p{i}") for i, text in enumerate(SMOKE)]
    write(ADOPTION, "z")
    find_similar(town.core, town.now)
    with town.core.database.read() as session:
        direct = [s.case.id for s in similar_to(session, OFFICE, cases[3])]
        rest = [case.id for case in further(session, OFFICE, cases[3], direct)]
    assert sorted([*direct, *rest, cases[3].id]) == [case.id for case in cases]


def test_the_same_person_in_another_case_is_named_as_such(town: Town, write: Write) -> None:
    first = write(SMOKE[0], "a", state="closed")
    again = write(SMOKE[0], "a")
    find_similar(town.core, town.now)
    assert again.id != first.id
    with town.core.database.read() as session:
        assert [(s.words, s.same_person) for s in similar_to(session, OFFICE, again)] == [("几乎一样", True)]


def test_greetings_and_commands_are_like_nothing(town: Town, write: Write) -> None:
    one, other = write("在吗", "a"), write("在吗", "b")
    town.write("进度", "a")
    find_similar(town.core, town.now)
    assert counts(town.core, one, other) == [0, 0]
    assert find_similar(town.core, town.now) == {"letters": 0, "pairs": 0}


def test_what_an_older_scheme_kept_is_made_anew(town: Town, write: Write) -> None:
    one, other = write(SMOKE[0], "a"), write(SMOKE[1], "b")
    find_similar(town.core, town.now)
    with town.core.database.write() as session:
        session.execute(MessageSketch.__table__.update().values(scheme=SCHEME - 1))
    assert forget_old(town.core, town.now) == 2
    assert rows(town.core) == (0, 0, 0)
    assert find_similar(town.core, town.now) == {"letters": 2, "pairs": 1}
    assert counts(town.core, one, other) == [1, 1]


def test_what_has_left_the_window_is_forgotten(town: Town, write: Write) -> None:
    one, other = write(SMOKE[0], "a"), write(SMOKE[1], "b")
    find_similar(town.core, town.now)
    assert forget_old(town.core, town.now + WINDOW - timedelta(hours=1)) == 0
    assert counts(town.core, one, other) == [1, 1]
    assert forget_old(town.core, town.now + WINDOW + timedelta(hours=1)) == 2
    assert rows(town.core) == (0, 0, 0)


def test_forgetting_twice_does_no_harm(town: Town, write: Write) -> None:
    case = write(SMOKE[0], "a")
    find_similar(town.core, town.now)
    with town.core.database.write() as session:
        assert [forget_case(session, case.id) for _ in range(2)] == [1, 0]
