"""文书 on the case page: filling one in, looking at it, making it, taking the file, recording its service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bot.services import Services
from bot.web.access import requires
from bot.web.console.doing import Doing
from bot.web.console.signing.moves import revise, submit
from bot.web.formats import SHANGHAI
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.directory import names
from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, SignedIn
from handlers.casework.access import relations, see
from handlers.casework.moves import MOVES
from handlers.casework.queues import case_id_of
from handlers.core import Core
from handlers.documents.facts import entered, first_values
from handlers.documents.fill import Filled
from handlers.documents.kinds import KINDS, RECEIPT, DocumentKind
from handlers.documents.service import ServiceView, may_serve, serve, services_of
from handlers.documents.store import document_of, documents_of, kind_of, make, makeable, open_file, preview, void
from handlers.documents.ways import OUTCOMES, WAYS, Served
from handlers.errors import Conflict, HuiyingError, InvalidInput, NotAllowed
from handlers.records import Case, Document, SealRecord
from handlers.signing.acts import typed
from handlers.signing.drafted import open_act
from handlers.signing.rounds import my_turn, reply_under_way
from handlers.signing.seal import seal_of
from handlers.signing.ways import ACTS

router = APIRouter(prefix="/console/cases/{number}/documents", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document in the section of the case page: what became of it, and what may be done with it."""

    document: Document
    services: list[ServiceView]
    may_serve: bool
    may_void: bool
    seal: SealRecord | None = None
    sealed_by: str = ""
    may_seal: bool = False

    @property
    def served(self) -> bool:
        """Whether it was served with proof."""
        return any(view.service.proven for view in self.services)

    @property
    def wants_seal(self) -> bool:
        """Whether it was signed and has no seal yet."""
        return self.document.reply_id is not None and self.document.state == "made" and self.seal is None


def section(session: Session, core: Core, me: SignedIn, case: Case) -> dict[str, Any]:
    """Return what the section 文书 of the case page shows to this person."""
    kinds = makeable(me, case)
    makes, serves = {kind.code for kind in kinds}, may_serve(me, case)
    may_seal_here = bool(relations(me, case) & MOVES["seal"].who) and case.state in MOVES["seal"].froms
    views = []
    for document in documents_of(session, case.id):
        recorded = services_of(session, core, document)
        proven = any(view.service.proven for view in recorded)
        open_to = document.state == "made" and not proven
        seal = seal_of(session, document.id)
        who = names(session, [seal.officer_id])[seal.officer_id] if seal else ""
        signed = document.reply_id is not None
        may = serves and open_to and document.kind != RECEIPT and (not signed or seal is not None)
        may_void = open_to and document.kind in makes and not signed
        may_seal = signed and seal is None and document.state == "made" and may_seal_here
        views.append(DocumentView(document, recorded, may, may_void, seal, who, may_seal))
    return {"views": views, "kinds": kinds}


@router.get("/new")
def form(
    request: Request,
    number: str,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    kind: str = "",
    serves: int | None = None,
    again: int | None = None,
) -> Response:
    """Show the kinds, or the form of one: filled from the case, or from the voided document ``again``."""
    house = services(request)
    with house.core.database.read() as session:
        case = _case(session, me, number)
        if not kind:
            return render(request, "console/document_kinds.html", number=number, kinds=makeable(me, case))
        wanted = _makeable(session, house.core, me, case, kind, house.now())
        served = document_of(session, me, serves, case.id) if serves else None
        values = first_values(
            session, house.core, me, case, wanted, house.templates[kind], house.now(), served
        )  # fmt: skip
        act = open_act(session, case.id, kind) if kind in ACTS else None
        if act is not None:
            values = typed(house.desk, act)
        if again:
            before = document_of(session, me, again, case.id)
            values |= {k: v for k, v in entered(house.core, before).items() if v and k in values and k != "day"}
            served = session.get(Document, before.serves_id) if before.serves_id else served
        return _form(request, case, wanted, values, served.id if served else None)


