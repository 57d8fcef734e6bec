"""Reading a batch of texts outside any transaction, bounded in time: what takes too long or raises is a fault."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from handlers.faults import describe
from handlers.understanding.labels import Labels, Understanding


@dataclass(frozen=True, slots=True)
class Reading:
    """The labels of one text, or the fault that kept it from being read (``unwritten``: from being written)."""

    labels: Labels
    fault: str = ""
    unwritten: bool = False


class Reader:
    """Reads in a thread of its own; a text that exceeds ``seconds`` is given up and the thread left behind."""

    def __init__(self, understanding: Understanding, seconds: float) -> None:
        self._understanding = understanding
        self._seconds = seconds
        self._pool = self._fresh_pool()

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading per text, in order."""
        done: list[Reading] = []
        while len(done) < len(texts):
            batch = _Batch(self._understanding, texts[len(done) :])
            self._pool.submit(batch.run)
            if not batch.wait(self._seconds):
                self._pool.shutdown(wait=False)
                self._pool = self._fresh_pool()
                done += batch.results[: batch.reached]
                done.append(Reading(Labels(), f"understanding took over {self._seconds:g} s"))
                continue
            done += batch.results
        return done

    def close(self) -> None:
        """Stop the thread."""
        self._pool.shutdown(wait=False)

    @staticmethod
    def _fresh_pool() -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=1, thread_name_prefix="understanding")


class _Batch:
    def __init__(self, understanding: Understanding, texts: Sequence[str]) -> None:
        self._understanding, self._texts = understanding, texts
        self._moved = threading.Condition()
        self.results: list[Reading] = []
        self.reached = 0
        self._abandoned = False

    def run(self) -> None:
        for text in self._texts:
            reading = self._one(text)
            with self._moved:
                if self._abandoned:
                    return
                self.results.append(reading)
                self._moved.notify()

    def wait(self, seconds: float) -> bool:
        """Wait until all is read; false when no text was finished for ``seconds`` (``reached`` says how many were)."""
        with self._moved:
            while len(self.results) < len(self._texts):
                before = len(self.results)
                if not self._moved.wait_for(lambda: len(self.results) > before, seconds):  # noqa: B023
                    self._abandoned, self.reached = True, len(self.results)
                    return False
            return True

    def _one(self, text: str) -> Reading:
        try:
            return Reading(self._understanding.read(text) if text.strip() else Labels())
        except Exception as fault:
            return Reading(Labels(), describe(fault))
