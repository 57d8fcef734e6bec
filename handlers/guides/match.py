"""From a question to the one guide that answers it, with confidence and evidence, or to none; pure, and transparent.

A guide is named by its item words, in a clause that asks; what is asked must be covered by the guide's own words and by
words common to all questions, and be like its example questions (what is told beside counts less). A veto word, a
second item, a label that is no consultation, or a long story leaves it to a person. Precision comes before recall.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from handlers.guides.guide import WEAK, Guide
from handlers.guides.lexicon import Lexicon, any_of, is_word, lexicon, pairs
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
_CLAUSE: Final = re.compile(r"[^,。!?;\n]+[,。!?;\n]*")
#: Words behind an item's name that make it a state of the writer, not what is asked for: 低保户, 低保家庭.
_STATE: Final = re.compile(r"户|家庭|对象|人员|人群|证(?:$|[,。、])|的(?:人|家庭|残疾|老|孩)")
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
class _Known:
    """One guide made ready."""

    guide: Guide
    names: re.Pattern[str]
    weak: re.Pattern[str]  # names that count only where no other item is named
    vetoes: re.Pattern[str]
    own: str  # names and questions: a general veto word in them does not count
    pairs: frozenset[str]
    examples: tuple[tuple[dict[str, float], float], ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """An item's name where it stands in the text."""

    start: int
    end: int
    known: _Known
    weak: bool = False


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause and where it asks for something (empty = it only tells)."""

    start: int
    end: int
    asked: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Score:
    known: _Known
    confidence: float
    named: tuple[_Named, ...] = ()
    asked: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Matcher:
    """The guides that may answer, made ready once; thread-safe and without side effects."""

    guides: Sequence[Guide]
    _known: list[_Known] = field(init=False)
    _weight: dict[str, float] = field(init=False)
    _words: Lexicon = field(init=False)

    def __post_init__(self) -> None:
        self._words = lexicon()
        texts = [_grams(question) for guide in self.guides for question in (*guide.questions, *guide.names)]
        seen = Counter(gram for grams in texts for gram in set(grams))
        self._weight = {gram: math.log(1 + len(texts) / count) for gram, count in seen.items()}
        self._known = [self._ready(guide) for guide in self.guides]

    def match(self, text: str, labels: Labels | None = None) -> Match:
        """Return the guide that answers ``text``; ``labels`` are the understanding's, ``None`` when not known."""
        if not self._known:
            return Match(None, 0.0, why="no_guides")
        if len(text) > _FAR_TOO_LONG:
            return Match(None, 0.0, why="length")
        reading = read(text)
        plain = reading.text
        length = sum(map(is_word, plain))
        if not _SHORTEST <= length <= _LONGEST:
            return Match(None, 0.0, why="length")
        against = _against(labels)
        if against:
            return Match(None, 0.0, why=against)
        return self._choose(reading, plain, labels)

    def _choose(self, reading: Reading, plain: str, labels: Labels | None) -> Match:
        clauses = [_Clause(c.start(), c.end(), self._asked(c[0], c.start())) for c in _CLAUSE.finditer(plain)]
        named = _longest(list(self._named(plain)))
        items = _asked_items(named, clauses, plain)
        if len(items) > 1:
            return Match(None, 0.0, why="two_items")
        candidates = items or self._by_example("".join(plain[c.start : c.end] for c in clauses if c.asked))
        scores = sorted((self._score(known, plain, clauses, named) for known in candidates), key=_confidence)[::-1]
        if not scores:
            return Match(None, 0.0, why="no_item")
        best = scores[0]
        evidence = tuple(self._evidence(reading, best))
        why = self._why_not(best, scores[1:], plain, labels)
        return Match(None if why else best.known.guide, round(best.confidence, 4), evidence, why, best.known.guide)

    def _why_not(self, best: _Score, others: Sequence[_Score], plain: str, labels: Labels | None) -> str:
        known = best.known
        if known.vetoes.search(plain):
            return "veto:guide"
        for name, pattern in self._words.vetoes.items():
            if any(found[0] not in known.own for found in pattern.finditer(plain)):
                return f"veto:{name}"
        if not best.asked:
            return "not_asked"
        if not _same_topic(known.guide, labels):
            return "topic"
        if others and others[0].confidence > best.confidence - _MARGIN:
            return "two_items"
        unsure_kind = labels is not None and labels.kind is None
        return "" if best.confidence >= (CERTAIN if unsure_kind else CONFIDENT) else "unsure"

    def _named(self, plain: str) -> Iterable[_Named]:
        for known in self._known:
            for found in known.names.finditer(plain):
                yield _Named(found.start(), found.end(), known)
            for found in known.weak.finditer(plain):
                yield _Named(found.start(), found.end(), known, weak=True)

    def _asked(self, clause: str, offset: int) -> tuple[tuple[int, int], ...]:
        found = (pattern.search(clause) for pattern in self._words.asks.values())
        return tuple((offset + f.start(), offset + f.end()) for f in found if f)

    def _by_example(self, asked: str) -> list[_Known]:
        grams = _grams(asked)
        return [known for known in self._known if self._alike(known, grams) >= _ALIKE]

    def _score(self, known: _Known, plain: str, clauses: Sequence[_Clause], named: Sequence[_Named]) -> _Score:
        own = tuple(n for n in named if n.known is known)
        asked = tuple(span for clause in clauses for span in clause.asked)
        about = [c for c in clauses if c.asked or any(c.start <= n.start < c.end for n in own)]
        alike = self._alike(known, _grams("".join(plain[c.start : c.end] for c in about)))
        covered, unknown = self._covered(known, plain, own, about)
        parts = {
            "item": 1.0 if own else max(0.0, alike - 0.2),
            "covered": _stretched(covered, 0.5),
            "alike": min(1.0, alike / 0.7),
            "asked": 1.0 if asked else 0.0,
        }
        confidence = sum(_WEIGHTS[name] * value for name, value in parts.items()) - _UNKNOWN * unknown
        return _Score(known, max(0.0, confidence), own, asked)

    def _covered(
        self, known: _Known, plain: str, named: Sequence[_Named], about: Sequence[_Clause]
    ) -> tuple[float, int]:
        """Return how much of what is said the guide, or any question, could say: the share of its characters.

        Beside it, how many characters of the clauses ``about`` it are not.
        """
        weight = [_TOLD_BESIDE] * len(plain)
        for clause in about:
            weight[clause.start : clause.end] = [1.0] * (clause.end - clause.start)
        told = [False] * len(plain)
        for one in named:
            told[one.start : one.end] = [True] * (one.end - one.start)
        for i in range(len(plain) - 1):
            pair = plain[i : i + 2]
            if pair in known.pairs or pair in self._words.common:
                told[i] = told[i + 1] = True
        said = [i for i, character in enumerate(plain) if self._says(character)]
        if not said:
            return 1.0, 0
        unknown = sum(1 for i in said if not told[i] and weight[i] == 1.0)
        return sum(weight[i] for i in said if told[i]) / sum(weight[i] for i in said), unknown

    def _says(self, character: str) -> bool:
        """Whether a character says something by itself: neither a particle nor a number."""
        return character.isalpha() and character not in self._words.singles

    def _alike(self, known: _Known, grams: list[str]) -> float:
        vector, norm = self._vector(grams)
        if not norm:
            return 0.0
        best = 0.0
        for example, length in known.examples:
            small, large = (vector, example) if len(vector) < len(example) else (example, vector)
            best = max(best, sum(value * large.get(gram, 0.0) for gram, value in small.items()) / (length * norm))
        return best

    def _vector(self, grams: Iterable[str]) -> tuple[dict[str, float], float]:
        rare = max(self._weight.values(), default=1.0)
        vector = {gram: self._weight.get(gram, rare) for gram in set(grams)}
        return vector, math.sqrt(sum(value * value for value in vector.values()))

    def _ready(self, guide: Guide) -> _Known:
        spoken = (*guide.names, *guide.questions)
        written = (guide.item, guide.summary, *guide.who, *guide.steps, guide.place, guide.limit, guide.fee)
        materials = (part for material in guide.materials for part in (material.name, material.note))
        plain = [read(text).text for text in (*spoken, *written, *materials)]
        return _Known(
            guide=guide,
            names=any_of(name for name in guide.names if not name.endswith(WEAK)),
            weak=any_of(name.removesuffix(WEAK) for name in guide.names if name.endswith(WEAK)),
            vetoes=any_of(guide.vetoes),
            own="\n".join(spoken),
            pairs=frozenset(pair for text in plain for pair in pairs(text)),
            examples=tuple(self._vector(_grams(read(question).text)) for question in guide.questions),
        )

    def _evidence(self, reading: Reading, score: _Score) -> Iterable[Evidence]:
        asked = {a for a in score.asked if not any(_within(a, b) for b in score.asked if a != b)}
        spans = [(1.0, n.start, n.end) for n in score.named] + [(0.4, *span) for span in asked]
        for weight, start, end in sorted(set(spans), key=lambda span: (-span[0], span[1])):
            first, last = reading.span(start, end)
            yield Evidence(first, last, reading.original[first:last], weight)


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


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


