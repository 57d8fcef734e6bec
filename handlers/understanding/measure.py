"""Measuring an understanding against a labelled file: macro-F1 per label, and how often sureness was right."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from handlers.understanding.factory import build
from handlers.understanding.labels import Labels, Understanding

_LABELS = ("kind", "topic", "sentiment", "urgent")


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the mean F1 of the classes that occur in the truth; ``pairs`` are (truth, guess)."""
    truths, guesses, hits = (
        Counter(t for t, _ in pairs),
        Counter(g for _, g in pairs),
        Counter(t for t, g in pairs if t == g),
    )
    return sum(2 * hits[c] / (truths[c] + guesses[c]) for c in truths) / len(truths) if truths else 0.0


def measure(understanding: Understanding, rows: Iterable[Mapping[str, str]]) -> dict[str, dict[str, float]]:
    """Return per label: cases, accuracy, macro-F1; and for the topic what would be routed by itself and how rightly."""
    read = [(row, understanding.read(row["text"])) for row in rows]
    figures: dict[str, dict[str, float]] = {}
    for label in _LABELS:
        pairs = [(row[label], _as_text(labels, label)) for row, labels in read if row.get(label)]
        if pairs:
            right = sum(t == g for t, g in pairs)
            figures[label] = {"n": len(pairs), "accuracy": right / len(pairs), "macro_f1": macro_f1(pairs)}
    routed = [(row["topic"], labels.topic) for row, labels in read if row.get("topic") and not labels.needs_person]
    figures["auto_route"] = {"n": len(routed), "accuracy": sum(t == g for t, g in routed) / max(1, len(routed))}
    return figures


def _as_text(labels: Labels, label: str) -> str:
    value = getattr(labels, label)
    return str(int(value)) if isinstance(value, bool) else str(value)


def main(arguments: Sequence[str]) -> None:
    """Print the figures: ``python -m handlers.understanding.measure rules FILE.csv …``."""
    name, *files = arguments
    for file in files:
        with Path(file).open(encoding="utf-8", newline="") as opened:
            for label, values in measure(build(name), csv.DictReader(opened)).items():
                told = " ".join(f"{key}={value:.3g}" for key, value in values.items())
                sys.stdout.write(f"{file} {label} {told}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
