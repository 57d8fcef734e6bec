"""Within one session that only reads, the same question is asked once: a page gathers from many rooms."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session

#: Marks the sessions of :meth:`handlers.records.database.Database.read`.
READS_ONLY: Final = "reads only"
_ANSWERS: Final = "answers"
#: A page asks some dozens; a session that walks through many cases keeps the last ones only.
_KEPT: Final = 200
T = TypeVar("T")


def once(session: Session, question: Hashable, ask: Callable[[], T]) -> T:
    """Return the answer to ``question``, asked at most once in a session that only reads, each time in any other."""
    if not session.info.get(READS_ONLY):
        return ask()
    answers: dict[Hashable, Any] = session.info.setdefault(_ANSWERS, {})
    if question not in answers:
        if len(answers) >= _KEPT:
            del answers[next(iter(answers))]
        answers[question] = ask()
    answer: T = answers[question]
    return answer
