"""The kind: what the writer wants (to know, to be helped, to complain, to accuse, to propose, to praise)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from handlers.understanding.lexicon import Hit, Word, strongest, table, words_of
from handlers.understanding.normalise import Reading
from handlers.understanding.sentences import Sentences
from handlers.understanding.weighing import LEVELS, Found, Scores, certainty

_NOT: Final = re.compile(r"(?:不是|并非|不|没有|没|未|别)(?:要|想|来)?$")
_GREETING_ONLY: Final = re.compile(r"[\s,.!?~。]*")
_QUESTION: Final = re.compile(r"[吗么呢嘛][\s。.!?~]*$|[?]|几点|多久|哪")
_LONG_ENOUGH: Final = 15
#: What opens a letter names its kind more often than what follows.
_OPENING: Final = 1.8
#: A question in one sentence of ten is a manner of speaking; complaint words gather, so they count less each.
_FACTOR: Final = {"complaint": 0.75, "help": 1.1, "report": 1.2}
#: Share of the whole from which an accusation may be one: then nothing may be routed without a person.
_MAYBE_REPORT: Final = 0.3


@dataclass(frozen=True, slots=True)
class KindGuess:
    """The kind (``None`` = nothing to go by), how sure, what decided, and whether it may be an accusation (举报)."""

    kind: str | None
    confidence: float
    decided: Sequence[tuple[Hit, float]] = ()
    maybe_report: bool = False
    totals: Mapping[str, float] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    found: Found = field(default_factory=dict)


def guess(reading: Reading, sentences: Sentences, ironic: bool, hits: Iterable[Hit]) -> KindGuess:
    """Return what the writer of ``reading`` wants."""
    if _GREETING_ONLY.fullmatch(reading.text):
        return KindGuess("other", 0.9)
    scores = Scores()
    for hit in hits:
        scores.add(hit.word.label, hit, _weight(hit, reading.text, sentences))
    _without_what_is_not_meant(scores, ironic)
    ranked = scores.ranked()
    if not ranked or ranked[0][1] <= 0:
        return replace(_silent(reading.text), totals=scores.totals, words=scores.words(), found=scores.found)
    kind, best = ranked[0]
    everything = sum(total for _, total in ranked)
    maybe_report = scores.totals["report"] >= everything * _MAYBE_REPORT
    return KindGuess(
        kind,
        certainty(best, everything - best),
        scores.found[kind],
        maybe_report,
        scores.totals,
        scores.words(),
        scores.found,
    )


def _silent(text: str) -> KindGuess:
    """Without a word to go by, the form of a question speaks, and otherwise what most letters are; hardly sure."""
    if _QUESTION.search(text):
        return KindGuess("consultation", 0.55)
    return KindGuess("complaint", 0.3) if len(text.strip()) >= _LONG_ENOUGH else KindGuess(None, 0.0)


def _weight(hit: Hit, text: str, sentences: Sentences) -> float:
    if hit.word.label != "consultation" and _NOT.search(text, max(0, hit.start - 4), hit.start):
        return 0.0
    weight = hit.word.weight * _FACTOR.get(hit.word.label, 1.0)
    return weight * _OPENING if sentences.opens(hit.start) else weight


def _without_what_is_not_meant(scores: Scores, ironic: bool) -> None:
    totals = scores.totals
    against = totals["complaint"] + totals["report"]
    if ironic or against > totals["praise"]:
        totals["praise"] *= 0.3
    # A complaint that says "建议严惩" proposes nothing; a help seeker who asks "怎么办" wants more than to know.
    if against >= 3:
        totals["suggestion"] *= 0.6
        totals["consultation"] *= 0.6
    if totals["help"] >= 3:
        totals["consultation"] *= 0.7
    # An accusation missed does more harm than one too many: what is complained of with it belongs to it.
    if totals["report"] >= 3:
        totals["report"] += totals["complaint"] * 0.3


def words() -> Iterable[Word]:
    """Return the words that tell kinds."""
    return strongest(word for label, levels in table("kinds").items() for word in words_of(label, levels, LEVELS))
