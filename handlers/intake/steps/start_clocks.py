"""Start clocks: every legal time limit of a new case, from the instant the bureau received it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from handlers.casework.timing import TRIAGE_RULE
from handlers.core import Core
from handlers.deadlines.limits import Rule
from handlers.deadlines.local import limits_of
from handlers.deadlines.planning import start_clocks as clock_rows
from handlers.deadlines.tracks import rules_for
from handlers.intake.arrival import Arrival


def start_clocks(arrival: Arrival, core: Core) -> None:
    """Fill ``arrival.clocks`` and the new case's ``next_*`` and ``promised_at``."""
    case = arrival.new_case
    if case is None:
        return
    triage = case["state"] == "triage"
    # Triage decides on the kind too; what goes to a section at once has the shortest limit until somebody does.
    kind = case["kind"] or (None if triage else "consultation")
    limits = limits_of(core.profile())
    begun = rules_for(limits, arrival.proposals, case["track"], kind, case["source"])
    legal = [one.rule for one in begun.values()]
    # The office's own rule promises from when we have it; the law's run from receipt or dispatch, however long ago.
    house = [rule for rule in (limits.rule(TRIAGE_RULE),) if triage and rule.active]
    arrival.clocks = [
        *_rows(house, arrival.now, arrival, core),
        *_rows(legal, case["outer_dispatched_at"] or case["received_at"], arrival, core),
    ]
    if not arrival.clocks:
        return
    first = min(arrival.clocks, key=_ends)
    case["next_due_at"], case["next_safe_due_at"] = _ends(first), min(first["safe_due"], _ends(first))
    case["next_due_rule"] = first["rule"]
    # A letter that lay for weeks may have missed its first limit already: only what is still to come is promised.
    coming = min((clock for clock in arrival.clocks if _ends(clock) > arrival.now), key=_ends, default=None)
    if coming is not None:
        case["promised_at"], arrival.promised_rule = _ends(coming), coming["rule"]


def _rows(rules: list[Rule], started: datetime, arrival: Arrival, core: Core) -> list[dict[str, Any]]:
    case = arrival.new_case or {}
    return clock_rows(
        rules,
        started,
        calendar=core.calendar(),
        profile=core.profile(),
        urgent=case["grade"] == "now",
        outer_due=case["outer_due_at"],
    )


def _ends(clock: dict[str, Any]) -> datetime:
    ends: datetime = clock["legal_due"]
    return min(ends, clock["outer_due"] or ends)
