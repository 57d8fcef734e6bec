"""A reply cut into sentences and clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_SENTENCE: Final = re.compile(r"[^。!?;\n]+[。!?;\n]*")
_CLAUSE: Final = re.compile(r"[^,。!?;:\n]+[,。!?;:\n]*")
_AROUND: Final = ",。!?;:\n\t \u3000"
_BRACKETED: Final = re.compile(r"\([^()]{1,40}\)")


class Span(NamedTuple):
    """A stretch of the text: code points, half-open."""

    start: int
    end: int
    text: str

    def bare(self) -> Span:
        """Return its words alone: without the spaces before them and the stops after."""
        words = self.text.rstrip(_AROUND)
        start = self.end - len(self.text.lstrip())
        return Span(start, self.start + len(words), words.lstrip())


def sentences(text: str) -> Iterator[Span]:
    """Yield the sentences of a text in one width."""
    return (Span(found.start(), found.end(), found[0]) for found in _SENTENCE.finditer(text))


def clauses(sentence: Span) -> Iterator[Span]:
    """Yield the clauses of a sentence, with the places they have in the whole text."""
    for found in _CLAUSE.finditer(sentence.text):
        yield Span(sentence.start + found.start(), sentence.start + found.end(), found[0])


def sentence_at(text: str, place: int) -> Span:
    """Return the sentence in which ``place`` lies."""
    start = max(text.rfind(mark, 0, place) for mark in "。!?;\n") + 1
    ends = [at for at in (text.find(mark, place) for mark in "。!?;\n") if at >= 0]
    end = min(ends) + 1 if ends else len(text)
    return Span(start, end, text[start:end])


def clause_at(text: str, place: int) -> Span:
    """Return the clause in which ``place`` lies."""
    start = max(text.rfind(mark, 0, place) for mark in ",。!?;:\n") + 1
    ends = [at for at in (text.find(mark, place) for mark in ",。!?;:\n") if at >= 0]
    end = min(ends) + 1 if ends else len(text)
    return Span(start, end, text[start:end])


def named_in_brackets(text: str, end: int) -> bool:
    """Whether what ends at ``end`` is named right behind it: 有关部门（市医保局）."""
    return bool(_BRACKETED.match(text, end))
