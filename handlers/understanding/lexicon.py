"""Finding the words of a table in a text: leftmost and longest, in time that grows with the text only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

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
        entries = [(*word.word.partition("~")[::2], word) for word in words]
        entries.sort(key=lambda entry: -len(entry[0]) - len(entry[1]))
        single, pairs = _by_prefix(entries, 1), _by_prefix(entries, 2)
        for pair, listed in pairs.items():
            listed += single.get(pair[0], ())
        self._single, self._pairs = single, pairs

    def hits(self, text: str) -> Iterator[Hit]:
        """Yield the words of the table in ``text`` from left to right; a plain word hides those that overlap it."""
        free = 0
        pairs, single = self._pairs, self._single
        for at, pair in enumerate(
            map(str.__add__, text, text[1:] + " ")
        ):  # by pairs: most characters need one look only
            entries = pairs.get(pair) or single.get(text[at])
            if not entries or at < free:
                continue
            for head, rest, word in entries:
                if not text.startswith(head, at):
                    continue
                end = at + len(head)
                if not rest:
                    free = end
                    yield Hit(at, end, word)
                    break
                end = _second_half(text, end, rest)
                if end >= 0:
                    yield Hit(at, end, word)


def _by_prefix(entries: Iterable[_Entry], length: int) -> dict[str, list[_Entry]]:
    """Group by the first one or two characters; a head of one character is found by that one alone."""
    grouped: dict[str, list[_Entry]] = {}
    for entry in entries:
        if min(len(entry[0]), 2) == length:
            grouped.setdefault(entry[0][:length], []).append(entry)
    return grouped


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
