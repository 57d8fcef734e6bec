"""One guide made ready for matching: its names and vetoes as patterns, its words, its example questions as vectors."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.guides.guide import WEAK, Guide
from handlers.guides.lexicon import any_of, pairs
from handlers.guides.likeness import Likeness, Vector
from handlers.understanding.normalise import read


@dataclass(frozen=True, slots=True)
class Known:
    """``weak`` names count only where no other item is named; a general veto word in ``own`` does not count.

    ``pairs`` are the pairs of neighbouring characters in all that the guide says, but not in what it does not answer.
    """

    guide: Guide
    names: re.Pattern[str]
    weak: re.Pattern[str]
    vetoes: re.Pattern[str]
    own: str
    pairs: frozenset[str]
    examples: tuple[Vector, ...]


def make_ready(guide: Guide, likeness: Likeness) -> Known:
    """Return the guide made ready."""
    spoken = (*guide.names, *guide.questions)
    written = (guide.item, guide.summary, *guide.who, *guide.steps, guide.place, guide.limit, guide.fee)
    materials = (part for material in guide.materials for part in (material.name, material.note))
    plain = [read(text).text for text in (*spoken, *written, *materials)]
    return Known(
        guide=guide,
        names=any_of(name for name in guide.names if not name.endswith(WEAK)),
        weak=any_of(name.removesuffix(WEAK) for name in guide.names if name.endswith(WEAK)),
        vetoes=any_of(guide.vetoes),
        own="\n".join(spoken),
        pairs=frozenset(pair for text in plain for pair in pairs(text)),
        examples=tuple(likeness.vector(read(question).text) for question in guide.questions),
    )
