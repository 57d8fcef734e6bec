"""Group commit: messages that arrive together share one transaction; each sender still gets its own answer."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

import structlog

from handlers.errors import IntakeUnavailable
from handlers.faults import trail
from handlers.intake.receive import Intake, Result
from handlers.messages import InboundMessage, Receipt

_log = structlog.get_logger(__name__)
_Item = tuple[InboundMessage, "Future[Receipt]"]


class Batcher:
    """One thread that takes what is waiting (at most ``largest``), receives it as a batch, and answers every future.

    While one batch is being committed the next one gathers: a single message never waits for others.
    """

    def __init__(
        self, intake: Intake, now: Callable[[], datetime], *, largest: int = 200, backlog: int = 20_000
    ) -> None:
        self._intake, self._now, self._largest = intake, now, largest
        self._queue: queue.Queue[_Item | None] = queue.Queue(maxsize=backlog)
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._open = True

    def start(self) -> None:
        """Start taking messages."""
        self._thread.start()

    def submit(self, message: InboundMessage) -> Future[Receipt]:
        """Hand in one message. The future raises :class:`IntakeUnavailable` when it could not be stored."""
        future: Future[Receipt] = Future()
        if not self._open:
            future.set_exception(IntakeUnavailable("系统正在停止，请稍后再发。"))
            return future
        try:
            self._queue.put_nowait((message, future))
        except queue.Full:
            future.set_exception(IntakeUnavailable("留言太多，暂时没有存下来，请稍后再发。"))
        return future

    def stop(self, timeout: float = 10.0) -> None:
        """Finish what was handed in, then stop."""
        self._open = False
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout)
        self._intake.close()

    @property
    def waiting(self) -> int:
        """How many messages are not taken yet."""
        return self._queue.qsize()

    def _run(self) -> None:
        while True:
            items, last = self._gather()
            if items:
                self._receive(items)
            if last:
                return

    def _gather(self) -> tuple[list[_Item], bool]:
        items: list[_Item] = []
        item = self._queue.get()
        while True:
            if item is None:
                return items, True
            items.append(item)
            if len(items) >= self._largest:
                return items, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return items, False

    def _receive(self, items: list[_Item]) -> None:
        # From here on nobody can cancel: a future given up before (its caller went away) takes no result, and setting
        # one would end this thread. Its message was handed in and is received all the same.
        waited_for = [future.set_running_or_notify_cancel() for _, future in items]
        try:
            results: list[Result] = self._intake.receive_many([message for message, _ in items], self._now())
        except Exception as fault:
            _log.error("a batch of messages could not be received", messages=len(items), trail=trail(fault))
            results = [IntakeUnavailable(f"留言暂时没有存下来：{type(fault).__name__}") for _ in items]
        for (_, future), result, waits in zip(items, results, waited_for, strict=True):
            if not waits:
                continue
            if isinstance(result, IntakeUnavailable):
                future.set_exception(result)
            else:
                future.set_result(result)
