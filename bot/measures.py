"""The figures behind /metrics: messages in, their time, what waits; counted in the process, read from the tables."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from handlers.casework.states import OWING_STATES
from handlers.intake.batcher import Batcher
from handlers.records import Case, Delivery, Message
from handlers.records.database import Database


class IntakeMeasures:
    """Counts what comes in through this process."""

    def __init__(self, registry: CollectorRegistry, batcher: Batcher) -> None:
        self._received = Counter(
            "huiying_messages_total", "Messages received", ["channel", "outcome"], registry=registry
        )
        self._seconds = Histogram("huiying_receive_seconds", "From arrival to receipt", registry=registry)
        waiting = Gauge("huiying_intake_waiting", "Messages not yet taken by the intake", registry=registry)
        waiting.set_function(lambda: batcher.waiting)

    @contextmanager
    def one(self, channel: str) -> Iterator[None]:
        """Measure one message's way from arrival to receipt."""
        started = time.perf_counter()
        try:
            yield
        except BaseException:
            self._received.labels(channel, "refused").inc()
            raise
        self._received.labels(channel, "stored").inc()
        self._seconds.observe(time.perf_counter() - started)


class _Tables(Collector):
    """What waits, counted when asked (indexed counts)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[GaugeMetricFamily]:
        with self._database.read() as session:
            for name, text, column, states in _COUNTED:
                family = GaugeMetricFamily(name, text, labels=["state"])
                rows = session.execute(select(column, func.count()).where(column.in_(states)).group_by(column))
                found = {row[0]: row[1] for row in rows}
                for state in states:
                    family.add_metric([state], found.get(state, 0))
                yield family


_COUNTED = (
    ("huiying_cases_open", "Cases that owe an answer", Case.state, OWING_STATES),
    ("huiying_messages_unfinished", "Messages stored or parked", Message.state, ("stored", "parked")),
    (
        "huiying_deliveries_unsettled",
        "Deliveries waiting, failed or unknown",
        Delivery.state,
        ("pending", "sending", "retry", "failed", "unknown"),
    ),
)


def watch_house(registry: CollectorRegistry, database: Database) -> None:
    """Let /metrics read the tables' counts."""
    registry.register(_Tables(database))
