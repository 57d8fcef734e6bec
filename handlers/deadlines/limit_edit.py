"""Setting a limit otherwise (本单位另定), and undoing it: looked at first, then applied to every open clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from handlers.casework.states import ENDS
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.calendar_edit import MovedDue
from handlers.deadlines.limits import Rule
from handlers.deadlines.local import check_overrides, limits_of
from handlers.deadlines.recompute import Recount, moved_dues, recount
from handlers.deadlines.ticking import LIVE
from handlers.errors import Conflict
from handlers.fresh import forget
from handlers.organisation import admin
from handlers.organisation.overrides import add_override, rows_in_force
from handlers.organisation.profile import LimitOverride, Profile
from handlers.organisation.store import read_profile, touch
from handlers.records import Case, Clock, LimitOverrideRow, Officer, ProfileHead


@dataclass(frozen=True, slots=True)
class Preview:
    """What an edit would do: the rule before and after, the open clocks that move, stop or start again."""

    before: Rule
    after: Rule
    moved: tuple[MovedDue, ...]
    running: int
    stopping: int
    resuming: int

    @property
    def clocks_moved(self) -> int:
        """How many open clocks get another last day."""
        return sum(row.clocks for row in self.moved if row.before != row.after)

    @property
    def clocks_overdue(self) -> int:
        """How many of these are over already by their new date."""
        return sum(row.overdue for row in self.moved)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a rule in its history, with the names of who made and who undid it."""

    row: LimitOverrideRow
    by: str
    undone_by: str
    in_force: bool


def preview(core: Core, code: str, override: LimitOverride | None, now: datetime) -> Preview:
    """Say what setting ``override`` (or ``None``: undoing the one in force) would do. Nothing is written.

    Raises :class:`InvalidInput` for what the law does not allow, :class:`Conflict` when there is nothing to undo.
    """
    profile = core.profile()
    with core.database.read() as session:
        changed = _with(profile, code, override or _before_that(session, code))
        running = _count(session, Clock.rule == code, Clock.state.in_(LIVE))
        before, after = limits_of(profile).rule(code), limits_of(changed).rule(code)
        resuming = _count(session, *_asleep(before)) if after.active and not before.active else 0
    looked = moved_dues(core, core.calendar(), now, changed)
    moved = tuple(MovedDue(*k, n, looked.overdue[k]) for k, n in sorted(looked.moved.items()) if k[0] == code)
    stopping = running if before.active and not after.active else 0
    return Preview(before, after, () if stopping else moved, running, stopping, resuming)


def apply(
    core: Core, code: str, override: LimitOverride | None, why: str, officer_id: int, seen: int, now: datetime
) -> Recount:
    """Put ``override`` in force (``None``: undo the one in force) and count every open clock anew, an event each.

    ``seen`` is the version of the organisation that was looked at: :class:`Conflict` when it was edited since.
    """
    with core.database.write() as session:
        session.execute(select(ProfileHead.id).with_for_update())
        if admin.version(session) != seen:
            raise Conflict("另一位管理员刚刚改过机构资料，请重新预览。")
        profile = read_profile(session)
        before = limits_of(profile).rule(code)
        changed = _with(profile, code, override or _before_that(session, code))
        if override is not None:
            add_override(session, override, why, officer_id, now)
        else:
            row = next(row for row in rows_in_force(session) if row.rule == code)
            row.undone_at, row.undone_by, row.undone_why = now, officer_id, why
        touch(session, now)
    forget(core.profile)
    after, actor = limits_of(changed).rule(code), f"officer:{officer_id}"
    if before.active != after.active:
        _switch(core, before, after, now, actor)
    return recount(core, core.calendar(), now, why=after.local or f"撤销 {before.local}", actor=actor)


def edits(session: Session, code: str) -> list[Edit]:
    """Return every edit of a rule, the latest first."""
    rows = session.scalars(
        select(LimitOverrideRow).where(LimitOverrideRow.rule == code).order_by(LimitOverrideRow.id.desc())
    ).all()
    names = dict(session.execute(select(Officer.id, Officer.name)).tuples().all())
    current = next((row.id for row in rows if row.undone_at is None), None)
    return [
        Edit(row, names.get(row.officer_id or 0, ""), names.get(row.undone_by or 0, ""), row.id == current)
        for row in rows
    ]


def _with(profile: Profile, code: str, override: LimitOverride | None) -> Profile:
    others = tuple(one for one in profile.limits if one.rule != code)
    limits = tuple(sorted((*others, *((override,) if override else ())), key=lambda one: one.rule))
    check_overrides(limits)
    return profile.model_copy(update={"limits": limits})


def _before_that(session: Session, code: str) -> LimitOverride | None:
    """What holds once the edit in force is undone: the one before it, or what ships."""
    alive = LimitOverrideRow.rule == code, LimitOverrideRow.undone_at.is_(None)
    rows = session.scalars(select(LimitOverrideRow).where(*alive).order_by(LimitOverrideRow.id.desc()).limit(2)).all()
    if not rows:
        raise Conflict("这条时限没有本单位另定的内容，不需要撤销。")
    fields = LimitOverride.model_fields
    return LimitOverride(**{name: getattr(rows[1], name) for name in fields}) if len(rows) > 1 else None


def _switch(core: Core, before: Rule, after: Rule, now: datetime, actor: str) -> None:
    """Stop the clocks of a rule that applies no more; start again those that such a stop had ended."""
    which = (Clock.rule == before.code, Clock.state.in_(LIVE)) if before.active else _asleep(before)
    with core.database.read() as session:
        found = session.execute(select(Clock.case_id, Clock.id).where(*which).order_by(Clock.case_id)).tuples().all()
    for case_id, clock_id in found:
        with core.database.write() as session:
            case = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
            if before.active:
                clocks.stop(session, core, case, now, _sleeps(after), (before.code,), actor, void=True)
            elif case.state not in ENDS:
                _wake(session, core, case, session.get_one(Clock, clock_id), after, now, actor)


def _wake(session: Session, core: Core, case: Case, stopped: Clock, rule: Rule, now: datetime, actor: str) -> None:
    if any(clock.rule == rule.code for clock in clocks.open_clocks(session, case.id)):
        return
    fresh = clocks.add_clocks(session, core, case, [rule], stopped.started_at, now, actor)[0]
    fresh.pauses, fresh.extended_by = list(stopped.pauses), stopped.extended_by
    clocks.replan(core, case, fresh, now)
    clocks.refresh_case(session, case)


def _sleeps(rule: Rule) -> str:
    return f"本单位停用这条时限：{rule.local}"[:300]


def _asleep(rule: Rule) -> tuple[ColumnElement[bool], ...]:
    open_case = Case.id == Clock.case_id, Case.state.not_in(ENDS)
    return Clock.rule == rule.code, Clock.state == "stopped", Clock.ended_why == _sleeps(rule), *open_case


def _count(session: Session, *which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Clock.id)).where(*which)) or 0
