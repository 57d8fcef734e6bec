"""Which of a case's clocks each step of the work starts, meets or stops (:mod:`handlers.deadlines.clocks` does it)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.local import limits_of
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


def relabelled(session: Session, core: Core, case: Case, now: datetime) -> None:
    """Kind or track is another one now: its rules run from the original receipt, the wrong ones stop."""
    clocks.apply_rules(session, core, case, now, "诉求类型或办理途径已更正")


def ended(session: Session, core: Core, case: Case, why: str, now: datetime) -> None:
    """Nothing is owed any more."""
    clocks.stop(session, core, case, now, why)
    clocks.refresh_case(session, case)


def restarted(session: Session, core: Core, case: Case, now: datetime) -> None:
    """A reopened case has its limits anew from now; what still runs goes on."""
    running = {clock.rule for clock in clocks.open_clocks(session, case.id)}
    rules = limits_of(core.profile()).to_start(clocks.presumed_kind(case), case.source, case.track)
    clocks.add_clocks(session, core, case, [rule for rule in rules if rule.code not in running], now, now)


def resumed(session: Session, core: Core, case: Case, now: datetime) -> None:
    """A case taken out of another again: its limits run from its own receipt, the office's from now."""
    relabelled(session, core, case, now)
    if case.state == "triage":
        clocks.add_clocks(session, core, case, [limits_of(core.profile()).rule(TRIAGE_RULE)], now, now)


def started(session: Session, core: Core, case: Case, now: datetime) -> None:
    """A case split off another: its legal limits run from the message's receipt, the office's from now."""
    limits = limits_of(core.profile())
    legal = limits.to_start(case.kind, case.source, case.track)
    clocks.add_clocks(session, core, case, legal, case.outer_dispatched_at or case.received_at, now)
    if case.state == "triage":
        clocks.add_clocks(session, core, case, [limits.rule(TRIAGE_RULE)], now, now)
