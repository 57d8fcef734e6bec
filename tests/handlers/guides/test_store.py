"""A guide answers only once another person has approved it; an edit waits while the earlier version stays in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from handlers.accounts.roles import Role
from handlers.casework.access import Staff
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.guides import store
from handlers.guides.changes import changes
from handlers.guides.guide import Guide
from handlers.guides.load import sample_guides
from handlers.guides.shelf import GuideShelf
from tests.handlers.guides.conftest import Person

CODE = "old_age_allowance"
SAMPLE = next(guide for guide in sample_guides() if guide.code == CODE)


def save(core: Core, who: Staff, guide: Guide, now: datetime, seen: tuple[int, int] | None) -> tuple[int, int]:
    with core.database.write() as session:
        row = store.save_draft(session, core, who, guide, now, seen=seen)
        return row.id, row.revision


def approve(core: Core, who: Staff, version: tuple[int, int], now: datetime) -> None:
    with core.database.write() as session:
        store.approve(session, core, who, *version, now)


def seen(core: Core, code: str = CODE) -> tuple[int, int]:
    with core.database.read() as session:
        row = store.entry(session, code).latest.row
        return row.id, row.revision


def in_force(core: Core, now: datetime, code: str = CODE) -> str:
    guides = {guide.code: guide for guide in GuideShelf(core.database)(now).guides}
    return guides[code].summary if code in guides else ""


def test_samples_come_in_as_drafts_once_and_answer_nobody(core: Core, now: datetime) -> None:
    with core.database.write() as session:
        assert len(store.load_samples(session, sample_guides(), now)) == 20
        assert store.load_samples(session, sample_guides(), now) == []
    assert GuideShelf(core.database)(now).guides == ()


def test_an_edit_waits_for_another_person_while_the_earlier_version_stays(
    guided: Core, person: Person, now: datetime
) -> None:
    li, head = person("li", Role.OFFICER, "welfare"), person("head", Role.HEAD, "welfare")
    edited = replace(SAMPLE, summary="新的说明，去社区办就行。")
    version = save(guided, li, edited, now, seen(guided))
    assert in_force(guided, now) == SAMPLE.summary
    with pytest.raises(NotAllowed):
        approve(guided, li, version, now)
    approve(guided, head, version, now)
    assert in_force(guided, now) == edited.summary
    with guided.database.read() as session:
        states = [(row.version, row.state, row.approved_by) for row in store.history(session, CODE)]
    assert [state[1] for state in states] == ["superseded", "approved"]
    assert states[1][2] == head.officer_id


def test_nobody_who_wrote_any_of_a_draft_may_approve_it(guided: Core, person: Person, now: datetime) -> None:
    head, other = person("head", Role.HEAD, "welfare"), person("liu", Role.OFFICE, "general_office")
    save(guided, head, replace(SAMPLE, limit="十天"), now, seen(guided))
    version = save(guided, other, replace(SAMPLE, limit="二十天"), now, seen(guided))
    for who in (head, other):
        with pytest.raises(NotAllowed, match="您写过这一稿"):
            approve(guided, who, version, now)


def test_only_the_section_and_the_office_write_and_only_head_and_office_approve(
    guided: Core, person: Person, now: datetime
) -> None:
    li, colleague = person("li", Role.OFFICER, "welfare"), person("wang", Role.OFFICER, "welfare")
    stranger, leader = person("sun", Role.HEAD, "social_affairs"), person("wu", Role.LEADER, "general_office")
    for who in (stranger, leader):
        with pytest.raises(NotAllowed):
            save(guided, who, SAMPLE, now, seen(guided))
    version = save(guided, li, replace(SAMPLE, fee="免费"), now, seen(guided))
    for who in (colleague, stranger, leader):
        with pytest.raises(NotAllowed):
            approve(guided, who, version, now)


def test_a_guide_cannot_be_taken_to_ones_own_section_to_be_approved_there(
    guided: Core, person: Person, now: datetime
) -> None:
    sun = person("sun", Role.OFFICER, "social_affairs")
    with pytest.raises(NotAllowed):
        save(guided, sun, replace(SAMPLE, section="social_affairs"), now, seen(guided))


def test_what_changed_in_between_is_neither_overwritten_nor_approved_unseen(
    guided: Core, person: Person, now: datetime
) -> None:
    li, wang = person("li", Role.OFFICER, "welfare"), person("wang", Role.OFFICER, "welfare")
    head, looked = person("head", Role.HEAD, "welfare"), seen(guided)
    first = save(guided, li, replace(SAMPLE, limit="十天"), now, looked)
    with pytest.raises(Conflict):
        save(guided, wang, replace(SAMPLE, limit="五天"), now, looked)
    save(guided, wang, replace(SAMPLE, limit="五天"), now, seen(guided))
    with pytest.raises(Conflict):
        approve(guided, head, first, now)


def test_a_discarded_draft_leaves_what_is_in_force(guided: Core, person: Person, now: datetime) -> None:
    li = person("li", Role.OFFICER, "welfare")
    version = save(guided, li, replace(SAMPLE, summary="不好的一稿"), now, seen(guided))
    with guided.database.write() as session:
        store.discard(session, guided, li, *version, now)
    assert in_force(guided, now) == SAMPLE.summary
    with guided.database.read() as session:
        assert store.entry(session, CODE).draft is None


def test_a_withdrawn_guide_answers_nobody_and_keeps_its_versions(guided: Core, person: Person, now: datetime) -> None:
    head = person("head", Role.HEAD, "welfare")
    with guided.database.write() as session, pytest.raises(InvalidInput):
        store.withdraw(session, guided, head, CODE, " ", now)
    with guided.database.write() as session:
        store.withdraw(session, guided, head, CODE, "标准变了", now)
    assert in_force(guided, now) == ""
    with guided.database.read() as session:
        assert store.version_of(session, CODE, 1).row.ended_why == "标准变了"
        assert store.entry(session, CODE).shown == SAMPLE
        with pytest.raises(NotFound):
            store.version_of(session, CODE, 2)


def test_a_guide_answers_on_its_days_only(guided: Core, person: Person, now: datetime) -> None:
    shelf = GuideShelf(guided.database)
    assert len(shelf(now).guides) == 20
    assert shelf(datetime(2027, 12, 31, 15, 59, tzinfo=now.tzinfo)).guides
    assert not shelf(datetime(2027, 12, 31, 16, 0, tzinfo=now.tzinfo)).guides
    assert not shelf(datetime(2025, 12, 31, 15, 59, tzinfo=now.tzinfo)).guides


def test_the_shelf_sees_an_approval_within_seconds_and_at_once_where_told(
    guided: Core, person: Person, now: datetime
) -> None:
    ticks = 0.0
    shelf = GuideShelf(guided.database, ticks=lambda: ticks)
    shelf(now)
    with guided.database.write() as session:
        store.withdraw(session, guided, person("head", Role.HEAD, "welfare"), CODE, "停用", now + timedelta(seconds=1))
    assert len(shelf(now).guides) == 20
    ticks = 6.0
    assert len(shelf(now).guides) == 19
    shelf.forget()
    assert len(shelf(now).guides) == 19


def test_a_new_guide_is_written_checked_and_its_code_is_its_own(guided: Core, person: Person, now: datetime) -> None:
    li = person("li", Role.OFFICER, "welfare")
    new = replace(SAMPLE, code="bath_help", item="助浴服务", names=("助浴",), questions=("助浴怎么申请",))
    save(guided, li, new, now, None)
    with pytest.raises(InvalidInput) as taken:
        save(guided, li, replace(new, code=CODE), now, None)
    assert taken.value.field == "code"
    for wrong, field in (
        ({"source": ""}, "source"), ({"names": ("浴",)}, "names"), ({"topic": "not_ours"}, "topic"),
        ({"valid_until": date(2025, 1, 1)}, "valid_until"), ({"summary": "请耐心等待"}, "summary"),
        ({"section": "nowhere"}, "section"), ({"code": "new"}, "code"), ({"summary": "长" * 151}, "summary"),
        ({"vetoes": ("助浴",)}, "vetoes"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as fault:
            save(guided, li, replace(new, **{"code": "bath_two"} | wrong), now, None)  # type: ignore[arg-type]
        assert fault.value.field == field


def test_differences_are_told_field_by_field(guided: Core) -> None:
    edited = replace(SAMPLE, fee="免费", sample=False, steps=(*SAMPLE.steps, "领钱"))
    told = {change.name: (change.before, change.now) for change in changes(SAMPLE, edited, guided.profile())}
    assert told["收费"] == (("不收费",), ("免费",))
    assert told["示例，待核实"] == (("是",), ("否",))
    assert told["怎么办"][1][-1] == "领钱"
    assert len(told) == 3
