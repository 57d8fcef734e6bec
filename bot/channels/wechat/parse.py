"""From the platform's fields to an inbound message: every type and event, none refused for being unknown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from bot.channels.wechat.xml import read_xml
from handlers.errors import BadWebhook
from handlers.messages import InboundMessage, MediaRef, MessageKind
from handlers.text import storable

CODE: Final = "wechat"

_OPENID = re.compile(r"[A-Za-z0-9_@.\-]{1,128}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")
_LONGEST_KEY = 80
_LONGEST_DETAIL = 2000

KINDS: Final[Mapping[str, MessageKind]] = {
    "text": MessageKind.TEXT,
    "image": MessageKind.IMAGE,
    "voice": MessageKind.VOICE,
    "video": MessageKind.VIDEO,
    "shortvideo": MessageKind.VIDEO,
    "location": MessageKind.LOCATION,
    "link": MessageKind.LINK,
    "file": MessageKind.FILE,
    "event": MessageKind.EVENT,
}

#: What is kept beside the text of the types that we know: the platform's name → ours.
DETAILS: Final[Mapping[str, Mapping[str, str]]] = {
    "text": {"bizmsgmenuid": "menu_id"},
    "image": {"PicUrl": "address"},
    "voice": {"Format": "format"},
    "video": {"ThumbMediaId": "thumbnail"},
    "shortvideo": {"ThumbMediaId": "thumbnail"},
    "location": {"Location_X": "latitude", "Location_Y": "longitude", "Scale": "scale", "Label": "label"},
    "link": {"Title": "title", "Description": "description", "Url": "address"},
    "file": {"Title": "filename", "Description": "description", "FileTotalLen": "size", "FileMd5": "md5"},
}

#: Where the words of a message stand, by type; several are joined by line breaks.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("Content",),
    "voice": ("Recognition",),
    "location": ("Label",),
    "link": ("Title", "Description", "Url"),
    "file": ("Title",),
}

_IDENTITY = frozenset({"ToUserName", "FromUserName", "CreateTime", "MsgId", "MsgType", "Encrypt"})


def parse(xml: bytes, account: str, received_at: datetime) -> InboundMessage:
    """Return the message in ``xml``. Unknown types become kind ``file`` with all their fields as details.

    Raises BadWebhook (400) when sender, time or type are missing or impossible.
    """
    fields = read_xml(xml)
    sender, moment = _sender(fields), _moment(fields)
    kind_name = fields.get("MsgType", "").strip().lower()
    if not kind_name:
        raise BadWebhook("The message has no MsgType.")
    event = fields.get("Event", "").strip().lower()[:60] if kind_name == "event" else ""
    return InboundMessage(
        channel=CODE,
        account=account,
        external_id=f"{sender}:{moment}:{_event_id(event, fields) if event else _message_id(fields, xml)}",
        sender_id=sender,
        sent_at=datetime.fromtimestamp(moment, UTC),
        received_at=received_at,
        kind=KINDS.get(kind_name, MessageKind.FILE),
        text=_text(kind_name, event, fields),
        media=_media(kind_name, fields),
        raw=xml,
        event=storable(event),
        details=_details(kind_name, fields),
    )


def _sender(fields: Mapping[str, str]) -> str:
    sender = fields.get("FromUserName", "").strip()
    if not _OPENID.fullmatch(sender):
        raise BadWebhook("The message has no usable FromUserName.")
    return sender


def _moment(fields: Mapping[str, str]) -> int:
    given = fields.get("CreateTime", "").strip()
    if not (given.isascii() and given.isdigit() and len(given) <= 10):
        raise BadWebhook("The message has no usable CreateTime.")
    return int(given)


def _message_id(fields: Mapping[str, str], xml: bytes) -> str:
    given = fields.get("MsgId", "").strip()
    if _MESSAGE_ID.fullmatch(given):
        return given
    # Some pushes of newer types come without an id; their bytes are the same in every retry.
    return "body." + hashlib.sha256(xml).hexdigest()[:32]


def _event_id(event: str, fields: Mapping[str, str]) -> str:
    key = storable(fields.get("EventKey") or fields.get("MsgID") or fields.get("MsgId") or "")
    if len(key) > _LONGEST_KEY:
        key = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"{storable(event)}:{key}"


def _text(kind: str, event: str, fields: Mapping[str, str]) -> str:
    if event == "click":
        # A menu button says a citizens' word (bot.channels.wechat.menu), as if it had been written.
        return fields.get("EventKey", "")
    names = _WORDS.get(kind, ())
    if len(names) == 1:
        return fields.get(names[0], "")
    return "\n".join(fields[name] for name in names if fields.get(name))


def _media(kind: str, fields: Mapping[str, str]) -> tuple[MediaRef, ...]:
    reference = fields.get("MediaId", "").strip()
    if not reference or len(reference) > 512:
        return ()
    content_type = f"audio/{fields['Format'].lower()[:20]}" if kind == "voice" and fields.get("Format") else ""
    return (MediaRef(KINDS.get(kind, MessageKind.FILE), storable(reference), content_type=storable(content_type)),)


def _details(kind: str, fields: Mapping[str, str]) -> dict[str, str]:
    known = DETAILS.get(kind)
    if known is None:
        chosen = {name: value for name, value in fields.items() if name not in _IDENTITY}
    else:
        chosen = {ours: fields[theirs] for theirs, ours in known.items() if fields.get(theirs)}
    chosen |= {"type": kind, "to": fields.get("ToUserName", "")}
    return {storable(name[:60]): storable(value[:_LONGEST_DETAIL]) for name, value in chosen.items()}
