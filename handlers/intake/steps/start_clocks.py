"""Start clocks: every legal time limit of a new case, from the instant the bureau received it."""

from __future__ import annotations

from handlers.core import Core
from handlers.deadlines.planning import start_clocks as clock_rows
from handlers.deadlines.limits import load_limits
from handlers.intake.arrival import Arrival


def start_clocks(arrival: Arrival, core: Core) -> None:
    """Fill ``arrival.clocks`` and the new case's ``next_*`` and ``promised_at``."""
    case = arrival.new_case
    if case is None:
        return
    rules = load_limits().to_start(case["kind"], case["source"], case["track"], triage=case["state"] == "triage")
    started = case["outer_dispatched_at"] or case["received_at"]
    profile = core.profile()
    arrival.clocks = clock_rows(
        rules,
        started,
        calendar=core.calendar(),
        profile=profile,
        urgent=case["urgent"],
        outer_due=case["outer_due_at"],
    )
    if not arrival.clocks:
        return
    first = min(arrival.clocks, key=lambda clock: _ends(clock))
    case["next_due_at"], case["next_safe_due_at"] = _ends(first), first["safe_due"]
    case["next_due_rule"] = first["rule"]
    case["promised_at"] = _ends(first)


def _ends(clock: dict[str, object]) -> object:
    return min(filter(None, (clock["legal_due"], clock["outer_due"])))  # type: ignore[type-var]
