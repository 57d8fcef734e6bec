"""The bureau while the demo's past is played: who acts, and the work that goes on by itself at its own instants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.casework.access import Staff
from handlers.casework.sweep import settle_answered
from handlers.core import Core
from handlers.deadlines.worktime import at_local, local_day
from handlers.delivery.outbox import WAITING
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.worker import run_once
from handlers.documents.store import Desk
from handlers.errors import DeliveryError, Outcome
from handlers.escalation.duty import sweep_duty
from handlers.escalation.sweep import sweep
from handlers.escalation.watch import alert_calendar, alert_parked, remind_units
from handlers.intake.reading import Reader
from handlers.intake.retry import retry_parked
from handlers.messages import OutboundContent, Proof
from handlers.records import Alert, Case, Clock, Delivery, Message, UnitReferral
from handlers.understanding.labels import Labels

_MORNING: Final = time(8, 30)
_TICK: Final = timedelta(seconds=5)  # a worker's usual delay
_NO_DOORS: Final[Mapping[str, str]] = {}
Job = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the demo's past channels could do: push, without looking at the platform's window."""

    can_push: bool = True
    window_hours: float | None = None
    notice_ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastSender:
    """Takes every text as a platform would have; to those in ``refused`` the window had closed (45015)."""

    refused: frozenset[str] = frozenset()
    capabilities: Bounds = Bounds()

    def send(self, to: str, content: OutboundContent) -> Proof:
        """See :class:`handlers.delivery.senders.Sender`."""
        if to in self.refused:
            why = "群众最近一次来信已超过 48 小时，平台不再允许发送；可改用电话等方式告知。"
            raise DeliveryError(why, Outcome.FAILED, vendor_code="45015")
        return Proof(note="示例数据：平台已收下")


class Stumbling:
    """An understanding that cannot read anything: what parks one message of the demo."""

    model = "stumbling"

    def read(self, text: str) -> Labels:
        """See :class:`handlers.understanding.labels.Understanding`."""
        raise RuntimeError("the demo shows what becomes of a message that cannot be read")


@dataclass
class Stage:
    """``staff`` by sign-in name; ``cases`` and ``numbers`` of the samples played so far, by sample id."""

    core: Core
    staff: Mapping[str, Staff]
    senders: Mapping[tuple[str, str], PastSender]
    reader: Reader
    desk: Desk
    cases: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    _not_before: dict[str, datetime] = field(default_factory=dict)

    def play(self, sample_id: str, work: Callable[[Session, Case], object]) -> None:
        """Do one piece of work on a sample's case in a transaction of its own."""
        with self.core.database.write() as session:
            work(session, session.get_one(Case, self.cases[sample_id]))

    def until(self, instant: datetime) -> None:
        """Let everything that goes on by itself happen, each at its own instant, up to ``instant``."""
        while True:
            at, name = min(self._due().items(), key=lambda item: item[1])[::-1]
            if at > instant:
                return
            self._jobs()[name](at)
            self._not_before[name] = at + _TICK

    def open_the_office(self, at: datetime) -> None:
        """Set the first morning from which the daily work runs."""
        self._not_before["morning"] = at

    def _due(self) -> dict[str, datetime]:
        ladder = select(func.min(Clock.next_alarm_at)).where(Clock.state == "running")
        duty = select(func.min(Alert.next_at)).where(Alert.state == "open", Alert.kind.in_(("urgent", "report")))
        units = select(func.min(UnitReferral.remind_at)).where(UnitReferral.state == "open")
        parked = select(func.min(Message.retry_at)).where(Message.state == "parked")
        posts = select(func.min(Delivery.next_at)).where(Delivery.state.in_(WAITING))
        queries: dict[str, Any] = {"ladder": ladder, "duty": duty, "units": units, "parked": parked, "deliver": posts}
        with self.core.database.read() as session:
            found = session.execute(select(*(query.scalar_subquery() for query in queries.values()))).one()
        due = {name: self._later(name, at) for name, at in zip(queries, found, strict=True) if at is not None}
        return due | {"morning": self._next_morning()}

    def _later(self, name: str, at: datetime) -> datetime:
        wanted = at + _TICK if name == "deliver" else at
        return max(wanted, self._not_before.get(name, wanted))

    def _next_morning(self) -> datetime:
        after = self._not_before["morning"]
        today = at_local(local_day(after), _MORNING)
        return today if today >= after else today + timedelta(days=1)

    def _jobs(self) -> dict[str, Job]:
        core = self.core
        return {
            "ladder": lambda at: sweep(core, at, _NO_DOORS),
            "duty": lambda at: sweep_duty(core, at, _NO_DOORS),
            "units": lambda at: remind_units(core, at, _NO_DOORS),
            "parked": self._retry,
            "deliver": lambda at: run_once(core, self.senders, lambda: at, policy=DeliveryPolicy(threads=1)),
            "morning": self._morning,
        }

    def _retry(self, at: datetime) -> None:
        retry_parked(self.core, self.reader, at)
        alert_parked(self.core, at, _NO_DOORS)

    def _morning(self, at: datetime) -> None:
        with self.core.database.write() as session:
            settle_answered(session, self.core, at)
        alert_calendar(self.core, at, _NO_DOORS)
