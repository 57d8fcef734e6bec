"""How alike two texts are: cosine over character unigrams and bigrams, rare ones weighing more."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from handlers.guides.lexicon import is_word

#: Weights by gram, and the length of the whole.
Vector = tuple[dict[str, float], float]


class Likeness:
    """Weighs grams by how many of ``texts`` have them; a gram that none has weighs as much as the rarest."""

    def __init__(self, texts: Iterable[str]) -> None:
        found = [grams(text) for text in texts]
        seen = Counter(gram for text in found for gram in text)
        self._weights = {gram: math.log(1 + len(found) / count) for gram, count in seen.items()}
        self._rarest = max(self._weights.values(), default=1.0)

    def vector(self, text: str) -> Vector:
        """Return the text as a vector."""
        weights = {gram: self._weights.get(gram, self._rarest) for gram in grams(text)}
        return weights, math.sqrt(sum(value * value for value in weights.values()))

    def nearest(self, vector: Vector, examples: Iterable[Vector]) -> float:
        """Return the cosine with the most alike of ``examples`` (0 to 1)."""
        own, norm = vector
        best = 0.0
        for example, length in examples if norm else ():
            small, large = (own, example) if len(own) < len(example) else (example, own)
            best = max(best, sum(value * large.get(gram, 0.0) for gram, value in small.items()) / (length * norm))
        return best


def grams(text: str) -> set[str]:
    """Return every character that is no punctuation, and every two that stand side by side without it."""
    plain = "".join(character for character in text if is_word(character))
    return {*plain, *(plain[i : i + 2] for i in range(len(plain) - 1))}
