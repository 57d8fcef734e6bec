"""The channel contract: what every people's door offers and what it is handed by the wiring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.messages import InboundMessage, MediaRef, OutboundContent, Proof, Receipt

#: Stores one message and returns its receipt. Raises :class:`handlers.errors.IntakeUnavailable` when it could not be
#: stored (the sender should try again). Bound by the wiring; safe to await from any coroutine.
Receive = Callable[[InboundMessage], Awaitable[Receipt]]

#: The clock, handed in so that tests can freeze it. Returns an aware UTC datetime.
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do; from the platform's documents and the settings.

    ``longest_text`` is counted in ``longest_unit`` (``bytes`` of UTF-8 or ``characters``). ``window_hours`` and
    ``window_quota`` bound pushes after a person's own message (``None`` = no such bound). ``reply_seconds`` is how
    long the platform waits for the answer in the same response (``None`` = it does not take one). ``notice_ways``
    are the notices that may be sent when the window is shut (:class:`handlers.messages.Notice`).
    """

    longest_text: int
    longest_unit: str
    can_push: bool
    window_hours: float | None = None
    window_quota: int | None = None
    reply_seconds: float | None = None
    notice_ways: tuple[str, ...] = ()


class Channel(Protocol):
    """One way of reaching people; deletable alone (see the import rules in CONTRIBUTING)."""

    @property
    def code(self) -> str: ...

    @property
    def account(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def acknowledge(self, receipt: Receipt) -> OutboundContent | None:
        """Return what goes back in the same response, or ``None`` when the channel takes no answer there."""

    def send(self, to: str, content: OutboundContent) -> Proof:
        """Send one text to one person now (blocking, no database held).

        Raises :class:`handlers.errors.DeliveryError` with the outcome ``retry``, ``failed`` or ``unknown``.
        """

    def fetch(self, media: MediaRef) -> tuple[bytes, str]:
        """Fetch one file: (bytes, content type as claimed). Raises ``DeliveryError`` like :meth:`send`."""
