"""The understanding that follows the promoted model, so that every process reads with the same one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from handlers.errors import ModelFault
from handlers.fresh import Fresh
from handlers.learning.store import in_force, load_model
from handlers.records.database import Database
from handlers.understanding.labels import Labels, Understanding
from handlers.understanding.learned.reader import LearnedUnderstanding

_log = structlog.get_logger(__name__)

#: The promoted model (its row and when it was promoted; ``None`` = none) and what is read with.
_Known = tuple[tuple[int, datetime] | None, Understanding]


class FollowingUnderstanding:
    """Reads with the promoted model, and with ``fallback`` (the rules) while there is none that can be used.

    Which model is in force is looked up again after ``fresh_seconds``; a database that does not answer changes nothing.
    """

    def __init__(
        self,
        database: Database,
        fallback: Understanding,
        fresh_seconds: float = 10.0,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._fallback = database, fallback
        self._fresh = Fresh(self._look, fresh_seconds, ticks)

    @property
    def model(self) -> str:
        return self._current().model

    def read(self, text: str) -> Labels:
        """Return the labels of ``text`` by the model in force."""
        return self._current().read(text)

    def forget(self) -> None:
        """Look again on the next reading (after a promotion in this process)."""
        self._fresh.forget()

    def _current(self) -> Understanding:
        return self._fresh()[1]

    def _look(self, known: _Known | None) -> _Known:
        promoted: tuple[int, datetime] | None = None
        try:
            with self._database.read() as session:
                promoted = in_force(session)
                if known is not None and promoted == known[0]:
                    return known
                reads_with = LearnedUnderstanding(load_model(session, promoted[0])) if promoted else self._fallback
        except SQLAlchemyError as fault:
            _log.warning("model.not_looked_up", fault=type(fault).__name__)
            return known or (None, self._fallback)
        except Exception as fault:  # whatever is wrong with a model, no message may be lost to it
            reason = str(fault) if isinstance(fault, ModelFault) else type(fault).__name__
            _log.error("model.unusable", model_id=promoted[0] if promoted else None, reason=reason)
            return promoted, self._fallback  # a model that cannot be used stays so until another is promoted
        _log.info("model.in_force", model=reads_with.model)
        return promoted, reads_with
