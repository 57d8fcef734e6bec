"""What a letter says of its legal track is proposed with its words, on a new case and on one that is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from handlers.core import Core
from handlers.records import Case, CaseEvent, CaseTrack, Clock
from tests.handlers.intake.citizens import Town, clear

BOTH = "多收护理费的事我要信访。另外申请公开 2025 年的收费审批文件。"


def rows(core: Core, table: type[Any]) -> list[Any]:
    with core.database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def rules(core: Core) -> dict[str, str]:
    return {clock.rule: clock.state for clock in rows(core, Clock)}


def test_a_letter_that_says_both_proposes_both_and_the_laws_limits_run_beside_the_general_one(
    core: Core, now: datetime
) -> None:
    town = Town(core, now, clear(kind="complaint"))
    town.write(BOTH)
    assert [(row.track, row.state, row.evidence) for row in rows(core, CaseTrack)] == [
        ("petition", "proposed", "我要信访"), ("information_request", "proposed", "申请公开"),
    ]  # fmt: skip
    assert set(rules(core)) == {"RX-03", "XF-01"}
    events = [event for event in rows(core, CaseEvent) if event.action == "track_proposed"]
    assert [event.data["proposed"] for event in events] == ["petition", "information_request"]
    assert not any("我要信访" in str(event.data) for event in events)  # the writer's words stay where they are erased
    with core.database.read() as session:
        assert list(core.ledger.verify(session.scalars(select(CaseEvent).order_by(CaseEvent.seq)))) == []


def test_what_is_added_to_an_open_case_proposes_too_and_not_twice(core: Core, now: datetime) -> None:
    town = Town(core, now, clear(kind="complaint"))
    number = town.write("养老院多收护理费").number
    for text in (BOTH, BOTH):
        town.write("补充")
        assert town.write(text).number == number
    assert [row.track for row in rows(core, CaseTrack)] == ["petition", "information_request"]
    assert all(row.since is not None for row in rows(core, CaseTrack))
    assert set(rules(core)) == {"RX-03", "XF-01"}


def test_what_the_petition_system_sends_is_a_petition_without_asking(core: Core, now: datetime) -> None:
    from handlers.messages import Particulars

    town = Town(core, now, clear(kind="complaint"))
    town.write("收费问题", channel="rest", particulars=Particulars(source="petition_system"))
    assert [(row.track, row.form, row.state) for row in rows(core, CaseTrack)] == [("petition", "transferred", "open")]
    assert set(rules(core)) == {"XF-02", "XF-03"}


def test_an_accusation_keeps_its_tracks_out_of_the_history(core: Core, now: datetime) -> None:
    town = Town(core, now, clear(kind="report"))
    town.write("举报村干部克扣低保，我要信访")
    assert [case.restricted for case in rows(core, Case)] == [True]
    assert not [event for event in rows(core, CaseEvent) if event.action == "track_proposed"]
    assert [row.track for row in rows(core, CaseTrack)] == ["petition"]
