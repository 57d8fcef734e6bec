"""Notices for when the 48 hours are over: 模板消息 and 订阅通知, which say that there is something to read."""

from __future__ import annotations

from typing import Any, Final

from bot.channels.wechat.api import PlatformApi
from bot.channels.wechat.token import TokenStore
from handlers.errors import DeliveryError, Outcome
from handlers.messages import OutboundContent, Proof

#: way → (the platform's call, the name it has for the address behind the notice).
CALLS: Final = {
    "template": ("/cgi-bin/message/template/send", "url"),
    "subscription": ("/cgi-bin/message/subscribe/bizsend", "page"),
}
#: The longest text the platform shows in one field; a longer one is refused (47003).
_LONGEST_FIELD: Final = 20


def send_notice(to: str, content: OutboundContent, api: PlatformApi, tokens: TokenStore) -> Proof:
    """Send ``content.notice``. Whether it arrived the platform tells by an event under ``Proof.ref``, if it gave one.

    Raises DeliveryError.
    """
    notice = content.notice
    if notice is None or notice.way not in CALLS:
        raise DeliveryError("这种通知微信不能发送，没有发出。", Outcome.FAILED)
    path, address = CALLS[notice.way]
    body: dict[str, Any] = {"touser": to, "template_id": notice.template_id}
    if content.link:
        body[address] = content.link
    body["data"] = {name: {"value": _short(text)} for name, text in notice.fields.items()}
    answer = api.call(path, body, tokens)
    number = str(answer.get("msgid") or "")[:40]
    return Proof(vendor_id=f"msgid {number}" if number else "", note="errcode 0", parts=0, ref=number)


def _short(text: str) -> str:
    plain = " ".join(text.split()) or "—"
    return plain if len(plain) <= _LONGEST_FIELD else f"{plain[: _LONGEST_FIELD - 1]}…"
