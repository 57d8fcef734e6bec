"""What a citizen reads of a case that follows several procedures at once: each with its own date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.promise import latest_words
from handlers.core import Core
from handlers.deadlines.clocks import ends_at
from handlers.deadlines.local import limits_of
from handlers.deadlines.tracks import GENERAL, tracks_of
from handlers.records import Case, Clock
from handlers.taxonomy import TRACKS


@dataclass(frozen=True, slots=True)
class TrackTold:
    """One track: its code, name, and ``words`` such as "最迟 12月8日（周二）（信访告知）" or "已答复".

    ``latest`` is the next date in words ("" when none runs) and ``rule`` the code of its reason.
    """

    track: str
    name: str
    words: str
    latest: str
    rule: str
    to_confirm: bool


def tracks_told(session: Session, core: Core, case: Case) -> tuple[TrackTold, ...]:
    """Return the confirmed tracks of a case that follows several, the main one first; none where it follows one."""
    confirmed = [row.track for row in tracks_of(session, case.id) if row.state == "open"]
    tracks = dict.fromkeys([case.track, *confirmed])
    if len(tracks) < 2:
        return ()
    limits = limits_of(core.profile())
    wanted = select(Clock).where(Clock.case_id == case.id, Clock.state.in_(("running", "paused", "met")))
    clocks: dict[str, list[Clock]] = {track: [] for track in tracks}
    for clock in session.scalars(wanted.order_by(Clock.id)):
        rule = limits.rule(clock.rule)
        if rule.track in clocks and not (rule.house or rule.of_others):
            clocks[rule.track].append(clock)
    if not clocks.get(GENERAL, True):
        del clocks[GENERAL]  # its limits gave way to the others
    return tuple(_told(core, track, own) for track, own in clocks.items()) if len(clocks) > 1 else ()


def _told(core: Core, track: str, clocks: Sequence[Clock]) -> TrackTold:
    profile = core.profile()
    first = min((clock for clock in clocks if clock.state == "running"), key=ends_at, default=None)
    if first is not None:
        latest, rule = latest_words(ends_at(first), first.rule, profile), limits_of(profile).rule(first.rule)
        return TrackTold(track, TRACKS[track], f"最迟 {latest}（{rule.name}）", latest, rule.code, rule.to_confirm)
    if any(clock.state == "paused" for clock in clocks):
        words = "期限暂停中，恢复后接着计算"
    elif clocks:
        words = "已答复"
    else:
        words = "期限还没有起算"
    return TrackTold(track, TRACKS[track], words, "", "", False)
