"""The sentiment: feeling towards the matter or an agency, with negation and irony taken into account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from handlers.understanding.lexicon import Hit, Word, strongest, table, words_of
from handlers.understanding.normalise import Reading
from handlers.understanding.weighing import LEVELS, Scores, certainty

#: Read just before a word: it is not felt, or the opposite is. Longer windows would catch the clause before.
_NOT: Final = re.compile(
    r"(?:不是|并非|并不|并没有|没有|从不|毫不|绝不|谈不上|算不上|不太|不够|不|没|未|无|别)(?:很|太|那么|什么|觉得|感到|对[^,.。!?]{1,4})?$"
)
#: Praise in quotation marks, mock admiration: the words say one thing, the writer another.
_IRONY: Final = re.compile(
    r"['‘’\"“”「](?:好|热情|耐心|高效|周到|满意|为民|优质|负责|贴心|敬业|人性化|便民|专业|快|服务|人民公仆)[^'‘’\"“”」]{0,3}['‘’\"“”」]|"
    r"可真是|真是好啊|真好意思|好意思|呵呵|真行啊|好一个|好得很呐|厉害了|可真[会行好够]|真够|谢谢你们全家|真是谢谢|太会|辛苦你们踢|真有本事|佩服"
)

#: What the kind says of the feeling before a single word is weighed.
_BY_KIND: Final = {
    "complaint": ("negative", 2.5),
    "report": ("negative", 2.5),
    "help": ("negative", 0.5),
    "consultation": ("neutral", 1.5),
    "suggestion": ("neutral", 2.0),
    "praise": ("positive", 3.0),
    "other": ("neutral", 3.0),
}
_UNSURE: Final = 0.4


@dataclass(frozen=True, slots=True)
class SentimentGuess:
    """The sentiment, how sure, and what decided; ``ironic`` tells that praise is not to be believed."""

    sentiment: str
    confidence: float
    decided: Sequence[tuple[Hit, float]] = ()
    ironic: bool = False
    totals: Mapping[str, float] = field(default_factory=dict)
    words: frozenset[str] = frozenset()


def is_ironic(text: str) -> bool:
    """Tell whether the normalised ``text`` carries a mark of irony."""
    return _IRONY.search(text) is not None


def guess(reading: Reading, kind: str | None, ironic: bool, hits: Iterable[Hit]) -> SentimentGuess:
    """Return the feeling of ``reading``, whose ``kind`` was found before."""
    scores = _weigh(reading.text, hits)
    if ironic and scores.totals["positive"] >= scores.totals["negative"] * 0.5:
        found = scores.found["positive"] + scores.found["negative"]
        return SentimentGuess("negative", _UNSURE, found, True, scores.totals, scores.words())
    label, prior = _BY_KIND.get(kind or "", ("neutral", 0.5))
    scores.totals[label] += prior
    scores.totals["neutral"] += 0.5  # most sentences of most letters tell, ask or explain
    (best, total), *others = scores.ranked()
    confidence = certainty(total, sum(weight for _, weight in others), 0.5)
    return SentimentGuess(best, confidence, scores.found[best], False, scores.totals, scores.words())


def _weigh(text: str, hits: Iterable[Hit]) -> Scores:
    scores = Scores()
    for hit in hits:
        label, weight = hit.word.label, hit.word.weight
        if label != "neutral" and _NOT.search(text, max(0, hit.start - 7), hit.start):
            # "不满意" stands in the table itself; what is negated here is at most faintly its opposite.
            label, weight = ("positive", weight * 0.2) if label == "negative" else ("negative", weight * 0.7)
        scores.add(label, hit, weight)
    return scores


def words() -> Iterable[Word]:
    """Return the words that tell feelings."""
    return strongest(word for label, levels in table("sentiment").items() for word in words_of(label, levels, LEVELS))
