"""The second topic: only where a text falls into two parts, each of which surely asks for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from handlers.understanding.learned.model import COLUMNS, HEADS
from handlers.understanding.learned.scoring import Scorer, Scores
from handlers.understanding.rules import opinion_of

#: What people put between two matters.
_BETWEEN: Final = re.compile(r"另外|此外|还有(?:一|个|就是|件)|再问|顺便|第二|二[、是]|2[、.]|再有|再者|另一|也请|\n")
_LEAST: Final = 8
_TRIED: Final = 2
#: Texts that are all of one topic are not taken apart: most are, and it would double the cost of reading.
_WORTH_TRYING: Final = 0.01
#: Both parts must be this sure: measured on writers held out, every second such guess is right, and below fewer.
_SURE: Final = 0.95

_TOPICS: Final = slice(COLUMNS.index(f"topic:{HEADS['topic'][0]}"), COLUMNS.index(f"topic:{HEADS['topic'][-1]}") + 1)


def second_topic(scorer: Scorer, text: str, scores: Scores) -> str | None:
    """Return the second topic of the normalised ``text``, whose ``scores`` as a whole are known."""
    codes, probabilities = HEADS["topic"], scores.probabilities["topic"]
    if (probabilities >= _WORTH_TRYING).sum() < 2:
        return None
    first = codes[int(probabilities.argmax())]
    for parts in _parts(text, scores, int(probabilities.argmax())):
        said = set[str]()
        for part in sorted(parts, key=len):  # the shorter is read sooner, and is unsure more often
            topic = _said(scorer, part)
            if topic is None:
                break
            said.add(topic)
        else:
            if first in said and len(said) == len(parts):
                return (said - {first}).pop()
    return None


def _parts(text: str, scores: Scores, first: int) -> Iterator[tuple[str, str]]:
    """Yield the ways to cut ``text`` in two that leave ``first`` on one side, another topic on the other.

    What the first stage says of each side is enough to pass over most of them unread.
    """
    whole = scores.blocks[0]
    cuts = list(_BETWEEN.finditer(text))
    if not cuts:
        return
    places = scores.found.places[: int(scores.found.places.searchsorted(whole.ids.size))]
    starts = whole.starts().take(places)
    worth = scores.weights[: places.size, _TOPICS] * scores.found.values[: places.size, np.newaxis]
    tried = 0
    for between in cuts:
        before, after = text[: between.start()], text[between.end() :]
        if min(len(before.strip()), len(after.strip())) < _LEAST:
            continue
        earlier = starts < between.start()
        sides = worth[earlier].sum(axis=0).argmax(), worth[~earlier].sum(axis=0).argmax()
        if sides[0] == sides[1] or first not in sides:
            continue
        yield before, after
        tried += 1
        if tried == _TRIED:
            return


def _said(scorer: Scorer, part: str) -> str | None:
    """Return the topic of a part when it is sure."""
    opinion = opinion_of(part)
    if opinion is None:
        return None
    probabilities = scorer.topics(opinion)
    best = int(np.argmax(probabilities))
    return HEADS["topic"][best] if probabilities[best] >= _SURE else None
