"""Signing in and out: server-side sessions that can be revoked, and a lock after repeated failures."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from handlers.accounts import passwords
from handlers.accounts.absences import stood_for
from handlers.accounts.roles import Role, SignedIn, StandIn
from handlers.accounts.strangers import Strangers
from handlers.deadlines.worktime import local_day
from handlers.errors import InvalidInput, RateLimited, SignInNeeded
from handlers.records.database import Database
from handlers.records.officer import Officer, StaffSession

_SEEN_EVERY: Final = timedelta(minutes=1)  # how exact ``seen_at`` is; spares a write per page
_BY_TOKEN: Final = (
    select(StaffSession, Officer)
    .join(Officer, Officer.id == StaffSession.officer_id)
    .where(StaffSession.token_sha256 == bindparam("digest"))
)


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """House rules of signing in, from the settings."""

    session: timedelta = timedelta(hours=10)
    idle: timedelta = timedelta(hours=2)
    tries: int = 5
    lock: timedelta = timedelta(minutes=15)


class Accounts:
    """Officers' sign-in over one database; ``now`` gives aware instants."""

    def __init__(self, database: Database, now: Callable[[], datetime], policy: SignInPolicy | None = None) -> None:
        self._database = database
        self._now = now
        self._policy = policy or SignInPolicy()
        self._strangers = Strangers(self._policy.tries, self._policy.lock)

    def sign_in(self, login: str, password: str) -> str:
        """Return the token of a new session.

        Raises RateLimited while the account is locked, InvalidInput when name or password is wrong or the account is
        disabled (one text for all, so that names cannot be tried out).
        """
        # The try is counted before the password is looked at: many tries at once cannot outrun the lock.
        # Hashing happens outside any transaction, because it is slow on purpose.
        officer_id, password_hash = self._count_try(login)
        if not passwords.matches(password_hash, password):
            raise InvalidInput("登录名或密码不对。请检查大小写；忘记密码请联系管理员重置。", "login")
        renewed = passwords.hashed(password) if passwords.is_outdated(password_hash) else password_hash
        with self._database.write() as session:
            officer = session.get_one(Officer, officer_id)
            officer.failures, officer.locked_until, officer.password_hash = 0, None, renewed
            return self._open(session, officer_id)

    def signed_in(self, token: str, *, touch: bool = True) -> SignedIn | None:
        """Return who is behind a token, or ``None`` when the session ended, was revoked or lay idle too long.

        ``touch=False`` is for what a page asks by itself: an open tab alone keeps nobody signed in.
        """
        now = self._now()
        with self._database.read() as session:
            found = session.execute(_BY_TOKEN, {"digest": _digest(token)}).one_or_none()
            if found is None or not self._lives(found[0], found[1], now):
                return None
            kept, officer = found
            stands_for = stood_for(session, officer.id, local_day(now))
            me, session_id = _as_signed_in(kept, officer, stands_for), kept.id
            is_stale = now - kept.seen_at >= _SEEN_EVERY
        if is_stale and touch:
            with self._database.write() as session:
                session.execute(update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now))
        return me

    def sign_out(self, token: str) -> None:
        """Revoke the session of a token (nothing happens when there is none)."""
        with self._database.write() as session:
            session.execute(
                update(StaffSession)
                .where(StaffSession.token_sha256 == _digest(token), StaffSession.revoked_at.is_(None))
                .values(revoked_at=self._now())
            )

    def change_password(self, token: str, old: str, new: str) -> str:
        """Set a new password of one's own; all sessions end and the token of a fresh one is returned.

        Raises InvalidInput (field ``old`` or ``new``), SignInNeeded when the session is over.
        """
        me = self.signed_in(token)
        if me is None:
            raise SignInNeeded("登录已过期，请重新登录后再修改密码。")
        _, password_hash = self._count_try(me.login)
        if not passwords.matches(password_hash, old):
            raise InvalidInput("原密码不对。", "old")
        passwords.check_new(new, me.login)
        if new == old:
            raise InvalidInput("新密码不能和原密码相同。", "new")
        renewed = passwords.hashed(new)
        with self._database.write() as session:
            officer = session.get_one(Officer, me.officer_id)
            officer.password_hash, officer.must_change_password = renewed, False
            officer.failures, officer.locked_until = 0, None
            end_sessions(session, me.officer_id, self._now())
            return self._open(session, me.officer_id)

    def _count_try(self, login: str) -> tuple[int, str]:
        now = self._now()
        with self._database.write() as session:
            name = login.strip().lower()
            officer = session.scalar(select(Officer).where(Officer.login == name))
            if officer is None or officer.disabled:
                locked = self._strangers.count(name, now)
                if locked is not None:
                    raise _locked(locked - now)
                return 0, ""
            if officer.locked_until is not None:
                if officer.locked_until > now:
                    raise _locked(officer.locked_until - now)
                officer.failures, officer.locked_until = 0, None
            officer.failures += 1
            if officer.failures >= self._policy.tries:
                officer.locked_until = now + self._policy.lock
            return officer.id, officer.password_hash

    def _open(self, session: Session, officer_id: int) -> str:
        now, token = self._now(), secrets.token_urlsafe(32)
        session.add(
            StaffSession(
                token_sha256=_digest(token),
                officer_id=officer_id,
                csrf=secrets.token_urlsafe(24),
                created_at=now,
                seen_at=now,
                expires_at=now + self._policy.session,
            )
        )
        return token

    def _lives(self, kept: StaffSession, officer: Officer, now: datetime) -> bool:
        ended = kept.revoked_at is not None or kept.expires_at <= now or officer.disabled
        return not ended and now - kept.seen_at < self._policy.idle


def end_sessions(session: Session, officer_id: int, now: datetime) -> None:
    """Revoke every open session of an officer (inside the caller's transaction)."""
    open_ones = update(StaffSession).where(StaffSession.officer_id == officer_id, StaffSession.revoked_at.is_(None))
    session.execute(open_ones.values(revoked_at=now))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _locked(left: timedelta) -> RateLimited:
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    text = f"密码连续输错次数过多，账号已暂时锁定，约 {minutes} 分钟后再试。不是您本人操作请联系管理员。"
    return RateLimited(text, int(left.total_seconds()) + 1)


def _as_signed_in(kept: StaffSession, officer: Officer, stands_for: tuple[StandIn, ...]) -> SignedIn:
    return SignedIn(
        officer_id=officer.id,
        login=officer.login,
        name=officer.name,
        role=Role(officer.role),
        section=officer.section_code or "",
        receives_reports=officer.receives_reports,
        csrf=kept.csrf,
        must_change_password=officer.must_change_password,
        stands_for=stands_for,
    )