def _same_topic(guide: Guide, labels: Labels | None) -> bool:
    """Whether the topic read agrees; one that a person must look at first speaks neither for nor against."""
    if labels is None or labels.topic is None or labels.needs_person:
        return True
    return guide.topic in (labels.topic, labels.topic_2)


def _longest(named: list[_Named]) -> list[_Named]:
    """Return the names that lie within no longer one: 结婚证 in 补办结婚证 says nothing of its own."""
    return [
        one
        for one in named
        if not any(o.start <= one.start and one.end <= o.end and o.end - o.start > one.end - one.start for o in named)
    ]


def _asked_items(named: Sequence[_Named], clauses: Sequence[_Clause], plain: str) -> list[_Known]:
    """Return the items asked about. Where several are named, those in clauses that only tell, those named as somebody's
    state (低保户) and weak names step back, in this order, as long as one remains.
    """
    asking = [c for c in clauses if c.asked]
    left = list(named)
    left = _narrowed(left, [one for one in left if any(c.start <= one.start < c.end for c in asking)])
    left = _narrowed(left, [one for one in left if not _is_state(one, plain)])
    left = _narrowed(left, [one for one in left if not one.weak])
    return list({one.known.guide.code: one.known for one in left}.values())


def _narrowed(named: list[_Named], stay: list[_Named]) -> list[_Named]:
    return stay if stay and len({one.known.guide.code for one in named}) > 1 else named


def _is_state(one: _Named, plain: str) -> bool:
    return plain[one.end - 1] == "户" or bool(_STATE.match(plain[one.end : one.end + 4]))


def _stretched(value: float, floor: float) -> float:
    return max(0.0, (value - floor) / (1 - floor))


def _confidence(score: _Score) -> float:
    return score.confidence


def _grams(text: str) -> list[str]:
    plain = "".join(character for character in text if is_word(character))
    return [*plain, *(plain[i : i + 2] for i in range(len(plain) - 1))]
