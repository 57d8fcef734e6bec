"""The attachments that belong to a case: those of its conversation (merged cases included) and its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.conversation import conversation
from handlers.core import Core
from handlers.records import Attachment, Case


def files_of(session: Session, core: Core, case: Case, now: datetime) -> list[Attachment]:
    """Every attachment that whoever may see the case may look at."""
    merged = list(session.scalars(select(Case.id).where(Case.merged_into_id == case.id)))
    talked = [file for entry in conversation(session, core, case, merged, now) for file in entry.attachments]
    return [*talked, *session.scalars(select(Attachment).where(Attachment.case_id == case.id))]
