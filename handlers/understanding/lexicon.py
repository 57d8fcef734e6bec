"""Finding the words of a table in a text: leftmost and longest, in time that grows with the text only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, NamedTuple

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


class Hit(NamedTuple):
    """A word found at ``start``–``end`` of the text that was read."""

    start: int
    end: int
    word: Word


_Entry = tuple[str, str, Word]


class Lexicons:
    """Several tables of words, searched in one pass. ``a~b`` means a, then b soon after in the same sentence."""

    def __init__(self, **tables: Iterable[Word]) -> None:
        self._names = tuple(tables)
        heads: dict[str, dict[int, list[_Entry]]] = {}
        for place, words in enumerate(tables.values()):
            for word in words:
                head, _, rest = word.word.partition("~")
                heads.setdefault(head, {}).setdefault(place, []).append((head, rest, word))
        self._automaton = ahocorasick.Automaton()
        for head, entries in heads.items():
            self._automaton.add_word(head, (len(head), tuple(entries.items())))
        self._automaton.make_automaton()

    def hits(self, text: str) -> dict[str, list[Hit]]:
        """Return the words of each table in ``text`` from left to right; a plain word hides those that overlap it."""
        found: list[dict[int, list[_Entry]]] = [{} for _ in self._names]
        for last, (length, tables) in self._automaton.iter(text):
            start = last - length + 1
            for place, entries in tables:
                begun = found[place]
                begun[start] = begun[start] + entries if start in begun else entries
        return {name: list(_resolved(text, begun)) for name, begun in zip(self._names, found, strict=True)}


def _resolved(text: str, begun: dict[int, list[_Entry]]) -> Iterator[Hit]:
    """Choose among what begins where, the longest first; what lies under a plain word is hidden."""
    free = 0
    for at in sorted(begun):
        if at < free:
            continue
        entries = begun[at]
        for head, rest, word in sorted(entries, key=_length, reverse=True) if len(entries) > 1 else entries:
            end = at + len(head)
            if not rest:
                free = end
                yield Hit(at, end, word)
                break
            end = _second_half(text, end, rest)
            if end >= 0:
                yield Hit(at, end, word)


def _length(entry: _Entry) -> int:
    return len(entry[0]) + len(entry[1])


def _second_half(text: str, start: int, rest: str) -> int:
    found = text.find(rest, start, start + _GAP + len(rest))
    return -1 if found < 0 or _ENDS.search(text, start, found) else found + len(rest)


def table(name: str) -> dict[str, Any]:
    """Return the shipped table ``words/<name>.toml``."""
    text = (resources.files("handlers.understanding") / "words" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def strongest(words: Iterable[Word]) -> Iterable[Word]:
    """Return ``words`` without repetitions; one that is listed twice keeps its heavier entry."""
    kept: dict[str, Word] = {}
    for word in words:
        if word.word not in kept or kept[word.word].weight < word.weight:
            kept[word.word] = word
    return kept.values()


def words_of(label: str, levels: Mapping[str, str], weights: Mapping[str, float]) -> Iterator[Word]:
    """Yield the words of one label, whose ``levels`` hold words separated by white space."""
    for level, listed in levels.items():
        for word in listed.split():
            yield Word(word, label, weights[level], level)
