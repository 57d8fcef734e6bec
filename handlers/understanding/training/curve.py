"""Learning curves: what more examples per class, and what some corrections of staff, are worth on unseen texts."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from handlers.understanding.learned.reader import LearnedUnderstanding
from handlers.understanding.training.examples import Example, shipped
from handlers.understanding.training.fit import fit
from handlers.understanding.training.measure import Measured, measure

PER_CLASS: Final = (25, 50, 100, 200)
CORRECTIONS: Final = (0, 50, 100)


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement: ``size`` (examples per topic, or corrections), how many texts were learned from, the figures."""

    size: int
    learned: int
    measured: Measured


def by_examples_per_class() -> Iterator[Point]:
    """Measure on the corpus's held-out part models that learned from at most so many examples per topic, then all."""
    corpus = shipped()
    for size in PER_CLASS:
        part = _at_most(corpus.learned, size)
        yield Point(size, len(part), _measured(part, corpus.held_out))
    yield Point(0, len(corpus.learned), _measured(corpus.learned, corpus.held_out))


def by_corrections() -> Iterator[Point]:
    """Measure what corrections add: the held-out writers stand for a bureau whose inbox the corpus has not seen.

    A part of their messages is corrected (learned from), the same rest is measured on each time.
    """
    corpus = shipped()
    shuffled = sorted(corpus.held_out, key=lambda e: zlib.crc32(e.text.encode()))
    rest = shuffled[max(CORRECTIONS) :]
    for size in CORRECTIONS:
        yield Point(size, len(corpus.learned) + size, _measured([*corpus.learned, *shuffled[:size]], rest))


def _at_most(examples: Sequence[Example], size: int) -> list[Example]:
    taken: Counter[str] = Counter()
    chosen = []
    for example in sorted(examples, key=lambda e: zlib.crc32(e.text.encode())):
        if taken[example.topic] < size:
            taken[example.topic] += 1
            chosen.append(example)
    return chosen


def _measured(examples: Sequence[Example], unseen: Sequence[Example]) -> Measured:
    return measure(LearnedUnderstanding(fit(examples, "curve")), unseen)
