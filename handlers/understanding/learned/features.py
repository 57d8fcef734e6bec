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
Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Block:
    """The features of one part of a text, as often as they occur, and where each starts and ends.

    ``starts`` and ``ends`` are indices into the text that was given; empty for words, whose places the rules know.
    """

    ids: Ids
    starts: Places
    ends: Places


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
    raw = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    codes = _forms()[np.minimum(raw, _TABLE - 1)]
    kept = codes != 0
    # A run of figures, of Latin letters or of stops says no more than one of them.
    kept[1:] &= (codes[1:] != codes[:-1]) | (codes[1:] > 0x7F)
    places = np.flatnonzero(kept).astype(np.int32)
    return codes[places], places


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
    hashes, starts, ends = [], [], []
    rolling = codes * _MIX + np.uint32(salt * 0x51ED2701 & 0xFFFFFFFF)
    for length in range(1, max(lengths) + 1):
        if length > 1:
            rolling = (rolling[:-1] * _PRIME) ^ (codes[length - 1 :] * _MIX)
        if rolling.size == 0:
            break
        if length in lengths:
            hashes.append(rolling + np.uint32(length))
            starts.append(places[: rolling.size])
            ends.append(places[length - 1 :] + 1)
    if not hashes:
        return _NOTHING
    return Block(_spread(np.concatenate(hashes)), np.concatenate(starts), np.concatenate(ends))


def _spread(hashes: Ids) -> Ids:
    hashes = (hashes ^ (hashes >> np.uint32(15))) * np.uint32(0x85EBCA6B)
    return ((hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35) >> np.uint32(3)) & _MASK


def _words(words: Iterable[str]) -> Block:
    ids = sorted({_word_id(word) for word in words})  # a set of strings has another order in every process
    return Block(np.array(ids, dtype=np.uint32), _NOWHERE, _NOWHERE)


@cache
def _word_id(word: str) -> int:
    return zlib.crc32(b"word:" + word.encode()) & int(_MASK)


_NOWHERE: Final = np.empty(0, dtype=np.int32)
_NOTHING: Final = Block(np.empty(0, dtype=np.uint32), _NOWHERE, _NOWHERE)
