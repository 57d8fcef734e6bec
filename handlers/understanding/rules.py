"""The first understanding: transparent rules over tables of words, every decision with the words that made it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from handlers.understanding import kinds, sentiment, topics, urgency
from handlers.understanding.labels import Labels
from handlers.understanding.normalise import read
from handlers.understanding.script import Script, script_of
from handlers.understanding.sentences import Sentences

#: From this confidence on a topic is routed without a person.
AUTO_ROUTE: Final = 0.7
#: What is read of a text: the longest letters repeat themselves, and the time must stay bounded.
LONGEST: Final = 12_000

#: Who is in danger neither merely asks nor praises: quiet letters of farewell give thanks.
_IN_DANGER: Final = frozenset({"help", "complaint", "report"})
_HARDLY_SURE: Final = 0.5

_READABLE: Final = frozenset({Script.CHINESE, Script.MIXED})


class RulesUnderstanding:
    """Pure and thread-safe; the tables are read once, at the first message."""

    @property
    def model(self) -> str:
        return "rules-1"

    def read(self, text: str) -> Labels:
        """Return the labels of ``text``; nothing is scored where there is nothing that the rules can read."""
        script = script_of(text)
        if script not in _READABLE:
            return Labels(model=self.model)
        reading = read(_shortened(text))
        sentences = Sentences(reading.text)
        ironic = sentiment.is_ironic(reading.text)
        kind = kinds.guess(reading, sentences, ironic)
        topic = topics.guess(reading, sentences)
        urgent = urgency.guess(reading, sentences)
        if urgent.urgent and (kind.kind not in _IN_DANGER or kind.confidence <= _HARDLY_SURE):
            kind = replace(kind, kind="help", confidence=_HARDLY_SURE)
        if kind.kind == "other" and topic.topic is None:
            topic = replace(topic, topic=topics.NOT_OURS, confidence=_HARDLY_SURE)
        feeling = sentiment.guess(reading, kind.kind, ironic)
        sure = topic.topic not in (None, topics.NOT_OURS) and topic.confidence >= AUTO_ROUTE
        return Labels(
            kind=kind.kind,
            topic=topic.topic,
            topic_2=topic.second,
            sentiment=feeling.sentiment,
            urgent=urgent.urgent,
            needs_person=not sure or script is Script.MIXED or kind.maybe_report or feeling.ironic,
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
                "kind": kind.evidence,
                "topic": topic.evidence,
                "sentiment": feeling.evidence,
                "urgent": urgent.evidence,
            },
            model=self.model,
        )


def _shortened(text: str) -> str:
    """Return the text up to the bound; what is asked stands at the beginning of the longest letters."""
    return text if len(text) <= LONGEST else text[:LONGEST]
