"""One case as a line of a list: two lines of text, and what is due next and how long that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from handlers.accounts.directory import names
from handlers.casework.grading import grade_of
from handlers.casework.local import day, moment
from handlers.casework.reach import reaches
from handlers.casework.states import OPEN_STATES, state_name
from handlers.core import Core
from handlers.deadlines.local import limits_of, rule_words
from handlers.deadlines.worktime import local_day
from handlers.records import Case
from handlers.taxonomy import KINDS, SOURCES, TOPICS

#: The ladder's colours as people read them: a word and a symbol, never colour alone.
COLOURS: Final[dict[str, tuple[str, str]]] = {
    "": ("", ""),
    "yellow": ("黄", "▲"),
    "orange": ("橙", "◆"),
    "red": ("红", "●"),
    "notice": ("红", "●"),
}


@dataclass(frozen=True, slots=True)
class DueWords:
    """What is due next. ``colour`` is "", yellow, orange or red; ``left`` "还剩 1 个工作日" or "已超期 2 天".

    ``rule`` is its code, with 待核实 where that holds.
    """

    colour: str
    word: str
    symbol: str
    left: str
    rule: str
    on: str
    at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list; every name is ready to be shown."""

    case_id: int
    version: int
    number: str
    subject: str
    state: str
    state_name: str
    kind: str
    topic: str
    source: str
    section_code: str
    section: str
    officer_id: int | None
    officer: str
    claimed: bool
    urgent: bool
    grade: str  # of urgent: now, today
    unread: bool
    supervised: bool
    restricted: bool
    sensitive: bool
    needs_person: bool
    returns: int
    reopened: int
    guided: bool
    due: DueWords
    opened: str
    opened_at: datetime
    reach: str = ""  # how long the writer's chat stays open, when that ends soon


def lines(session: Session, core: Core, cases: Iterable[Case], now: datetime) -> list[CaseLine]:
    """The lines of ``cases`` in their order; one further query for the names."""
    rows = list(cases)
    people = names(session, {case.officer_id for case in rows})
    sections = core.profile().section_names
    soon = {case_id: reach.words for case_id, reach in reaches(session, core, rows, now).items() if reach.soon}
    shown = [_line(core, case, people, sections, now) for case in rows]
    return [replace(line, reach=soon[line.case_id]) if line.case_id in soon else line for line in shown]


def due_words(core: Core, case: Case, now: datetime) -> DueWords:
    """What is due next on a case and how long that is."""
    if case.next_due_at is None or case.state not in OPEN_STATES:
        return DueWords("", "", "", "", "", "", None, False)
    late = case.next_due_at <= now
    colour = "red" if late else case.colour if case.colour in ("yellow", "orange") else ""
    word, symbol = COLOURS[colour]
    rule = case.next_due_rule or ""
    kept = limits_of(core.profile()).rule(rule) if rule else None
    in_hours = kept is not None and kept.in_hours
    left = _left(core, case.next_due_at, now, in_hours)
    local_end = case.next_due_at if in_hours else case.next_due_at - timedelta(seconds=1)
    on = moment(local_end, now) if in_hours else day(local_end, now)
    return DueWords(colour, word, symbol, left, rule_words(core.profile(), rule), on, case.next_due_at, late)


def _left(core: Core, due: datetime, now: datetime, in_hours: bool) -> str:
    if due <= now:
        span = now - due
        if span < timedelta(days=1):
            return f"已超期 {max(1, int(span.total_seconds() // 3600))} 小时"
        return f"已超期 {span.days} 天"
    if in_hours:
        span = due - now
        if span < timedelta(hours=1):
            return f"还剩 {max(1, int(span.total_seconds() // 60))} 分钟"
        if span < timedelta(hours=12):
            return f"还剩 {int(span.total_seconds() // 3600)} 小时"
    last = local_day(due - timedelta(seconds=1))
    days = core.calendar().workdays_between(local_day(now) + timedelta(days=1), last)
    return f"还剩 {days} 个工作日" if days > 0 else "当天到期" if last == local_day(now) else "下个工作日前到期"


def _line(core: Core, case: Case, people: dict[int, str], sections: dict[str, str], now: datetime) -> CaseLine:
    return CaseLine(
        case_id=case.id,
        version=case.version,
        number=case.number,
        subject=case.subject or "（无文字）",
        state=case.state,
        state_name=state_name(case.state),
        kind=KINDS.get(case.kind or "", ""),
        topic=TOPICS.get(case.topic or "", ""),
        source=SOURCES.get(case.source, case.source),
        section_code=case.section_code or "",
        section=sections.get(case.section_code or "", ""),
        officer_id=case.officer_id,
        officer=people.get(case.officer_id or 0, ""),
        claimed=bool(case.officer_id and case.claim_until and case.claim_until > now),
        urgent=case.urgent,
        grade=grade_of(case),
        unread=case.unread,
        supervised=case.supervised,
        restricted=case.restricted,
        sensitive=case.sensitive,
        needs_person=case.needs_person,
        returns=case.returns,
        reopened=case.reopened,
        guided=bool(case.guide_code),
        due=due_words(core, case, now),
        opened=moment(case.opened_at, now),
        opened_at=case.opened_at,
    )
