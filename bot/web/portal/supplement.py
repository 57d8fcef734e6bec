"""补充: words and files added to an open case, through the same intake as every message."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select
from starlette.requests import Request

from bot.channels.web_form import ACCOUNT, CODE
from bot.services import Services
from bot.web import client
from bot.web.forms import Posted
from bot.web.portal.draft import text_fault
from bot.web.portal.uploads import WaitingFiles
from bot.web.received import received
from handlers.errors import InvalidInput, MoveNotAllowed
from handlers.messages import InboundMessage, MediaRef, MessageKind, Particulars
from handlers.records import Case


def supplement(request: Request, house: Services, case_id: int, form: Posted) -> str:
    """Hand the words to the intake; return what to tell. Raises InvalidInput, RateLimited, IntakeUnavailable."""
    waiting = WaitingFiles.of(house)
    files, fault = waiting.gather(form, house.now())
    words = form.raw("words")
    if fault:
        waiting.forget(file.token for file in files)
        raise InvalidInput(f"{fault}附件请重新选一次，文字还在。", "files")
    if not words.strip() and not files:
        raise InvalidInput("请写下要补充的内容，或选一个附件。", "words")
    if words.strip() and text_fault(words):
        raise InvalidInput(text_fault(words), "words")
    request.app.state.limiter.take("write", client.address(request, house.settings.trusted_proxies))
    number = _open_number(house, case_id)
    message = _message(house, number, form.text("once") or secrets.token_urlsafe(18), words, waiting.media(files))
    receipt = received(house, message)
    waiting.forget(file.token for file in files)
    if receipt.number != number:
        return f"您补充的内容已作为另一件诉求受理，编号 {receipt.number}，查询码 {receipt.query_code}，请一并记下。"
    return "补充的内容已经记下，经办人员能看到。"


def _open_number(house: Services, case_id: int) -> str:
    with house.core.database.read() as session:
        number = session.scalar(select(Case.number).where(Case.id == case_id))
    if number is None:
        raise MoveNotAllowed("没有找到这件诉求。")
    return number


def _message(house: Services, number: str, once: str, words: str, media: tuple[MediaRef, ...]) -> InboundMessage:
    now = house.now()
    digest = hashlib.sha256(repr((number, words, [part.filename for part in media])).encode()).hexdigest()[:16]
    return InboundMessage(
        channel=CODE,
        account=ACCOUNT,
        external_id=f"{once[:40]}.{digest}",
        sender_id=f"case:{number}",
        sent_at=now,
        received_at=now,
        kind=MessageKind.TEXT if words.strip() else media[0].kind,
        text=words.strip("\n"),
        media=media,
        particulars=Particulars(source=CODE, joins=number),
    )
