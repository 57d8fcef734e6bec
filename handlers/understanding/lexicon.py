"""Finding the words of a table in a text: leftmost and longest, in time that grows with the text only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

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


#: Pairs of characters are told apart by this many bits of their hash; a false one is looked up in vain.
_PAIR_BITS: Final = 16
_FIRST: Final = np.uint32(0x9E3779B1)
_SECOND: Final = np.uint32(0x85EBCA6B)
_PLANE: Final = 0x10000


#: Where several words begin, the longest comes first, of these the one with the shorter first half.
_Rank = tuple[int, int, int]


class _Half(NamedTuple):
    """A word ``a~b`` under its ``a``: the place of its table, its rank where several begin, ``b`` and the word."""

    table: int
    rank: _Rank
    rest: str
    word: Word


#: Where a word begins, its rank, where it ends, whether it hides what overlaps it, and the word.
_Begun = tuple[int, _Rank, int, bool, Word]


class Lexicons:
    """Several tables of words, searched in one pass. ``a~b`` means a, then b soon after in the same sentence.

    numpy finds where a character, or a pair of characters, begins some word; few places are left to look at.
    """

    def __init__(self, **tables: Iterable[Word]) -> None:
        self._names = tuple(tables)
        self._plain: dict[str, list[tuple[int, _Rank, Word]]] = {}
        self._halves: dict[str, list[_Half]] = {}
        for place, words in enumerate(tables.values()):
            for number, word in enumerate(words):
                head, _, rest = word.word.partition("~")
                rank = (-len(head) - len(rest), len(head), number)
                if rest:
                    self._halves.setdefault(head, []).append(_Half(place, rank, rest, word))
                else:
                    self._plain.setdefault(head, []).append((place, rank, word))
        heads = self._plain.keys() | self._halves.keys()
        self._pairs = np.zeros(1 << _PAIR_BITS, dtype=np.bool_)
        self._pairs[[_hashes(_codes(head[:2]))[0] for head in heads if len(head) > 1]] = True
        self._alone = np.zeros(_PLANE, dtype=np.bool_)
        self._alone[[min(ord(head), _PLANE - 1) for head in heads if len(head) == 1]] = True
        lengths: dict[str, set[int]] = {}
        for head in heads:
            lengths.setdefault(head[:2], set()).add(len(head))
        self._lengths = {begin: tuple(found) for begin, found in lengths.items()}
        # Put behind a text, so that at its end no longer word is cut to a shorter one.
        self._padding = "\0" * max(map(len, heads), default=0)

    def hits(self, text: str) -> dict[str, list[Hit]]:
        """Return the words of each table in ``text`` from left to right; a plain word hides those that overlap it."""
        begun: list[list[_Begun]] = [[] for _ in self._names]
        plain, halves, lengths = self._plain, self._halves, self._lengths.get
        alone, pairs = self._beginnings(text)
        text += self._padding
        for places, size in ((alone, 1), (pairs, 2)):
            for start in places:
                for length in lengths(text[start : start + size], ()):
                    end = start + length
                    head = text[start:end]
                    if head in plain:
                        for place, rank, word in plain[head]:
                            begun[place].append((start, rank, end, True, word))
                    if head in halves:
                        _begin(text, start, end, halves[head], begun)
        return {name: _resolved(found) for name, found in zip(self._names, begun, strict=True)}

    def _beginnings(self, text: str) -> tuple[list[int], list[int]]:
        """The places where a word of one character, or the first two of a longer one, may stand."""
        codes = _codes(text)
        alone = self._alone.take(codes, mode="clip").nonzero()[0]
        return alone.tolist(), self._pairs.take(_hashes(codes)).nonzero()[0].tolist()


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


def _hashes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The hash of every pair of neighbours."""
    return (codes[:-1] * _FIRST + codes[1:] * _SECOND) >> np.uint32(32 - _PAIR_BITS)


def _begin(text: str, start: int, end: int, halves: Iterable[_Half], begun: Sequence[list[_Begun]]) -> None:
    """Note the words whose first half stands at ``start``–``end`` and whose second half follows soon enough."""
    stop = _ENDS.search(text, end, end + _GAP)
    reach = stop.start() if stop else end + _GAP
    for place, rank, rest, word in halves:
        found = text.find(rest, end, reach + len(rest))
        if found >= 0:
            begun[place].append((start, rank, found + len(rest), False, word))


def _resolved(begun: list[_Begun]) -> list[Hit]:
    """Choose among what begins where, the longest first; what lies under a plain word is hidden."""
    begun.sort()
    hits = []
    free = 0
    for start, _, end, hides, word in begun:
        if start >= free:
            hits.append(Hit(start, end, word))
            if hides:
                free = end
    return hits


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
