"""Recognise: is this one of the citizens' words (进度, 满意 …)? Then it opens no case of its own."""

from __future__ import annotations

from handlers.core import Core
from handlers.intake.arrival import Arrival
from handlers.intake.words import read_command
from handlers.messages import MessageKind
from handlers.taxonomy import CONVERSATIONS


def recognise_command(arrival: Arrival, core: Core) -> None:
    """Set ``arrival.command`` when a text or a menu click is a citizens' word."""
    message = arrival.message
    if message.channel not in CONVERSATIONS:
        return  # a form or a registered call that says 人工 is somebody's matter, not a command
    if message.kind in (MessageKind.TEXT, MessageKind.VOICE) or message.event == "click":
        arrival.command = read_command(message.text)
