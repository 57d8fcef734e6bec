"""登记: staff enter a call, letter, visit, mailbox or 微博 item in under a minute, with its own time and scan."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.dates import typed_day, typed_instant
from bot.web.formats import local
from bot.web.forms import Posted, Upload, posted
from bot.web.pages import done, render, services
from bot.web.received import received
from handlers.accounts.roles import CASE_WORKERS, Role, SignedIn
from handlers.attachments.kinds import kind_of
from handlers.casework.access import may_see
from handlers.deadlines.worktime import end_of_day
from handlers.errors import HuiyingError, IntakeUnavailable, InvalidInput, NotFound
from handlers.messages import Contact, InboundMessage, MediaRef, MessageKind, Particulars
from handlers.organisation.profile import Profile
from handlers.records import Case, Message
from handlers.records.vault import Vault
from handlers.taxonomy import SOURCES, WISHED_ANSWERS

router = APIRouter(prefix="/console/register", include_in_schema=False)

CODE: Final = "registration"
REGISTRARS: Final = (Role.OFFICER, Role.HEAD, Role.OFFICE)
REGISTERED: Final = ("phone", "visit", "letter", "director_mailbox", "weibo", "hotline_12345", "petition_system")
WISHED: Final = {code: name for code, name in WISHED_ANSWERS.items() if code != "online"}
RELATIONS: Final = ("父母", "配偶", "子女", "亲属", "邻居", "社区工作者", "其他")
#: How an item of each source is usually answered.
_USUAL: Final = {
    "phone": "phone", "visit": "phone", "letter": "post", "director_mailbox": "platform", "weibo": "platform",
    "hotline_12345": "platform", "petition_system": "platform",
}  # fmt: skip
_LONGEST: Final = 20_000
_SHORT: Final = {
    "district": 60, "place": 300, "title": 200, "outer_number": 100, "name": 100, "phone": 40, "address": 300,
    "identity_number": 40, "affected_name": 100, "affected_phone": 40,
}  # fmt: skip
_OLDEST: Final = timedelta(days=400)
_ONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


@router.get("")
def form_page(request: Request, me: Annotated[SignedIn, requires(*REGISTRARS)], source: str = "phone") -> Response:
    """The form, with everything set that is usual for the source."""
    return _show(request, {"source": source if source in REGISTERED else "phone"})


@router.post("")
def register(
    request: Request,
    me: Annotated[SignedIn, requires(*REGISTRARS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Store the item as a message like any other; a form sent twice is one item."""
    house = services(request)
    try:
        message = _message(form, me, house.core.vault, house.now(), house.settings.attachments_each)
        receipt = received(house, message)
    except InvalidInput as fault:
        return _show(request, form.values(), 422, {fault.field: str(fault)})
    except IntakeUnavailable as fault:
        return _show(request, form.values(), 503, {"": str(fault)})
    notice = "这张表已经登记过，编号不变。" if receipt.repeated else "已登记，编号和查询码可以告诉对方。"
    return done(f"/console/register/{receipt.number}", notice)


@router.get("/{number}")
def receipt_page(request: Request, number: str, me: Annotated[SignedIn, requires(*CASE_WORKERS)]) -> Response:
    """The receipt to read out or to print, for whoever registered the item or may see its case."""
    house = services(request)
    with house.core.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one_or_none()
        mine = case is not None and (case.registered_by == me.officer_id or may_see(me, case))
        if case is None or not mine or case.registered_by is None:
            raise NotFound("没有这张登记回执。")
        told = session.scalar(select(Message.receipt_text).where(Message.id == case.first_message_id)) or ""
        values: dict[str, Any] = {
            "number": case.number,
            "query_code": house.core.vault.open(case.query_code),
            "received_at": case.received_at,
            "source": SOURCES.get(case.source, case.source),
            "source_code": case.source,
            "visible": may_see(me, case),
            "told": told,
        }
    return render(request, "console/office/receipt.html", link=f"{house.settings.base_url}/progress", **values)


