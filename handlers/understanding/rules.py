"""The transparent rules over tables of words: an opinion of their own, and votes for the learned heads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from handlers.understanding import kinds, sentiment, topics, urgency
from handlers.understanding.kinds import KindGuess
from handlers.understanding.labels import Labels
from handlers.understanding.lexicon import Lexicons
from handlers.understanding.normalise import Reading, read
from handlers.understanding.script import Script, script_of
from handlers.understanding.sentences import Sentences
from handlers.understanding.sentiment import SentimentGuess
from handlers.understanding.topics import TopicGuess
from handlers.understanding.urgency import UrgencyGuess
from handlers.understanding.weighing import evidence

#: From this confidence on a topic is routed without a person.
AUTO_ROUTE: Final = 0.7
#: What is read of a text: the longest letters repeat themselves, and the time must stay bounded.
LONGEST: Final = 12_000

#: Who is in danger neither merely asks nor praises: quiet letters of farewell give thanks.
_IN_DANGER: Final = frozenset({"help", "complaint", "report"})
_HARDLY_SURE: Final = 0.5

READABLE: Final = frozenset({Script.CHINESE, Script.MIXED})


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the rules make of one readable text, each part with its totals and words."""

    reading: Reading
    sentences: Sentences
    script: Script
    kind: KindGuess
    topic: TopicGuess
    feeling: SentimentGuess
    urgent: UrgencyGuess
    ironic: bool

    @property
    def words(self) -> frozenset[str]:
        """The words of all tables that were found."""
        return self.kind.words | self.topic.words | self.feeling.words | self.urgent.words


class RulesUnderstanding:
    """Pure and thread-safe; the tables are read once, at the first message."""

    @property
    def model(self) -> str:
        return "rules-1"

    def read(self, text: str) -> Labels:
        """Return the labels of ``text``; nothing is scored where there is nothing that the rules can read."""
        opinion = opinion_of(text)
        return Labels(model=self.model) if opinion is None else _labels(opinion, self.model)


def opinion_of(text: str) -> Opinion | None:
    """Return what the rules make of ``text``; ``None`` when its script is not read here."""
    script = script_of(text)
    if script not in READABLE:
        return None
    reading = read(text[:LONGEST])  # what is asked stands at the beginning of the longest letters
    sentences = Sentences(reading.text)
    ironic = sentiment.is_ironic(reading.text)
    hits = _lexicons().hits(reading.text)
    kind = kinds.guess(reading, sentences, ironic, hits["kind"])
    topic = topics.guess(reading, sentences, hits["topic"])
    urgent = urgency.guess(reading, sentences, hits["urgent"])
    if urgent.urgent and (kind.kind not in _IN_DANGER or kind.confidence <= _HARDLY_SURE):
        kind = replace(kind, kind="help", confidence=_HARDLY_SURE)
    if kind.kind == "other" and topic.topic is None:
        topic = replace(topic, topic=topics.NOT_OURS, confidence=_HARDLY_SURE)
    feeling = sentiment.guess(reading, kind.kind, ironic, hits["sentiment"])
    return Opinion(reading, sentences, script, kind, topic, feeling, urgent, ironic)


def urgency_of(reading: Reading) -> UrgencyGuess:
    """Return what the rules make of the urgency of ``reading`` alone."""
    return urgency.guess(reading, Sentences(reading.text), _lexicons().hits(reading.text)["urgent"])


@cache
def _lexicons() -> Lexicons:
    return Lexicons(kind=kinds.words(), topic=topics.words(), sentiment=sentiment.words(), urgent=urgency.words())


def _labels(opinion: Opinion, model: str) -> Labels:
    kind, topic, feeling, urgent = opinion.kind, opinion.topic, opinion.feeling, opinion.urgent
    sure = topic.topic not in (None, topics.NOT_OURS) and topic.confidence >= AUTO_ROUTE
    return Labels(
        kind=kind.kind,
        topic=topic.topic,
        topic_2=topic.second,
        sentiment=feeling.sentiment,
        urgent=urgent.urgent,
        grade="now" if urgent.urgent else None,
        needs_person=not sure or opinion.script is Script.MIXED or kind.maybe_report or feeling.ironic,
        confidence={
            name: round(value, 3)
            for name, label, value in (
                ("kind", kind.kind, kind.confidence),
                ("topic", topic.topic, topic.confidence),
                ("sentiment", feeling.sentiment, feeling.confidence),
                ("urgent", urgent.urgent, urgent.confidence),
            )
            if label is not None
        },
        evidence={
            "kind": evidence(opinion.reading, kind.decided),
            "topic": evidence(opinion.reading, topic.decided),
            "sentiment": evidence(opinion.reading, feeling.decided),
            "urgent": evidence(opinion.reading, urgent.decided),
        },
        model=model,
    )
