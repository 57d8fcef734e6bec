"""The queues of the console: which cases stand in each, how many, and one page of them in the order of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select, true
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import (
    KEPT,
    Person,
    Staff,
    cooperates,
    ids_of,
    sections_of,
    standings_of,
    viewer_of,
    visible_to,
)
from handlers.casework.lines import CaseLine, lines
from handlers.casework.paging import closed_page, open_page
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.errors import NotFound
from handlers.records import Case, CaseTrack
from handlers.records.case import IS_OPEN
from handlers.records.ids import in_round_number
from handlers.signing.waiting import at_my_step, wants_seal
from handlers.together.idle import lying

PAGE: Final = 50
_DEEPEST: Final = 2000
_SOON: Final = timedelta(hours=36)

Condition = Callable[[Person, datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: its name, what an empty one tells people, who has it in the menu, and its condition."""

    code: str
    name: str
    empty: str
    roles: tuple[Role, ...]
    condition: Condition
    closed: bool = False


def late(person: Person, now: datetime) -> ColumnElement[bool]:
    """Owing something past the date that prevails: an answered case may still owe another track a written act."""
    return and_(IS_OPEN, Case.next_due_at <= now)


def due_soon(person: Person, now: datetime) -> ColumnElement[bool]:
    """Warned of (yellow, orange), or safe only until tomorrow, and not late yet."""
    warned = or_(Case.colour.in_(("yellow", "orange")), Case.next_safe_due_at <= now + _SOON)
    return and_(IS_OPEN, Case.next_due_at > now, warned)


def due_within_week(person: Person, now: datetime) -> ColumnElement[bool]:
    """Owing something within seven days, and not late yet."""
    return and_(IS_OPEN, Case.next_due_at > now, Case.next_due_at <= now + timedelta(days=7))


_DUE: Final[dict[str, Condition]] = {"late": late, "soon": due_soon, "week": due_within_week}


def _in(*states: str) -> Condition:
    return lambda person, now: Case.state.in_(states)


def _mine(person: Person, now: datetime) -> ColumnElement[bool]:
    return and_(Case.officer_id.in_(ids_of(person)), Case.state.in_(OPEN_STATES))


def _section(person: Person, now: datetime) -> ColumnElement[bool]:
    if not sections_of(person):
        return false()
    return and_(Case.section_code.in_(sections_of(person)), Case.state.in_(OPEN_STATES))


def _unclaimed(person: Person, now: datetime) -> ColumnElement[bool]:
    return and_(Case.state.in_(("assigned", "reopened")), Case.officer_id.is_(None))


def _cooperating(person: Person, now: datetime) -> ColumnElement[bool]:
    return and_(or_(false(), *(cooperates(section) for section in sections_of(person))), IS_OPEN)


def _unread(person: Person, now: datetime) -> ColumnElement[bool]:
    return and_(Case.unread.is_(True), IS_OPEN)


def _restricted(person: Person, now: datetime) -> ColumnElement[bool]:
    return and_(Case.restricted.is_(True), Case.restricted_to == person.officer_id, Case.state.in_(OPEN_STATES))


def _unsettled(person: Person, now: datetime) -> ColumnElement[bool]:
    return and_(Case.state == "answered", Case.result == "")


def _proposed(person: Person, now: datetime) -> ColumnElement[bool]:
    waiting = select(CaseTrack.case_id).where(CaseTrack.state == "proposed")
    return and_(Case.id.in_(waiting), IS_OPEN)


_DESK: Final = (Role.OFFICER, Role.HEAD, Role.OFFICE)
_BUREAU: Final = (Role.OFFICE, Role.LEADER, Role.AUDITOR)
_ALL: Final = (Role.OFFICER, Role.HEAD, Role.OFFICE, Role.LEADER, Role.AUDITOR)
_WORKERS: Final = (Role.OFFICER, Role.HEAD, Role.OFFICE, Role.LEADER)

