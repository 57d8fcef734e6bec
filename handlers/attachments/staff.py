"""Files that staff add to a case themselves: a scanned receipt, a unit's result."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.attachments.store import AttachmentStore
from handlers.records import Attachment


def add_file(
    session: Session,
    files: AttachmentStore,
    case_id: int,
    data: bytes,
    filename: str,
    now: datetime,
    *,
    otherwise: str = "附件",
    referral_id: int | None = None,
) -> Attachment:
    """Keep ``data`` as an attachment of the case, in the caller's transaction. Raises InvalidInput."""
    digest, size, content_type = files.keep(data, filename)
    attachment = Attachment(
        case_id=case_id, referral_id=referral_id, channel="console",
        kind="image" if content_type.startswith("image/") else "file", filename=filename[:300] or otherwise,
        content_type=content_type, size=size, sha256=digest, state="stored", created_at=now,
    )  # fmt: skip
    session.add(attachment)
    session.flush()
    return attachment