def _show(
    request: Request, values: Mapping[str, str], status: int = 200, errors: Mapping[str, str] | None = None
) -> Response:
    house = services(request)
    source = values.get("source", "phone")
    defaults = {
        "source": source,
        "received_at": local(house.now()).strftime("%Y-%m-%dT%H:%M"),
        "wished_answer": _USUAL.get(source, "phone"),
        "once": secrets.token_urlsafe(18),
    }
    return render(
        request,
        "console/office/register.html",
        status,
        v=_Values(defaults | dict(values)),
        errors=dict(errors or {}),
        sources=[(code, SOURCES[code]) for code in REGISTERED],
        districts=_districts(house.profile()),
        wished=list(WISHED.items()),
        relations=[("", "请选择"), *((name, name) for name in RELATIONS)],
        most=house.settings.attachments_each,
        largest=house.settings.attachment_mib,
    )


class _Values(dict[str, str]):
    """What stands in the form; a field not filled in is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _districts(profile: Profile) -> list[tuple[str, str]]:
    names = [unit.name.removesuffix("民政局") for unit in profile.units if unit.kind == "district"]
    return [("", "不清楚"), *((name, name) for name in names)]


def _message(form: Posted, me: SignedIn, vault: Vault, now: datetime, most: int) -> InboundMessage:
    source, once, text = form.text("source"), form.text("once"), form.text("text")
    if source not in REGISTERED:
        raise InvalidInput("请选择来源。", "source")
    if not _ONCE.fullmatch(once):
        raise InvalidInput("页面不完整，请重新打开登记页。")
    media = _media(form.files("scan"), most)
    if not text and not media:
        raise InvalidInput("请写下对方说的事，或上传扫描件。", "text")
    _check_choices(form)
    if len(text) > _LONGEST:
        raise InvalidInput(f"内容最多 {_LONGEST} 字。", "text")
    at = typed_instant(form, "received_at") or now
    if at > now + timedelta(minutes=2) or at < now - _OLDEST:
        raise InvalidInput("收到的时间应在现在之前、一年之内。", "received_at")
    digits = "".join(c for c in form.text("phone") if c.isdigit())
    return InboundMessage(
        channel=CODE,
        account="",
        external_id=once,
        sender_id=f"phone:{vault.index(digits)[:32]}" if len(digits) >= 7 else f"once:{once}",
        sent_at=min(at, now),
        received_at=min(at, now),
        kind=MessageKind.TEXT if text else media[0].kind,
        text=text,
        media=media,
        particulars=_particulars(form, me, source),
    )


def _check_choices(form: Posted) -> None:
    """What the form offers as a list or a short line; a hand-made request may hold anything."""
    for name, offered in (("wished_answer", WISHED), ("relation", RELATIONS)):
        if form.text(name) and form.text(name) not in offered:
            raise InvalidInput("请从列表中选择。", name)
    for name, longest in _SHORT.items():
        if len(form.text(name)) > longest:
            raise InvalidInput(f"最多 {longest} 个字。", name)


def _particulars(form: Posted, me: SignedIn, source: str) -> Particulars:
    contact = Contact(form.text("name"), form.text("phone"), form.text("address"), form.text("identity_number"))
    affected = Contact(form.text("affected_name"), form.text("affected_phone"))
    due = typed_day(form, "outer_due")
    return Particulars(
        source=source,
        title=form.text("title"),
        contact=contact,
        affected=affected,
        relation=form.text("relation"),
        district=form.text("district"),
        place=form.text("place"),
        wished_answer=form.text("wished_answer"),
        consent_contact=bool(contact.phone or contact.address),
        consent_publish=form.flag("consent_publish"),
        confidential=form.flag("confidential"),
        identity_verified=form.flag("identity_verified"),
        outer_number=form.text("outer_number"),
        outer_dispatched_at=typed_instant(form, "outer_dispatched_at"),
        outer_due_at=end_of_day(due) if due else None,
        registered_by=me.officer_id,
    )


def _media(files: tuple[Upload, ...], most: int) -> tuple[MediaRef, ...]:
    if len(files) > most:
        raise InvalidInput(f"扫描件最多 {most} 个。", "scan")
    return tuple(_one(file) for file in files)


def _one(file: Upload) -> MediaRef:
    try:
        kind: Any = kind_of(file.data, file.filename)
    except HuiyingError as fault:
        raise InvalidInput(str(fault), "scan") from fault
    form = MessageKind.IMAGE if kind.content_type.startswith("image/") else MessageKind.FILE
    return MediaRef(form, filename=file.filename, content_type=kind.content_type, data=file.data)
