"""@name in an internal note: which officers are meant. Who of them hears of it is a matter of rights, not of this."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.records import Officer


def mentioned(session: Session, person: Person, text: str) -> list[Officer]:
    """The officers whose name (or sign-in name) stands behind an @ in ``text``; never the writer.

    Of two names that both fit, the longer one is meant: "@张敏华" is not 张敏.
    """
    if "@" not in text and "＠" not in text:
        return []
    staff = session.scalars(select(Officer).where(Officer.disabled.is_(False)).order_by(Officer.id)).all()
    names = {name.lower() for officer in staff for name in (officer.name, officer.login)}
    meant: set[str] = set()
    for part in text.replace("＠", "@").lower().split("@")[1:]:
        meant.add(max((name for name in names if part.startswith(name)), key=len, default=""))
    meant.discard("")
    return [o for o in staff if o.id != person.officer_id and {o.name.lower(), o.login.lower()} & meant]
