"""The learned model: linear heads over hashed features, joined with the rules' votes into calibrated probabilities."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from handlers.errors import ModelFault
from handlers.taxonomy import KINDS, SENTIMENTS, TOPICS
from handlers.understanding.learned.features import BITS, BLOCKS, Block, Floats
from handlers.understanding.learned.votes import VOTES

#: The heads and their classes, in the order of every array.
HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": tuple(KINDS),
    "topic": tuple(TOPICS),
    "sentiment": tuple(SENTIMENTS),
    "now": ("0", "1"),  # urgent in the grade that calls a person at once
    "today": ("0", "1"),  # in the grade that somebody should look at the same day, of what is not "now"
}

#: One column of the first stage per class; of two classes one tells both.
COLUMNS: Final = tuple(
    f"{head}:{code}" for head, codes in HEADS.items() for code in (codes if len(codes) > 2 else codes[1:])
)

#: How much each part of a text weighs, as the length of its vector.
BLOCK_WEIGHTS: Final[Mapping[str, float]] = {"whole": 1.0, "opening": 0.4, "closing": 0.4, "words": 0.7}

_FORMAT: Final = 1
_MATRICES: Final = ("ids", "idf", "weights", "bias", "mean", "scale")


@dataclass(frozen=True, slots=True)
class Combiner:
    """The second stage of one head: class scores from all first-stage scores and votes (``inputs × classes``)."""

    weights: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a decision stands; chosen from data (``training.thresholds``)."""

    route: float = 0.9  # a topic is routed without a person
    now: float = 0.5
    today: float = 0.5
    report: float = 0.3  # from here on a person decides whether it is an accusation


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """All that reading needs. ``ids`` are the feature numbers known, sorted; ``idf`` and ``weights`` follow them."""

    name: str
    ids: NDArray[np.uint32]
    idf: Floats
    weights: Floats
    bias: Floats
    mean: Floats
    scale: Floats
    combiners: Mapping[str, Combiner]
    thresholds: Thresholds
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """The features of a text that a model knows: their places among all features, their rows and their values."""

    places: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: Floats


def values_of(blocks: tuple[Block, ...], idf: Floats, rows: NDArray[np.int32]) -> Found:
    """Return what a model knows of a text, with values by inverse text frequency, each block of unit length.

    ``rows`` maps a feature's number to its row, -1 where the model does not know it.
    """
    row = rows.take(np.concatenate([block.ids for block in blocks]))
    places = (row >= 0).nonzero()[0]
    row = row.take(places)
    values = idf.take(row)
    start = last = 0
    for name, block in zip(BLOCKS, blocks, strict=True):
        if block.ids.size:
            last += block.ids.size
            end = int(places.searchsorted(last))
            part = values[start:end]
            part *= BLOCK_WEIGHTS[name] / np.sqrt(part @ part) if part.size else 1
            start = end
    return Found(places, row, values)


def rows_by_id(ids: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return the table from a feature's number to its row; -1 where there is none."""
    rows = np.full(1 << BITS, -1, dtype=np.int32)
    rows[ids] = np.arange(ids.size, dtype=np.int32)
    return rows


def dump(model: Model) -> bytes:
    """Return ``model`` as plain arrays and JSON in one compressed archive (no pickle)."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(model, name) for name in _MATRICES}
    arrays["weights"] = model.weights.astype(np.float16)  # half the size; the loss is far below the second decimal
    for head, combiner in model.combiners.items():
        arrays[f"{head}_weights"], arrays[f"{head}_bias"] = combiner.weights, combiner.bias
    said = {
        "format": _FORMAT,
        "name": model.name,
        "heads": {head: list(codes) for head, codes in HEADS.items()},
        "votes": list(VOTES),
        "thresholds": {name: getattr(model.thresholds, name) for name in Thresholds.__slots__},
        "about": dict(model.about),
    }
    arrays["said"] = np.frombuffer(json.dumps(said, ensure_ascii=False).encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def load(packed: bytes) -> Model:
    """Return the model in ``packed``; raises :class:`ModelFault` when it is damaged or made for other labels."""
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            kept = {name: arrays[name] for name in arrays.files}
        said = json.loads(kept["said"].tobytes())
        if said["format"] != _FORMAT or said["votes"] != list(VOTES) or not _same_heads(said["heads"]):
            raise ModelFault("it was made for other labels or tables of words than this version has")
        model = Model(
            name=said["name"],
            ids=kept["ids"],
            **{name: kept[name].astype(np.float32) for name in _MATRICES if name != "ids"},
            combiners={head: Combiner(kept[f"{head}_weights"], kept[f"{head}_bias"]) for head in HEADS},
            thresholds=Thresholds(**said["thresholds"]),
            about=said["about"],
        )
    except (KeyError, TypeError, ValueError, OSError, EOFError, BadZipFile, zlib.error) as error:
        raise ModelFault(f"it cannot be read ({type(error).__name__})") from error
    if not _fits(model):
        raise ModelFault("its arrays do not fit one another")
    return model


def _fits(model: Model) -> bool:
    """Whether the arrays fit one another and this version's columns and votes."""
    rows, columns, inputs = model.ids.size, len(COLUMNS), len(COLUMNS) + len(VOTES)
    shapes = [(model.idf, (rows,)), (model.weights, (rows, columns)), (model.bias, (columns,))]
    shapes += [(model.mean, (inputs,)), (model.scale, (inputs,))]
    for head, codes in HEADS.items():
        combiner = model.combiners[head]
        shapes += [(combiner.weights, (inputs, len(codes))), (combiner.bias, (len(codes),))]
    in_table = rows > 0 and int(model.ids.max()) < 1 << BITS
    return in_table and all(array.shape == shape for array, shape in shapes)


def _same_heads(heads: Mapping[str, list[str]]) -> bool:
    return {head: tuple(codes) for head, codes in heads.items()} == dict(HEADS)
