"""Finding the words of a table in a text: leftmost and longest, in time that grows with the text only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import ahocorasick

#: Characters between the two halves of "没有~吃的"; a sentence's end ends it too.
_GAP: Final = 10
_ENDS: Final = re.compile(r"[。!?;\n]")


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of a table: the word, what it speaks for, and how strongly (0 = it hides shorter words)."""

    word: str
    label: str
    weight: float
    level: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A word found at ``start``–``end`` of the text that was read."""

    start: int
    end: int
    word: Word


_Entry = tuple[str, str, Word]


class Lexicon:
    """A table of words, ready for search. ``a~b`` means a, then b within a few characters of the same sentence."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._automaton = ahocorasick.Automaton()
        heads: dict[str, list[_Entry]] = {}
        for word in words:
            head, _, rest = word.word.partition("~")
            heads.setdefault(head, []).append((head, rest, word))
        for head, entries in heads.items():
            self._automaton.add_word(head, (len(head), entries))
        self._automaton.make_automaton()

    def hits(self, text: str) -> Iterator[Hit]:
        """Yield the words of the table in ``text`` from left to right; a plain word hides those that overlap it."""
        free = 0
        for at, entries in self._found(text):
            if at < free:
                continue
            for head, rest, word in entries:
                end = at + len(head)
                if not rest:
                    free = end
                    yield Hit(at, end, word)
                    break
                end = _second_half(text, end, rest)
                if end >= 0:
                    yield Hit(at, end, word)

    def _found(self, text: str) -> list[tuple[int, list[_Entry]]]:
        """Return what begins where in ``text``, from left to right, the longest entries first."""
        places: dict[int, list[_Entry]] = {}
        for last, (length, entries) in self._automaton.iter(text):
            start = last - length + 1
            places[start] = places[start] + entries if start in places else entries
        return [(at, sorted(places[at], key=_length, reverse=True)) for at in sorted(places)]


def _length(entry: _Entry) -> int:
    return len(entry[0]) + len(entry[1])


def _second_half(text: str, start: int, rest: str) -> int:
    limit = start + _GAP + len(rest)
    stop = _ENDS.search(text, start, limit)
    found = text.find(rest, start, stop.start() if stop else limit)
    return -1 if found < 0 else found + len(rest)


def table(name: str) -> dict[str, Any]:
    """Return the shipped table ``words/<name>.toml``."""
    text = (resources.files("handlers.understanding") / "words" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def strongest(words: Iterable[Word]) -> Lexicon:
    """Return the lexicon of ``words``; one that is listed twice keeps its heavier entry."""
    kept: dict[str, Word] = {}
    for word in words:
        if word.word not in kept or kept[word.word].weight < word.weight:
            kept[word.word] = word
    return Lexicon(kept.values())


def words_of(label: str, levels: Mapping[str, str], weights: Mapping[str, float]) -> Iterator[Word]:
    """Yield the words of one label, whose ``levels`` hold words separated by white space."""
    for level, listed in levels.items():
        for word in listed.split():
            yield Word(word, label, weights[level], level)
