"""Labelled messages to learn from: the corpus that ships, and the shape of every example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from handlers.taxonomy import GRADES, KINDS, SENTIMENTS, TOPICS

#: The writers whose messages are never learned from; every version of the model is measured on them.
HELD_OUT: Final = frozenset({"w7", "w12"})
#: What a labelled file says in ``grade`` of what is urgent in neither.
_NEITHER: Final = "none"


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message. An empty label is not known and teaches nothing; ``urgent`` (in either grade) and ``now``
    (a person is called at once) are "0", "1" or "".

    ``writer`` keeps together what one hand wrote: no writer is ever on both sides of a measurement. ``trap`` names
    what makes the message hard (``false_alarm``, ``mention``, ``sarcasm`` …).
    """

    text: str
    kind: str = ""
    topic: str = ""
    topic_2: str = ""
    sentiment: str = ""
    urgent: str = ""
    writer: str = ""
    situation: str = ""
    trap: str = ""
    now: str = ""

    @property
    def today(self) -> str:
        """Whether somebody should look the same day: "0" or "1", "" where it is not known or a person is called."""
        return self.urgent if self.now == "0" else ""

    def label(self, head: str) -> str:
        """Return the label for ``head`` (``kind``, ``topic``, ``sentiment``, ``urgent``, ``now`` or ``today``)."""
        return str(getattr(self, head))


@dataclass(frozen=True, slots=True)
class Corpus:
    """The shipped corpus in its two parts, told apart by writer."""

    learned: tuple[Example, ...]
    held_out: tuple[Example, ...]


@cache
def shipped() -> Corpus:
    """Return the corpus that ships, read from ``corpus/*.jsonl``."""
    examples = tuple(example_of(row, writer) for writer, row in corpus_rows())
    return Corpus(
        tuple(e for e in examples if e.writer not in HELD_OUT), tuple(e for e in examples if e.writer in HELD_OUT)
    )


def corpus_rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every row of the corpus with its writer; see ``corpus/README.md`` for the fields."""
    folder = resources.files("handlers.understanding") / "corpus"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".jsonl"):
            for line in file.read_text(encoding="utf-8").splitlines():
                yield file.name.removesuffix(".jsonl"), json.loads(line)


def example_of(row: Mapping[str, Any], writer: str = "") -> Example:
    """Return the example of a row of a corpus file or a labelled CSV; raises ``ValueError`` on an unknown label."""
    urgent, now = _grades(row.get("urgent"), str(row.get("grade") or ""))
    example = Example(
        text=str(row["text"]),
        kind=str(row.get("kind") or ""),
        topic=str(row.get("topic") or ""),
        topic_2=str(row.get("topic_2") or ""),
        sentiment=str(row.get("sentiment") or ""),
        urgent=urgent,
        now=now,
        writer=writer,
        situation=str(row.get("situation") or ""),
        trap=str(row.get("trap") or ""),
    )
    _check(example)
    return example


def _grades(urgent: Any, grade: str) -> tuple[str, str]:
    """Return whether a row is urgent in either grade, and whether now.

    Without a grade the row speaks of its own circle: the corpus's is the narrow one, and so "now".
    """
    if grade:
        if grade not in GRADES and grade != _NEITHER:
            raise ValueError(f"grade {grade!r} is not one of {', '.join((*GRADES, _NEITHER))}")
        return str(int(grade != _NEITHER)), str(int(grade == "now"))
    known = "" if urgent in ("", None) else str(int(urgent))
    return known, known


def _check(example: Example) -> None:
    known = {"kind": KINDS, "topic": TOPICS, "topic_2": TOPICS, "sentiment": SENTIMENTS, "urgent": {"0": "", "1": ""}}
    for name, codes in known.items():
        value = getattr(example, name)
        if value and value not in codes:
            raise ValueError(f"{name} {value!r} is not one of {', '.join(codes)}")
