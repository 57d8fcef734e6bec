"""When things happen in the demo: the age of each message, and steps that keep office hours and never lie ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

from handlers.deadlines.workdays import WorkCalendar
from handlers.deadlines.worktime import SHANGHAI, at_local, local_day
from handlers.demo.samples import Sample
from handlers.organisation.profile import WorkingHours

#: Letters, calls and visits are entered by staff (登记); the others come by themselves.
REGISTERED: Final = ("phone", "letter", "visit", "director_mailbox", "weibo")
_TEN: Final = time(10)
_WAKES: Final = time(8, 10)
_SLEEPS: Final = time(22)
_APART: Final = timedelta(minutes=2)
_SPREAD: Final = 45  # minutes over which what waited for the office to open is done


class Moments:
    """The demo's time as seen from ``now`` (aware): all instants returned lie before it."""

    def __init__(self, calendar: WorkCalendar, hours: WorkingHours, now: datetime) -> None:
        self._calendar, self._hours, self._now = calendar, hours, now

    def received(self, sample: Sample) -> datetime:
        """Return when the message came; what staff register comes in office hours unless it is urgent."""
        if sample.workdays is not None:
            return at_local(self._calendar.add_workdays(local_day(self._now), -sample.workdays), _TEN)
        came = self._now - timedelta(days=sample.days or 0)
        return self.office(came) if sample.channel in REGISTERED and not sample.urgent else came

    def office(self, wanted: datetime) -> datetime:
        """Return ``wanted`` moved on into office hours, unmoved where those lie ahead (then somebody is on duty)."""
        opens = self._opens(wanted)
        if opens == wanted:
            return wanted
        moved = opens + timedelta(minutes=wanted.minute % _SPREAD)
        return moved if moved < self._now - _APART else wanted

    def waking(self, wanted: datetime) -> datetime:
        """Return ``wanted`` moved out of the night, unmoved where the morning lies ahead."""
        local = wanted.astimezone(SHANGHAI)
        if _WAKES <= local.time() < _SLEEPS:
            return wanted
        day = local.date() + timedelta(days=local.time() >= _SLEEPS)
        moved = at_local(day, _WAKES) + timedelta(minutes=wanted.minute)
        return moved if moved < self._now - _APART else wanted

    def orderly(self, start: datetime, wanted: Sequence[datetime]) -> list[datetime]:
        """Return the instants one after the other, after ``start`` and before now, moved as little as that takes."""
        steps: list[datetime] = []
        for instant in wanted:
            steps.append(max(instant, (steps[-1] if steps else start) + _APART))
        latest = self._now - _APART
        for i in reversed(range(len(steps))):
            steps[i] = min(steps[i], latest)
            latest = steps[i] - _APART
        return steps

    def _opens(self, wanted: datetime) -> datetime:
        local, hours = wanted.astimezone(SHANGHAI), self._hours
        if not self._calendar.is_workday(local.date()) or local.time() >= hours.afternoon_end:
            return at_local(self._calendar.add_workdays(local.date(), 1), hours.morning_start)
        if local.time() < hours.morning_start:
            return at_local(local.date(), hours.morning_start)
        if hours.morning_end <= local.time() < hours.afternoon_start:
            return at_local(local.date(), hours.afternoon_start)
        return wanted
