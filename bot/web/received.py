"""Handing a message to the intake from a page that runs in a thread."""

from __future__ import annotations

from anyio import from_thread

from bot.services import Services
from handlers.messages import InboundMessage, Receipt


def received(house: Services, message: InboundMessage) -> Receipt:
    """Store ``message`` and return its receipt. Raises :class:`handlers.errors.IntakeUnavailable`."""

    async def receive() -> Receipt:
        return await house.receive(message)

    return from_thread.run(receive)
