"""用印登记: the bureau's seal goes on exactly the file that was signed; without it nothing is served."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.attachments.store import AttachmentStore
from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput
from handlers.records import Case, Document, Reply, SealRecord
from handlers.signing.notices import settle_told

_MOST: Final = 99


def record_seal(
    session: Session,
    core: Core,
    files: AttachmentStore,
    person: Person,
    case_id: int,
    version: int,
    *,
    document_id: int,
    copies: int,
    note: str = "",
    now: datetime,
) -> SealRecord:
    """Write down that the seal was put on ``copies`` copies of a signed document, with the hash of its file.

    The file on the disk must be the one that was signed. Raises NotFound, NotAllowed, Conflict, InvalidInput.
    """
    case = begin(session, person, case_id, version, "seal", now)
    document = session.get(Document, document_id)
    if document is None or document.case_id != case.id or document.reply_id is None or document.state != "made":
        raise InvalidInput("请选择一份已签发的文书。", "document")
    if seal_of(session, document.id) is not None:
        raise Conflict(f"{document.number} 已经登记用印。")
    if not 1 <= copies <= _MOST:
        raise InvalidInput(f"份数请填 1 到 {_MOST}。", "copies")
    _check_file(files, document)
    reply = session.get_one(Reply, document.reply_id)
    row = SealRecord(
        case_id=case.id, reply_id=reply.id, document_id=document.id, number=document.number, sha256=document.sha256,
        reply_sha256=reply.sha256, copies=copies, officer_id=person.officer_id, at=now, note=note.strip()[:200],
    )  # fmt: skip
    session.add(row)
    session.flush()
    data = {"document": document.id, "kind": document.kind, "number": document.number, "sha256": document.sha256}
    changed(session, core, case, actor_of(person), "seal", now, data | {"copies": copies})
    settle_told(session, case, now, person.officer_id)
    return row


def seal_of(session: Session, document_id: int) -> SealRecord | None:
    """The document's seal, once it was recorded."""
    return session.scalars(select(SealRecord).where(SealRecord.document_id == document_id)).one_or_none()


def check_sealed(session: Session, document: Document) -> None:
    """Raise Conflict when a signed document is to be served without its seal."""
    if document.reply_id is not None and seal_of(session, document.id) is None:
        raise Conflict(f"{document.number} 还没有登记用印，不能送达。请先打印、用印并登记。")


def take_back(session: Session, core: Core, person: Person, reply: Reply, why: str, now: datetime) -> None:
    """The paper of a decision that was taken back before it was served is void; its number stays taken."""
    for document in session.scalars(select(Document).where(Document.reply_id == reply.id, Document.state == "made")):
        document.state, document.void_why = "void", f"收回重拟：{why}"[:300]
        told = {"document": document.id, "kind": document.kind, "number": document.number, "reason": document.void_why}
        core.ledger.append(session, document.case_id, actor_of(person), "void_document", now, told)
    settle_told(session, session.get_one(Case, reply.case_id), now, person.officer_id)


def _check_file(files: AttachmentStore, document: Document) -> None:
    path = files.path(document.sha256)
    if not path.is_file():
        raise Conflict("文书文件不在服务器上，请联系管理员从备份中恢复，再登记用印。")
    if hashlib.sha256(path.read_bytes()).hexdigest() != document.sha256:
        raise Conflict("服务器上的文书文件与签发时的不一样，不能用印。请联系管理员从备份中恢复。")
