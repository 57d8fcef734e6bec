"""What the worker needs of a channel: one blocking send, and the bounds the platform sets on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from handlers.messages import OutboundContent, Proof

#: A WeChat part; the estimate for channels that do not count their parts themselves.
_PART_CHARACTERS = 600


class Bounds(Protocol):
    """The part of a channel's capabilities that decides whether a push may be tried now."""

    @property
    def can_push(self) -> bool: ...

    @property
    def window_hours(self) -> float | None: ...

    @property
    def notice_ways(self) -> tuple[str, ...]: ...


class Sender(Protocol):
    """A channel as the outbox sees it (``bot.channels.base.Channel`` fits)."""

    @property
    def capabilities(self) -> Bounds: ...

    def send(self, to: str, content: OutboundContent) -> Proof:
        """Send one text to one person now (blocking). Raises :class:`handlers.errors.DeliveryError`."""


@runtime_checkable
class CountsParts(Protocol):
    """A sender that tells how many of the platform's messages one text will take."""

    def parts(self, content: OutboundContent) -> int: ...


#: Keyed by (channel code, account).
Senders = Mapping[tuple[str, str], Sender]


def parts_of(sender: Sender, content: OutboundContent) -> int:
    """How many pushes of the platform's quota the whole of ``content`` takes (at least one)."""
    if isinstance(sender, CountsParts):
        return max(1, sender.parts(content))
    return max(1, math.ceil(len(content.text) / _PART_CHARACTERS))
