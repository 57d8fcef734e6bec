"""How well guesses agree with the truth: accuracy, and per class precision, recall and F1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class: how many truly are it, and precision, recall, F1 (0–1; 0 where nothing was guessed or is there)."""

    support: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """One label over ``n`` texts. ``macro_f1`` is the mean over the classes that occur in the truth."""

    n: int
    accuracy: float
    macro_f1: float
    classes: Mapping[str, ClassFigures]
    confusion: Mapping[tuple[str, str], int]  # (truth, guess) → texts


def figures_of(pairs: Sequence[tuple[str, str]]) -> Figures:
    """Return the figures of ``pairs`` (truth, guess); a guess that was not made is an empty string."""
    confusion = Counter(pairs)
    truths, guesses = Counter(t for t, _ in pairs), Counter(g for _, g in pairs)
    classes = {
        code: _class(confusion[code, code], truths[code], guesses[code]) for code in sorted({*truths, *guesses} - {""})
    }
    occurring = [classes[code].f1 for code in truths]
    right = sum(confusion[code, code] for code in truths)
    return Figures(
        len(pairs),
        right / len(pairs) if pairs else 0.0,
        sum(occurring) / len(occurring) if occurring else 0.0,
        classes,
        confusion,
    )


def _class(right: int, truly: int, guessed: int) -> ClassFigures:
    precision, recall = right / guessed if guessed else 0.0, right / truly if truly else 0.0
    return ClassFigures(truly, precision, recall, 2 * right / (truly + guessed))
