"""办理留痕: appending case events to their chain, and verifying that nobody changed one afterwards."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.records.case_event import CaseEvent


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the chain of a case does not hold."""

    case_id: int
    seq: int
    why: str


class Ledger:
    """Seals each event to the one before it with HMAC-SHA-256; the key is a setting, never in the database."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def append(
        self,
        session: Session,
        case_id: int,
        actor: str,
        action: str,
        at: datetime,
        data: Mapping[str, Any] | None = None,
    ) -> CaseEvent:
        """Append one event to a case. Two writers at once: the second fails on (case_id, seq) and is redone."""
        last = session.execute(
            select(CaseEvent.seq, CaseEvent.mac)
            .where(CaseEvent.case_id == case_id)
            .order_by(CaseEvent.seq.desc())
            .limit(1)
        ).first()
        seq, mac = (last.seq, last.mac) if last else (0, "")
        event = CaseEvent(**self.row(case_id, seq + 1, mac, actor, action, at, dict(data or {})))
        session.add(event)
        session.flush()
        return event

    def row(
        self, case_id: int, seq: int, before: str, actor: str, action: str, at: datetime, data: dict[str, Any]
    ) -> dict[str, Any]:
        """The row of one event, for bulk inserts; ``before`` is the mac of the event before it ("" for the first)."""
        mac = self._mac(case_id, seq, before, actor, action, at, data)
        return {"case_id": case_id, "seq": seq, "at": at, "actor": actor, "action": action, "data": data, "mac": mac}

    def verify(self, events: Iterable[CaseEvent]) -> Iterator[Broken]:
        """Yield every break in events that come ordered by (case_id, seq)."""
        case_id, seq, before = 0, 0, ""
        for event in events:
            if event.case_id != case_id:
                case_id, seq, before = event.case_id, 0, ""
            if event.seq != seq + 1:
                yield Broken(case_id, event.seq, f"event {seq + 1} is missing")
            wanted = self._mac(case_id, event.seq, before, event.actor, event.action, event.at, event.data)
            if not hmac.compare_digest(wanted, event.mac):
                yield Broken(case_id, event.seq, "the event was changed after it was written, or the key is another")
            seq, before = event.seq, event.mac

    def sign(self, text: str) -> str:
        """Sign a text that is kept outside the database (an anchor, a case file's list); hexadecimal HMAC-SHA-256.

        The text's beginning says what it is, so that no signature of one thing passes for another's.
        """
        return hmac.new(self._key, b"signed:" + text.encode(), hashlib.sha256).hexdigest()

    def signed(self, text: str, mac: str) -> bool:
        """Whether ``mac`` is our signature of ``text``."""
        return hmac.compare_digest(self.sign(text), mac)

    def _mac(
        self, case_id: int, seq: int, before: str, actor: str, action: str, at: datetime, data: Mapping[str, Any]
    ) -> str:
        body = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        instant = at.astimezone(UTC).isoformat(timespec="microseconds")
        sealed = "\x1f".join((before, str(case_id), str(seq), instant, actor, action, body))
        return hmac.new(self._key, sealed.encode(), hashlib.sha256).hexdigest()
