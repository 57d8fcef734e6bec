"""SnowNLP beside ours on the same texts: its sentiment, on a stated sample, because it is slow."""

from __future__ import annotations

import random
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from handlers.understanding.evaluation.evaluate import Scores, measured
from handlers.understanding.evaluation.intervals import SEED
from handlers.understanding.labels import Labels
from handlers.understanding.snownlp_baseline import SnowNlpBaseline
from handlers.understanding.training.examples import Example

#: Read at most so many unless told otherwise: about ten seconds with its loading.
SAMPLE: Final = 500


@dataclass(frozen=True, slots=True)
class BesideSnowNlp:
    """Sentiment of both on the same ``n`` texts, drawn from ``of`` labelled ones; ``seconds`` SnowNLP took to read."""

    n: int
    of: int
    snownlp: Scores
    ours: Scores
    seconds: float


def beside_snownlp(examples: Sequence[Example], read: Sequence[Labels], sample: int = SAMPLE) -> BesideSnowNlp | None:
    """Let SnowNLP read the texts whose sentiment is labelled (a seeded sample of them); ``None`` where none is.

    Loads SnowNLP (about 2.5 s and 440 MB) and reads some sixty messages a second.
    """
    known = [place for place, example in enumerate(examples) if example.sentiment]
    if not known or sample < 1:
        return None
    drawn = sorted(random.Random(SEED).sample(known, sample)) if len(known) > sample else known  # noqa: S311
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own
        baseline = SnowNlpBaseline()
        baseline.read("你好")  # loading is not reading
        begun = time.perf_counter()
        theirs = [(examples[place].sentiment, baseline.read(examples[place].text).sentiment or "") for place in drawn]
        seconds = time.perf_counter() - begun
    ours = [(examples[place].sentiment, read[place].sentiment or "") for place in drawn]
    return BesideSnowNlp(len(drawn), len(known), measured(theirs), measured(ours), seconds)
