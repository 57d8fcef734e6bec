"""Manner: empty words and passing on to nobody, cold and blaming words, words the bureau does not use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon, own_words, plain
from handlers.writing.sentences import Span, anchored, named_in_brackets, sentence_at, sentences, substance

#: A whole letter that says so little is empty, whatever its words.
_LITTLE: Final = 2
_THANKS: Final = ("praise", "other")
_QUOTED: Final = re.compile(r"《[^》]*》|“[^”]*”|「[^」]*」")
_FAMILIAR: Final = re.compile(r"你(?!们|好|局|单位|公司|社区|村)")


def check_evasion(text: str, context: Context) -> Iterator[Finding]:
    """Yield empty words: always where nobody is named, else where nothing of substance stands beside them."""
    words, taken = lexicon(), set[int]()
    for found in words.of("evasive", "nobody").finditer(text):
        if not named_in_brackets(text, found.end()):
            advice = f"“{found[0]}”没有说是谁，请写明单位或科室的名称和电话。"
            taken.update(range(found.start(), found.end()))
            yield Finding("evasive", found.start(), found.end(), found[0], advice, "nobody")
    for name in ("bare", "stock", "weak"):
        for found in words.of("evasive", name).finditer(text):
            if found.start() not in taken and _is_empty(text, found, name):
                taken.update(range(found.start(), found.end()))
                advice = f"“{found[0]}”等于没有答，请改成谁、在什么时候、办什么。"
                yield Finding("evasive", found.start(), found.end(), found[0], advice, name)
    if not taken and context.kind not in _THANKS and len(text.strip()) >= 20 and substance(text) == 0:
        body = _body(text)
        advice = "通篇没有一处具体的事：谁办、什么时候、怎么办、找谁问，请至少写清楚其中的几样。"
        yield Finding("evasive", body[0], body[1], text[body[0] : body[1]], advice, "whole")


def check_coldness(text: str, context: Context) -> Iterator[Finding]:
    """Yield cold or blaming words; the first 你 where 您 is due."""
    quoted, taken = _quoted(text), set[int]()
    for name, advice in (
        ("blame", "像在责怪来信人，请只说事实和下一步怎么办。"),
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


def _is_empty(text: str, found: re.Match[str], name: str) -> bool:
    sentence = sentence_at(text, found.start())
    if name == "bare":
        return not anchored(sentence.text)
    if name == "weak":
        return substance(_around(text, sentence)) == 0 or substance(text) < _LITTLE
    follows = text[found.end() : found.end() + 400] if "收悉" in found[0] or "重视" in found[0] else sentence.text
    return substance(follows) == 0 or substance(text) < _LITTLE


def _around(text: str, sentence: Span) -> str:
    """The sentence with its neighbours."""
    before = sentence_at(text, max(0, sentence.start - 2)).start
    return text[before : sentence_at(text, min(len(text) - 1, sentence.end)).end]


def _body(text: str) -> tuple[int, int]:
    spans = list(sentences(text))
    inner = [span for span in spans if len(span.text.strip()) > 8] or spans or [Span(0, len(text), text)]
    return inner[0].start, inner[-1].end


def _quoted(text: str) -> set[int]:
    return {place for found in _QUOTED.finditer(text) for place in range(found.start(), found.end())}
