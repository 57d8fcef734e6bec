"""Evasion: passing on to nobody by name, putting off without a day, and replies that consist of hollow words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby
from typing import Final

from handlers.writing.body import body, details
from handlers.writing.calendar_words import month_ends, written_dates
from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon
from handlers.writing.sentences import Span, named_in_brackets, sentence_at

_THANKS: Final = ("praise", "other")
#: A reply of which this share is hollow is hollow as a whole, unless it says enough beside that.
_SHARE: Final = 0.5
_ENOUGH: Final = 2
#: In a reply with so much to act on, a word like 尽快 puts nothing off.
_PLENTY: Final = 6
#: A body as short as this without any detail says nothing, whatever its words; as short as that with one.
_SHORT: Final = 120
_VERY_SHORT: Final = 50
_SHORTEST: Final = 20
_ADVICE: Final = "等于没有答，请改成谁、在什么时候、办什么。"


def check_evasion(text: str, context: Context) -> Iterator[Finding]:
    """Yield passing on to nobody and putting off, where they stand; else the stretch that makes the reply hollow."""
    said = body(text, context)
    found = list(_passed_on(text)) or list(_put_off(text, said, context))
    if not found and context.kind not in _THANKS and len(text.strip()) >= _SHORTEST:
        found = list(_hollow(text, said, context))
    yield from found


def _passed_on(text: str) -> Iterator[Finding]:
    for found in lexicon().of("evasive", "nobody").finditer(text):
        if not named_in_brackets(text, found.end()):
            advice = f"“{found[0]}”没有说是谁，请写明单位或科室的名称和电话。"
            yield Finding("evasive", found.start(), found.end(), found[0], advice, "nobody")


def _put_off(text: str, said: list[Span], context: Context) -> Iterator[Finding]:
    if len(details(said, context)) >= _PLENTY:
        return
    for name, saves in (("wait", _has_day), ("vague", _has_detail)):
        for found in lexicon().of("evasive", name).finditer(text):
            near = _around(text, sentence_at(text, found.start()))
            if not saves(near, said, context):
                yield Finding("evasive", found.start(), found.end(), found[0], f"“{found[0]}”{_ADVICE}", name)


def _has_day(near: Span, said: list[Span], context: Context) -> bool:
    """Whether a stretch names a day to come, or how long it takes."""
    days = chain(written_dates(near.text, context.issued_on), month_ends(near.text, context.issued_on))
    return any(written.day and written.day >= context.issued_on for written in days) or bool(
        lexicon().of("substance", "ahead").search(near.text)
    )


def _has_detail(near: Span, said: list[Span], context: Context) -> bool:
    return bool(details([span for span in said if near.start <= span.start < near.end], context))


def _hollow(text: str, said: list[Span], context: Context) -> Iterator[Finding]:
    """The longest hollow stretch of a reply that has hardly anything else."""
    firm, length = len(details(said, context)), _length(said)
    rest = _length([span for span in said if not _is_hollow(span, context)])
    is_bare = length < (_SHORT, _VERY_SHORT, 0)[min(firm, _ENOUGH)]
    if firm >= _ENOUGH or _has_day(Span(0, len(text), text), said, context):
        return
    if not is_bare and rest > (1 - _SHARE) * length:
        return
    runs = [list(run) for hollow, run in groupby(said, lambda span: _is_hollow(span, context)) if hollow]
    longest = said if is_bare else max(runs or [said], key=_length)
    start, end = (longest[0].start, longest[-1].end) if longest else (0, len(text))
    advice = "没有一处具体的事：谁办、什么时候、怎么办、找谁问，请至少写清楚其中的几样。"
    yield Finding("evasive", start, end, text[start:end], advice, "hollow")


def _is_hollow(clause: Span, context: Context) -> bool:
    return bool(lexicon().of("evasive", "hollow").search(clause.text)) and not details([clause], context)


def _length(said: list[Span]) -> int:
    return sum(len(span.text) for span in said)


def _around(text: str, sentence: Span) -> Span:
    """The sentence with its neighbours."""
    start = sentence_at(text, max(0, sentence.start - 2)).start
    end = sentence_at(text, min(len(text) - 1, sentence.end)).end
    return Span(start, end, text[start:end])
