"""Making a document of a case: checked, numbered without gaps, written as a Word file, kept, traced; and voiding it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.attachments.kinds import KINDS as FILE_KINDS
from handlers.attachments.store import AttachmentStore, Opened, safe_filename
from handlers.casework.access import Person, may_see, relations, see
from handlers.casework.doing import actor_of, lock, required
from handlers.casework.moves import RELATIONS
from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.documents.fill import Filled, check_values, fill_document
from handlers.documents.kinds import KINDS, RECEIPT, DocumentKind
from handlers.documents.layout import CONTENT_TYPE, to_docx
from handlers.documents.series import Numbered, next_number
from handlers.documents.templates import Templates
from handlers.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from handlers.records import Case, Document, DocumentService
from handlers.records.of_case import rows_of
from handlers.signing.ways import ACTS


@dataclass(frozen=True, slots=True)
class Desk:
    """What making documents takes: the rooms' equipment, the files, the templates in force."""

    core: Core
    files: AttachmentStore
    templates: Templates


def kind_of(code: str) -> DocumentKind:
    """Return the kind of that code; raises NotFound."""
    kind = KINDS.get(code)
    if kind is None:
        raise NotFound("没有这种文书。")
    return kind


def makeable(person: Person, case: Case) -> list[DocumentKind]:
    """The kinds that this person may make for the case, in the table's order."""
    standing = relations(person, case)
    return [kind for kind in KINDS.values() if standing & kind.makers]


def preview(
    session: Session, desk: Desk, person: Person, case_id: int, code: str, given: Mapping[str, str], now: datetime
) -> Filled:
    """Return the document as it would be made, without a number. Raises as :func:`make` does; changes nothing."""
    case = see(session, person, case_id)
    reads = code in ACTS and relations(person, case) & {"legal", "leader"}  # whose step it may be
    kind = kind_of(code) if reads else may_make(person, case, code)
    if code in ACTS:
        given = {**given, "day": local_day(now).isoformat()}
    values = check_values(kind, given, local_day(case.received_at), local_day(now))
    return fill_document(kind, desk.templates[code], desk.core.profile(), case.number, values)


def make(
    session: Session,
    desk: Desk,
    person: Person,
    case_id: int,
    code: str,
    given: Mapping[str, str],
    now: datetime,
    *,
    serves_id: int | None = None,
    numbered: Numbered | None = None,
) -> Document:
    """Make a document of kind ``code`` from what was typed; ``serves_id`` is the document a 送达回证 is for.

    What is a decision (:data:`handlers.signing.ways.ACTS`) is made by being issued at the end of its way only.

    ``numbered`` is a number that was taken from the series before (a supervision slip's own).

    Raises NotFound (no such case, or not for this person), NotAllowed, InvalidInput (the first field at fault).
    """
    case = locked(session, person, case_id)
    kind = may_make(person, case, code)
    if code in ACTS:
        raise MoveNotAllowed(f"《{kind.name}》是对群众的决定，要先送审，由最后一步签发时编号、成文。")
    values = check_values(kind, given, local_day(case.received_at), local_day(now))
    serves = _served(session, case, kind, serves_id)
    day, template = date.fromisoformat(values["day"]), desk.templates[code]
    numbered = numbered or next_number(session, code, template.number_word, day.year)
    filled = fill_document(kind, template, desk.core.profile(), case.number, values, numbered.number)
    document = write(session, desk, person, case, kind, values, filled, numbered, now)
    document.serves_id = serves.id if serves else None
    return document


def write(
    session: Session,
    desk: Desk,
    person: Person,
    case: Case,
    kind: DocumentKind,
    values: Mapping[str, str],
    filled: Filled,
    numbered: Numbered,
    now: datetime,
) -> Document:
    """Write the Word file of a checked and filled document, keep it, trace it; the caller holds the case."""
    year, serial, number = numbered
    data = to_docx(filled, now)
    digest = hashlib.sha256(data).hexdigest()
    desk.files.put_chunks(digest, iter((data,)))
    document = Document(
        case_id=case.id, kind=kind.code, year=year, serial=serial, number=number, name=kind.name,
        day=date.fromisoformat(values["day"]), sha256=digest, size=len(data),
        entered=desk.core.vault.seal(json.dumps(dict(values), ensure_ascii=False)), made_at=now,
        made_by=person.officer_id,
    )  # fmt: skip
    session.add(document)
    session.flush()
    told = {"document": document.id, "kind": kind.code, "number": number, "sha256": digest}
    desk.core.ledger.append(session, case.id, actor_of(person), "make_document", now, told)
    return document


