"""The attachments that belong to a case: those of its conversation (merged cases included) and its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.casework.conversation import conversation
from handlers.core import Core
from handlers.records import Attachment, Case
from handlers.records.of_case import merged_into, rows_of


def files_of(session: Session, core: Core, case: Case, now: datetime) -> list[Attachment]:
    """Every attachment that whoever may see the case may look at."""
    merged = merged_into(session, case.id)
    talked = [file for entry in conversation(session, core, case, merged, now) for file in entry.attachments]
    return [*talked, *rows_of(session, Attachment, case.id)]
