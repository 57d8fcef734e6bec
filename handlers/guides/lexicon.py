"""The words that matching knows beside the guides (``words.toml``), compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

#: What "…" within words stands for: up to six characters of the same sentence.
GAP: Final = "[^,，。!！?？;；\n]{0,6}?"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``asks`` by side of an item; ``vetoes`` by reason; ``common`` bigrams and ``singles`` count for nobody."""

    asks: Mapping[str, re.Pattern[str]]
    vetoes: Mapping[str, re.Pattern[str]]
    common: frozenset[str]
    singles: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Return the shipped words."""
    data = tomllib.loads(files("handlers.guides").joinpath("words.toml").read_text("utf-8"))
    words = [*data["common"]["words"], *(word for group in data["asks"].values() for word in group)]
    return Lexicon(
        asks={name: any_of(group) for name, group in data["asks"].items()},
        vetoes={name: any_of(group) for name, group in data["vetoes"].items()},
        common=frozenset(pair for word in words for pair in pairs(word)),
        singles=frozenset(data["common"]["singles"]),
    )


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the words, the longest first."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(GAP.join(map(re.escape, word.split("…"))) for word in longest_first) or r"(?!)")


def pairs(text: str) -> list[str]:
    """Return every two neighbouring characters of the words in ``text``."""
    return [text[i : i + 2] for i in range(len(text) - 1) if is_word(text[i]) and is_word(text[i + 1])]


def is_word(character: str) -> bool:
    """Whether a character says something (no space, no punctuation)."""
    return character.isalnum()
