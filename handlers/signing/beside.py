"""What a reviewer typed comes back with the draft: kept beside it as a version of its own, nothing is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.records import Case, DraftVersion, Reply


def lay_beside(session: Session, case: Case, reply: Reply, person: Person, text: str, own: str, now: datetime) -> None:
    """Keep ``text`` beside the draft for its drafter to take or leave, unless it says the draft's ``own`` words."""
    words = text.strip()
    if not words or words == own or reply.act:
        return
    row = DraftVersion(case_id=case.id, officer_id=person.officer_id, state="aside", text=words[:20_000], at=now)
    row.seen = reply.version
    session.add(row)
    session.flush()
