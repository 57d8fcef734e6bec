"""Results go back in the platform's own columns, in its own order; and the report of the rows that were refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from handlers.casework.access import Person, visible_to
from handlers.core import Core
from handlers.deadlines.worktime import SHANGHAI
from handlers.exchange.batches import batch_of, cells_of, rows_of
from handlers.exchange.cases_out import answers_of
from handlers.exchange.exports import begin, counted
from handlers.exchange.workbook import Cell, stream
from handlers.records import Case, ImportRow, Officer
from handlers.taxonomy import RESULTS

_AT_ONCE: Final = 500
_WHY: Final = "没有导入的原因"


def results(core: Core, person: Person, batch_id: int, now: datetime, clock: Callable[[], datetime]) -> Iterator[bytes]:
    """The list as it came, with our columns filled where a case has been answered; an audited export."""
    with core.database.read() as session:
        batch = batch_of(session, person, batch_id)
        rows = [row.id for row in rows_of(session, batch_id, ("taken", "known"))]
    record = begin(core, person, "results", f"{batch.filename} 的办理结果", {"batch": batch_id}, now)
    filled = counted(core, record, _filled(core, person, batch.mapping, rows), clock)
    return stream("办理结果", batch.headers, filled, [18] * len(batch.headers))


def refused(core: Core, person: Person, batch_id: int) -> Iterator[bytes]:
    """The refused rows as they came, each with its reasons in front: to be mended and sent again."""
    with core.database.read() as session:
        batch = batch_of(session, person, batch_id)
        rows = rows_of(session, batch_id, ("refused",))
    lines: list[tuple[Cell, ...]] = [(row.place, row.why, *cells_of(core, row)) for row in rows]
    return stream("没有导入的行", ["原行号", _WHY, *batch.headers], lines, [8, 40, *[18] * len(batch.headers)])


def _filled(core: Core, person: Person, mapping: dict[str, str], rows: Sequence[int]) -> Iterator[Sequence[Cell]]:
    sections = core.profile().section_names
    for start in range(0, len(rows), _AT_ONCE):
        with core.database.read() as session:
            part = session.scalars(
                select(ImportRow).where(ImportRow.id.in_(rows[start : start + _AT_ONCE])).order_by(ImportRow.place)
            ).all()
            wanted = select(Case).where(Case.number.in_([row.number for row in part if row.number]), visible_to(person))
            cases = {case.number: case for case in session.scalars(wanted)}
            answers = answers_of(session, [case.id for case in cases.values()])
            people = dict(session.execute(select(Officer.id, Officer.name)).tuples().all())
        for row in part:
            cells: list[Cell] = list(cells_of(core, row))
            case = cases.get(row.number)
            if case is not None:
                told = _told(case, answers.get(case.id, ""), sections, people)
                for place, code in mapping.items():
                    if told.get(code) and int(place) < len(cells):
                        cells[int(place)] = told[code]
            yield cells


def _told(case: Case, answer: str, sections: dict[str, str], people: dict[int, str]) -> dict[str, str]:
    """What our columns say of a case; nothing before it is answered, but for its number and who has it."""
    at = case.answered_at or case.closed_at
    told = {
        "result_number": case.number,
        "result_section": sections.get(case.section_code or "", ""),
        "result_officer": people.get(case.officer_id or 0, ""),
    }
    if answer:
        told |= {"result_answer": answer, "result_name": RESULTS.get(case.result, "")}
        told["result_at"] = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else ""
    return told
