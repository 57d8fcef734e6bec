"""Adding up what the words found speak for, and saying how sure that makes us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from handlers.understanding.labels import Evidence
from handlers.understanding.lexicon import Hit
from handlers.understanding.normalise import Reading

#: The weights of the levels that the tables of words use.
LEVELS: Final[Mapping[str, float]] = {
    "decides": 3.0,
    "strong": 2.0,
    "points": 1.0,
    "hints": 0.5,
    "people": 0.6,
    "hides": 0.0,
}

#: The words found for each label, with what each weighs.
Found = Mapping[str, Sequence[tuple[Hit, float]]]

_SHOWN: Final = 6


@dataclass(slots=True)
class Scores:
    """Weights per label, with the words they came from. A word counts fully, then half, then not."""

    totals: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    found: dict[str, list[tuple[Hit, float]]] = field(default_factory=lambda: defaultdict(list))
    _seen: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, label: str, hit: Hit, weight: float) -> None:
        """Count ``hit`` for ``label`` with ``weight``."""
        times = self._seen[label, hit.word.word]
        if times > 1 or weight <= 0:
            return
        self._seen[label, hit.word.word] = times + 1
        counted = weight / (times + 1)
        self.totals[label] += counted
        self.found[label].append((hit, counted))

    def words(self) -> frozenset[str]:
        """Return the words of the table that were found."""
        return frozenset(word for _, word in self._seen)

    def ranked(self) -> list[tuple[str, float]]:
        """Return the labels with their totals, the strongest first."""
        return sorted(self.totals.items(), key=lambda item: -item[1])


def rivals(ranked: list[tuple[str, float]]) -> float:
    """Return what stands against the first of ``ranked``: the second in full, the scattered others in part."""
    return sum(total * (1.0 if place == 1 else 0.4) for place, (_, total) in enumerate(ranked) if place)


def certainty(best: float, rest: float, doubt: float = 1.0) -> float:
    """Return how sure a total of ``best`` is against ``rest``; ``doubt`` is what unseen evidence might weigh."""
    return best / (best + rest + doubt) if best > 0 else 0.0


def evidence(reading: Reading, found: Sequence[tuple[Hit, float]]) -> tuple[Evidence, ...]:
    """Return the heaviest words found, in the order of the original text and with its code-point offsets."""
    if not found:
        return ()
    heaviest = sorted(found, key=lambda item: -item[1])[:_SHOWN]
    shown = []
    for hit, weight in sorted(heaviest, key=lambda item: item[0].start):
        start, end = reading.span(hit.start, hit.end)
        shown.append(Evidence(start, end, reading.original[start:end], round(weight, 2)))
    return tuple(shown)
