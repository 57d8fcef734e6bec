"""查毒: every kept file is shown to a virus scanner; what it finds is put into quarantine and the office told."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers.attachments.store import AttachmentStore
from handlers.attachments.turns import LEASE, LONGEST_RUN, next_file, wait_after
from handlers.casework.doing import lock
from handlers.core import Core
from handlers.delivery.notices import who_decides
from handlers.errors import ScannerAway
from handlers.escalation.urgent import case_link
from handlers.organisation.wording import render
from handlers.records import Alert, Attachment

_log = logging.getLogger(__name__)

_LONGEST_WAIT: Final = timedelta(hours=1)


class Scanner(Protocol):
    """A virus scanner."""

    def scan(self, file: Path) -> str:
        """Return the name of what was found in ``file`` ("" = nothing).

        Raises :class:`handlers.errors.ScannerAway` when it cannot say.
        """


@dataclass(frozen=True, slots=True)
class _Wanted:
    id: int
    sha256: str
    tries: int


def scan_due(
    core: Core, store: AttachmentStore, scanner: Scanner | None, now: Callable[[], datetime], limit: int = 200
) -> Counter[str]:
    """Show the scanner every file it has not seen, one after another; return how many were clean, infected, away.

    Safe in any number of processes: each file is claimed when its turn comes. Without a scanner nothing is done. A
    scanner that is away ends the run; its file is tried again later and stays "not scanned yet" meanwhile.
    """
    counts, until = Counter[str](), now() + LONGEST_RUN
    if scanner is None:
        return counts
    while counts.total() < limit and now() <= until and (wanted := _claim(core, now())) is not None:
        try:
            found = scanner.scan(store.path(wanted.sha256))
        except (ScannerAway, OSError) as fault:
            counts["away"] += 1
            _later(core, wanted, str(fault) if isinstance(fault, ScannerAway) else "文件不在服务器上", now())
            if isinstance(fault, ScannerAway):
                return counts
            continue
        counts["infected" if found else "clean"] += 1
        _say(core, store, wanted, found, now())
    return counts


def _claim(core: Core, now: datetime) -> _Wanted | None:
    unseen = Attachment.state == "stored", Attachment.scan == "", Attachment.sha256 != ""
    due = *unseen, or_(Attachment.scan_at.is_(None), Attachment.scan_at <= now)
    with core.database.write() as session:
        row = next_file(session, due, Attachment.scan_at)
        if row is None:
            return None
        row.scan_at, row.scan_tries = now + LEASE, row.scan_tries + 1
        return _Wanted(row.id, row.sha256, row.scan_tries)


def _later(core: Core, wanted: _Wanted, why: str, now: datetime) -> None:
    with core.database.write() as session:
        row = session.get(Attachment, wanted.id)
        if row is not None and row.scan == "":
            row.scan_at, row.scan_note = now + wait_after(wanted.tries, _LONGEST_WAIT), why[:200]
    _log.warning("attachment %d is not scanned yet: %s", wanted.id, why)


def _say(core: Core, store: AttachmentStore, wanted: _Wanted, found: str, now: datetime) -> None:
    """Write what the scanner said to every row of these bytes."""
    if found:
        # First out of everybody's reach; a row that says so before its file is gone would be the worse order.
        store.quarantine(wanted.sha256)
    with core.database.write() as session:
        ids = session.execute(
            select(Attachment.id, Attachment.case_id).where(
                Attachment.sha256 == wanted.sha256, Attachment.state == "stored"
            )
        ).all()
        for attachment_id, case_id in sorted(ids, key=lambda row: (row[1] or 0, row[0])):
            _write(session, core, attachment_id, case_id, found, now)


def _write(session: Session, core: Core, attachment_id: int, case_id: int | None, found: str, now: datetime) -> None:
    case = lock(session, case_id) if found and case_id else None
    row = session.get_one(Attachment, attachment_id, populate_existing=True)
    row.scan, row.scan_note, row.scan_at = ("infected" if found else "clean"), found[:200], None
    if not found:
        return
    row.state, row.error = "infected", f"查出病毒（{found[:100]}），已隔离"
    if case is None:
        return
    core.ledger.append(session, case.id, "system", "file_infected", now, {"attachment": row.id, "found": found[:100]})
    text = render(core.profile(), "alert_infected", number=case.number, link=case_link(core, case.number))
    session.add(
        Alert(
            dedup_key=f"infected:{row.id}", kind="attachment", case_id=case.id, colour="red", text=text,
            created_at=now, recipients=who_decides(session, case, now),
        )
    )  # fmt: skip
