"""From a question to the one guide that answers it, with confidence and evidence, or to none; pure, and transparent.

A guide is named by its item words, in a clause that asks; what is asked must be covered by the guide's own words and by
words common to all questions, and be like its example questions (what is told beside counts less). A veto word, a
second item, a label that is no consultation, or a long story leaves it to a person. Precision comes before recall.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from handlers.guides.guide import Guide
from handlers.guides.known import Known, make_ready
from handlers.guides.lexicon import Lexicon, is_word, lexicon
from handlers.guides.likeness import Likeness
from handlers.guides.named import Clause, Named, Span, asked_items, clauses_of, named_in
from handlers.understanding.labels import Evidence, Labels
from handlers.understanding.normalise import Reading, read

#: From this confidence on a guide is sent.
CONFIDENT: Final = 0.72
#: What it takes where the understanding cannot say of which kind the message is.
CERTAIN: Final = 0.85
#: A second guide must stay this far behind.
_MARGIN: Final = 0.06
#: Characters; whoever tells more than this tells a story that a person should read.
_LONGEST: Final = 140
_SHORTEST: Final = 4
_FAR_TOO_LONG: Final = 1000  # not worth reading
#: A question that names no item must be this like an example question.
_ALIKE: Final = 0.62
#: What is told in a clause that neither asks nor names the item weighs this much of what is asked.
_TOLD_BESIDE: Final = 0.12
#: Every character of the question itself that neither the guide nor any question could say costs so much.
_UNKNOWN: Final = 0.05
#: An item that is named only where nothing is asked may be no more than the occasion.
_OCCASION: Final = 0.9
_WEIGHTS: Final = {"item": 0.32, "covered": 0.34, "alike": 0.22, "asked": 0.12}


@dataclass(frozen=True, slots=True)
class Match:
    """``guide`` is ``None`` where nothing is claimed; ``why`` then names what stood against it, for staff and tests.

    ``best`` is the nearest guide either way; ``evidence`` holds offsets into the original text.
    """

    guide: Guide | None
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    best: Guide | None = None


@dataclass(frozen=True, slots=True)
class _Score:
    known: Known
    confidence: float
    named: tuple[Named, ...]
    asked: tuple[Span, ...]


@dataclass(slots=True)
class Matcher:
    """The guides that may answer, made ready once; thread-safe and without side effects."""

    guides: Sequence[Guide]
    _known: list[Known] = field(init=False)
    _likeness: Likeness = field(init=False)
    _words: Lexicon = field(init=False)

    def __post_init__(self) -> None:
        self._words = lexicon()
        self._likeness = Likeness(text for guide in self.guides for text in (*guide.questions, *guide.names))
        self._known = [make_ready(guide, self._likeness) for guide in self.guides]

    def match(self, text: str, labels: Labels | None = None) -> Match:
        """Return the guide that answers ``text``; ``labels`` are the understanding's, ``None`` when not known."""
        against = _against(labels) if self._known else "no_guides"
        if against or len(text) > _FAR_TOO_LONG:
            return Match(None, 0.0, why=against or "length")
        reading = read(text)
        if not _SHORTEST <= sum(map(is_word, reading.text)) <= _LONGEST:
            return Match(None, 0.0, why="length")
        return self._choose(reading, labels)

    def _choose(self, reading: Reading, labels: Labels | None) -> Match:
        plain = reading.text
        clauses, named = clauses_of(plain, self._words.asks), named_in(plain, self._known)
        items = asked_items(named, clauses, plain)
        if len(items) > 1:
            return Match(None, 0.0, why="two_items")
        candidates = items or self._by_example("".join(plain[c.start : c.end] for c in clauses if c.asked))
        scores = [self._score(known, plain, clauses, named) for known in candidates]
        if not scores:
            return Match(None, 0.0, why="no_item")
        best, *others = sorted(scores, key=lambda score: -score.confidence)
        evidence = tuple(_evidence(reading, best))
        why = self._why_not(best, others, plain, labels)
        return Match(None if why else best.known.guide, round(best.confidence, 4), evidence, why, best.known.guide)

    def _why_not(self, best: _Score, others: Sequence[_Score], plain: str, labels: Labels | None) -> str:
        known = best.known
        if known.vetoes.search(plain):
            return "veto:guide"
        for name, pattern in self._words.vetoes.items():
            if any(not _own(found.span(), found[0], best) for found in pattern.finditer(plain)):
                return f"veto:{name}"
        if not best.asked:
            return "not_asked"
        if not _same_topic(known.guide, labels):
            return "topic"
        if others and others[0].confidence > best.confidence - _MARGIN:
            return "two_items"
        unsure_kind = labels is not None and labels.kind is None
        return "" if best.confidence >= (CERTAIN if unsure_kind else CONFIDENT) else "unsure"

    def _by_example(self, asked: str) -> list[Known]:
        vector = self._likeness.vector(asked)
        return [known for known in self._known if self._likeness.nearest(vector, known.examples) >= _ALIKE]

    def _score(self, known: Known, plain: str, clauses: Sequence[Clause], named: Sequence[Named]) -> _Score:
        own = tuple(one for one in named if one.known is known)
        asking = [clause for clause in clauses if clause.asked]
        about = [clause for clause in clauses if clause.asked or any(map(clause.holds, own))]
        vector = self._likeness.vector("".join(plain[c.start : c.end] for c in about))
        alike = self._likeness.nearest(vector, known.examples)
        share, unknown = self._covered(known, plain, own, about)
        in_question = any(clause.holds(one) for clause in asking for one in own)
        parts = {
            "item": (1.0 if in_question else _OCCASION) if own else max(0.0, alike - 0.2),
            "covered": max(0.0, share - 0.5) / 0.5,
            "alike": min(1.0, alike / 0.7),
            "asked": 1.0 if asking else 0.0,
        }
        confidence = sum(_WEIGHTS[name] * value for name, value in parts.items()) - _UNKNOWN * unknown
        return _Score(known, max(0.0, confidence), own, tuple(span for clause in asking for span in clause.asked))

    def _covered(self, known: Known, plain: str, named: Sequence[Named], about: Sequence[Clause]) -> tuple[float, int]:
        """Return how much of what is said the guide, or any question, could say: the share of its characters.

        Beside it, how many characters of the clauses ``about`` it are not.
        """
        weight, told = [_TOLD_BESIDE] * len(plain), [False] * len(plain)
        for clause in about:
            weight[clause.start : clause.end] = [1.0] * (clause.end - clause.start)
        for one in named:
            told[one.start : one.end] = [True] * (one.end - one.start)
        for i in range(len(plain) - 1):
            if plain[i : i + 2] in known.pairs or plain[i : i + 2] in self._words.common:
                told[i] = told[i + 1] = True
        said = [i for i, character in enumerate(plain) if self._says(character)]
        if not said:
            return 1.0, 0
        unknown = sum(1 for i in said if not told[i] and weight[i] == 1.0)
        return sum(weight[i] for i in said if told[i]) / sum(weight[i] for i in said), unknown

    def _says(self, character: str) -> bool:
        """Whether a character says something by itself: neither a particle nor a number."""
        return character.isalpha() and character not in self._words.singles


