"""A long text as the platform's messages: numbered, and the last that may go now says where the rest is."""

from __future__ import annotations

from typing import Final

from bot.channels.wechat.split import MAX_BYTES, MAX_CHARACTERS, split_text
from handlers.messages import OutboundContent

#: Kept free in every message of a long text for its number and, where the rest must wait, for the word about it.
_ROOM_CHARACTERS: Final = 60
_ROOM_BYTES: Final = 500


def whole_parts(content: OutboundContent) -> list[str]:
    """Every message of ``content``, always the same for the same text; a text of one message carries no number."""
    text = f"{content.text}\n{content.link}" if content.link else content.text
    alone = split_text(text)
    if len(alone) <= 1:
        return alone
    parts = split_text(text, MAX_CHARACTERS - _ROOM_CHARACTERS, MAX_BYTES - _ROOM_BYTES)
    return [f"（{number}/{len(parts)}）{part}" for number, part in enumerate(parts, 1)]


def parts_now(content: OutboundContent) -> list[str]:
    """The messages that go out now: those after ``content.skip``, at most ``content.most``."""
    parts = whole_parts(content)
    end = len(parts) if content.most is None else min(len(parts), content.skip + content.most)
    now = parts[content.skip : end]
    if now and end < len(parts):
        now[-1] += _rest(len(parts) - end, content.link)
    return now


def _rest(left: int, link: str) -> str:
    where = f"，也可在网页上看全文：{link}" if link else ""
    return f"\n（还有 {left} 条没有发完。回复“进度”，其余马上发给您{where}）"
