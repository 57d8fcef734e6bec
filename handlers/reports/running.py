"""The clocks of one case as its events tell them: which ran, until when, and who held the case when one ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from handlers.deadlines.limits import load_limits
from handlers.deadlines.worktime import end_of_day
from handlers.reports.deeds import Decided, Duty
from handlers.reports.events import Event

#: Limits for answering. WX-02 stands behind WX-01 and RX-01, and would count their cases twice.
ANSWER_RULES: Final = frozenset(
    ("RX-01", "RX-02", "RX-03", "WX-01", "WZ-00a", "WZ-00b", "WZ-01b", "XF-05", "XF-08", "XF-09", "XF-11b", "GK-01",
     "JT-01a", "JT-01b", "JT-02")
)  # fmt: skip
#: Limits for taking a case up: telling the petitioner, accepting, deciding who deals with it.
ACCEPT_RULES: Final = frozenset(("XF-01", "XF-02", "XF-11a", "NB-01"))
_COUNTED: Final = ANSWER_RULES | ACCEPT_RULES
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(slots=True)
class Run:
    """One clock. ``end`` is exclusive; ``missed_by`` is the section that had the case when it passed."""

    rule: str
    round: int
    started: datetime
    end: datetime | None
    paused: bool = False
    over: bool = False
    missed_by: str | None = None
    met_at: datetime | None = None
    met_by: str = ""
    late: bool = False


@dataclass(slots=True)
class Clocks:
    """All counted clocks of a case, in the order of their start."""

    runs: list[Run] = field(default_factory=list)

    def pass_time(self, until: datetime, section: str) -> None:
        """Note on the clocks that have ended by ``until`` who held the case (asked before each next event)."""
        for run in self.runs:
            if not (run.over or run.paused or run.missed_by is not None) and run.end and run.end <= until:
                run.missed_by = section

    def start(self, rule: str, ends: str, event: Event, round_: int) -> None:
        """A clock begins; one of the same rule that still runs is counted anew by it."""
        if rule not in _COUNTED or (event.action == "clock_started" and event.data.get("why")):
            return  # a house rule that a promise in a conversation started (人工) is no acceptance
        self.runs = [run for run in self.runs if run.over or run.rule != rule]
        self.runs.append(Run(rule, round_, event.at, end_of(ends)))

    def change(self, event: Event, section: str) -> None:
        """Met, stopped, lapsed, paused, resumed, extended, counted anew: an event ``clock_…`` of a running clock."""
        run = next((r for r in self.runs if not r.over and r.rule == event.data.get("rule")), None)
        if run is None or event.action == "clock_alert":
            return
        if event.action == "clock_met":
            run.over, run.met_at, run.met_by, run.late = True, event.at, section, bool(event.data.get("late"))
        elif event.action in ("clock_stopped", "clock_lapsed"):
            run.over = True
            if event.data.get("void"):
                self.runs.remove(run)
        else:
            run.paused = event.action == "clock_paused"
            run.end, run.missed_by = ends_of(event) or run.end, None

    def decided(self, track: str) -> Iterator[Decided]:
        """Yield each limit that was kept or missed, once; several for one answer of one track count as one."""
        limits, rounds = load_limits(), dict[tuple[str, int], list[Run]]()
        for run in self.runs:
            rule = limits.rule(run.rule)
            if rule.house:  # triage is the office's: in time or not, it is no section's merit or fault
                yield from (replace(limit, section="") for limit in _decided([run], track))
                continue
            if run.rule in ACCEPT_RULES:
                yield from _decided([run], rule.track)
                continue
            rounds.setdefault((rule.track if rule.met_by_answer else rule.code, run.round), []).append(run)
        for runs in rounds.values():
            yield from _decided(runs, limits.rule(runs[0].rule).track)


def _decided(runs: list[Run], track: str) -> Iterator[Decided]:
    duty: Duty = "accept" if runs[0].rule in ACCEPT_RULES else "answer"
    done = any(run.met_at for run in runs)
    missed = [run for run in runs if run.late or (run.missed_by is not None and not run.met_at)]
    if missed:
        run = min(missed, key=_missed_at)
        by = run.met_by if run.missed_by is None else run.missed_by
        yield Decided(duty, run.rule, _missed_at(run), by, track, on_time=False, done=done)
    elif done:
        run = max((run for run in runs if run.met_at), key=lambda run: run.met_at or run.started)
        yield Decided(duty, run.rule, run.met_at or run.started, run.met_by, track, on_time=True, done=True)


def _missed_at(run: Run) -> datetime:
    # A limit is missed within its last day's month, and never before the case was entered here.
    end = run.end - _INSTANT if run.end else run.met_at or run.started
    return max(end, run.started)


def ends_of(event: Event) -> datetime | None:
    """Return the end that prevails by a clock's event: ours, or an outer platform's earlier one."""
    ends = [end_of(str(event.data[name])) for name in ("due", "outer") if event.data.get(name)]
    return min((end for end in ends if end), default=None)


def end_of(text: str) -> datetime | None:
    """Return the exclusive end of a last day (``2026-11-25``) or instant as events keep it; ``None`` for none."""
    if not text:
        return None
    return end_of_day(date.fromisoformat(text)) if len(text) == 10 else datetime.fromisoformat(text)