@router.post("/new")
def create(
    request: Request,
    number: str,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    posted_form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Show the document as text (``do=preview``), or make it (``do=make``)."""
    house, values = services(request), posted_form.values()
    code, serves_id = posted_form.text("kind"), posted_form.number("serves")
    try:
        if posted_form.text("do") == "submit":
            return _submit(request, me, number, code, posted_form)
        if posted_form.text("do") == "make":
            with house.core.database.write() as session:
                case_id = _case(session, me, number).id
                made = make(session, house.desk, me, case_id, code, values, house.now(), serves_id=serves_id)
                return done(f"/console/cases/{number}#documents", f"已制作《{made.name}》{made.number}，可以下载打印。")
        with house.core.database.read() as session:
            case = _case(session, me, number)
            seen = preview(session, house.desk, me, case.id, code, values, house.now())
            return _form(request, case, kind_of(code), values, serves_id, seen=seen)
    except InvalidInput as fault:
        with house.core.database.read() as session:
            return _form(request, _case(session, me, number), kind_of(code), values, serves_id, fault=fault)


def _submit(request: Request, me: SignedIn, number: str, code: str, form: Posted) -> Response:
    """送审, or the reviewer's own changes of what is on its way; whatever forbids it, what was typed stays."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            case_id = _case(session, me, number).id
            act, version = open_act(session, case_id, code), form.number("version") or 0
            press = revise if act is not None and act.state == "in_review" else submit
            did = press(Doing(session, house.core, me, case_id, version, form, house.now(), desk=house.desk))
    except (Conflict, NotAllowed) as fault:
        with house.core.database.read() as session:
            return _form(request, _case(session, me, number), kind_of(code), form.values(), None, refused=str(fault))
    return done(f"/console/cases/{number}#act", did.notice)


@router.get("/{document_id}")
def download(
    request: Request, number: str, document_id: int, me: Annotated[SignedIn, requires(*CASE_READERS)]
) -> Response:
    """Hand out the Word file."""
    house = services(request)
    with house.core.database.read() as session:
        document = document_of(session, me, document_id, _case(session, me, number).id)
        opened = open_file(house.files, document)
    response = FileResponse(opened.path, media_type=opened.content_type, filename=opened.filename)
    response.headers["content-security-policy"] = "default-src 'none'; sandbox"
    return response


@router.post("/{document_id}/void")
def void_document(
    request: Request,
    number: str,
    document_id: int,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    posted_form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Void a document that was not served."""
    house = services(request)
    with house.core.database.write() as session:
        document_of(session, me, document_id, _case(session, me, number).id)
        document = void(session, house.core, me, document_id, posted_form.text("why"), house.now())
        return done(f"/console/cases/{number}#documents", f"{document.number} 已作废，号码不再使用。")


@router.get("/{document_id}/service")
def service_form(
    request: Request, number: str, document_id: int, me: Annotated[SignedIn, requires(*CASE_WORKERS)]
) -> Response:
    """The form for recording how the document was served."""
    house = services(request)
    with house.core.database.read() as session:
        case = _case(session, me, number)
        document = document_of(session, me, document_id, case.id)
        if not may_serve(me, case):
            raise NotAllowed("送达只能由签收人、承办科室、办公室或举报受理人登记。")
        known = entered(house.core, document)
        whom = next((known[name] for name in ("petitioner", "unit", "sender", "section") if known.get(name)), "")
        now = house.now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
        first = {"receiver": whom if KINDS[document.kind].served == "citizen" else "", "at": now}
        return _service_form(request, number, document, {"way": "direct", "outcome": "signed"} | first)


@router.post("/{document_id}/service")
def record_service(
    request: Request,
    number: str,
    document_id: int,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    posted_form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Record one service; a proven one meets the limits that the document fulfils."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            document = document_of(session, me, document_id, _case(session, me, number).id)
            served, at = _served(posted_form), _instant(posted_form.text("at"), house)
            row = serve(session, house.core, house.files, me, document.id, served, at, house.now())
            notice = f"已登记{document.number}{WAYS[row.way]}：{OUTCOMES[row.outcome]}。"
            return done(f"/console/cases/{number}#documents", notice if row.proven else f"{notice}还需要另行送达。")
    except InvalidInput as fault:
        with house.core.database.read() as session:
            document = document_of(session, me, document_id, _case(session, me, number).id)
            return _service_form(request, number, document, posted_form.values(), fault)


def _case(session: Session, me: SignedIn, number: str) -> Case:
    return see(session, me, case_id_of(session, me, number))


def _makeable(session: Session, core: Core, me: SignedIn, case: Case, code: str, now: datetime) -> DocumentKind:
    kind = kind_of(code)
    reading = reply_under_way(session, case.id)
    mine = reading is not None and reading.act == code and my_turn(session, core, case, reading, me, now) is not None
    if not mine and kind not in makeable(me, case):
        raise NotAllowed(f"您不能为这件诉求制作《{kind.name}》。")
    return kind


def _form(
    request: Request,
    case: Case,
    kind: DocumentKind,
    values: Mapping[str, str],
    serves: int | None,
    *,
    seen: Filled | None = None,
    fault: InvalidInput | None = None,
    refused: str = "",
) -> Response:
    errors, status = {fault.field: str(fault)} if fault else {}, 422 if fault else 409 if refused else 200
    return render(
        request, "console/document_form.html", status, number=case.number, case=case, kind=kind, values=values,
        serves=serves, seen=seen, errors=errors, signed=kind.code in ACTS, refused=refused,
    )  # fmt: skip


def _service_form(
    request: Request, number: str, document: Document, values: Mapping[str, str], fault: HuiyingError | None = None
) -> Response:
    errors = {fault.field: str(fault)} if isinstance(fault, InvalidInput) else {}
    return render(
        request, "console/document_service.html", 422 if fault else 200, number=number, document=document,
        values=values, ways=list(WAYS.items()), outcomes=list(OUTCOMES.items()), errors=errors,
    )  # fmt: skip


def _served(form: Posted) -> Served:
    scan = next(iter(form.files("scan")), None)
    words = {name: form.text(name) for name in ("way", "outcome", "receiver", "relation", "witness", "proof")}
    return Served(**words, scan=scan.data if scan else b"", scan_name=scan.filename if scan else "")


def _instant(text: str, house: Services) -> datetime:
    if not text:
        return house.now()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise InvalidInput("时间请写成 2026-11-25 09:30 的样子。", "at") from None
