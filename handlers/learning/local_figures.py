"""How the reading does on the bureau's own frozen test set, measured when asked and kept while nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from threading import Lock
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.learning.examples import NO_TEXT, is_tested
from handlers.records import Case, Message
from handlers.records.database import Database
from handlers.understanding.evaluation.evaluate import Evaluation, evaluate
from handlers.understanding.labels import Understanding
from handlers.understanding.training.examples import Example

#: Fewer cases than this say nothing.
LEAST: Final = 30
#: The newest of the test set: more would keep the page waiting.
_MOST: Final = 1_000


class LocalFigures:
    """The figures of the last model and test set that were asked for; no citizen's text is kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[str, Evaluation] | None = None

    def measured(self, database: Database, understanding: Understanding) -> Evaluation:
        """Return the figures of ``understanding`` on the unrestricted cases of the local test set."""
        with database.read() as session:
            examples = shown_test_set(session)
        key = _digest(understanding.model, examples)
        with self._lock:
            if self._kept is None or self._kept[0] != key:
                self._kept = key, evaluate(examples, [understanding.read(one.text) for one in examples])
            return self._kept[1]


def shown_test_set(session: Session) -> list[Example]:
    """Return the newest cases of the test set whose figures may be shown: restricted ones take no part."""
    checked = select(Case.id, Case.number).where(
        Case.labels_checked.is_(True), Case.restricted.is_(False), Case.sensitivity == ""
    )
    tested = [row.id for row in session.execute(checked.order_by(Case.id.desc())) if is_tested(row.number)][:_MOST]
    rows = session.execute(
        select(Message.text, Case.kind, Case.topic, Case.topic_2, Case.sentiment, Case.urgent, Case.calls)
        .join(Case, Message.id == Case.first_message_id)
        .where(Case.id.in_(tested), Message.text.not_in(NO_TEXT))
        .order_by(Case.id)
    )
    return [
        Example(text, kind or "", topic or "", second or "", sentiment or "", str(int(urgent)), now=str(int(calls)))
        for text, kind, topic, second, sentiment, urgent, calls in rows
    ]


def _digest(model: str, examples: Sequence[Example]) -> str:
    digest = hashlib.sha256(model.encode())
    for one in examples:
        for part in (one.text, one.kind, one.topic, one.topic_2, one.sentiment, one.urgent, one.now):
            digest.update(part.encode() + b"\0")
    return digest.hexdigest()
