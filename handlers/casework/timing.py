"""Which of a case's clocks each step of the work starts, meets or stops (:mod:`handlers.deadlines.clocks` does it)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines import adopting, clocks
from handlers.deadlines.local import limits_of
from handlers.deadlines.tracks import GENERAL, rules_of
from handlers.records import Case

#: The house rule of triage: met by the office's (or a correction's) deciding on a section or unit.
TRIAGE_RULE: Final = "NB-01"


def triaged(session: Session, core: Core, case: Case, now: datetime) -> None:
    """Somebody decided where the case goes; from now on it has a limit for its answer, whatever its kind."""
    clocks.meet(session, core, case, now, (TRIAGE_RULE,))
    if case.kind is None:
        clocks.apply_rules(session, core, case, now, "诉求类型未定，先按最短的答复时限")


def answered(session: Session, core: Core, case: Case, at: datetime, now: datetime) -> None:
    """The answer provably arrived at ``at``; written acts run on until their proof of service."""
    clocks.meet(session, core, case, at)
    clocks.meet(session, core, case, now, (TRIAGE_RULE,))
    clocks.refresh_case(session, case)


def relabelled(
    session: Session, core: Core, case: Case, now: datetime, why: str = "诉求类型已更正", actor: str = "system"
) -> None:
    """Kind or tracks are others now: their rules run from the original receipt, the wrong ones stop."""
    clocks.apply_rules(session, core, case, now, why, actor)


def track_over(
    session: Session, core: Core, case: Case, track: str, now: datetime, why: str, actor: str = "system"
) -> None:
    """A track is no longer followed: every limit of its procedure ends, whichever step started it."""
    rules = [rule.code for rule in limits_of(core.profile()).rules.values() if rule.track == track and not rule.house]
    clocks.stop(session, core, case, now, why, rules, actor)


def ended(session: Session, core: Core, case: Case, why: str, now: datetime) -> None:
    """Nothing is owed any more."""
    clocks.stop(session, core, case, now, why)
    clocks.refresh_case(session, case)


def restarted(session: Session, core: Core, case: Case, now: datetime) -> None:
    """A reopened case has its limits anew from now; what still runs goes on."""
    running = {clock.rule for clock in clocks.open_clocks(session, case.id)}
    begun = rules_of(session, limits_of(core.profile()), case, clocks.presumed_kind(case)).values()
    rules = [one.rule for one in begun if one.rule.code not in running]
    if not begun and not running:  # its procedure is over: what is asked again is answered as any matter
        rules = list(limits_of(core.profile()).to_start(clocks.presumed_kind(case), case.source, GENERAL))
    clocks.add_clocks(session, core, case, rules, now, now)


def resumed(session: Session, core: Core, case: Case, now: datetime) -> None:
    """A case taken out of another again: its limits run from its own receipt, the office's from now."""
    relabelled(session, core, case, now)
    if case.state == "triage":
        clocks.add_clocks(session, core, case, [limits_of(core.profile()).rule(TRIAGE_RULE)], now, now)


def started(session: Session, core: Core, case: Case, now: datetime) -> None:
    """A case split off another: its legal limits run from the message's receipt, the office's from now."""
    limits = limits_of(core.profile())
    legal = [begun.rule for begun in rules_of(session, limits, case, case.kind).values()]
    clocks.add_clocks(session, core, case, legal, case.outer_dispatched_at or case.received_at, now)
    if case.state == "triage":
        clocks.add_clocks(session, core, case, [limits.rule(TRIAGE_RULE)], now, now)


def adopted(session: Session, core: Core, target: Case, merged: Case, now: datetime) -> None:
    """A case was merged into ``target``: of two limits of one rule the earlier prevails, as it was promised."""
    limits, own = limits_of(core.profile()), clocks.open_clocks(session, target.id)
    for clock in clocks.open_clocks(session, merged.id):
        rule = limits.rule(clock.rule)
        ends = clocks.ends_at(clock)
        same = [c for c in own if c.rule == clock.rule]
        if rule.house or any(clocks.ends_at(c) <= ends for c in same):
            continue
        adopting.adopt(session, core, target, clock, merged, now)


def given_back(session: Session, core: Core, target: Case, parted: Case, now: datetime) -> None:
    """``parted`` stands by itself again: the limits that ``target`` had taken over from it are its own again."""
    adopting.give_back(session, core, target, parted, now)


def called(session: Session, core: Core, case: Case, now: datetime) -> None:
    """人工: somebody was promised to be contacted, by the office's own rule; that promise has a clock."""
    if TRIAGE_RULE not in {clock.rule for clock in clocks.open_clocks(session, case.id)}:
        rule = limits_of(core.profile()).rule(TRIAGE_RULE)
        clocks.add_clocks(session, core, case, [rule], now, now, why="来信人要求人工答复")


def contacted(session: Session, core: Core, case: Case, now: datetime, actor: str = "system") -> None:
    """The citizen was written to: whoever asked for a person has heard from one. Triage keeps its clock."""
    if case.state != "triage":
        clocks.meet(session, core, case, now, (TRIAGE_RULE,), "已与来信人联系", actor)
