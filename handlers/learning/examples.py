"""What the bureau's own staff taught: cases whose labels a person has looked at, as examples."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.records import Case, Message
from handlers.retention.erase_case import ERASED_TEXT
from handlers.understanding.training.examples import Example

LOCAL: Final = "local"
#: What stands in a message that teaches nothing: none was written, or it was erased.
NO_TEXT: Final = ("", ERASED_TEXT)
#: One case in five is never learned from: every later model is measured on the same growing set.
_TESTED: Final = 5


@dataclass(frozen=True, slots=True)
class LocalExamples:
    """The checked cases in their two parts; which part a case is in never changes."""

    learned: tuple[Example, ...]
    test: tuple[Example, ...]


def local_examples(session: Session) -> LocalExamples:
    """Return the checked cases; those whose text was erased teach no more."""
    learned: list[Example] = []
    test: list[Example] = []
    for number, example in _checked(session):
        (test if is_tested(number) else learned).append(example)
    return LocalExamples(tuple(learned), tuple(test))


def is_tested(number: str) -> bool:
    """Tell whether the case ``number`` belongs to the frozen test set."""
    return zlib.crc32(number.encode()) % _TESTED == 0


def _checked(session: Session) -> Iterator[tuple[str, Example]]:
    rows = session.execute(
        select(Case.number, Message.text, Case.kind, Case.topic, Case.topic_2, Case.sentiment, Case.urgent, Case.calls)
        .join(Message, Message.id == Case.first_message_id)
        .where(Case.labels_checked.is_(True), Message.text.not_in(NO_TEXT))
        .order_by(Case.id)
    )
    for number, text, kind, topic, second, sentiment, urgent, calls in rows.yield_per(500):
        yield (
            number,
            Example(
                text=text,
                kind=kind or "",
                topic=topic or "",
                topic_2=second or "",
                sentiment=sentiment or "",
                urgent=str(int(urgent)),
                now=str(int(calls)),
                writer=LOCAL,
                situation=number,
            ),
        )
