"""The outbox worker: claim, send outside any transaction, record; as many at once as there are threads."""

from __future__ import annotations

import logging
import os
import random
import socket
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from handlers.core import Core
from handlers.delivery.claim import Claim, Obstacle, claim_due
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.record import Result, overdue, record, record_obstacle
from handlers.delivery.senders import Senders
from handlers.errors import DeliveryError

_log = logging.getLogger(__name__)
#: Seconds between the tries at writing down what was sent; after the last the sweep makes it ``unknown``.
_RECORD_WAITS = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)

Now = Callable[[], datetime]


def run_once(
    core: Core,
    senders: Senders,
    now: Now,
    batch: int = 200,
    *,
    policy: DeliveryPolicy | None = None,
    stopping: Callable[[], bool] = lambda: False,
    jitter: Callable[[], float] = random.random,
    pause: Callable[[float], None] = time.sleep,
) -> Counter[str]:
    """Send what is due now, at most ``batch`` texts; return how many ended as sent, retry, failed, unknown, late.

    Any number of these may run on any number of machines. ``stopping`` ends the claiming; what is being sent is waited
    for. A slow vendor holds up one thread, never the others: rows are claimed only when a thread is free for them.
    """
    run = _Run(core, senders, now, policy or DeliveryPolicy(), jitter, pause)
    with ThreadPoolExecutor(run.policy.threads, thread_name_prefix="outbox") as pool:
        run.until_done(pool, batch, stopping)
    return run.counts


def worker_name() -> str:
    """A name no other run has: machine, process, and a random part (at most 60 characters)."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


class _Run:
    """One run. Only this thread touches the database; the pool's threads only send."""

    def __init__(
        self,
        core: Core,
        senders: Senders,
        now: Now,
        policy: DeliveryPolicy,
        jitter: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self.policy, self.counts = policy, Counter[str]()
        self._core, self._senders, self._now, self._jitter, self._pause = core, senders, now, jitter, pause
        self._name = worker_name()
        self._sending: dict[Future[Result], Claim] = {}

    def until_done(self, pool: ThreadPoolExecutor, batch: int, stopping: Callable[[], bool]) -> None:
        left, until = batch, self._now() + self.policy.longest_run
        try:
            while True:
                over = left <= 0 or stopping() or self._now() > until
                left -= 0 if over else self._claim(pool, left)
                if not self._sending and (over or not self._claimed):
                    return
                self._record_finished()
        finally:
            while self._sending:
                self._record_finished()

    def _claim(self, pool: ThreadPoolExecutor, left: int) -> int:
        room = min(self.policy.threads - len(self._sending), left)
        self._claimed = False
        if room <= 0:
            return 0
        found = claim_due(self._core, self._senders, self.policy, self._name, self._now(), room)
        for obstacle in found.obstacles:
            self._end(obstacle)
        for claim in found.claims:
            self._sending[pool.submit(self._send, claim)] = claim
        self._claimed = bool(found)
        return len(found.claims) + len(found.obstacles)

    def _send(self, claim: Claim) -> Result:
        if overdue(claim, self.policy, self._now()):
            return Result("untried")
        sender = self._senders[claim.channel, claim.account]
        try:
            proof = sender.send(claim.recipient, claim.content)
        except DeliveryError as fault:
            return Result(
                fault.outcome.value, fault.parts_done, error=str(fault), code=fault.vendor_code, retry_at=fault.retry_at
            )
        except Exception as fault:  # a fault of ours: nobody can say how far the text got
            # The type alone: its text can carry the citizen's words.
            _log.error("sending over %s raised %s", claim.channel, type(fault).__name__)
            return Result("unknown", error=f"发送时程序出错（{type(fault).__name__}），无法确认是否送出，请人工核实。")
        told = "；".join(filter(None, (proof.vendor_id, proof.note)))
        return Result("accepted" if proof.ref else "sent", proof.parts, ref=proof.ref, proof=told)

    def _record_finished(self) -> None:
        if not self._sending:
            return
        finished, _ = wait(self._sending, return_when=FIRST_COMPLETED)
        while finished:
            for future in finished:
                claim, result = self._sending.pop(future), future.result()
                self._persist(partial(self._record, claim, result), claim.delivery_id)
            # What was sent while these were written down: one claim then fills all free threads.
            finished = {future for future in self._sending if future.done()}

    def _record(self, claim: Claim, result: Result) -> str:
        return record(self._core, claim, result, self.policy, self._now(), self._jitter())

    def _end(self, obstacle: Obstacle) -> None:
        self._persist(lambda: record_obstacle(self._core, obstacle, self._now()), obstacle.delivery_id)

    def _persist(self, write: Callable[[], str], delivery_id: int) -> None:
        """Write the result even through a short absence of the database or a collision on the case's events."""
        for seconds in (*_RECORD_WAITS, None):
            try:
                self.counts[write()] += 1
                return
            except Exception as fault:  # a fault at one text must not lose the results of the others
                if seconds is None or not isinstance(fault, SQLAlchemyError):
                    _log.error("delivery %d: its result could not be written (%s)", delivery_id, type(fault).__name__)
                    self.counts["unrecorded"] += 1
                    return
                self._pause(seconds)
