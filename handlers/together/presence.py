"""Presence: who of the staff has a case open now, and who is writing; shown to those who may see the case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.reading import looked_up, record_reading
from handlers.core import Core
from handlers.records import Officer, Presence
from handlers.records.upsert import insert_into

#: How long a page without script counts as being read; one with script says itself that it is still open.
_OPENED: Final = timedelta(minutes=2)
#: A page that reports itself counts this long; it is written down again once half of that is over.
_REPORTED: Final = timedelta(seconds=40)
_OTHERS: Final = (
    select(Officer.name, Presence.doing)
    .join(Officer, Officer.id == Presence.officer_id)
    .where(Presence.case_id == bindparam("case_id"), Presence.until > bindparam("now"))
    .where(Presence.officer_id != bindparam("me"))
    .order_by(Presence.doing.desc(), Presence.since)
)
_GONE: Final = delete(Presence).where(Presence.until <= bindparam("now"))
DOING: Final[dict[str, str]] = {"writing": "正在写答复", "reading": "也在看"}


@dataclass(frozen=True, slots=True)
class Here:
    """A colleague at the case now; ``doing`` is a key of :data:`DOING`."""

    name: str
    doing: str


@contextmanager
def opening(core: Core, person: Person, number: str, now: datetime) -> Iterator[int]:
    """Somebody opens the page of the case ``number``: record the look and that they are there; yield the case's id.

    One short write transaction where there is something to write, none where the page is only shown again. A disk is
    slow to say that the look is kept: the page is gathered meanwhile, and leaving the block waits for it, so that
    nobody is shown a case without record. Raises NotFound, and whatever kept the look from being written.
    """
    with core.database.read() as session:
        case_id, unrecorded = looked_up(session, person, number, now)
        news = unrecorded or needs_writing(session, person, case_id, now, writing=False)

    def write() -> None:
        with core.database.write() as session:
            if unrecorded:
                record_reading(session, core, person, case_id, now)
            arrive(session, person, case_id, now)

    if not news:
        yield case_id
        return
    with ThreadPoolExecutor(1, thread_name_prefix="look") as beside:
        written = beside.submit(write)
        yield case_id
        written.result()


def arrive(session: Session, person: Person, case_id: int, now: datetime) -> None:
    """Somebody opened the case's page; needs a *write* session, and the right to see the case."""
    session.connection().execute(_GONE, {"now": now})
    _keep(session, person, case_id, "reading", now, now + _OPENED)


def stays(session: Session, person: Person, case_id: int, now: datetime, *, writing: bool) -> None:
    """The open page says that it is still there; most of the time nothing has to be written for that."""
    _keep(session, person, case_id, "writing" if writing else "reading", now, now + _REPORTED)


def needs_writing(session: Session, person: Person, case_id: int, now: datetime, *, writing: bool) -> bool:
    """Whether :func:`stays` would change anything worth a transaction."""
    row = session.get(Presence, (case_id, person.officer_id))
    return row is None or (row.doing == "writing") != writing or row.until - now < _REPORTED / 2


def leave(session: Session, person: Person, case_id: int) -> None:
    """The page was closed."""
    mine = (Presence.case_id == case_id, Presence.officer_id == person.officer_id)
    session.execute(delete(Presence).where(*mine))


def others(session: Session, person: Person, case_id: int, now: datetime) -> list[Here]:
    """The colleagues at the case now, those who write first; never the person themselves."""
    asked = {"case_id": case_id, "now": now, "me": person.officer_id}
    return [Here(name, doing) for name, doing in session.execute(_OTHERS, asked)]


def in_words(here: Sequence[Here]) -> str:
    """ "李强 正在写答复；王芳 也在看", or nothing."""
    told = {doing: "、".join(one.name for one in here if one.doing == doing) for doing in DOING}
    return "；".join(f"{names} {DOING[doing]}" for doing, names in told.items() if names)


def _keep(session: Session, person: Person, case_id: int, doing: str, now: datetime, until: datetime) -> None:
    row = {"case_id": case_id, "officer_id": person.officer_id, "doing": doing, "since": now, "until": until}
    statement = insert_into(session, Presence)
    new = {"doing": statement.excluded.doing, "until": statement.excluded.until}
    keeping = statement.on_conflict_do_update(index_elements=["case_id", "officer_id"], set_=new)
    session.connection().execute(keeping, row)
