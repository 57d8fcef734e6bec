"""The learned understanding: what the heads say, held back wherever the text gives reason for doubt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.understanding.labels import Evidence, Labels
from handlers.understanding.learned.features import Floats
from handlers.understanding.learned.model import HEADS, Model
from handlers.understanding.learned.scoring import Scorer, Scores
from handlers.understanding.learned.second import second_topic
from handlers.understanding.rules import Opinion, opinion_of
from handlers.understanding.script import Script
from handlers.understanding.weighing import evidence

#: With fewer known features, or fewer different characters at its beginning, a text says too little.
_TOO_LITTLE: Final = 14
_TOO_ALIKE: Final = 6
_BEGINNINGS: Final = (30, 200)
_HARDLY_SURE: Final = 0.5
_ALL_BUT_SURELY_NOT: Final = 0.03
_UNSURE: Final = 0.4
_SUGGESTED: Final = 3
_WORTH_SUGGESTING: Final = 0.05
_SAID: Final = ("kind", "topic", "sentiment")
_REPORT: Final = HEADS["kind"].index("report")


class LearnedUnderstanding:
    """Reads with one :class:`Model`; pure and thread-safe."""

    def __init__(self, model: Model) -> None:
        self._scorer = Scorer(model)
        self._thresholds = model.thresholds

    @property
    def model(self) -> str:
        return self._scorer.model.name

    def read(self, text: str) -> Labels:
        """Return the labels of ``text``; nothing is scored where there is nothing that can be read."""
        opinion = opinion_of(text)
        if opinion is None:
            return Labels(model=self.model)
        return self._decide(opinion, self._scorer.score(opinion))

    def _decide(self, opinion: Opinion, scores: Scores) -> Labels:
        places = {head: int(p.argmax()) for head, p in scores.probabilities.items()}
        best = {head: HEADS[head][place] for head, place in places.items()}
        sure = {head: float(scores.probabilities[head][place]) for head, place in places.items() if head in _SAID}
        if scores.found.rows.size < _TOO_LITTLE or _is_too_alike(opinion.reading.text):
            sure = {head: min(value, _HARDLY_SURE) for head, value in sure.items()}
        grade, sure["urgent"] = self._grade(opinion, scores)
        if opinion.feeling.ironic:
            best["sentiment"], sure["sentiment"] = "negative", _UNSURE
        return Labels(
            kind=best["kind"],
            topic=best["topic"],
            topic_2=second_topic(self._scorer, opinion.reading.text, scores),
            sentiment=best["sentiment"],
            urgent=grade is not None,
            grade=grade,
            needs_person=self._needs_person(opinion, scores, sure["topic"]),
            confidence={head: round(value, 3) for head, value in sure.items()},
            evidence=self._evidence(opinion, scores, best, grade),
            suggested=_suggested(scores.probabilities["topic"]),
            model=self.model,
        )

    def _grade(self, opinion: Opinion, scores: Scores) -> tuple[str | None, float]:
        """Words of farewell or self-harm call a person whatever the heads make of the rest of the text.

        Other grave words do unless the heads are all but certain: a call in vain is the smaller harm.
        """
        now, today = (float(scores.probabilities[head][1]) for head in ("now", "today"))
        if "self_harm" in opinion.urgent.grave:
            return "now", max(now, opinion.urgent.confidence)
        if now >= (_ALL_BUT_SURELY_NOT if opinion.urgent.grave else self._thresholds.now):
            return "now", max(now, _HARDLY_SURE)
        if today >= self._thresholds.today:
            return "today", max(today, _HARDLY_SURE)
        return None, 1 - max(now, today)

    def _needs_person(self, opinion: Opinion, scores: Scores, sure: float) -> bool:
        report = float(scores.probabilities["kind"][_REPORT])
        return (
            sure < self._thresholds.route
            or report >= self._thresholds.report
            or opinion.script is Script.MIXED
            or opinion.feeling.ironic
        )

    def _evidence(
        self, opinion: Opinion, scores: Scores, best: Mapping[str, str], grade: str | None
    ) -> dict[str, tuple[Evidence, ...]]:
        """The words of the rules where they agree (whole words, easily read), else what weighed most in the heads."""
        decided = {
            "kind": opinion.kind.decided if opinion.kind.kind == best["kind"] else (),
            "topic": opinion.topic.decided if opinion.topic.topic == best["topic"] else (),
            "sentiment": opinion.feeling.decided if opinion.feeling.sentiment == best["sentiment"] else (),
            "urgent": opinion.urgent.decided if grade else (),
        }
        agreed = {head: evidence(opinion.reading, words) for head, words in decided.items()}
        columns = {head: f"{head}:{best[head]}" for head in _SAID} | ({"urgent": f"{grade}:1"} if grade else {})
        said = {label: column for label, column in columns.items() if not agreed[label]}
        return agreed | self._scorer.evidence(scores, opinion.reading, said)


def _is_too_alike(text: str) -> bool:
    """Whether a text begins with few different characters; nearly always its first line says that it does not."""
    return all(len(set(text[:length])) < _TOO_ALIKE for length in _BEGINNINGS)


def _suggested(probabilities: Floats) -> tuple[tuple[str, float], ...]:
    """The likeliest topics, for a person to choose from."""
    both = zip(probabilities.tolist(), HEADS["topic"], strict=True)
    worth = sorted(((p, code) for p, code in both if p >= _WORTH_SUGGESTING), reverse=True)
    return tuple((code, round(p, 3)) for p, code in worth[:_SUGGESTED])