def void(session: Session, core: Core, person: Person, document_id: int, why: str, now: datetime) -> Document:
    """作废: the document no longer counts, its number stays taken. Refused once it was served with proof."""
    document = document_of(session, person, document_id)
    case = locked(session, person, document.case_id)
    may_make(person, case, document.kind)
    if document.state != "made":
        raise Conflict(f"{document.number} 已经作废或删除。")
    if document.reply_id is not None:
        raise Conflict(f"{document.number} 是签发的文书，不能单独作废；送达以前要改，请用“收回重拟”。")
    if is_served(session, document.id):
        raise Conflict(f"{document.number} 已经送达，不能作废；需要更正请另行制作文书并送达。")
    document.void_why = required(why, "why", "作废理由", 300)
    document.state = "void"
    told = {"document": document.id, "kind": document.kind, "number": document.number, "reason": document.void_why}
    core.ledger.append(session, case.id, actor_of(person), "void_document", now, told)
    return document


def document_of(session: Session, person: Person, document_id: int, case_id: int | None = None) -> Document:
    """Return a document whose case this person may see. Raises NotFound alike for absent and hidden ones."""
    document = session.get(Document, document_id)
    case = session.get(Case, document.case_id) if document else None
    if document is None or case is None or not may_see(person, case) or case_id not in (None, case.id):
        raise NotFound("没有这份文书，或者您无权查看。")
    return document


def documents_of(session: Session, case_id: int) -> Sequence[Document]:
    """Every document of a case that the caller has checked, oldest first."""
    return rows_of(session, Document, case_id)


def open_file(files: AttachmentStore, document: Document) -> Opened:
    """Return the Word file for downloading. Raises NotFound when it was erased or is not on the disk."""
    if document.state == "erased" or not document.sha256:
        raise NotFound("这份文书已按规定删除。")
    path = files.path(document.sha256)
    if not path.is_file():
        raise NotFound("文书文件不在服务器上，请联系管理员从备份中恢复。")
    name = safe_filename(f"{document.name}{document.number}.docx", FILE_KINDS[CONTENT_TYPE].extension, document.name)
    return Opened(path, CONTENT_TYPE, name, path.stat().st_size, inline=False)


def locked(session: Session, person: Person, case_id: int) -> Case:
    """The case, held until the transaction ends, when this person may see it. Raises NotFound."""
    case = lock(session, case_id)
    if case is None or not may_see(person, case):
        raise NotFound("没有这件诉求，或者您无权查看。")
    return case


def is_served(session: Session, document_id: int) -> bool:
    """Whether the document was served with proof."""
    proven = select(DocumentService.id).where(
        DocumentService.document_id == document_id, DocumentService.proven.is_(True)
    )
    return session.scalar(proven.limit(1)) is not None


def may_make(person: Person, case: Case, code: str) -> DocumentKind:
    """Return the kind when this person may make it for the case. Raises NotFound, NotAllowed saying who may."""
    kind = kind_of(code)
    if not relations(person, case) & kind.makers:
        who = "、".join(name for relation, name in RELATIONS.items() if relation in kind.makers)
        raise NotAllowed(f"《{kind.name}》只能由{who}制作。")
    return kind


def _served(session: Session, case: Case, kind: DocumentKind, serves_id: int | None) -> Document | None:
    if kind.code != RECEIPT:
        return None
    serves = session.get(Document, serves_id) if serves_id else None
    if serves is None or serves.case_id != case.id or serves.kind == RECEIPT:
        raise InvalidInput("请选择要送达的文书。", "serves")
    if serves.state != "made":
        raise InvalidInput("要送达的文书已经作废。", "serves")
    return serves
