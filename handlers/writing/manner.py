"""Manner: cold and blaming words, words the bureau does not use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from handlers.writing.finding import Context, Finding
from handlers.writing.learned.heads import COLD, scored
from handlers.writing.learned.units import units
from handlers.writing.lexicon import lexicon, own_words, plain
from handlers.writing.sentences import Span

_QUOTED: Final = re.compile(r"《[^》]*》|“[^”]*”|「[^」]*」")
_FAMILIAR: Final = re.compile(r"你(?!们|好|局|单位|公司|社区|村)")


def check_coldness(text: str, context: Context) -> Iterator[Finding]:
    """Yield the words that blame, lecture or brush off the reader, the coldest first; the first 你 where 您 is due."""
    quoted, taken = _quoted(text), set[int]()
    for score, span in scored([unit for unit in units(text) if unit.start not in quoted], "cold"):
        place = set(range(span.start, span.end))
        if place & taken or not (score >= COLD or _set_phrase(span, quoted)):
            continue
        taken |= place
        words = span.bare()
        advice = f"“{words.text}”读来像在责怪、教训或打发来信人，请只说事实和下一步怎么办。"
        yield Finding("cold", words.start, words.end, words.text, advice, "manner")
    familiar = next((f for f in _FAMILIAR.finditer(text) if f.start() not in quoted | taken), None)
    if familiar:
        yield Finding("cold", familiar.start(), familiar.end(), familiar[0], "请用“您”称呼来信人。", "familiar")


def _set_phrase(span: Span, quoted: set[int]) -> bool:
    found = lexicon().of("cold", "phrases").search(span.text)
    return found is not None and span.start + found.start() not in quoted


def check_bureau_words(text: str, context: Context) -> Iterator[Finding]:
    """Yield words of the bureau's own list, with what to write instead."""
    listed = {plain(word): better for word, better in (context.own_words or lexicon().bureau).items()}
    quoted = _quoted(text)
    for found in own_words(listed).finditer(text):
        if found.start() not in quoted:
            better = listed[found[0]]
            advice = f"本局不用“{found[0]}”" + (f"，请写“{better}”。" if better else "，请换个说法。")
            yield Finding("bureau_words", found.start(), found.end(), found[0], advice)


def _quoted(text: str) -> set[int]:
    return {place for found in _QUOTED.finditer(text) for place in range(found.start(), found.end())}
