"""The words of the reply check (``words.toml``), compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

#: What "…" within words stands for.
GAP: Final = "(?:[^,，。!！?？;；\n]{0,8}?)"
_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns by table and list; ``pairs`` are what is asked about and what touches it.

    ``bureau`` gives a word and what to write instead; ``titles`` are plain words.
    """

    patterns: Mapping[str, Mapping[str, re.Pattern[str]]]
    pairs: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]
    bureau: Mapping[str, str]
    titles: Mapping[str, tuple[str, ...]]

    def of(self, table: str, name: str) -> re.Pattern[str]:
        """Return the pattern of one list."""
        return self.patterns[table][name]


def plain(text: str) -> str:
    """Return ``text`` in one width, character by character, so that every place stays where it is."""
    return text.translate(_WIDTH)


@cache
def lexicon() -> Lexicon:
    """Return the shipped words."""
    data = _data()
    tables = ("matters", "evasive", "cold", "policy", "asks", "gives", "persons", "promise", "date", "substance")
    return Lexicon(
        patterns={table: {name: _any_of(words) for name, words in data[table].items()} for table in tables},
        pairs={name: (_any_of([asked]), _any_of([touched])) for name, (asked, touched) in data["same"].items()},
        bureau=dict(data["bureau"]),
        titles={name: tuple(words) for name, words in data["titles"].items()},
    )


def own_words(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the plain words, the longest first."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(re.escape(plain(word)) for word in longest_first) or r"(?!)")


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{plain(word).replace('…', GAP)})" for word in words))


def _data() -> dict[str, Any]:
    return tomllib.loads(files("handlers.writing").joinpath("words.toml").read_text("utf-8"))