def _against(labels: Labels | None) -> str:
    """Why these labels leave the message to a person ("" = they do not)."""
    if labels is None:
        return ""
    if labels.urgent:
        return "urgent"
    if labels.kind not in ("consultation", None):
        return "kind"
    if labels.topic == "not_ours" and not labels.needs_person:
        return "topic"
    return ""


def _own(span: Span, word: str, score: _Score) -> bool:
    """Whether a general veto word belongs to the item: to its name as it stands here, or to its names and questions."""
    return word in score.known.own or any(_within(span, (one.start, one.end)) for one in score.named)


def _same_topic(guide: Guide, labels: Labels | None) -> bool:
    """Whether the topic read agrees; one that a person must look at first speaks neither for nor against."""
    if labels is None or labels.topic is None or labels.needs_person:
        return True
    return guide.topic in (labels.topic, labels.topic_2)


def _evidence(reading: Reading, score: _Score) -> Iterable[Evidence]:
    asked = {span for span in score.asked if not any(_within(span, other) for other in score.asked if other != span)}
    spans = {(1.0, one.start, one.end) for one in score.named} | {(0.4, *span) for span in asked}
    for weight, start, end in sorted(spans, key=lambda span: (-span[0], span[1])):
        first, last = reading.span(start, end)
        yield Evidence(first, last, reading.original[first:last], weight)


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
