"""Lists of other platforms: read, judged, taken in exactly once, and given back in their own columns."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select, update

from handlers.accounts.roles import Role
from handlers.casework.access import Staff
from handlers.core import Core
from handlers.errors import InvalidInput, NotFound
from handlers.exchange.batches import batch_of, cells_of, remap, rows_of, start, tally, upload
from handlers.exchange.results_out import refused, results
from handlers.exchange.table_in import read_table
from handlers.exchange.take_in import take_in
from handlers.exchange.workbook import written
from handlers.intake.receive import Intake
from handlers.records import Case, Clock, ExportRecord, ImportRow, Officer, Reply
from handlers.retention.erase_case import erase_contact, erase_texts

HEADERS = [
    "序号",
    "工单编号",
    "派单时间",
    "办结时限",
    "退单时限",
    "来电人姓名",
    "联系电话",
    "工单内容",
    "办理情况",
    "承办单位",
    "备注列",
]
GOOD = [
    "1",
    "HX001",
    "2026-11-20 10:00",
    "2026-11-24",
    "2026-11-23 12:00",
    "其木格",
    "13904711234",
    "高龄津贴没到账",
    "",
    "",
    "甲",
]
OFFICE = Staff(1, "乌云", Role.OFFICE, "general_office")


@pytest.fixture
def ready(core: Core, now: datetime) -> Core:
    with core.database.write() as session:
        for ident, role in ((1, "office"), (2, "head")):
            session.add(
                Officer(id=ident, login=str(ident), name=f"员{ident}", role=role, password_hash="-", created_at=now)
            )
    return core


@pytest.fixture
def intake(ready: Core) -> Iterator[Intake]:
    made = Intake(ready)
    yield made
    made.close()


def csv_of(*rows: list[str], code: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(row) for row in (HEADERS, *rows)).encode(code)


def xlsx_of(*rows: list[Any]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def changed(row: list[str], **cells: str) -> list[str]:
    places = {"number": 1, "dispatched": 2, "due": 3, "back": 4, "text": 7}
    made = list(row)
    for name, value in cells.items():
        made[places[name]] = value
    return made


def run(core: Core, intake: Intake, data: bytes, now: datetime, source: str = "hotline_12345") -> int:
    batch_id = upload(core, OFFICE, source, "12345.csv", data, now)
    start(core, OFFICE, batch_id, now)
    take_in(core, intake, lambda: now)
    return batch_id


def count(core: Core, table: Any) -> int:
    with core.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


FORMS = {
    "utf-8": csv_of(GOOD),
    "gb18030": csv_of(GOOD, code="gb18030"),
    "bom": csv_of(GOOD, code="utf-8-sig"),
    "xlsx": xlsx_of(["12345 派单清单"], HEADERS, GOOD),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_a_list_is_read_whatever_its_form(data: bytes) -> None:
    table = read_table(data, "x", frozenset(HEADERS))
    assert table.headers == tuple(HEADERS) and table.rows[0][1] == tuple(GOOD)


def test_cells_of_excel_become_the_text_that_people_see() -> None:
    table = read_table(xlsx_of(["编号", "内容"], [13904711234.0, datetime(2026, 11, 20, 9, 5)], [12, "=1"]), "x")
    assert [cells for _, cells in table.rows] == [("13904711234", "2026-11-20 09:05:00"), ("12", "")]
    assert read_table('编号,内容\n="0012",\t007\n'.encode(), "x").rows[0][1] == ("0012", "007")


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 broken", bytes.fromhex("d0cf11e0a1b11ae1"), "只有一格".encode(), "编号,内容\n".encode()]
)
def test_a_file_that_is_no_list_is_refused_in_plain_words(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_table(data, "x")


def test_number_dispatch_due_and_return_limit_are_kept_and_the_earlier_due_date_prevails(
    ready: Core, intake: Intake, now: datetime
) -> None:
    run(ready, intake, csv_of(GOOD), now)
    with ready.database.read() as session:
        case = session.scalars(select(Case)).one()
        clocks = session.scalars(select(Clock).where(Clock.outer_due.is_not(None))).all()
    assert (case.source, case.outer_number) == ("hotline_12345", "HX001")
    assert case.outer_dispatched_at == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert case.outer_due_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC), "a day alone is its end"
    assert case.outer_return_by == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    assert clocks and {clock.outer_due for clock in clocks} == {case.outer_due_at}
    assert case.next_due_at is not None and case.next_due_at <= case.outer_due_at


def test_rows_that_cannot_be_taken_say_why_and_the_others_go_in(ready: Core, intake: Intake, now: datetime) -> None:
    rows = [
        GOOD,
        changed(GOOD, number=""),
        changed(GOOD, number="HX002", text=""),
        changed(GOOD, number="HX003", due="下周"),
        changed(GOOD, number="HX001"),
        changed(GOOD, number="HX004", dispatched="2027-01-01"),
        changed(GOOD, number="HX005", due="2026-11-01"),
    ]
    batch_id = run(ready, intake, csv_of(*rows), now)
    with ready.database.read() as session:
        assert tally(session, batch_id) == {"taken": 1, "refused": 6}
        why = [row.why for row in rows_of(session, batch_id, ("refused",))]
    assert why == [
        "没有原编号（工单号）", "没有诉求内容", "办理期限“下周”不是日期", "与第 2 行编号相同",
        "转办时间在将来；办理期限早于转办时间",
        "办理期限早于转办时间",
    ]  # fmt: skip
    book = load_workbook(written(refused(ready, OFFICE, batch_id), io.BytesIO()))
    report = list(book.active.iter_rows(values_only=True))
    assert report[0] == ("原行号", "没有导入的原因", *HEADERS) and len(report) == 7
    assert report[1][:2] == (3, "没有原编号（工单号）") and report[1][9] == "高龄津贴没到账"


def test_the_same_file_twice_is_nothing_twice(ready: Core, intake: Intake, now: datetime) -> None:
    data = csv_of(GOOD, changed(GOOD, number="HX002"))
    run(ready, intake, data, now)
    second = upload(ready, OFFICE, "hotline_12345", "again.csv", data, now)
    with ready.database.read() as session:
        assert tally(session, second) == {"known": 2}
        numbers = {row.number for row in rows_of(session, second, ("known",))}
        assert numbers == set(session.scalars(select(Case.number)))
    with pytest.raises(InvalidInput):
        start(ready, OFFICE, second, now)
    assert count(ready, Case) == 2


def test_two_lists_with_one_number_started_side_by_side_open_one_case(
    ready: Core, intake: Intake, now: datetime
) -> None:
    one, two = (upload(ready, OFFICE, "hotline_12345", name, csv_of(GOOD), now) for name in ("a.csv", "b.csv"))
    for batch_id in (one, two):
        start(ready, OFFICE, batch_id, now)
    take_in(ready, intake, lambda: now)
    with ready.database.read() as session:
        assert (tally(session, one), tally(session, two)) == ({"taken": 1}, {"known": 1})
    assert count(ready, Case) == 1


def test_an_import_that_was_killed_in_the_middle_goes_on_and_takes_nothing_twice(
    ready: Core, intake: Intake, now: datetime
) -> None:
    rows = [changed(GOOD, number=f"HX{n:03d}", text=f"第{n}件：高龄津贴没到账") for n in range(120)]
    batch_id = upload(ready, OFFICE, "hotline_12345", "a.csv", csv_of(*rows), now)
    start(ready, OFFICE, batch_id, now)

    class Killed(Intake):
        def receive_many(self, messages: Any, at: datetime) -> Any:
            intake.receive_many(messages[:30], at)  # these are stored, then the process dies
            raise SystemExit

    with pytest.raises(SystemExit):
        take_in(ready, Killed(ready), lambda: now)
    assert count(ready, Case) == 30
    assert take_in(ready, intake, lambda: now + timedelta(minutes=1)) == 0, "its lease still runs"
    assert take_in(ready, intake, lambda: now + timedelta(minutes=6)) == 120
    with ready.database.read() as session:
        assert tally(session, batch_id) == {"taken": 120}
        assert batch_of(session, OFFICE, batch_id).state == "done"
        numbers = session.scalars(select(ImportRow.number)).all()
        assert len(set(numbers)) == 120 == session.scalar(select(func.count()).select_from(Case))


def test_what_was_erased_is_not_taken_in_again(ready: Core, intake: Intake, now: datetime) -> None:
    batch_id = run(ready, intake, csv_of(GOOD), now)
    with ready.database.write() as session:
        case = session.scalars(select(Case)).one()
        erase_contact(session, case.id)
        erase_texts(session, case)
    with ready.database.read() as session:
        (row,) = rows_of(session, batch_id, ("taken",))
        assert cells_of(ready, row) == [], "the row went with the case's contact data"
    again = upload(ready, OFFICE, "hotline_12345", "again.csv", csv_of(GOOD), now)
    with ready.database.read() as session:
        assert tally(session, again) == {"known": 1}


def test_columns_of_unknown_names_are_mapped_once_and_remembered(ready: Core, now: datetime) -> None:
    data = "甲,乙,丙\n1,HX9,井盖坏了\n".encode()
    first = upload(ready, OFFICE, "petition_system", "x.csv", data, now)
    with ready.database.read() as session:
        assert tally(session, first) == {"refused": 1}
    with pytest.raises(InvalidInput, match="诉求内容"):
        remap(ready, OFFICE, first, {"1": "outer_number"}, now)
    with pytest.raises(InvalidInput, match="两次"):
        remap(ready, OFFICE, first, {"1": "outer_number", "0": "outer_number", "2": "text"}, now)
    remap(ready, OFFICE, first, {"1": "outer_number", "2": "text"}, now)
    second = upload(ready, OFFICE, "petition_system", "y.csv", data, now)
    other = upload(ready, OFFICE, "hotline_12345", "z.csv", data, now)
    with ready.database.read() as session:
        assert tally(session, first) == tally(session, second) == {"waiting": 1}
        assert tally(session, other) == {"refused": 1}, "each platform has columns of its own"


def test_results_go_back_in_the_platforms_own_columns(ready: Core, intake: Intake, now: datetime) -> None:
    batch_id = run(ready, intake, csv_of(GOOD, changed(GOOD, number="HX002")), now)
    with ready.database.write() as session:
        case = session.scalars(select(Case).where(Case.outer_number == "HX002")).one()
        case.section_code, case.answered_at, case.state = "welfare", now, "answered"
        session.add(Reply(case_id=case.id, state="issued", text="=已补发", drafted_by=1, drafted_at=now, issued_at=now))
        session.add(Reply(case_id=case.id, state="draft", text="没签发的", drafted_by=1, drafted_at=now))
    book = load_workbook(written(results(ready, OFFICE, batch_id, now, lambda: now), io.BytesIO()))
    head, first, second = book.active.iter_rows(values_only=True)
    assert head == tuple(HEADERS)
    assert first[8] is None and first[10] == "甲", "not answered yet: as it came"
    assert second[8] == "=已补发" and second[9] == "福利科" and second[7] == "高龄津贴没到账"
    with ready.database.read() as session:
        record = session.scalars(select(ExportRecord)).one()
        assert (record.kind, record.officer_id, record.rows, record.finished_at) == ("results", 1, 2, now)


def test_a_restricted_case_gives_nothing_back(ready: Core, intake: Intake, now: datetime) -> None:
    batch_id = run(ready, intake, csv_of(GOOD), now)
    with ready.database.write() as session:
        case = session.scalars(select(Case)).one()
        session.add(
            Reply(case_id=case.id, state="issued", text="秘密答复", drafted_by=1, drafted_at=now, issued_at=now)
        )
        session.execute(update(Case).values(restricted=True, restricted_to=2, section_code="welfare", answered_at=now))
    book = load_workbook(written(results(ready, OFFICE, batch_id, now, lambda: now), io.BytesIO()))
    assert list(book.active.iter_rows(values_only=True))[1][8:10] == (None, None)


def test_somebody_elses_list_is_not_there(ready: Core, now: datetime) -> None:
    batch_id = upload(ready, OFFICE, "hotline_12345", "a.csv", csv_of(GOOD), now)
    with ready.database.read() as session:
        for person in (Staff(2, "何丽", Role.HEAD, "welfare"), Staff(1, "张敏", Role.OFFICER, "welfare")):
            with pytest.raises(NotFound):
                batch_of(session, person, batch_id)


def test_rows_lie_sealed(ready: Core, now: datetime) -> None:
    upload(ready, OFFICE, "hotline_12345", "a.csv", csv_of(GOOD), now)
    with ready.database.read() as session:
        cells = session.scalars(select(ImportRow.cells)).one()
    assert cells.startswith("v1:") and "其木格" not in cells
