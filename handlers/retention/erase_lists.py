"""What lists that came in, went out or were looked for say of people, once its time has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from handlers.core import Core
from handlers.records import ExportRecord, ImportBatch, ImportRow, SavedView
from handlers.retention.erase_case import ERASED_TEXT, run


def erase_import_rows(core: Core, before: datetime, limit: int) -> int:
    """Empty rows of old lists that became no case of theirs; the others go with their case's contact data."""
    old = select(ImportBatch.id).where(ImportBatch.at < before)
    due = select(ImportRow.id).where(ImportRow.batch_id.in_(old), ImportRow.state != "taken", ImportRow.cells != "")
    with core.database.write() as session:
        ids = session.scalars(due.limit(limit)).all()
        return run(session, update(ImportRow).where(ImportRow.id.in_(ids)).values(cells="")) if ids else 0


def erase_export_words(core: Core, before: datetime) -> int:
    """Who took which list remains; the words that were looked for may be somebody's name."""
    with core.database.write() as session:
        old = session.scalars(select(ExportRecord).where(ExportRecord.at < before)).all()
        named = [row for row in old if "q" in row.query]
        for row in named:
            words = f"“{row.query['q']}”"
            row.what = row.what.replace(words, ERASED_TEXT) if words in row.what else ERASED_TEXT  # cut off
            row.query = {key: value for key, value in row.query.items() if key != "q"}
        return len(named)


def erase_views(core: Core, before: datetime) -> int:
    """Delete views (常用视图) with words that nobody has kept anew since: words and name may be somebody's.

    Without its words a view would be another one; those that only narrow a list stay.
    """
    with core.database.write() as session:
        old = session.scalars(select(SavedView).where(SavedView.at < before)).all()
        gone = [view.id for view in old if "q" in view.query]
        return run(session, delete(SavedView).where(SavedView.id.in_(gone))) if gone else 0
