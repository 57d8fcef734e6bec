"""Turning a text into numbered features: character n-grams of the whole, of opening and closing, and words found."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: Features are told apart by this many bits of their hash.
BITS: Final = 20
#: Which n-grams are read of which part; opening and closing are where long petitions say what they want.
_WHOLE: Final = (1, 2, 3)
_EDGES: Final = (2, 3)
_EDGE: Final = 60
_LONG: Final = 150

_MASK: Final = np.uint32((1 << BITS) - 1)
_PRIME: Final = np.uint32(0x01000193)
_MIX: Final = np.uint32(0x9E3779B1)
_TABLE: Final = 0x10000

BLOCKS: Final = ("whole", "opening", "closing", "words")

Ids = NDArray[np.uint32]
Floats = NDArray[np.floating[Any]]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """The features of one part of a text, as often as they occur.

    ``places`` are where its characters stand in the text that was given; none for words, whose places the rules know.
    ``lengths`` are those of its n-grams, in the order of ``ids``.
    """

    ids: Ids
    places: Places
    lengths: tuple[int, ...] = ()

    def starts(self) -> Places:
        """Return where each feature begins in the text that was given."""
        places = self.places
        return np.concatenate([places[: max(places.size - length + 1, 0)] for length in self.lengths] or [places])

    def ends(self) -> Places:
        """Return where each feature ends."""
        return np.concatenate([self.places[length - 1 :] for length in self.lengths] or [self.places]) + 1


def blocks_of(text: str, words: Iterable[str]) -> tuple[Block, ...]:
    """Return the blocks of a normalised ``text`` in the order of :data:`BLOCKS`; figures and Latin runs are masked."""
    codes, places = _characters(text)
    whole = _grams(codes, places, _WHOLE, 0)
    if len(codes) > _LONG:
        opening = _grams(codes[:_EDGE], places[:_EDGE], _EDGES, 1)
        closing = _grams(codes[-_EDGE:], places[-_EDGE:], _EDGES, 2)
    else:
        opening = closing = _NOTHING
    return whole, opening, closing, _words(words)


def _characters(text: str) -> tuple[Ids, Places]:
    """Return the characters that count, as code points in one form, and where they stand."""
    codes = _forms().take(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32), mode="clip")
    kept = codes != 0
    # A run of figures, of Latin letters or of stops says no more than one of them.
    kept[1:] &= (codes[1:] != codes[:-1]) | (codes[1:] > 0x7F)
    places = kept.nonzero()[0]
    return codes.take(places), places


@cache
def _forms() -> Ids:
    forms = np.arange(_TABLE, dtype=np.uint32)
    for code in range(_TABLE):
        character = chr(code)
        if 0xD800 <= code < 0xE000 or character.isspace():
            forms[code] = 0
        elif character.isdigit():
            forms[code] = ord("0")
        elif character.isascii() and character.isalpha():
            forms[code] = ord("a")
        elif character in "?？":
            forms[code] = ord("?")
        elif character in "!！":
            forms[code] = ord("!")
        elif not character.isalnum():
            forms[code] = ord(",")
    return forms


def _grams(codes: Ids, places: Places, lengths: tuple[int, ...], salt: int) -> Block:
    mixed = codes * _MIX
    rolling = mixed + np.uint32(salt * 0x51ED2701 & 0xFFFFFFFF)
    hashes = np.empty(sum(max(codes.size - length + 1, 0) for length in lengths), dtype=np.uint32)
    done = 0
    for length in range(1, min(max(lengths), codes.size) + 1):
        if length > 1:
            rolling = rolling[:-1] * _PRIME
            rolling ^= mixed[length - 1 :]
        if length in lengths:
            np.add(rolling, np.uint32(length), out=hashes[done : done + rolling.size])
            done += rolling.size
    return Block(_spread(hashes), places, lengths)


def _spread(hashes: Ids) -> Ids:
    hashes ^= hashes >> np.uint32(15)
    hashes *= np.uint32(0x85EBCA6B)
    hashes ^= hashes >> np.uint32(13)
    hashes *= np.uint32(0xC2B2AE35)
    hashes >>= np.uint32(3)
    hashes &= _MASK
    return hashes


def _words(words: Iterable[str]) -> Block:
    ids = sorted({_word_id(word) for word in words})  # a set of strings has another order in every process
    return Block(np.array(ids, dtype=np.uint32), _NOWHERE)


@cache
def _word_id(word: str) -> int:
    return zlib.crc32(b"word:" + word.encode()) & int(_MASK)


_NOWHERE: Final = np.empty(0, dtype=np.int64)
_NOTHING: Final = Block(np.empty(0, dtype=np.uint32), _NOWHERE)
