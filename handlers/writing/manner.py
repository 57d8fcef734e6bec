"""Manner: cold and blaming words, words the bureau does not use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon, own_words, plain

_QUOTED: Final = re.compile(r"《[^》]*》|“[^”]*”|「[^」]*」")
_FAMILIAR: Final = re.compile(r"你(?!们|好|局|单位|公司|社区|村)")


def check_coldness(text: str, context: Context) -> Iterator[Finding]:
    """Yield cold or blaming words; the first 你 where 您 is due."""
    quoted, taken = _quoted(text), set[int]()
    for name, advice in (
        ("blame", "像在责怪来信人，请只说事实和下一步怎么办。"),
        ("lecture", "像在教训来信人，请只说事实和下一步怎么办。"),
        ("slight", "像在说这件事不值一提，请先体谅来信人的难处。"),
        ("rude", "语气生硬，请换成说明和帮助的话。"),
    ):
        for found in lexicon().of("cold", name).finditer(text):
            place = found.start()
            if place in quoted or place in taken:
                continue
            taken.update(range(place, found.end()))
            yield Finding("cold", place, found.end(), found[0], f"“{found[0]}”{advice}", name)
    familiar = next((f for f in _FAMILIAR.finditer(text) if f.start() not in quoted | taken), None)
    if familiar:
        yield Finding("cold", familiar.start(), familiar.end(), familiar[0], "请用“您”称呼来信人。", "familiar")


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