_QUEUES: Final = (
    Queue("triage", "待分派", "没有等待分派的诉求。新来的、退回的会出现在这里。", _BUREAU, _in("triage")),
    Queue("mine", "我的", "您手上没有诉求。到“待签收”里签收一件。", _DESK, _mine),
    Queue("unclaimed", "待签收", "没有等待签收的诉求。", _ALL, _unclaimed),
    Queue("lying", "可接手", "没有签收后久未办理的诉求。", _ALL, lambda person, now: lying(now)),
    Queue("section", "本科室", "本科室没有未办结的诉求。", _DESK, _section),
    Queue("review", "待我审签", "没有等您审核或签发的答复。", _WORKERS, at_my_step),
    Queue("to_seal", "待用印", "没有签发了等着用印的文书。", (Role.HEAD, Role.OFFICE, Role.LEADER), wants_seal),
    Queue("due_soon", "快到期", "没有快到期的诉求。", _ALL, due_soon),
    Queue("late", "已超期", "没有超期的诉求。", _ALL, late),
    Queue("unread", "群众又来信", "没有未看的新来信。", _ALL, _unread),
    Queue("cooperating", "协办", "没有请本科室协办的诉求。", _DESK, _cooperating),
    Queue("proposed", "途径待确认", "没有等待确认办理途径的诉求。", _ALL, _proposed),
    Queue("with_unit", "交办中", "没有在单位办理的诉求。", _ALL, _in("with_unit")),
    Queue("to_deliver", "待送达", "没有等待送达的答复。", _ALL, _in("to_deliver")),
    Queue("answered", "待评价", "没有等待评价的答复。", _ALL, _in("answered")),
    Queue("unsettled", "答复后待办结", "没有需要写明办理结果的诉求。", _ALL, _unsettled),
    Queue("restricted", "受限", "没有交给您的举报。", _ALL, _restricted),
    Queue("open", "全部在办", "没有在办的诉求。", _ALL, lambda person, now: IS_OPEN),
    Queue(
        "closed", "已办结", "还没有办结的诉求。", _ALL, lambda person, now: Case.state.not_in(OPEN_STATES), closed=True
    ),
    Queue("all", "全部", "没有符合条件的诉求。", _ALL, lambda person, now: true(), closed=True),
)

#: THE table of queues by code, in the order of the menu.
QUEUES: Final[dict[str, Queue]] = {queue.code: queue for queue in _QUEUES}


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a queue or a search; empty means no filter. ``queue`` is a code of :data:`QUEUES`.

    ``due`` is ``late``, ``soon`` or ``week``; ``opened_from``/``opened_until`` are instants, the second exclusive.
    """

    queue: str = ""
    kind: str = ""
    topic: str = ""
    section: str = ""
    source: str = ""
    channel: str = ""
    state: str = ""
    colour: str = ""
    due: str = ""
    urgent: bool = False
    officer_id: int | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a queue; ``page`` starts at 1. Of the closed no more than ``paging.COUNTED`` are counted: ``more``.

    A long list's end is not counted, because counting reads it all; its last known page leads on to the next.
    """

    queue: Queue
    lines: list[CaseLine]
    total: int
    page: int
    pages: int
    more: bool = False


def queues_of(person: Person) -> list[Queue]:
    """The queues in this person's menu."""
    roles = {role for role, _ in standings_of(person)}
    return [queue for queue in QUEUES.values() if roles & {*queue.roles}]


def counts(session: Session, person: Person, now: datetime) -> dict[str, int]:
    """How many cases stand in each of the person's open queues, in one query."""
    shown = [queue for queue in queues_of(person) if not queue.closed]
    if not shown:
        return {}
    sums = [func.coalesce(func.sum(when((q.condition(person, now), 1), else_=0)), 0).label(q.code) for q in shown]
    row = session.execute(select(*sums).where(visible_to(person), IS_OPEN)).one()
    return {queue.code: int(value) for queue, value in zip(shown, row, strict=True)}


