"""A vendor's access token in the database, shared by every process, fetched by one of them at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.exc import IntegrityError

from handlers.errors import DeliveryError, Outcome
from handlers.records.database import Database
from handlers.records.token import ChannelToken
from handlers.records.vault import Vault


class Fresh(Protocol):
    """A token as the vendor gave it; ``expires_in`` in seconds."""

    @property
    def value(self) -> str: ...

    @property
    def expires_in(self) -> int: ...


class DatabaseTokenStore:
    """Keeps one account's token, sealed. No session is open while the vendor is asked.

    ``fetch(force)`` asks the vendor and raises DeliveryError ``retry``. ``lease`` bounds how long one process may take;
    the others wait for it in steps of ``poll`` seconds.
    """

    #: Taken off the lifetime, so that no call leaves with a token that dies on the way.
    EARLY = timedelta(seconds=60)

    def __init__(
        self,
        database: Database,
        vault: Vault,
        channel: str,
        account: str,
        fetch: Callable[[bool], Fresh],
        now: Callable[[], datetime],
        *,
        lease: timedelta = timedelta(seconds=30),
        poll: float = 0.2,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database, self._vault, self._key = database, vault, (channel, account)
        self._fetch, self._now, self._lease, self._poll, self._pause = fetch, now, lease, poll, pause

    def get(self) -> str | None:
        """Return the token that is valid now, or ``None``."""
        with self._database.read() as session:
            row = session.get(ChannelToken, self._key)
            if row is None or not row.value or row.expires_at is None or row.expires_at <= self._now():
                return None
            return self._vault.open(row.value)

    def refresh(self, stale: str | None) -> str:
        """Return a token other than ``stale``: what another process fetched meanwhile, else a newly fetched one.

        Raises DeliveryError ``retry`` when the vendor gives none or another process takes longer than its lease.
        """
        for _ in range(int(self._lease.total_seconds() / self._poll) + 2):
            current = self.get()
            if current is not None and current != stale:
                return current
            leased_until = self._take_lease()
            if leased_until is not None:
                return self._fetch_as_leaseholder(stale, leased_until)
            self._pause(self._poll)
        raise DeliveryError("另一个进程正在更新 access_token，稍后自动重试。", Outcome.RETRY)

    def _fetch_as_leaseholder(self, stale: str | None, leased_until: datetime) -> str:
        current = self.get()
        if current is not None and current != stale:  # fetched by another between our look and our lease
            self._write(leased_until, refreshing_until=None)
            return current
        try:
            fresh = self._fetch(False)
            if fresh.value == stale:
                fresh = self._fetch(True)
        except BaseException:
            self._write(leased_until, refreshing_until=None)
            raise
        expires = self._now() + timedelta(seconds=fresh.expires_in) - self.EARLY
        self._write(leased_until, value=self._vault.seal(fresh.value), expires_at=expires, refreshing_until=None)
        return fresh.value

    def _take_lease(self) -> datetime | None:
        now = self._now()
        self._ensure_row()
        free = or_(ChannelToken.refreshing_until.is_(None), ChannelToken.refreshing_until <= now)
        return now + self._lease if self._update(free, refreshing_until=now + self._lease) else None

    def _ensure_row(self) -> None:
        with self._database.read() as session:
            if session.scalar(select(ChannelToken.channel).where(*self._mine())) is not None:
                return
        try:
            with self._database.write() as session:
                session.add(ChannelToken(channel=self._key[0], account=self._key[1]))
        except IntegrityError:
            return  # another process was quicker: the row is there

    def _write(self, leased_until: datetime, **values: object) -> None:
        """Write unless the lease has passed to another process meanwhile."""
        self._update(ChannelToken.refreshing_until == leased_until, **values)

    def _update(self, condition: ColumnElement[bool], **values: object) -> bool:
        change = update(ChannelToken).where(*self._mine(), condition).values(**values)
        with self._database.write() as session:
            done = session.execute(change.execution_options(synchronize_session=False))
            assert isinstance(done, CursorResult)
            return done.rowcount == 1

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return ChannelToken.channel == self._key[0], ChannelToken.account == self._key[1]
