"""The topic: what the writer asks somebody to act on, weighed against the neighbours' business."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from handlers.understanding.lexicon import Hit, Word, strongest, table, words_of
from handlers.understanding.normalise import Reading
from handlers.understanding.sentences import Sentences
from handlers.understanding.weighing import LEVELS, Found, Scores, certainty, rivals

NOT_OURS: Final = "not_ours"

#: "我是低保户，…": what follows such words says who writes, not what is asked for.
_WHO: Final = re.compile(
    r"(?:我是|我们是|本人是|本人系|本人为|作为|身为|我家是|家里是|属于|一个|一名|一位|母亲是|父亲是)[^,.。!?]{0,6}$"
)
_SECOND: Final = re.compile(r"另外|此外|还有一|再问|顺便|同时|第二|二是|2[.、]|再有|还想|以及")
_HAN_RUN: Final = re.compile(r"[\u4e00-\u9fff]")

#: Eighty-five in a hundred messages of a real inbox are not a civil affairs bureau's business.
_SILENT_PRIOR: Final = 0.7
_SHORT_PRIOR: Final = 0.45
_SHORT: Final = 12
_LEAST: Final = 1.0
_NEXT_DOOR: Final = "next door: "
_SCATTERED: Final = 0.4
_SECOND_LEAST: Final = 3.0


@dataclass(frozen=True, slots=True)
class TopicGuess:
    """The topic (``None`` = too little to say), perhaps a second one, how sure, and what decided."""

    topic: str | None
    second: str | None
    confidence: float
    decided: Sequence[tuple[Hit, float]] = ()
    totals: Mapping[str, float] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    found: Found = field(default_factory=dict)


def guess(reading: Reading, sentences: Sentences, hits: Iterable[Hit]) -> TopicGuess:
    """Return what ``reading`` asks to act on."""
    scores = Scores()
    for hit in hits:
        scores.add(hit.word.label, hit, _weight(hit, reading.text, sentences))
    _fold_neighbours(scores)
    ranked = scores.ranked()
    if not ranked or ranked[0][1] < _LEAST:
        return replace(_silent(reading), totals=scores.totals, words=scores.words(), found=scores.found)
    topic, best = ranked[0]
    return TopicGuess(
        topic,
        _second(scores, topic, best, sentences),
        certainty(best, rivals(ranked)),
        scores.found[topic],
        scores.totals,
        scores.words(),
        scores.found,
    )


def words() -> Iterable[Word]:
    """Return the words that tell topics."""
    labelled = [(topic, levels) for topic, levels in table("topics").items()]
    labelled += [(_NEXT_DOOR + field, levels) for field, levels in table("neighbours").items()]
    return strongest(word for label, levels in labelled for word in words_of(label, levels, LEVELS))


def _fold_neighbours(scores: Scores) -> None:
    """Make one rival of the neighbours: the strongest field in full, the others in part.

    A family's story touches many fields (户口, 医院, 工地) while it asks for one thing.
    """
    fields = sorted((label for label in scores.totals if label.startswith(_NEXT_DOOR)), key=lambda f: -scores.totals[f])
    for place, name in enumerate(fields):
        scores.totals[NOT_OURS] += scores.totals.pop(name) * (1.0 if place == 0 else _SCATTERED)
        scores.found[NOT_OURS] += scores.found.pop(name)


def _weight(hit: Hit, text: str, sentences: Sentences) -> float:
    weight = hit.word.weight
    if hit.word.level == "people" and _WHO.search(text, max(0, hit.start - 12), hit.start):
        return weight * 0.3
    if sentences.asks(hit.start):
        weight *= 1.4
    if sentences.opens(hit.start):
        weight *= 1.3
    return weight


def _silent(reading: Reading) -> TopicGuess:
    """Without a word of ours the prior speaks; a few characters are too little even for that."""
    written = len(_HAN_RUN.findall(reading.text))
    if written < 2:
        return TopicGuess(None, None, 0.0)
    return TopicGuess(NOT_OURS, None, _SILENT_PRIOR if written >= _SHORT else _SHORT_PRIOR)


def _second(scores: Scores, topic: str, best: float, sentences: Sentences) -> str | None:
    """Return a second topic only when each has its own part of the text, with a word like "另外" between them."""
    for label, total in scores.ranked()[1:]:
        if total < max(_SECOND_LEAST, best * 0.4):
            return None
        (_, end), (start, _) = sorted((_reach(scores, topic), _reach(scores, label)))
        if 0 < end < start and _SECOND.search(sentences.text, end, start):
            return label
    return None


def _reach(scores: Scores, label: str) -> tuple[int, int]:
    """Return where the strong words of ``label`` begin and end in the text."""
    strong = [hit for hit, weight in scores.found[label] if weight >= 2]
    return (min(hit.start for hit in strong), max(hit.end for hit in strong)) if strong else (0, 0)
