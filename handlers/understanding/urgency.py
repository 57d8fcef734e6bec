"""The urgency: situations in which some hours could cost life, health, safety or an irreparable loss."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from handlers.understanding.lexicon import Hit, Word, table, words_of
from handlers.understanding.normalise import Reading
from handlers.understanding.sentences import Sentences

_LEVELS: Final[Mapping[str, float]] = {"now": 3.0, "sign": 1.5, "faint": 0.7, "hides": 0.0}
_URGENT_FROM: Final = 2.6
#: Despair is not made past or merely possible by an "if" beside it: here a false alarm is the smaller harm.
_NEVER_CALMED: Final = frozenset({"self_harm"})
_CALMED: Final = 0.3
_SUPPOSED_WINDOW: Final = 15


@dataclass(frozen=True, slots=True)
class UrgencyGuess:
    """Urgent or not, how sure, what decided, and what one word alone makes grave (``self_harm`` …)."""

    urgent: bool
    confidence: float
    decided: Sequence[tuple[Hit, float]]
    grave: frozenset[str]
    total: float = 0.0
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Tables:
    words: tuple[Word, ...]
    past: re.Pattern[str]
    supposed: re.Pattern[str]


def guess(reading: Reading, sentences: Sentences, hits: Iterable[Hit]) -> UrgencyGuess:
    """Return whether ``reading`` tells of something that cannot wait."""
    tables, found = _tables(), []
    seen: set[str] = set()
    total = 0.0
    for hit in hits:
        weight = hit.word.weight
        if not weight or hit.word.word in seen:
            continue
        if hit.word.label not in _NEVER_CALMED and _is_calm(tables, hit, reading.text, sentences):
            weight *= _CALMED
        seen.add(hit.word.word)
        total += weight
        found.append((hit, weight))
    urgent = total >= _URGENT_FROM
    grave = frozenset(hit.word.label for hit, weight in found if weight >= _URGENT_FROM)
    return UrgencyGuess(urgent, _confidence(total), found if urgent else (), grave, total, frozenset(seen))


def _confidence(total: float) -> float:
    """Both ways: far above the threshold it is surely urgent, at nothing it is most likely not."""
    if total >= _URGENT_FROM:
        return min(0.95, 0.5 + 0.08 * total)
    return 0.95 - 0.4 * total / _URGENT_FROM


def _is_calm(tables: _Tables, hit: Hit, text: str, sentences: Sentences) -> bool:
    start, end = sentences.bounds(sentences.index(hit.start))
    before = max(start, hit.start - _SUPPOSED_WINDOW)
    return bool(
        tables.past.search(text, max(start, hit.start - 40), min(end, hit.end + 20))
        or tables.supposed.search(text, before, hit.start)
    )


def words() -> Iterable[Word]:
    """Return the words that tell of danger."""
    return _tables().words


@cache
def _tables() -> _Tables:
    situations: dict[str, Any] = table("urgency")
    calm = situations.pop("calm")
    words: dict[str, Word] = {}
    for label, levels in situations.items():
        for word in words_of(label, levels, _LEVELS):
            words.setdefault(word.word, word)
    return _Tables(tuple(words.values()), _any_of(calm["past"]), _any_of(calm["supposed"]))


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words.split())))
