"""Fitting a model: linear heads first, then their calibrated combination learned from texts the heads had not seen."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from handlers.understanding.learned.features import Floats
from handlers.understanding.learned.model import COLUMNS, HEADS, Combiner, Model
from handlers.understanding.learned.votes import EXTRAS, PARTS, VOTES
from handlers.understanding.training.examples import Example
from handlers.understanding.training.matrix import Sparse, matrix, prepare, vocabulary
from handlers.understanding.training.thresholds import choose

#: How many parts the examples are cut into, each scored by heads that learned from the others only.
_FOLDS: Final = 4
_STAGE_C: Final = 0.5
#: How freely the second stage may weigh its inputs, per head: the less, the better it bears another bureau's manner of
#: writing (kinds and feelings are told in many manners, topics by their words). Chosen on held-out writers.
_COMBINER_C: Final[Mapping[str, float]] = {
    "kind": 0.001,
    "topic": 0.005,
    "sentiment": 0.0005,
    "now": 0.02,
    "today": 0.02,
}
_READ: Final = ("kind", "topic", "sentiment")
#: What each second stage listens to, by the part of an input's name before the colon: what topics say of the kind holds
#: for the manner of one corpus only.
_HEARS: Final[Mapping[str, frozenset[str]]] = {
    "kind": frozenset({"kind", "sentiment", *EXTRAS, *(f"{part} kind" for part in PARTS)}),
    "topic": frozenset({*_READ, "now", *EXTRAS, *(f"{part} topic" for part in PARTS)}),
    "sentiment": frozenset({"kind", "sentiment", *EXTRAS}),
    "now": frozenset({*_READ, "now", *EXTRAS}),
    "today": frozenset({"today"}),  # the rules' votes and the other heads add nothing on writers held out
}
_RAREST: Final = 5.0
_SHARPNESS: Final = tuple(0.5 * 1.1**step for step in range(25))
#: Eighty-five in a hundred messages on public boards are no business of a civil affairs bureau, fewer in its own
#: account; the corpus holds about a third, because every field of ours must be learned too. Counted as six in ten: to
#: send on what is ours harms more than to look at what is not.
INBOX: Final[Mapping[str, Mapping[str, float]]] = {"topic": {"not_ours": 0.6}}
#: Rare classes of these heads (an accusation, a proposal, thanks) weigh more each, by this power of their rarity.
_RARE_WEIGH_MORE: Final[Mapping[str, float]] = {"kind": 0.5, "sentiment": 0.25}


def fit(examples: Sequence[Example], name: str) -> Model:
    """Return a model fitted to ``examples``. Same in, same out."""
    prepared = prepare(e.text for e in examples)
    ids, idf = vocabulary(prepared)
    features = matrix(prepared, ids, idf)
    weights, bias = fit_stage(features, examples)
    unseen = _unseen_scores(features, examples)
    inputs = np.hstack([unseen, prepared.votes])
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + np.float32(1e-6)
    inputs = (inputs - mean) / scale
    scores = _unseen_second_scores(inputs, examples)
    sharpness = {head: _sharpness(scores[head], examples, head) for head in HEADS}
    combiners = {head: _sharpened(_combine(inputs, examples, head), sharpness[head]) for head in HEADS}
    probabilities = {head: _probabilities(scores[head] * sharpness[head]) for head in HEADS}
    thresholds = choose(examples, probabilities, _shares(examples))
    return Model(name, ids, idf, weights, bias, mean, scale, combiners, thresholds)


def fit_stage(features: Sparse, examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """Return weights (``features × columns``) and biases of the linear heads."""
    weights = np.zeros((features.shape[1], len(COLUMNS)), dtype=np.float32)
    bias = np.full(len(COLUMNS), -1.0, dtype=np.float32)
    for place, column in enumerate(COLUMNS):
        head, _, code = column.partition(":")
        known = np.array([bool(e.label(head)) for e in examples])
        truth = np.array([_is(e, head, code) for e in examples])[known]
        if 0 < truth.sum() < truth.size:
            machine = _machine(truth).fit(features[known], truth)
            weights[:, place], bias[place] = machine.coef_[0], machine.intercept_[0]
    return weights, bias


def folds_of(examples: Sequence[Example]) -> NDArray[np.int64]:
    """Return the fold of every example: whole writers together where there are enough of them."""
    writers = sorted({e.writer for e in examples if e.writer})
    if len(writers) >= _FOLDS // 2:
        places = {writer: place % _FOLDS for place, writer in enumerate(writers)}
        return np.array([places.get(e.writer, _by_text(e)) for e in examples])
    return np.array([_by_text(e) for e in examples])


def _by_text(example: Example) -> int:
    return zlib.crc32(example.text.encode()) % _FOLDS


def _unseen_scores(features: Sparse, examples: Sequence[Example]) -> Floats:
    folds, scores = folds_of(examples), np.zeros((len(examples), len(COLUMNS)), dtype=np.float32)
    for fold in np.unique(folds):
        others = np.flatnonzero(folds != fold)
        weights, bias = fit_stage(features[others], [examples[int(i)] for i in others])
        scores[folds == fold] = features[folds == fold] @ weights + bias
    return scores


def _is(example: Example, head: str, code: str) -> bool:
    return example.label(head) == code or (head == "topic" and example.topic_2 == code)


def _machine(truth: NDArray[np.bool_]) -> Any:
    rarity = min(_RAREST, (truth.size - truth.sum()) / truth.sum()) ** 0.5
    return LinearSVC(C=_STAGE_C, class_weight={True: rarity, False: 1.0}, tol=1e-2, random_state=0)


def _unseen_second_scores(inputs: Floats, examples: Sequence[Example]) -> dict[str, Floats]:
    """Return scores by combiners that had not learned from the texts either: probabilities must be honest."""
    folds = folds_of(examples)
    scores = {head: np.zeros((len(examples), len(codes)), dtype=np.float32) for head, codes in HEADS.items()}
    for fold in np.unique(folds):
        others = np.flatnonzero(folds != fold)
        for head in HEADS:
            combiner = _combine(inputs[others], [examples[int(i)] for i in others], head)
            scores[head][folds == fold] = inputs[folds == fold] @ combiner.weights + combiner.bias
    return scores


def _sharpness(scores: Floats, examples: Sequence[Example], head: str) -> float:
    """Return by how much the scores must be stretched for their probabilities to come true (temperature scaling).

    A second stage that is kept from weighing freely says everything too timidly.
    """
    known = np.array([bool(e.label(head)) for e in examples])
    said = np.array([e.label(head) for e in examples])[known]
    truth, weights = np.array([HEADS[head].index(code) for code in said]), _inbox_weights(said, head)

    def surprise(sharpness: float) -> float:
        given = _probabilities(scores[known] * sharpness)[np.arange(truth.size), truth]
        return float(-(weights * np.log(given + 1e-9)).sum())

    return min(_SHARPNESS, key=surprise)


def _sharpened(combiner: Combiner, sharpness: float) -> Combiner:
    return Combiner(combiner.weights * np.float32(sharpness), combiner.bias * np.float32(sharpness))


def _probabilities(scores: Floats) -> Floats:
    powers: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _combine(inputs: Floats, examples: Sequence[Example], head: str) -> Combiner:
    known = np.array([bool(e.label(head)) for e in examples])
    truth = np.array([e.label(head) for e in examples])[known]
    machine = LogisticRegression(C=_COMBINER_C[head], max_iter=500)
    heard = np.flatnonzero([name.partition(":")[0] in _HEARS[head] for name in (*COLUMNS, *VOTES)])
    machine.fit(inputs[known][:, heard], truth, sample_weight=_inbox_weights(truth, head))
    codes = HEADS[head]
    weights = np.zeros((inputs.shape[1], len(codes)), dtype=np.float32)
    bias = np.full(len(codes), -20.0, dtype=np.float32)  # a class without an example is never chosen
    for row, code in enumerate(machine.classes_):
        place = codes.index(code)
        if len(machine.classes_) > 2:
            weights[heard, place], bias[place] = machine.coef_[row], machine.intercept_[row]
        else:
            sign = 0.5 if row else -0.5
            weights[heard, place], bias[place] = sign * machine.coef_[0], sign * machine.intercept_[0]
    return Combiner(weights, bias)


def _shares(examples: Sequence[Example]) -> Floats:
    return _inbox_weights(np.array([e.topic for e in examples]), "topic")


def _inbox_weights(truth: NDArray[Any], head: str) -> Floats:
    """Weigh the examples by their classes: rare ones more, and those named in :data:`INBOX` by their share there."""
    weights = np.ones(truth.size)
    for code in np.unique(truth):
        weights[truth == code] = (truth == code).mean() ** -_RARE_WEIGH_MORE.get(head, 0.0)
    weights /= weights.mean()
    for code, share in INBOX.get(head, {}).items():
        own = truth == code
        if 0 < own.sum() < truth.size:
            weights[own], weights[~own] = share / own.mean(), (1 - share) / (1 - own.mean())
    return weights
