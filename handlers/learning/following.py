"""The understanding that follows the promoted model, so that every process reads with the same one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock

import structlog
from sqlalchemy.exc import SQLAlchemyError

from handlers.errors import ModelFault
from handlers.learning.store import in_force, load_model
from handlers.records.database import Database
from handlers.understanding.labels import Labels, Understanding
from handlers.understanding.learned.reader import LearnedUnderstanding

_log = structlog.get_logger(__name__)


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
        self._fresh_seconds, self._ticks = fresh_seconds, ticks
        self._reads_with: Understanding = fallback
        self._known: tuple[int, datetime] | None = None
        self._look_again, self._looked = 0.0, False
        self._lock = Lock()

    @property
    def model(self) -> str:
        return self._current().model

    def read(self, text: str) -> Labels:
        """Return the labels of ``text`` by the model in force."""
        return self._current().read(text)

    def forget(self) -> None:
        """Look again on the next reading (after a promotion in this process)."""
        self._look_again = 0.0

    def _current(self) -> Understanding:
        # Who comes while another looks reads with what is known; only the first of all has nothing to wait beside.
        if self._ticks() >= self._look_again and self._lock.acquire(blocking=not self._looked):
            try:
                if self._ticks() >= self._look_again:
                    self._look()
                    self._looked, self._look_again = True, self._ticks() + self._fresh_seconds
            finally:
                self._lock.release()
        return self._reads_with

    def _look(self) -> None:
        promoted: tuple[int, datetime] | None = None
        try:
            with self._database.read() as session:
                promoted = in_force(session)
                if promoted == self._known:
                    return
                reads_with = LearnedUnderstanding(load_model(session, promoted[0])) if promoted else self._fallback
        except SQLAlchemyError as fault:
            _log.warning("model.not_looked_up", fault=type(fault).__name__)
            return
        except Exception as fault:  # whatever is wrong with a model, no message may be lost to it
            self._known = promoted  # a model that cannot be used stays so: the rules read until another is promoted
            self._reads_with = self._fallback
            reason = str(fault) if isinstance(fault, ModelFault) else type(fault).__name__
            _log.error("model.unusable", model_id=promoted[0] if promoted else None, reason=reason)
            return
        self._known, self._reads_with = promoted, reads_with
        _log.info("model.in_force", model=reads_with.model)
