"""Promises: an answer or a result for a day after the case's limit, and guarantees nobody can give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from handlers.writing.calendar_words import month_ends, spans, written_dates
from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon
from handlers.writing.sentences import Span, clause_at, sentence_at


def check_promises(text: str, context: Context) -> Iterator[Finding]:
    """Yield promises that run beyond the limit of the case, and guarantees."""
    for found in lexicon().of("promise", "guarantee").finditer(text):
        if not lexicon().of("promise", "negated").search(text[max(0, found.start() - 8) : found.start()]):
            advice = f"“{found[0]}”是打包票：结果要等审核或核查，请改成什么时候、由谁、办到哪一步。"
            yield Finding("promise", found.start(), found.end(), found[0], advice, "guarantee")
    if context.legal_due is not None:
        yield from _late(text, context)


def _late(text: str, context: Context) -> Iterator[Finding]:
    today, due = context.issued_on, context.legal_due
    assert due is not None
    words = lexicon()
    promising, ourselves = words.of("promise", "saying"), words.of("promise", "ourselves")
    told = f"{due.month}月{due.day}日"
    dated = ((written, promising) for written in chain(written_dates(text, today), month_ends(text, today)))
    for written, saying in chain(dated, ((written, ourselves) for written in spans(text, today))):
        sentence = sentence_at(text, written.start)
        if written.day and written.day > due and _is_promise(text, sentence, written.start, saying):
            advice = f"“{written.words}”超过了本件的期限（{told}），请写期限以内的日期；确需更久的，先办延期再告知。"
            yield Finding("promise", written.start, written.end, written.words, advice, "late")
    for found in words.of("promise", "late").finditer(text):
        late = due.year == today.year and (found[0] != "年底" or (due.month, due.day) < (12, 25))
        if late and _is_promise(text, sentence_at(text, found.start()), found.start(), promising):
            advice = f"“{found[0]}”超过了本件的期限（{told}），请写期限以内的日期。"
            yield Finding("promise", found.start(), found.end(), found[0], advice, "late")


def _is_promise(text: str, sentence: Span, place: int, saying: re.Pattern[str]) -> bool:
    near = text[max(sentence.start, place - 24) : min(sentence.end, place + 30)]
    own = clause_at(text, place)
    clause = text[max(sentence.start, own.start) : min(sentence.end, place + 30)]
    ours, not_ours = lexicon().of("promise", "ours"), lexicon().of("promise", "not_ours")
    return bool(ours.search(clause) and saying.search(near)) and not not_ours.search(own.text)
