"""The WeChat platform's encryption as others wrote it (werobot), to drive our webhook both ways."""

from __future__ import annotations

import secrets
import xml.etree.ElementTree as ET
from datetime import datetime

from werobot.crypto import MessageCrypt
from werobot.utils import get_signature

from bot.channels.wechat import WeChatSettings


def plain_query(settings: WeChatSettings, now: datetime, **more: str) -> dict[str, str]:
    """The address's parameters as plain mode and the check of the address have them."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(4)
    signature = get_signature(settings.token, timestamp, nonce)
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce, **more}


def sealed(settings: WeChatSettings, xml: str | bytes, now: datetime) -> tuple[dict[str, str], bytes]:
    """(query, body) of a request in safe mode."""
    crypt = MessageCrypt(settings.token, settings.encoding_aes_key, settings.app_id)
    query = plain_query(settings, now)
    envelope = ET.fromstring(crypt.encrypt_message(xml, query["timestamp"], query["nonce"]))
    query |= {"encrypt_type": "aes", "msg_signature": envelope.findtext("MsgSignature", "")}
    encrypted = envelope.findtext("Encrypt", "")
    return query, f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()


def opened(settings: WeChatSettings, body: str) -> ET.Element:
    """The XML inside a passive reply of safe mode; raises when its signature or encryption is wrong."""
    crypt = MessageCrypt(settings.token, settings.encoding_aes_key, settings.app_id)
    parts = {element.tag: element.text or "" for element in ET.fromstring(body)}
    xml = crypt.decrypt_message(parts["TimeStamp"], parts["Nonce"], parts["MsgSignature"], parts["Encrypt"])
    return ET.fromstring(xml)
