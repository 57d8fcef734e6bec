"""What hangs on a case: read by statements that are kept, and not asked for where nothing is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import event
from sqlalchemy.orm import Session

from handlers.casework.oversee import note
from handlers.core import Core
from handlers.records import Case, CaseEvent, Note
from handlers.records.of_case import may_hold, merged_into, note_absent, rows_of
from tests.handlers.casework.conftest import Bureau, OpenCase


def test_the_rows_of_a_case_come_in_their_order_and_of_no_other(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case, other = open_case(), open_case()
    for text in ("先电话核实", "已约好上门"):
        note(session, core, bureau.office, case.id, case.version, text=text, now=now)
    assert [row.text for row in rows_of(session, Note, case.id)] == ["先电话核实", "已约好上门"]
    assert rows_of(session, Note, other.id) == []
    numbers = [event.seq for event in rows_of(session, CaseEvent, case.id)]
    assert len(numbers) >= 2 and numbers == sorted(numbers)


def test_a_session_that_only_reads_asks_no_table_that_holds_nothing(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case, other = open_case(), open_case()
    note(session, core, bureau.office, other.id, other.version, text="先电话核实", now=now)
    note_absent(session, case.id)
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert rows_of(session, Note, case.id) == [] and merged_into(session, case.id) == []
    assert asked == []
    assert [row.text for row in rows_of(session, Note, other.id)] == ["先电话核实"]  # known of one case only
    assert len(asked) == 1


def test_what_is_there_is_asked_for_after_the_probe_too(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case, into = open_case(), open_case()
    note(session, core, bureau.office, case.id, case.version, text="先电话核实", now=now)
    session.get_one(Case, into.id).merged_into_id = case.id
    session.flush()
    note_absent(session, case.id)
    assert may_hold(session, Note, case.id)
    assert [row.text for row in rows_of(session, Note, case.id)] == ["先电话核实"]
    assert merged_into(session, case.id) == [into.id]
