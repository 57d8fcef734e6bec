"""Figures by section, track and month: from the events alone, every number equal to the list behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from handlers.casework.answer import answer
from handlers.casework.assign import assign, return_case
from handlers.casework.citizen import rate
from handlers.casework.claim import claim
from handlers.casework.close import close
from handlers.casework.delivered import answer_delivered
from handlers.casework.labels import correct_labels
from handlers.core import Core
from handlers.records import Case, CaseEvent, Clock, Delivery
from handlers.reports.catalogue import FIGURES
from handlers.reports.period import Month, month_of
from handlers.reports.tally import Behind, Tally, average, cases_behind, p90, tally
from tests.handlers.casework.conftest import Bureau, OpenCase, bureau, open_case, session

__all__ = ["bureau", "open_case", "session"]
NOVEMBER = Month(2026, 11)
Finish = Callable[..., Case]


@pytest.fixture
def finish(session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime) -> Finish:
    """A case that came by ``now``, was assigned, claimed and answered ``days`` later."""

    def make(days: float = 0, **columns: Any) -> Case:
        case = open_case(state="triage", section_code=None, **columns)
        assign(session, core, bureau.office, case.id, case.version, section="welfare", now=now)
        at = now + timedelta(days=days)
        claim(session, core, bureau.zhang, case.id, case.version, at)
        answer(session, core, bureau.zhang, case.id, case.version, "请带身份证办理。", now=at)
        delivery = session.scalars(
            select(Delivery).where(Delivery.case_id == case.id, Delivery.purpose == "answer")
        ).one()
        delivery.state, delivery.finished_at = "sent", at
        answer_delivered(session, core, delivery, at)
        return case

    return make


def _counted(session: Session, core: Core, now: datetime, own: str | None = None) -> Tally:
    return tally(session, core, [NOVEMBER], now, own)


def test_a_month_counts_what_was_kept_and_missed(session: Session, core: Core, finish: Finish, now: datetime) -> None:
    finish(0), finish(1), finish(6)
    counted = _counted(session, core, now + timedelta(days=7))
    cell = counted.cell("on_time", NOVEMBER, section="welfare", track="general")
    assert (cell.good, cell.of) == (2, 3) and cell.rate == pytest.approx(66.67, abs=0.01)
    assert (counted.cell("answered", NOVEMBER).good, counted.cell("accepted", NOVEMBER).good) == (3, 3)
    days = counted.cell("days", NOVEMBER)
    assert (days.workdays, days.days) == (Counter({0: 1, 1: 1, 4: 1}), Counter({0: 1, 1: 1, 6: 1}))


def test_the_figures_come_from_the_events_alone(session: Session, core: Core, finish: Finish, now: datetime) -> None:
    finish(0), finish(6)
    later = now + timedelta(days=7)
    before = _counted(session, core, later).cells
    nonsense = {"state": "running", "met_at": None, "legal_due": later, "extended_by": 9}
    session.execute(update(Clock).values(**nonsense).execution_options(synchronize_session=False))
    other = {"section_code": "finance", "track": "petition", "rating": "fair", "answered_at": None, "returns": 4}
    session.execute(update(Case).values(**other).execution_options(synchronize_session=False))
    assert _counted(session, core, later).cells == before


def test_the_three_rates_are_apart(session: Session, core: Core, finish: Finish, bureau: Bureau, now: datetime) -> None:
    later = now + timedelta(hours=1)
    for rating, result in (("satisfied", "solved"), ("fair", "policy_explained"), ("", "unreachable")):
        case = finish()
        if rating:
            rate(session, core, case.id, rating, now=later)
        close(session, core, bureau.zhang, case.id, case.version, result=result, evidence="电话核实", now=later)
    counted = _counted(session, core, later)
    shown = {code: (counted.cell(code, NOVEMBER).good, counted.cell(code, NOVEMBER).of) for code in FIGURES}
    assert shown["answered"] == (3, 3) and shown["rated"] == (2, 3)
    assert shown["satisfied"] == (1, 2) and shown["resolved"] == (1, 2)


def test_a_return_counts_against_its_section(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    for _ in range(2):
        case = open_case(state="triage", section_code=None)
        assign(session, core, bureau.office, case.id, case.version, section="welfare", now=now)
    return_case(session, core, bureau.head, case.id, case.version, reason="不属我科", now=now)
    cell = _counted(session, core, now).cell("returned", NOVEMBER, section="welfare")
    assert (cell.good, cell.of) == (1, 2)


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("part", ["of", "good", "rest"])
def test_every_number_is_the_length_of_its_list(
    session: Session, core: Core, finish: Finish, now: datetime, figure: str, part: str
) -> None:
    first, late = finish(0), finish(6)
    rate(session, core, first.id, "satisfied", now=now + timedelta(days=1))
    later = now + timedelta(days=7)
    cell = _counted(session, core, later).cell(figure, NOVEMBER, section="welfare")
    wanted = {"of": cell.of, "good": cell.good, "rest": cell.of - cell.good}[part]
    found = cases_behind(session, core, NOVEMBER, Behind(figure, part, "welfare", "general"), later)
    assert len(found) == wanted and set(found) <= {first.id, late.id}
    assert cases_behind(session, core, NOVEMBER, Behind(figure, part, "finance"), later) == []


def test_a_restricted_case_is_in_no_figure_and_in_no_list(
    session: Session, core: Core, finish: Finish, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    finish(0)
    later = now + timedelta(days=7)
    before = _counted(session, core, later)
    open_case(restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None, kind="report", state="triage")
    turned = open_case()
    correct_labels(session, core, bureau.head, turned.id, turned.version, {"kind": "report"}, now=now)
    assert turned.restricted
    after = _counted(session, core, later)
    assert after.cells == before.cells
    for own in ("welfare", None):
        for figure in FIGURES:
            assert turned.id not in cases_behind(session, core, NOVEMBER, Behind(figure), later, own)


def test_a_head_counts_the_own_section_only(session: Session, core: Core, finish: Finish, now: datetime) -> None:
    finish(0)
    own = _counted(session, core, now, own="finance")
    assert own.cells == {}
    assert _counted(session, core, now, own="welfare").cell("on_time", NOVEMBER).of == 1


def test_a_past_month_stays_as_it_was(session: Session, core: Core, finish: Finish, now: datetime) -> None:
    finish(0), finish(20)  # the second misses in November and is answered in December
    first = _counted(session, core, NOVEMBER.end).cell("on_time", NOVEMBER)
    much_later = _counted(session, core, now + timedelta(days=90)).cell("on_time", NOVEMBER)
    assert (first.good, first.of) == (much_later.good, much_later.of) == (1, 2)
    december = tally(session, core, [NOVEMBER.before(-1)], now + timedelta(days=90))
    assert december.cell("on_time", NOVEMBER.before(-1)).of == 0
    assert december.cell("days", NOVEMBER.before(-1)).of == 1


def test_the_cut_off_moves_a_deed_into_the_next_month(
    session: Session, core: Core, finish: Finish, now: datetime
) -> None:
    finish(4)  # answered on Friday the 27th, late since Wednesday the 25th at midnight
    cut = Month(2026, 11, 25)
    both = tally(session, core, [cut, cut.before(-1)], now + timedelta(days=5))
    assert both.cell("on_time", cut).of == 1 and both.cell("days", cut).of == 0
    assert both.cell("days", cut.before(-1)).of == 1 and month_of(now, 25) == cut


def test_a_case_that_nobody_touched_for_months_is_found_by_its_open_state(
    session: Session, core: Core, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    far = now + timedelta(days=200)
    cell = tally(session, core, [NOVEMBER], far).cell("on_time", NOVEMBER)
    assert (cell.good, cell.of) == (0, 1)
    assert cases_behind(session, core, NOVEMBER, Behind("on_time", "rest"), far) == [case.id]


def test_the_middle_and_the_ninth_tenth_are_by_nearest_rank() -> None:
    ten = Counter(dict.fromkeys(range(1, 11), 1))
    assert (average(ten), p90(ten)) == (5.5, 9)
    assert (average(Counter({3: 1})), p90(Counter({3: 1}))) == (3, 3)
    assert (p90(Counter({0: 9, 30: 1})), p90(Counter({0: 8, 30: 2}))) == (0, 30)
    assert (average(Counter()), p90(Counter())) == (None, None)


def test_the_events_are_read_through_their_index_in_one_query(
    session: Session, core: Core, finish: Finish, now: datetime
) -> None:
    if not core.database.is_sqlite:
        pytest.skip("asks SQLite for its plan")
    finish(0)
    asked: list[tuple[str, Any]] = []
    bind = session.get_bind()

    def note(_c: object, _cur: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(bind, "before_cursor_execute", note)
    _counted(session, core, now)
    event.remove(bind, "before_cursor_execute", note)
    (only,) = asked
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {only[0]}", only[1])
    steps = " / ".join(str(row[-1]) for row in plan)
    assert "SCAN case_event" not in steps and "TEMP B-TREE FOR ORDER BY" not in steps, steps
    assert "ix_cases_changed_at" in steps, steps


def test_an_event_without_its_facts_is_passed_over(session: Session, core: Core, finish: Finish, now: datetime) -> None:
    case = finish(0)
    core.ledger.append(session, case.id, "system", "clock_met", now, {})
    core.ledger.append(session, case.id, "system", "routed", now, {})
    assert _counted(session, core, now).cell("on_time", NOVEMBER).of == 1
    assert session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).first() is not None
