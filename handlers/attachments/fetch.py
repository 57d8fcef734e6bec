"""Fetching files that a vendor keeps for us, before it drops them; refused and lost ones stay visible."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from handlers.attachments.store import AttachmentStore
from handlers.attachments.turns import LEASE, LONGEST_RUN, next_file, wait_after
from handlers.core import Core
from handlers.errors import DeliveryError, InvalidInput, Outcome
from handlers.escalation.urgent import case_link
from handlers.messages import MediaRef, MessageKind
from handlers.organisation.wording import render
from handlers.records import Alert, Attachment, Case

_log = logging.getLogger(__name__)

_LONGEST_WAIT: Final = timedelta(hours=2)
#: WeChat keeps media for three days: people hear of a file we cannot get while they can still ask for it again.
WARN_AFTER: Final = timedelta(days=2)
GIVE_UP_AFTER: Final = timedelta(days=3)


class Fetcher(Protocol):
    """A channel as this room sees it (``bot.channels.base.Channel`` fits)."""

    def fetch(self, media: MediaRef) -> tuple[bytes, str]:
        """Fetch one file: (bytes, content type as claimed). Raises :class:`handlers.errors.DeliveryError`."""


#: Keyed by (channel code, account).
Fetchers = Mapping[tuple[str, str], Fetcher]


@dataclass(frozen=True, slots=True)
class _Wanted:
    id: int
    channel: str
    account: str
    media: MediaRef
    attempts: int
    created_at: datetime


def fetch_due(
    core: Core, store: AttachmentStore, fetchers: Fetchers, now: Callable[[], datetime], limit: int = 50
) -> Counter[str]:
    """Fetch pending files that are due, one after another; return how many ended as stored, refused, failed, retry.

    Safe in any number of processes: each file is claimed when its turn comes. No database is held while a vendor is
    called. A run begins no file after ``LONGEST_RUN``.
    """
    counts, until = Counter[str](), now() + LONGEST_RUN
    while counts.total() < limit and now() <= until and (wanted := _claim(core, now())) is not None:
        values = _fetch(wanted, store, fetchers, now())
        counts[str(values.get("state", "retry"))] += 1
        _record(core, wanted, values, now())
    return counts


def _claim(core: Core, now: datetime) -> _Wanted | None:
    due = Attachment.state == "pending", Attachment.next_at <= now
    with core.database.write() as session:
        row = next_file(session, due, Attachment.next_at)
        if row is None:
            return None
        row.next_at, row.attempts = now + LEASE, row.attempts + 1
        return _wanted(row)


def _wanted(row: Attachment) -> _Wanted:
    media = MediaRef(MessageKind(row.kind), row.reference, row.filename, row.content_type)
    return _Wanted(row.id, row.channel, row.account, media, row.attempts, row.created_at)


def _fetch(wanted: _Wanted, store: AttachmentStore, fetchers: Fetchers, now: datetime) -> dict[str, object]:
    """What to write to the row after one try."""
    fetcher = fetchers.get((wanted.channel, wanted.account))
    if fetcher is None:
        return _later(wanted, "这个渠道没有开通，无法取回附件。", now)
    try:
        data, claimed = fetcher.fetch(wanted.media)
        digest, size, content_type = store.keep(data, wanted.media.filename, claimed)
    except InvalidInput as fault:
        return {"state": "refused", "next_at": None, "error": str(fault)[:500]}
    except DeliveryError as fault:
        if fault.outcome is Outcome.FAILED:
            return {"state": "failed", "next_at": None, "error": str(fault)[:500]}
        return _later(wanted, str(fault), now, fault.retry_at)
    except Exception as fault:  # a fault of ours or a full disk must not stop the other files
        _log.error("fetching attachment %d raised %s", wanted.id, type(fault).__name__)
        return _later(wanted, f"取回附件时程序出错（{type(fault).__name__}）。", now)
    return {
        "state": "stored", "next_at": None, "error": "", "sha256": digest, "size": size, "content_type": content_type
    }  # fmt: skip


def _later(wanted: _Wanted, error: str, now: datetime, wish: datetime | None = None) -> dict[str, object]:
    if now >= wanted.created_at + GIVE_UP_AFTER:
        return {"state": "failed", "next_at": None, "error": error[:500]}
    wait = wait_after(wanted.attempts, _LONGEST_WAIT)
    return {"next_at": max(now + wait, wish) if wish else now + wait, "error": error[:500]}


def _record(core: Core, wanted: _Wanted, values: dict[str, object], now: datetime) -> None:
    mine = (Attachment.id == wanted.id, Attachment.state == "pending", Attachment.attempts == wanted.attempts)
    with core.database.write() as session:
        done = session.execute(
            update(Attachment).where(*mine).values(**values).execution_options(synchronize_session=False)
        )
        assert isinstance(done, CursorResult)
        lost = values.get("state") == "failed"
        hanging = "state" not in values and now >= wanted.created_at + WARN_AFTER
        if done.rowcount == 1 and (lost or hanging):
            _alert(session, core, wanted.id, now)


def _alert(session: Session, core: Core, attachment_id: int, now: datetime) -> None:
    """One alert per file: the officer asks the citizen to send it again."""
    key = f"attachment:{attachment_id}"
    attachment = session.get(Attachment, attachment_id)
    case = session.get(Case, attachment.case_id) if attachment and attachment.case_id else None
    if case is None or session.scalar(select(Alert.id).where(Alert.dedup_key == key)) is not None:
        return
    text = render(core.profile(), "alert_attachment", number=case.number, link=case_link(core, case.number))
    whom = [case.restricted_to if case.restricted else case.officer_id]
    session.add(
        Alert(
            dedup_key=key, kind="attachment", case_id=case.id, colour="yellow", text=text, created_at=now,
            recipients=[officer for officer in whom if officer],
        )
    )  # fmt: skip
