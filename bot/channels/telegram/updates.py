"""From Telegram's updates to inbound messages: every type stored, no file and no identity number taken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import telegram

from bot.channels.telegram.identity import has_identity_number, masked
from handlers.errors import BadWebhook
from handlers.messages import InboundMessage, MessageKind
from handlers.text import storable

CODE: Final = "telegram"

#: What we ask Telegram for; anything else that comes all the same is stored as an event.
WANTED: Final = ("message", "edited_message", "my_chat_member")

#: Telegram's commands are Latin words; the citizens' words they stand for, and how Telegram shows them.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "progress": ("进度", "看办到哪一步，可以带编号"),
    "add": ("补充", "给已有的诉求加内容"),
    "withdraw": ("撤回", "收回诉求"),
    "person": ("人工", "请工作人员联系"),
    "help": ("帮助", "怎么使用"),
}

#: Files and other things that are not taken here, by Telegram's name.
_NOT_TAKEN: Final = (
    "photo", "voice", "audio", "video", "video_note", "document", "animation", "sticker", "contact", "location",
    "venue", "poll", "story", "paid_media", "dice",
)  # fmt: skip

NO_FILES: Final = "telegram_no_files"
NO_FILES_ALONE: Final = "telegram_no_files_alone"
NO_IDENTITY: Final = "telegram_no_identity"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One update: the message to store, the chat to answer (0 = none), the notices (wording keys) to put first."""

    message: InboundMessage
    chat: int = 0
    notices: tuple[str, ...] = ()


def read_update(data: Any, account: str, received_at: datetime) -> Arrived:
    """Return what an update (Telegram's JSON, decoded) says. Raises BadWebhook (400) for anything malformed."""
    try:
        update_id = data["update_id"]
        if type(update_id) is not int or not 0 <= update_id < 2**53:
            raise ValueError("update_id")
        update = telegram.Update.de_json(data, None)
        return _arrived(update, data, account, received_at)
    except Exception as fault:  # the library trusts its input: any kind of error can come of a malformed one
        raise BadWebhook(f"This is no Telegram update ({type(fault).__name__}).") from fault


def _arrived(update: telegram.Update, data: dict[str, Any], account: str, received_at: datetime) -> Arrived:
    base = {
        "channel": CODE,
        "account": account,
        "external_id": str(update.update_id),
        "received_at": received_at,
        "raw": json.dumps(masked(data), ensure_ascii=False).encode("utf-8", "replace"),
    }
    message = update.message or update.edited_message
    if message is not None and _chat_id(message.chat) and message.chat.type == telegram.Chat.PRIVATE:
        return _private(message, base, edited=update.edited_message is not None)
    return Arrived(_event(update, base))


def _private(message: telegram.Message, base: dict[str, Any], *, edited: bool) -> Arrived:
    text = _checked_text(message)
    notices = [NO_IDENTITY] if has_identity_number(text) else []
    refused = next((name for name in _NOT_TAKEN if getattr(message, name, None)), "")
    if refused:
        notices.insert(0, NO_FILES if text else NO_FILES_ALONE)
    details = {"type": refused or "text"} | ({"edited": "yes"} if edited else {})
    kind, event = (MessageKind.TEXT, "") if text else (MessageKind.EVENT, f"not_taken_{refused or 'unknown'}")
    if text.split("@")[0].split(" ")[0] == "/start":
        kind, event, text = MessageKind.EVENT, "subscribe", ""
    stored = InboundMessage(
        sender_id=str(message.chat.id),
        sent_at=_aware(message.edit_date or message.date),
        kind=kind,
        text=masked(_as_words(text)),
        event=event,
        details=details,
        **base,
    )
    return Arrived(stored, message.chat.id, tuple(notices))


def _event(update: telegram.Update, base: dict[str, Any]) -> InboundMessage:
    """Return what is no private message: a membership, a group, a type we did not ask for. Nothing is answered."""
    name = next((key for key in update.to_dict() if key != "update_id"), "unknown")
    chat = update.effective_chat
    moment = getattr(getattr(update, name, None), "date", None)
    if update.my_chat_member is not None:
        gone = update.my_chat_member.new_chat_member.status in ("kicked", "left")
        name = "unsubscribe" if gone else "membership"
    return InboundMessage(
        sender_id=str(_chat_id(chat)) if chat is not None else "unknown",
        sent_at=_aware(moment) if isinstance(moment, datetime) else base["received_at"],
        kind=MessageKind.EVENT,
        event=storable(name[:60]),
        **base,
    )


def _chat_id(chat: telegram.Chat) -> int:
    if type(chat.id) is not int or not -(2**53) < chat.id < 2**53:
        raise ValueError("chat.id")
    return chat.id


def _checked_text(message: telegram.Message) -> str:
    text = message.text or message.caption or ""
    if not isinstance(text, str):
        raise TypeError("text")
    return text


def _as_words(text: str) -> str:
    """Turn a command into the citizens' word it stands for (``/progress 20261122-0007`` → ``进度 20261122-0007``)."""
    if not text.startswith("/"):
        return text
    command, _, rest = text[1:].partition(" ")
    known = COMMANDS.get(command.partition("@")[0].lower())
    return f"{known[0]} {rest}".strip() if known else text


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
