"""One case's events, folded into what figures count. Pure: the same events give the same deeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from handlers.deadlines.worktime import local_day
from handlers.reports.deeds import Answered, Closed, Deed, Guided, Handed, Opened
from handlers.reports.events import Event
from handlers.reports.running import Clocks, ends_of

_SECTION_NAMES: Final = ("section_code", "section")
_RATED_BY_REOPENING: Final = "dissatisfied"


@dataclass(slots=True)
class _Case:
    """Where the case stands while its events go by."""

    received: date
    section: str = ""
    track: str = "general"
    round: int = 0
    clocks: Clocks = field(default_factory=Clocks)
    handed: list[Handed] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)
    guided: list[Guided] = field(default_factory=list)
    opened_at: datetime | None = None
    repeat: bool = False
    mass: bool = False


def deeds(events: Iterable[Event], now: datetime) -> Iterator[Deed]:
    """Yield what happened in one case (its events in their order) that a figure may count, as of ``now``."""
    case: _Case | None = None
    for event in events:
        if case is None:
            case = _Case(local_day(event.at))
        case.clocks.pass_time(event.at, case.section)
        _take(case, event)
    if case is not None:
        case.clocks.pass_time(now, case.section)
        yield from case.clocks.decided(case.track)
        yield from case.handed
        yield from case.answered
        yield from case.closed
        yield from case.guided
        if case.opened_at is not None:
            yield Opened(case.opened_at, case.section, case.track, case.repeat, case.mass)


def _take(case: _Case, event: Event) -> None:
    if event.action.startswith("clock_"):
        if event.action == "clock_started":
            end = ends_of(event)
            case.clocks.start(str(event.data.get("rule")), end.isoformat() if end else "", event, case.round)
        else:
            case.clocks.change(event, case.section)
        return
    _move(case, event)
    step = _STEPS.get(event.action)
    if step:
        step(case, event)


def _move(case: _Case, event: Event) -> None:
    """Section and track after the event; a handover when a section gets the case that did not have it."""
    data, before = event.data, case.section
    case.track = str(data.get("track") or case.track)
    if data.get("received"):
        case.received = date.fromisoformat(str(data["received"]))
    if event.action in _PLACING:
        given = next((data[name] for name in _SECTION_NAMES if name in data), before)
        case.section = str(given or "")
        if case.section and case.section != before:
            case.handed.append(Handed(event.at, case.section, case.track, returned=False))
    if data.get("to") == "answered" and event.action != "undo_merge":
        arrived = datetime.fromisoformat(data["arrived"]) if data.get("arrived") else event.at
        case.answered.append(Answered(arrived, case.section, case.track, case.received, ""))


def _begin(case: _Case, event: Event) -> None:
    case.repeat = case.repeat or bool(event.data.get("repeat"))
    for rule, last in dict(event.data.get("due") or {}).items():
        case.clocks.start(rule, str(last), event, case.round)


def _returned(case: _Case, event: Event) -> None:
    if case.handed and case.handed[-1].section == event.data.get("before"):
        case.handed[-1] = replace(case.handed[-1], returned=True)
    case.section = ""


def _opened(case: _Case, event: Event) -> None:
    case.opened_at = case.opened_at or event.at


def _repeats(case: _Case, event: Event) -> None:
    case.repeat = event.action in ("mark_repeat", "merge")


def _grouped(case: _Case, event: Event) -> None:
    case.mass = event.action == "group_joined"


def _rated(case: _Case, event: Event) -> None:
    _rate(case, str(event.data.get("rating") or ""))


def _rate(case: _Case, rating: str) -> None:
    if case.answered:
        case.answered[-1] = replace(case.answered[-1], rating=rating)


def _closed(case: _Case, event: Event) -> None:
    case.closed.append(Closed(event.at, case.section, case.track, str(event.data.get("result") or ""), reopened=False))


def _guided(case: _Case, event: Event) -> None:
    case.guided.append(Guided(event.at, case.section, case.track, solved=False))


def _confirmed(case: _Case, event: Event) -> None:
    """What a guide solved is neither an answer by the bureau nor a rating: it is counted here alone."""
    if case.guided:
        case.guided[-1] = replace(case.guided[-1], solved=True)


def _again(case: _Case, event: Event) -> None:
    if event.action == "citizen_reopen":
        _rate(case, _RATED_BY_REOPENING)
    if case.closed:
        case.closed[-1] = replace(case.closed[-1], reopened=True)
    if case.guided:
        case.guided[-1] = replace(case.guided[-1], solved=False)
    case.round, case.received = case.round + 1, local_day(event.at)


_STEPS: Final[dict[str, Callable[[_Case, Event], Any]]] = {
    "opened": _opened,
    "split_opened": _opened,
    "mark_repeat": _repeats,
    "unmark_repeat": _repeats,
    "merge": _repeats,
    "undo_merge": _repeats,
    "group_joined": _grouped,
    "group_left": _grouped,
    "routed": _begin,
    "restricted": _begin,
    "parked": _begin,
    "return_case": _returned,
    "rate": _rated,
    "close": _closed,
    "settle": _closed,
    "guide_sent": _guided,
    "confirm_guide": _confirmed,
    "reopen": _again,
    "citizen_reopen": _again,
}
#: The events that say which section has the case from then on.
_PLACING: Final = frozenset(
    ("routed", "understood_later", "assign", "transfer", "correct_labels", "claim", "assign_down")
)
