"""How patient the outbox is: leases, waits between tries, and when it gives up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """``lease`` must outlast the slowest send; a send is not begun with less than ``margin`` of it left.

    One run ends its claiming after ``longest_run``, so that a hanging vendor does not look like a standing scheduler.
    The waits double from ``first_wait`` to ``longest_wait``; with the defaults a text is tried for about a day before
    it is called failed, an alert to staff (useless when late) for about half an hour.
    """

    lease: timedelta = timedelta(seconds=180)
    margin: timedelta = timedelta(seconds=60)
    threads: int = 8
    longest_run: timedelta = timedelta(seconds=10)
    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(minutes=30)
    most_tries: int = 52
    longest_alert_wait: timedelta = timedelta(minutes=2)
    most_alert_tries: int = 18
    closing_soon: timedelta = timedelta(hours=6)

    def tries(self, purpose: str) -> int:
        """After how many tries a text of this purpose is failed."""
        return self.most_alert_tries if purpose == "alert" else self.most_tries

    def next_try(
        self, purpose: str, attempts: int, now: datetime, jitter: float, vendor_wish: datetime | None
    ) -> datetime:
        """When to try again after ``attempts`` tries; ``jitter`` in [0, 1) spreads it over the wait's second half.

        The vendor's own wish is honoured when it lies later.
        """
        longest = self.longest_alert_wait if purpose == "alert" else self.longest_wait
        wait = min(self.first_wait * int(2 ** min(attempts - 1, 20)), longest)
        ours = now + wait * (0.5 + jitter / 2)
        return max(ours, vendor_wish) if vendor_wish else ours
