"""Setting a limit otherwise: looked at, applied to every open clock with an event each, undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from handlers.casework.history import history
from handlers.deadlines.limit_edit import apply, edits, preview
from handlers.deadlines.ticking import last_day
from handlers.deadlines.worktime import SHANGHAI
from handlers.errors import Conflict, InvalidInput
from handlers.organisation import admin
from handlers.organisation.load import shipped
from handlers.organisation.profile import LimitOverride
from handlers.organisation.store import ProfileStore, read_profile, write_profile
from handlers.records import CaseEvent
from handlers.records.database import Database
from tests.handlers.escalation.bureau import Bureau, make_bureau

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=SHANGHAI)
SOURCE = "办公会纪要〔2026〕5号"
LONGER = LimitOverride(rule="RX-02", length=12, source=SOURCE)


@pytest.fixture
def house(database: Database) -> Bureau:
    """The small bureau with its organisation in the tables, as an installation has it."""
    made = make_bureau(database, NOW)
    with database.write() as session:
        write_profile(session, shipped("hohhot-2018"), NOW)
    return Bureau(replace(made.core, profile=ProfileStore(database, fresh_seconds=0)), made.staff)


def version(house: Bureau) -> int:
    with house.core.database.read() as session:
        return admin.version(session)


def put(house: Bureau, override: LimitOverride | None, why: str = "局里决定", seen: int | None = None):
    rule = override.rule if override else "RX-02"
    return apply(house.core, rule, override, why, house.staff["clerk"], version(house) if seen is None else seen, NOW)


def ends(house: Bureau, case_id: int, rule: str = "RX-02") -> str:
    return last_day(house.clock(case_id, rule).legal_due)


def said(house: Bureau, case_id: int) -> list[str]:
    with house.core.database.read() as session:
        return [sentence.what for sentence in history(session, house.core.profile(), case_id, NOW)]


def test_the_preview_says_what_moves_and_writes_nothing(house: Bureau) -> None:
    case_id = house.case(NOW, ("RX-02", "XF-01"))
    house.case(NOW, ("RX-01",))
    seen = preview(house.core, "RX-02", LONGER, NOW)
    assert [(row.before, row.after, row.clocks) for row in seen.moved] == [("2026-12-07", "2026-12-09", 1)]
    assert (seen.running, seen.clocks_moved, seen.stopping, seen.after.length) == (1, 1, 0, 12)
    assert ends(house, case_id) == "2026-12-07" and house.core.profile().limits == ()


def test_every_open_clock_follows_and_its_case_says_so(house: Bureau) -> None:
    case_id, other = house.case(NOW, ("RX-02",)), house.case(NOW, ("RX-01",))
    counted = put(house, LONGER)
    assert (counted.moved, ends(house, case_id)) == (1, "2026-12-09")
    with house.core.database.read() as session:
        event = session.scalars(select(CaseEvent).where(CaseEvent.action == "clock_recounted")).one()
    told = {"rule": "RX-02", "due": "2026-12-09", "before": "2026-12-07", "why": SOURCE}
    assert (event.case_id, event.actor, event.data) == (case_id, f"officer:{house.staff['clerk']}", told)
    assert house.actions(other) == ["clock_started"]


def test_the_history_calls_a_rule_as_the_bureau_does_and_marks_a_date_nobody_has_confirmed(house: Bureau) -> None:
    """One that the bureau named and confirmed itself is marked no more."""
    case_id = house.case(NOW, ("WX-02",))
    assert said(house, case_id) == ["“有效咨询不得不答”时限（WX-02）从 11月23日 起计算，最迟 2月23日，待核实"]
    put(house, LimitOverride(rule="WX-02", name="难题答复", confirmed=True, source=SOURCE))
    assert said(house, case_id) == ["“难题答复”时限（WX-02）从 11月23日 起计算，最迟 2月23日"]


def test_undoing_brings_back_what_held_before_and_keeps_the_history(house: Bureau) -> None:
    case_id = house.case(NOW, ("RX-02",))
    put(house, LONGER, "第一次")
    put(house, LONGER.model_copy(update={"length": 15}), "第二次")
    assert ends(house, case_id) == "2026-12-14"
    assert preview(house.core, "RX-02", None, NOW).after.length == 12
    put(house, None, "定得太长")
    assert (ends(house, case_id), house.core.profile().limits) == ("2026-12-09", (LONGER,))
    put(house, None, "照原规定")
    assert (ends(house, case_id), house.core.profile().limits) == ("2026-12-07", ())
    with house.core.database.read() as session:
        history = [(one.row.length, one.row.why, one.by, one.row.undone_why, one.undone_by, one.in_force)
                   for one in edits(session, "RX-02")]  # fmt: skip
    assert history == [
        (15, "第二次", "clerk", "定得太长", "clerk", False), (12, "第一次", "clerk", "照原规定", "clerk", False),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        put(house, None)


def test_a_rule_taken_out_of_use_stops_its_clocks_and_undone_starts_them_again(house: Bureau) -> None:
    case_id = house.case(NOW, ("WX-02", "RX-02"))
    off = LimitOverride(rule="WX-02", active=False, source=SOURCE)
    assert preview(house.core, "WX-02", off, NOW).stopping == 1
    put(house, off)
    assert house.clock(case_id, "WX-02").state == "stopped" and house.clock(case_id, "RX-02").state == "running"
    back = preview(house.core, "WX-02", None, NOW)
    assert (back.resuming, back.stopping) == (1, 0)
    apply(house.core, "WX-02", None, "恢复", house.staff["clerk"], version(house), NOW)
    assert (house.clock(case_id, "WX-02").state, ends(house, case_id, "WX-02")) == ("running", "2027-02-23")


def test_what_is_not_lawful_or_seen_too_long_ago_changes_nothing(house: Bureau) -> None:
    house.case(NOW, ("XF-01",))
    seen = version(house)
    with pytest.raises(InvalidInput, match="不能更长"):
        put(house, LimitOverride(rule="XF-01", length=20, source=SOURCE))
    with pytest.raises(Conflict):
        put(house, LONGER, seen=seen - 1)
    assert version(house) == seen and house.core.profile().limits == ()


def test_another_edit_of_the_organisation_leaves_overrides_with_who_and_when(house: Bureau) -> None:
    put(house, LONGER)
    with house.core.database.write() as session:
        write_profile(session, read_profile(session), NOW)
    with house.core.database.read() as session:
        assert [(one.by, one.in_force) for one in edits(session, "RX-02")] == [("clerk", True)]
    with house.core.database.write() as session:  # a profile file of before overrides existed says nothing of them
        write_profile(session, shipped("hohhot-2018"), NOW)
    assert house.core.profile().limits == (LONGER,)
