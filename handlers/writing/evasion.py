"""Evasion: passing on to nobody by name, and words that say nothing where hardly a fact stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from handlers.writing.body import body, details
from handlers.writing.calendar_words import month_ends, written_dates
from handlers.writing.finding import Context, Finding
from handlers.writing.learned.heads import FACT, HOLLOW, scored
from handlers.writing.learned.units import units
from handlers.writing.lexicon import lexicon
from handlers.writing.sentences import Span, named_in_brackets, sentence_at

#: Thanks, and a word to nobody in particular, may be answered with kind words only.
_THANKS: Final = ("praise", "other")
#: A body as short as this says next to nothing, whatever its words, when no fact is in it.
_SHORT: Final = 60
#: Words that lead on to what is said.
_AHEAD: Final = re.compile(r"[如以]下|:\s*$")
#: More facts than these make hollow words no more excusable.
_MOST_FACTS: Final = 10


def check_evasion(text: str, context: Context) -> Iterator[Finding]:
    """Yield passing on to nobody where it stands; else the words that make the reply an evasion."""
    found = list(_passed_on(text))
    if not found and context.kind not in _THANKS:
        found = list(_hollow(text, context))
    yield from found


def _passed_on(text: str) -> Iterator[Finding]:
    for found in lexicon().of("evasive", "nobody").finditer(text):
        if not named_in_brackets(text, found.end()):
            advice = f"“{found[0]}”没有说是谁，请写明单位或科室的名称和电话。"
            yield Finding("evasive", found.start(), found.end(), found[0], advice, "nobody")


def _hollow(text: str, context: Context) -> Iterator[Finding]:
    said = body(text, context)
    facts = len(details(said, context))
    for score, span in scored([unit for unit in units(text) if not _AHEAD.search(unit.text)], "hollow")[:1]:
        # A day to come in the same sentence is what a citizen waits for.
        if score - FACT * min(facts, _MOST_FACTS) >= HOLLOW and not _has_day(text, span, context):
            words = span.bare()
            advice = f"“{words.text}”等于没有答，请改成谁、在什么时候、办什么。"
            yield Finding("evasive", words.start, words.end, words.text, advice, "hollow")
            return
    if said and not facts and _length(said) < _SHORT:
        start, end = said[0].start, said[-1].end
        advice = "没有一处具体的事：谁办、什么时候、怎么办、找谁问，请至少写清楚其中的几样。"
        yield Finding("evasive", start, end, text[start:end], advice, "empty")


def _has_day(text: str, span: Span, context: Context) -> bool:
    near = sentence_at(text, span.start).text
    days = chain(written_dates(near, context.issued_on), month_ends(near, context.issued_on))
    return any(written.day and written.day >= context.issued_on for written in days)


def _length(said: list[Span]) -> int:
    return sum(len(span.text) for span in said)
