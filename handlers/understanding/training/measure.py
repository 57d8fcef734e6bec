"""Measuring an understanding on examples: figures per label, and what would be routed without a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from handlers.understanding.evaluation.figures import Figures, figures_of
from handlers.understanding.labels import Labels, Understanding
from handlers.understanding.training.examples import Example

LABELS: Final = ("kind", "topic", "sentiment", "urgent")
#: What a new model is compared by: also whether a person would be called at once.
COMPARED: Final = (*LABELS, "now")


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures per label, and how many of the ``n`` texts would be routed alone, how many of these rightly."""

    n: int
    labels: Mapping[str, Figures]
    routed: int
    routed_right: int


def measure(understanding: Understanding, examples: Sequence[Example]) -> Measured:
    """Return how ``understanding`` does on ``examples``; labels that are not known do not count."""
    read = [understanding.read(example.text) for example in examples]
    labels = {}
    for label in COMPARED:
        pairs = [(e.label(label), said(r, label)) for e, r in zip(examples, read, strict=True) if e.label(label)]
        labels[label] = figures_of(pairs)
    routed = [e.topic == r.topic for e, r in zip(examples, read, strict=True) if e.topic and not r.needs_person]
    return Measured(len(examples), labels, len(routed), sum(routed))


def said(labels: Labels, label: str) -> str:
    """Return what ``labels`` say for ``label`` as text: "" for nothing, "0" or "1" for urgent and now."""
    value = (None if labels.urgent is None else labels.calls) if label == "now" else getattr(labels, label)
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)
