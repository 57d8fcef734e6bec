"""本局用语: the bureau's own list of words not used, edited in the console; it goes before the shipped one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import Person
from handlers.casework.doing import required
from handlers.errors import NotAllowed
from handlers.records import BureauWord

EDITORS = (Role.OFFICE, Role.ADMIN)


def set_word(session: Session, person: Person, word: str, instead: str, now: datetime, *, used: bool = True) -> None:
    """Point a word out from now on with what to write ``instead`` ("" = leave it out), or no longer (``used``)."""
    if person.role not in EDITORS:
        raise NotAllowed("本局用语由办公室或管理员修改。")
    word, instead = required(word, "word", "词语", 20), instead.strip()[:60]
    row = session.scalars(select(BureauWord).where(BureauWord.word == word).with_for_update()).one_or_none()
    if row is None:
        row = BureauWord(word=word)
        session.add(row)
    row.instead, row.used, row.changed_by, row.changed_at = instead, used, person.officer_id, now
    session.flush()
