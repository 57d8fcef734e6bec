"""``POST /api/v1/messages``: one message in, its number and receipt out, once per Idempotency-Key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.rest import CODE
from bot.services import ApiCaller, Services
from bot.web.access import api_key
from bot.web.api.callers import described, spent
from bot.web.api.cases import own_case
from bot.web.api.models import AttachmentIn, ContactIn, MessageIn, Sent
from bot.web.api.problems import RESPONSES
from bot.web.limits import limited
from bot.web.pages import services
from bot.web.received import received
from handlers.attachments.kinds import kind_of
from handlers.casework.states import OPEN_STATES
from handlers.errors import Conflict, InvalidInput
from handlers.messages import Contact, InboundMessage, MediaRef, MessageKind, Particulars
from handlers.records import Message

router = APIRouter(prefix="/api/v1", tags=["messages"])

_DIGEST = "body_sha256"
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=150,
        pattern=r"^[\x21-\x7e]+$",
        description="每条留言一个、重发时不变（如 UUID） / one per message, the same when repeating",
    ),
]


@router.post(
    "/messages",
    status_code=201,
    response_model=Sent,
    dependencies=[limited("api"), described],
    summary="送交一条留言 / Hand in a message",
    responses=RESPONSES | {200: {"model": Sent, "description": "以前受理过的同一条 / seen before, the same result"}},
)
def hand_in(
    request: Request, body: MessageIn, key: Key, caller: Annotated[ApiCaller, api_key()], _: Annotated[None, spent]
) -> Response:
    """先存后想：返回 2xx 时留言已存下并有编号。超时或 5xx 时用同一个 Idempotency-Key 重发，不会重复立件。

    Stored before it is thought about. Repeat with the same key after a time-out or 5xx: nothing is doubled.
    """
    house = services(request)
    if body.case_number:
        _check_joinable(house, caller, body.case_number)
    message = _message(house, caller, body, key, house.now())
    receipt = received(house, message)
    if receipt.repeated:
        _check_same(house, message)
    sent = Sent(
        number=receipt.number,
        query_code=receipt.query_code,
        receipt=receipt.text,
        repeated=receipt.repeated,
        link=f"{house.settings.base_url}/progress",
    )
    headers = {"location": f"/api/v1/cases/{receipt.number}"} if receipt.number else {}
    return JSONResponse(sent.model_dump(), 200 if receipt.repeated else 201, headers=headers)


def _message(house: Services, caller: ApiCaller, body: MessageIn, key: str, now: datetime) -> InboundMessage:
    if not body.text.strip():
        raise InvalidInput("留言不能只有空白。", "text")
    digest = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
    return InboundMessage(
        channel=CODE,
        account=caller.account,
        external_id=key,
        sender_id=f"user:{body.sender}" if body.sender else f"once:{key}",
        sent_at=min(body.sent_at or now, now),
        received_at=now,
        kind=MessageKind.TEXT,
        text=body.text,
        media=_media(house, body.attachments),
        raw=_raw(body),
        details={_DIGEST: digest},
        particulars=_particulars(caller, body),
    )


def _particulars(caller: ApiCaller, body: MessageIn) -> Particulars:
    return Particulars(
        source=caller.code,
        title=body.title,
        contact=_contact(body.contact),
        affected=_contact(body.affected),
        relation=body.relation,
        district=body.district,
        place=body.place,
        wished_answer=body.wished_answer,
        consent_contact=body.consent_contact,
        consent_publish=body.consent_publish,
        confidential=body.confidential,
        identity_verified=body.identity_verified,
        outer_number=body.outer_number,
        outer_dispatched_at=body.outer_dispatched_at,
        outer_due_at=body.outer_due_at,
        joins=body.case_number,
    )


def _contact(given: ContactIn) -> Contact:
    return Contact(**{name: value.strip() for name, value in given.model_dump().items()})


def _raw(body: MessageIn) -> bytes:
    """The body beside the text, without what is kept sealed (contacts) or as files."""
    plain = body.model_dump(mode="json", exclude={"contact", "affected", "attachments"})
    return json.dumps(plain, ensure_ascii=False).encode()


def _media(house: Services, files: list[AttachmentIn]) -> tuple[MediaRef, ...]:
    most, largest = house.settings.attachments_each, house.settings.attachment_mib * 1024 * 1024
    if len(files) > most:
        raise InvalidInput(f"附件最多 {most} 个。", "attachments")
    return tuple(_one(index, file, largest) for index, file in enumerate(files))


def _one(index: int, file: AttachmentIn, largest: int) -> MediaRef:
    field = f"attachments.{index}.data"
    try:
        data = base64.b64decode(file.data, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise InvalidInput("不是有效的 base64。", field) from fault
    if len(data) > largest:
        raise InvalidInput(f"文件超过 {largest // (1024 * 1024)} MB。", field)
    try:
        kind = kind_of(data, file.filename)
    except InvalidInput as fault:
        raise InvalidInput(str(fault), field) from fault
    form = {"image": MessageKind.IMAGE, "audio": MessageKind.VOICE, "video": MessageKind.VIDEO}
    chosen = form.get(kind.content_type.partition("/")[0], MessageKind.FILE)
    return MediaRef(chosen, filename=file.filename, content_type=kind.content_type, data=data)


def _check_joinable(house: Services, caller: ApiCaller, number: str) -> None:
    with house.core.database.read() as session:
        case = own_case(session, caller, number)
        if case.state not in OPEN_STATES:
            raise Conflict(f"诉求件 {number} 已经结束，不能再补充；请作为新留言送交（不写 case_number）。")


def _check_same(house: Services, message: InboundMessage) -> None:
    """Refuse a key that was used for another body: its words would be lost behind the first one's receipt."""
    wanted = select(Message.details).where(
        Message.channel == message.channel,
        Message.account == message.account,
        Message.external_id == message.external_id,
    )
    with house.core.database.read() as session:
        details = session.scalar(wanted) or {}
    if details.get(_DIGEST) != message.details[_DIGEST]:
        raise Conflict("这个 Idempotency-Key 已用于另一条内容不同的留言，本次没有保存；请换一个新的重新送交。")
