"""The passive reply: what goes back to the platform in the same response."""

from __future__ import annotations

import secrets
from datetime import datetime

from bot.channels.wechat.crypto import Cipher, signature
from bot.channels.wechat.xml import cdata
from handlers.messages import InboundMessage


def reply_xml(message: InboundMessage, text: str, now: datetime) -> str:
    """Return the XML that answers ``message`` with ``text``."""
    return (
        f"<xml><ToUserName>{cdata(message.sender_id)}</ToUserName>"
        f"<FromUserName>{cdata(message.details.get('to', ''))}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{cdata(text)}</Content></xml>"
    )


def sealed_reply(xml: str, cipher: Cipher, token: str, now: datetime) -> str:
    """Return ``xml`` encrypted and signed as safe and compatible mode want it."""
    encrypted, timestamp, nonce = cipher.encrypt(xml), str(int(now.timestamp())), secrets.token_hex(8)
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{signature(token, timestamp, nonce, encrypted)}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )
