"""Keeping the index in step: what the triggers marked is gathered anew and written, a batch in one transaction.

A follow-up and not the change's own transaction, because storing a citizen's message must stay quick and because the
mark, written by a trigger in that transaction, cannot be forgotten by any code that changes a case. Whoever searches
first indexes what is still marked (:func:`catch_up`), so that one's own words are found at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.records import SEARCH_DUE, fulltext
from handlers.search.document import gather

_BATCH: Final = 500
_MARKS: Final = 1000
_MOST_BITS: Final = 10_000
_QUICK: Final = 2  # batches that a search itself may index before it looks


def index_due(core: Core) -> int:
    """Index everything that is marked; return how many cases were gathered. Any number of processes may call it."""
    total = 0
    while done := _one_batch(core):
        total += done
    return total


def catch_up(core: Core) -> None:
    """Index what is marked now, if that is little; more is left to the timetable."""
    for _ in range(_QUICK):
        with core.database.read() as session:
            if not session.scalar(select(exists().where(SEARCH_DUE.c.id > 0))):
                return
        if not _one_batch(core):
            return


def rebuild(core: Core) -> int:
    """Index every case anew (after the data key was changed, or in doubt); return how many."""
    with core.database.write() as session:
        fulltext.clear(session)
    return index_due(core)


def tidy_up(core: Core, now: datetime) -> int:
    """Rewrite the index bit by bit until nothing of what was taken out is left in it; return the bits."""
    done = 0
    while done < _MOST_BITS:
        with core.database.write() as session:
            if not fulltext.tidy(session):
                break
        done += 1
    return done


def _one_batch(core: Core) -> int:
    with core.database.write() as session:
        if not fulltext.only_one(session):
            return 0
        marks = session.execute(select(SEARCH_DUE).order_by(SEARCH_DUE.c.id).limit(_MARKS)).all()
        ids = list(dict.fromkeys(mark.case_id for mark in marks))
        for start in range(0, len(ids), _BATCH):
            write(session, core, ids[start : start + _BATCH])
        session.execute(delete(SEARCH_DUE).where(SEARCH_DUE.c.id.in_([mark.id for mark in marks])))
    return len(ids)


def write(session: Session, core: Core, ids: list[int]) -> None:
    """Write the rows of the cases as they are now; a restricted case, or one that is gone, has none."""
    found = gather(session, core, ids)
    shown = [(case_id, text.words()) for case_id, text in found.items() if not text.case.restricted]
    fulltext.put(session, shown)
    fulltext.drop(session, [case_id for case_id in ids if case_id not in found or found[case_id].case.restricted])
