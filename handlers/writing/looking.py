"""What the reply check finds in an answer and what was decided about it; asked before an answer goes out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.errors import UndecidedFindings
from handlers.records import Case, Reply, ReplyFinding
from handlers.writing.case_context import context_for
from handlers.writing.check import check
from handlers.writing.finding import Finding


@dataclass(frozen=True, slots=True)
class Looked:
    """A finding in a text and the reason with which it was kept ("" = undecided). ``code`` names it in forms."""

    finding: Finding
    reason: str = ""

    @property
    def code(self) -> str:
        """A short name that stays while the words do."""
        return hashlib.sha256(self.finding.key.encode()).hexdigest()[:12]


def look_at(session: Session, core: Core, case: Case, reply: Reply | None, text: str, now: datetime) -> list[Looked]:
    """Check ``text`` as the answer to the case, with what has been decided about ``reply``; writes nothing."""
    if not text.strip():
        return []
    kept = {key_of(row): row.reason for row in findings_of(session, reply) if row.state == "kept"}
    return [Looked(found, kept.get(found.key, "")) for found in check(text, context_for(session, core, case, now))]


def undecided(looked: Sequence[Looked]) -> UndecidedFindings | None:
    """The fault that says how many findings wait for a decision; ``None`` when none does."""
    left = [one for one in looked if not one.reason]
    told = f"还有 {len(left)} 处要您决定：改文字，或者保留并说明理由。系统只是提醒，由您决定。"
    return UndecidedFindings(told, "text") if left else None


def findings_of(session: Session, reply: Reply | None) -> list[ReplyFinding]:
    """Return what has been recorded of a reply's findings, the oldest first."""
    if reply is None:
        return []
    wanted = select(ReplyFinding).where(ReplyFinding.reply_id == reply.id).order_by(ReplyFinding.id)
    return list(session.scalars(wanted))


def key_of(row: ReplyFinding) -> str:
    """Return what makes a recorded finding the same as one that is found now."""
    return Finding(row.kind, 0, 0, row.words, "", row.about).key
