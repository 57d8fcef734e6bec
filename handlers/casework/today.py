"""今天先办这几件: the few cases an officer should take first this morning, each with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_WORKERS
from handlers.casework.access import Person, ids_of, sections_of, visible_to
from handlers.casework.grading import grade_name
from handlers.casework.lines import CaseLine, lines
from handlers.casework.states import OWING_STATES
from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.records import Case, MandatoryReport
from handlers.records.case import IS_OPEN
from handlers.signing.waiting import at_my_step

SHOWN: Final = 5
_LOOKED_AT: Final = 200
_CLOSING: Final = timedelta(hours=6)
_WAITING: Final = timedelta(days=2)
#: Where the officer is the one who moves the case on; in the others somebody else is.
_ON_US: Final = ("assigned", "in_progress", "awaiting_citizen", "consulting", "reopened", "to_deliver")
_PUSHED: Final = frozenset({"wechat"})  # a chat whose platform lets us answer for some hours only


#: After what is late, before what is due today.
_SAME_DAY: Final = 83
_TO_SIGN: Final = (68, "答复等您审签")


@dataclass(frozen=True, slots=True)
class First:
    """One case to be taken first; ``why`` says it in words, the weightiest reason in front."""

    line: CaseLine
    why: str


def today(session: Session, core: Core, person: Person, now: datetime) -> list[First]:
    """At most five by weight: own cases (and of whom one stands in for), what to sign, and free ones."""
    if person.role not in CASE_WORKERS:
        return []
    mine = Case.officer_id.in_(ids_of(person))
    free = and_(Case.officer_id.is_(None), Case.section_code.in_(sections_of(person)))
    signing = select(Case.id).where(visible_to(person), at_my_step(person, now), IS_OPEN)
    to_sign = frozenset(session.scalars(signing.order_by(Case.next_due_at, Case.id).limit(_LOOKED_AT)))
    taken = or_(mine, free, Case.id.in_(to_sign))
    wanted = select(Case).where(visible_to(person), Case.state.in_(OWING_STATES), taken)
    rows = session.scalars(
        wanted.order_by(Case.urgent.desc(), Case.grade, Case.next_due_at, Case.id).limit(_LOOKED_AT)
    ).all()
    harmed = _to_report(session, [case.id for case in rows])
    weighed = [(_reasons(core, person, case, case.id in harmed, now), case) for case in rows]
    weighed = [([*why, _TO_SIGN] if case.id in to_sign else why, case) for why, case in weighed]
    ours = to_sign | {case.id for case in rows if case.state in _ON_US}
    pressing = [(reasons, case) for reasons, case in weighed if reasons and case.id in ours]
    pressing.sort(key=lambda one: (-max(one[0])[0], -len(one[0]), _due(one[1], now), one[1].id))
    chosen = pressing[:SHOWN]
    shown = lines(session, core, [case for _, case in chosen], now)
    words = ["；".join(text for _, text in sorted(reasons, reverse=True)) for reasons, _ in chosen]
    return [First(line, why) for line, why in zip(shown, words, strict=True)]


def _reasons(core: Core, person: Person, case: Case, harmed: bool, now: datetime) -> list[tuple[int, str]]:
    """(weight, words) of everything that makes the case pressing; empty = it can wait."""
    found: list[tuple[int, str]] = []
    if harmed:
        found.append((100, "须立即向公安机关报告"))
    if case.urgent:
        found.append((90 if case.calls else _SAME_DAY, grade_name(case.urgent, case.grade)))
    if case.next_due_at is not None:
        found += _by_due(core, case, case.next_due_at, now)
    closes = _window_end(core, case)
    if closes is not None and now < closes <= now + _CLOSING:
        hours = max(1, int((closes - now).total_seconds() // 3600))
        found.append((70, f"公众号还能直接回复约 {hours} 小时，过后只能发通知或打电话"))
    if case.unread and case.officer_id in ids_of(person):
        waited = now - (case.last_inbound_at or case.changed_at)
        found.append((65 if waited > _WAITING else 55, f"群众又来信，等了 {_span(waited)}"))
    if case.supervised:
        found.append((60, "督办件"))
    if case.reopened and case.state == "reopened":
        found.append((50, "群众不满意，要求重办"))
    return found


def _by_due(core: Core, case: Case, due: datetime, now: datetime) -> list[tuple[int, str]]:
    if due <= now:
        return [(85, f"已超期 {_span(now - due)}")]
    last = local_day(due - timedelta(seconds=1))
    days = core.calendar().workdays_between(local_day(now) + timedelta(days=1), last)
    if last == local_day(now):
        return [(80, "今天到期")]
    return [(75, "下个工作日到期")] if days <= 1 else []


def _window_end(core: Core, case: Case) -> datetime | None:
    if case.channel not in _PUSHED or case.last_inbound_at is None or case.answered_at is not None:
        return None
    return case.last_inbound_at + timedelta(hours=core.policy.window_hours)


def _to_report(session: Session, ids: list[int]) -> frozenset[int]:
    wanted = select(MandatoryReport.case_id).where(MandatoryReport.case_id.in_(ids), MandatoryReport.state == "open")
    return frozenset(session.scalars(wanted))


def _due(case: Case, now: datetime) -> datetime:
    return case.next_due_at or now + timedelta(days=3650)


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{span.days} 天" if span.days else f"{hours} 小时" if hours else "不到一小时"
