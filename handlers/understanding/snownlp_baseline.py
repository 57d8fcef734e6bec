"""SnowNLP as a baseline to compare with: its sentiment in place of ours, all other labels from the rules.

Importing it costs about 2.5 s and 440 MB, so that happens at the first message. It was trained on shop reviews:
it takes a plain question about 低保 for strongly negative. It is here to be measured against, not to be relied upon.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from handlers.understanding.labels import Labels
from handlers.understanding.rules import RulesUnderstanding
from handlers.understanding.script import Script, script_of

_NEGATIVE_BELOW: Final = 1 / 3
_POSITIVE_FROM: Final = 2 / 3
#: Its time grows with the text; the beginning says enough for a feeling.
_LONGEST: Final = 2_000


class SnowNlpBaseline:
    """The rules with SnowNLP's sentiment."""

    def __init__(self) -> None:
        self._rules = RulesUnderstanding()

    @property
    def model(self) -> str:
        return "snownlp-0.12+rules-1"

    def read(self, text: str) -> Labels:
        """Return the labels of ``text``; SnowNLP offers no words as evidence for its score."""
        labels = replace(self._rules.read(text), model=self.model)
        if script_of(text) not in (Script.CHINESE, Script.MIXED):
            return labels
        score = _score(text[:_LONGEST])
        sentiment = "negative" if score < _NEGATIVE_BELOW else "positive" if score >= _POSITIVE_FROM else "neutral"
        return replace(
            labels,
            sentiment=sentiment,
            confidence={**labels.confidence, "sentiment": round(max(score, 1 - score), 3)},
            evidence={**labels.evidence, "sentiment": ()},
        )


def _score(text: str) -> float:
    """Return SnowNLP's share of the positive, 0–1; an empty text, on which it raises, is 0.5."""
    if not text.strip():
        return 0.5
    from snownlp import SnowNLP  # see the module's docstring: too dear for import time

    return float(SnowNLP(text).sentiments)
