"""Whom to ask, and where it is written: a reply without any contact, a policy without its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon, plain
from handlers.writing.numbers import digits_of
from handlers.writing.phones import phones_in
from handlers.writing.sentences import sentence_at

_HOTLINE: Final = re.compile(
    r"(?<![0-9])(?:12345|12349|12333|12338|12348|12355|12385|12368|12315|12388|114|110|120|119)(?![0-9])"
    r"|直接(?:回复|留言)|回复(?:本|这)条|在(?:这里|本平台)(?:继续)?(?:回复|留言|追问)"
)


def check_contact(text: str, context: Context) -> Iterator[Finding]:
    """Yield that nobody is named whom the citizen could ask, unless the letter ends with a number by itself."""
    whole = text + "\n" + plain(context.after)
    own = any(digits_of(phone) in digits_of(whole) for phone in context.phones if len(digits_of(phone)) > 6)
    if context.kind == "praise" or own or _HOTLINE.search(whole) or any(phones_in(whole, context)):
        return
    yield Finding("no_contact", len(text), len(text), "", "没有写可以问谁：请加上科室（或经办人）和电话。")


def check_source(text: str, context: Context) -> Iterator[Finding]:
    """Yield the first statement of policy of a reply that names no paper at all."""
    words = lexicon()
    if words.of("policy", "sources").search(text):
        return
    amounts = words.of("policy", "amounts").finditer(text)
    ruled = (
        found for found in amounts if not words.of("substance", "paid").search(sentence_at(text, found.start()).text)
    )
    said = words.of("policy", "said").search(text) or next(ruled, None)
    if said:
        advice = f"“{said[0]}”是在讲政策，请写明依据：文件名、文号、第几条。"
        yield Finding("no_source", said.start(), said.end(), said[0], advice)
