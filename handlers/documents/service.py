"""送达: recording how a document was served, with its proof; only a proven service meets a limit, no chat does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.attachments.staff import add_file
from handlers.attachments.store import AttachmentStore
from handlers.casework.access import Person, relations
from handlers.casework.doing import actor_of, changed
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.worktime import at_local, local_day
from handlers.documents.facts import review_last_day
from handlers.documents.kinds import KINDS, RECEIPT
from handlers.documents.store import document_of, is_served, locked
from handlers.documents.ways import OUTCOMES, WAYS, Served
from handlers.errors import Conflict, InvalidInput, NotAllowed
from handlers.records import Case, Document, DocumentService, Officer
from handlers.signing.seal import check_sealed
from handlers.signing.served import act_served

_SERVERS: Final = frozenset({"claimer", "section", "head", "office", "recipient"})


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One recorded service, opened for those who may see the case; ``review_by``: last day to ask for review."""

    service: DocumentService
    way: str
    outcome: str
    receiver: str
    witness: str
    proof: str
    who: str
    review_by: date | None


def serve(
    session: Session,
    core: Core,
    files: AttachmentStore,
    person: Person,
    document_id: int,
    served: Served,
    at: datetime,
    now: datetime,
) -> DocumentService:
    """Record one service of a document at ``at``; a proven one meets the limits that its kind fulfils.

    Raises NotFound, NotAllowed, Conflict (void, or served already), InvalidInput naming the field at fault.
    """  # fmt: skip
    document = document_of(session, person, document_id)
    case = locked(session, person, document.case_id)
    _check(session, person, case, document)
    _check_words(served)
    if not at_local(document.day, core.profile().hours.morning_start.replace(hour=0, minute=0)) <= at <= now:
        raise InvalidInput("送达时间应在成文日期之后、现在之前。", "at")
    row = DocumentService(
        document_id=document.id, way=served.way, outcome=served.outcome, proven=served.proven, at=at,
        receiver=core.vault.seal(served.receiver), relation=served.relation[:60],
        witness=core.vault.seal(served.witness), proof=core.vault.seal(served.proof),
        attachment_id=_keep_scan(session, files, case, served, now), recorded_at=now, recorded_by=person.officer_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    told = {"document": document.id, "kind": document.kind, "number": document.number, "way": served.way}
    told |= {"outcome": served.outcome, "proven": served.proven, "day": local_day(at).isoformat()}
    if served.proven and document.kind == "opinion":
        told["review_by"] = review_last_day(core, local_day(at)).isoformat()
    changed(session, core, case, actor_of(person), "serve_document", now, told)
    if served.proven:
        why = f"{document.number} {WAYS[served.way]}"
        clocks.meet(session, core, case, at, KINDS[document.kind].meets, why, actor_of(person))
        act_served(session, core, case, document, person, at, now)
    return row


def services_of(session: Session, core: Core, document: Document) -> list[ServiceView]:
    """Every recorded service of a document, oldest first."""
    wanted = select(DocumentService, Officer.name).join(Officer, Officer.id == DocumentService.recorded_by)
    rows = session.execute(wanted.where(DocumentService.document_id == document.id).order_by(DocumentService.id))
    return [_view(core, document, row, name) for row, name in rows.tuples()]


def may_serve(person: Person, case: Case) -> bool:
    """Whether this person may record services of the case's documents."""
    return bool(relations(person, case) & _SERVERS)


def _check(session: Session, person: Person, case: Case, document: Document) -> None:
    if not may_serve(person, case):
        raise NotAllowed("送达只能由签收人、承办科室、办公室或举报受理人登记。")
    if document.kind == RECEIPT:
        raise Conflict("送达回证本身不送达；请在它所送达的文书上登记。")
    if document.state != "made":
        raise Conflict(f"{document.number} 已经作废或删除，不能登记送达。")
    if is_served(session, document.id):
        raise Conflict(f"{document.number} 已经登记送达。")
    check_sealed(session, document)


def _check_words(served: Served) -> None:
    """Each way of serving asks for its own proof."""
    if served.way not in WAYS:
        raise InvalidInput("请选择送达方式。", "way")
    if served.outcome not in OUTCOMES:
        raise InvalidInput("请选择送达结果。", "outcome")
    for name, text, longest in (
        ("receiver", served.receiver, 60), ("relation", served.relation, 30), ("witness", served.witness, 100),
        ("proof", served.proof, 300),
    ):  # fmt: skip
        if len(text) > longest:
            raise InvalidInput(f"最多 {longest} 字，现在有 {len(text)} 字。", name)
    if served.way == "left" and served.outcome != "refused":
        raise InvalidInput("留置送达适用于拒收；本人或代收人签收的请选直接送达。", "outcome")
    if served.outcome in ("signed", "for_other") and not served.receiver:
        raise InvalidInput("请填写签收人姓名。", "receiver")
    if served.outcome == "for_other" and not served.relation:
        raise InvalidInput("请填写代收人与受送达人的关系，如同住成年家属。", "relation")
    if served.way == "left" and not served.witness:
        raise InvalidInput("留置送达须有见证人，请填写姓名和单位。", "witness")
    needs = {"post": "挂号或邮政快递号码", "electronic": "受送达人同意电子送达的凭证和发送成功的记录"}
    if served.way in needs and not served.proof:
        raise InvalidInput(f"请填写{needs[served.way]}。", "proof")
    if served.outcome in ("refused", "returned") and not served.proof:
        raise InvalidInput("请填写拒收或未能送达的事由。", "proof")


def _keep_scan(session: Session, files: AttachmentStore, case: Case, served: Served, now: datetime) -> int | None:
    if not served.scan:
        return None
    return add_file(session, files, case.id, served.scan, served.scan_name, now, otherwise="送达回证").id


def _view(core: Core, document: Document, row: DocumentService, who: str) -> ServiceView:
    unseal = core.vault.open
    wanted = row.proven and document.kind == "opinion"
    return ServiceView(
        service=row,
        way=WAYS.get(row.way, row.way),
        outcome=OUTCOMES.get(row.outcome, row.outcome),
        receiver=unseal(row.receiver) + (f"（{row.relation}）" if row.relation else ""),
        witness=unseal(row.witness),
        proof=unseal(row.proof),
        who=who,
        review_by=review_last_day(core, local_day(row.at)) if wanted else None,
    )
