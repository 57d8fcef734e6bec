"""A citizen who writes on one channel, for the tests of the intake."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.core import Core
from handlers.errors import IntakeUnavailable
from handlers.intake.receive import Intake
from handlers.messages import InboundMessage, MessageKind, Receipt
from handlers.understanding.labels import Labels

_ids = itertools.count(1)


class Reader:
    """An understanding whose labels the test says; ``raises`` is a word that breaks it."""

    model = "said by the test"

    def __init__(self, raises: str = "", **labels: Any) -> None:
        self.labels = Labels(model=self.model, **labels)
        self.raises = raises

    def read(self, text: str) -> Labels:
        if self.raises and self.raises in text:
            raise ValueError("a fault that the test planned")
        return self.labels


def clear(topic: str = "elderly_care", kind: str = "consultation", **more: Any) -> Reader:
    """An understanding that is sure."""
    return Reader(kind=kind, topic=topic, sentiment="neutral", urgent=False, needs_person=False, **more)


class Town:
    """Citizens writing to one intake; each message a minute after the last."""

    def __init__(self, core: Core, now: datetime, reader: Reader | None = None) -> None:
        self.core = replace(core, understanding=reader) if reader else core
        self.now = now
        self.intake = Intake(self.core)

    def message(self, text: str, who: str = "grandma", **more: Any) -> InboundMessage:
        """A message that has not been received yet."""
        fields: dict[str, Any] = {
            "channel": "wechat",
            "account": "bureau",
            "external_id": f"{who}:{next(_ids)}",
            "sender_id": who,
            "sent_at": self.now,
            "received_at": self.now,
            "kind": MessageKind.TEXT,
            "text": text,
            "raw": b"<xml/>",
        }
        return InboundMessage(**(fields | more))

    def write(self, text: str, who: str = "grandma", **more: Any) -> Receipt:
        """Write one message a minute later and return the receipt."""
        self.now += timedelta(minutes=1)
        return self.intake.receive(self.message(text, who, **more), self.now)

    def receive(self, *messages: InboundMessage) -> list[Receipt]:
        """Receive several at once; none may be refused."""
        results = self.intake.receive_many(messages, self.now)
        assert not any(isinstance(result, IntakeUnavailable) for result in results)
        return [result for result in results if isinstance(result, Receipt)]


MakeTown = Callable[..., Town]
