"""One row for each case of a list, read in portions: what an exported list says of a case."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only

from handlers.casework.access import Person, visible_to
from handlers.casework.grading import grade_name
from handlers.casework.states import state_name
from handlers.core import Core
from handlers.exchange.workbook import Cell
from handlers.records import Case, Message, Officer, Reply
from handlers.taxonomy import KINDS, RATINGS, RESULTS, SOURCES, TOPICS, TRACKS

_AT_ONCE: Final = 1000


@dataclass(slots=True)
class Row:
    """A case with what its row needs beside it."""

    case: Case
    letter: str
    answer: str
    section: str
    officer: str


def _yes(set_: bool) -> str:
    return "是" if set_ else ""


#: The columns: heading, width, and what stands there. No contact data: an exported list leaves the house.
COLUMNS: Final[tuple[tuple[str, int, Callable[[Row], Cell]], ...]] = (
    ("受理编号", 18, lambda row: row.case.number),
    ("主题", 40, lambda row: row.case.subject),
    ("状态", 10, lambda row: state_name(row.case.state)),
    ("类型", 8, lambda row: KINDS.get(row.case.kind or "", "")),
    ("业务", 14, lambda row: TOPICS.get(row.case.topic or "", "")),
    ("来源", 12, lambda row: SOURCES.get(row.case.source, row.case.source)),
    ("办理途径", 10, lambda row: TRACKS.get(row.case.track, row.case.track)),
    ("科室", 14, lambda row: row.section),
    ("经办人", 10, lambda row: row.officer),
    ("紧急", 8, lambda row: grade_name(row.case.urgent, row.case.grade)),
    ("督办", 6, lambda row: _yes(row.case.supervised)),
    ("旗县区", 10, lambda row: row.case.district),
    ("地点", 16, lambda row: row.case.place),
    ("收到", 17, lambda row: row.case.received_at),
    ("最近期限", 17, lambda row: row.case.next_due_at),
    ("时限规则", 10, lambda row: row.case.next_due_rule or ""),
    ("答复", 17, lambda row: row.case.answered_at),
    ("办结", 17, lambda row: row.case.closed_at),
    ("办理结果", 10, lambda row: RESULTS.get(row.case.result, "")),
    ("评价", 8, lambda row: RATINGS.get(row.case.rating, "")),
    ("重办次数", 8, lambda row: row.case.reopened or None),
    ("原编号", 18, lambda row: row.case.outer_number),
    ("转办时间", 17, lambda row: row.case.outer_dispatched_at),
    ("对方期限", 17, lambda row: row.case.outer_due_at),
    ("退回时限", 17, lambda row: row.case.outer_return_by),
    ("来信", 60, lambda row: row.letter),
    ("答复内容", 60, lambda row: row.answer),
)


#: What the columns read of a case: a third of it, and half the work.
_READ: Final = (
    Case.number, Case.subject, Case.state, Case.kind, Case.topic, Case.source, Case.track, Case.section_code,
    Case.officer_id, Case.urgent, Case.grade, Case.supervised, Case.district, Case.place, Case.received_at,
    Case.next_due_at, Case.next_due_rule, Case.answered_at, Case.closed_at, Case.result, Case.rating, Case.reopened,
    Case.outer_number, Case.outer_dispatched_at, Case.outer_due_at, Case.outer_return_by, Case.first_message_id,
)  # fmt: skip


def case_rows(core: Core, person: Person, ids: Iterable[int]) -> Iterator[tuple[Cell, ...]]:
    """The rows of the cases in their order, as far as the person may (still) see them."""
    people, waiting = dict[int, str](), array("q")
    sections = {section.code: section.name for section in core.profile().sections}
    with core.database.read() as session:
        people.update(session.execute(select(Officer.id, Officer.name)).tuples().all())
    for case_id in ids:
        waiting.append(case_id)
        if len(waiting) == _AT_ONCE:
            yield from _portion(core, person, waiting, sections, people)
            waiting = array("q")
    yield from _portion(core, person, waiting, sections, people)


def _portion(
    core: Core, person: Person, ids: array[int], sections: dict[str, str], people: dict[int, str]
) -> Iterator[tuple[Cell, ...]]:
    wanted = list(ids)
    with core.database.read() as session:
        cases = {case.id: case for case in session.scalars(_cases(person, wanted))}
        letters = _letters(session, cases)
        answers = answers_of(session, list(cases))
    for case_id in wanted:
        case = cases.get(case_id)
        if case is not None:
            section, officer = sections.get(case.section_code or "", ""), people.get(case.officer_id or 0, "")
            row = Row(case, letters.get(case.first_message_id or 0, ""), answers.get(case_id, ""), section, officer)
            yield tuple(value(row) for _, _, value in COLUMNS)


def _cases(person: Person, ids: list[int]) -> Any:
    wanted = select(Case).options(load_only(*_READ, raiseload=True))
    return wanted.where(Case.id.in_(ids), visible_to(person))


def _letters(session: Session, cases: dict[int, Case]) -> dict[int, str]:
    first = [case.first_message_id for case in cases.values() if case.first_message_id]
    return dict(session.execute(select(Message.id, Message.text).where(Message.id.in_(first))).tuples().all())


def answers_of(session: Session, case_ids: list[int]) -> dict[int, str]:
    """The latest issued answer of each case that has one."""
    latest = select(func.max(Reply.id)).where(
        Reply.case_id.in_(case_ids), Reply.state == "issued", Reply.purpose == "answer"
    )
    wanted = select(Reply.case_id, Reply.text).where(Reply.id.in_(latest.group_by(Reply.case_id).scalar_subquery()))
    return dict(session.execute(wanted).tuples().all())
