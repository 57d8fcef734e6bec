"""Whom to ask, and where it is written: a reply without any contact, a policy without its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon, plain
from handlers.writing.numbers import digits_of
from handlers.writing.phones import phones_in
from handlers.writing.sentences import sentence_at

_HOTLINE: Final = re.compile(
    r"(?<![0-9.])(?:12345|12349|12333|12338|12348|12355|12385|12368|12315|12388)(?![0-9.元万])"
    r"|(?:打|拨|拨打|报警|急救)(?:114|110|120|119)(?![0-9.元万])"
    r"|信箱|追问|(?:窗口|柜台)[^,。;!?]{0,4}[问找][\u4e00-\u9fff]|[\w.]+@[\w.]+|直接(?:回复|留言)|回复(?:本|这)条|在(?:这里|本平台)(?:继续)?(?:回复|留言|追问)"
)
#: Statements of policy by list of words, and those of them that are sums.
_RULES: Final = ("refusal", "condition", "force", "amounts")
_SUMS: Final = ("amounts", "sums")


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
    # Whose rule it is, knows where it is written.
    if words.of("policy", "sources").search(text) or words.of("policy", "others").search(text):
        return
    about_benefits = words.of("policy", "benefits").search(plain(context.message))
    lists = (*_RULES, "sums") if about_benefits else _RULES
    stated = chain.from_iterable(_stated(text, name) for name in lists)
    first = next(_stated(text, "unnamed"), None) or min(stated, key=lambda found: found.start(), default=None)
    if first:
        advice = f"“{first[0]}”是在讲政策，请写明依据：文件名、文号、第几条。"
        yield Finding("no_source", first.start(), first.end(), first[0], advice)


def _stated(text: str, name: str) -> Iterator[re.Match[str]]:
    """The statements of one list; what one case was paid is no policy."""
    paid = lexicon().of("substance", "paid")
    for found in lexicon().of("policy", name).finditer(text):
        if name not in _SUMS or not paid.search(sentence_at(text, found.start()).text):
            yield found