def cases_in(
    session: Session,
    core: Core,
    person: Person,
    queue: str,
    filters: Filters,
    now: datetime,
    *,
    page: int = 1,
    size: int = PAGE,
) -> Listed:
    """One page of a queue: urgent first, then by what is due next; closed ones latest first."""
    chosen, page = QUEUES.get(queue, QUEUES["open"]), min(max(1, page), _DEEPEST)
    wanted = select(Case).where(visible_to(person), chosen.condition(person, now), *narrowed(filters, person, now))
    ids, total, more = (closed_page if chosen.closed else open_page)(session, _ordered(wanted, chosen), page, size)
    pages = max(1, -(-total // size))
    if page > pages:
        return cases_in(session, core, person, queue, filters, now, page=pages, size=size)
    place = {case_id: at for at, case_id in enumerate(ids)}
    rows = sorted(
        session.scalars(select(Case).where(Case.id.in_(in_round_number(place)))), key=lambda case: place[case.id]
    )
    return Listed(chosen, lines(session, core, rows, now), total, page, pages + more, more)


def queue_ids(session: Session, person: Person, queue: str, filters: Filters, now: datetime) -> Iterator[int]:
    """The ids of a whole queue in its order, read as they are asked for."""
    chosen = QUEUES.get(queue, QUEUES["open"])
    wanted = select(Case).where(visible_to(person), chosen.condition(person, now), *narrowed(filters, person, now))
    ids = _ordered(wanted, chosen).with_only_columns(Case.id)
    return iter(session.scalars(ids, execution_options={"yield_per": 5000}))


def find_number(session: Session, person: Person, number: str) -> int | None:
    """The id of the case with exactly this number, when the person may see it."""
    return session.scalar(_numbered(viewer_of(person)), {"number": number.strip()})


def case_id_of(session: Session, person: Person, number: str) -> int:
    """:func:`find_number`; raises NotFound alike for an absent case and for one that the person may not know of."""
    found = find_number(session, person, number)
    if found is None:
        raise NotFound("没有这件诉求，或者您无权查看。")
    return found


@lru_cache(maxsize=KEPT)
def _numbered(viewer: Staff) -> Select[tuple[int]]:
    return select(Case.id).where(Case.number == bindparam("number"), visible_to(viewer))


def _ordered(wanted: Select[tuple[Case]], queue: Queue) -> Select[tuple[Case]]:
    if queue.closed:
        return wanted.order_by(Case.changed_at.desc(), Case.id.desc())
    wanted = wanted.where(IS_OPEN)  # every such queue is of open cases: said in the words of their index
    return wanted.order_by(Case.urgent.desc(), Case.grade, Case.next_due_at.is_(None), Case.next_due_at, Case.id)


def narrowed(filters: Filters, person: Person, now: datetime) -> Sequence[ColumnElement[bool]]:
    """The filters as conditions on ``cases``."""
    exact = {
        Case.kind: filters.kind,
        Case.topic: filters.topic,
        Case.section_code: filters.section,
        Case.source: filters.source,
        Case.channel: filters.channel,
        Case.state: filters.state,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in exact.items() if value]
    if filters.queue in QUEUES:
        found.append(QUEUES[filters.queue].condition(person, now))
    if filters.due in _DUE:
        found.append(_DUE[filters.due](person, now))
    if filters.urgent:
        found.append(Case.urgent.is_(True))
    if filters.officer_id is not None:
        found.append(Case.officer_id == filters.officer_id)
    if filters.colour == "red":
        found.append(late(person, now))
    elif filters.colour:
        found.append(Case.colour == filters.colour)
    if filters.opened_from is not None:
        found.append(Case.opened_at >= filters.opened_from)
    if filters.opened_until is not None:
        found.append(Case.opened_at < filters.opened_until)
    return found
