"""Making the heads: ``python -m handlers.writing.learned.training``; ``--across`` prints what carries to new writers.

Across writers: heads made from the specimens and the replies of the other writers are tried on each set; printed are
the faulty replies whose highest score is above that of all sound ones but 0, 1, 2, 3 and 5.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from handlers.understanding.learned.features import BITS
from handlers.writing.learned.heads import HEADS, WEIGHTS, Heads, dump, load
from handlers.writing.learned.units import features, units
from handlers.writing.lexicon import plain

#: The sets of replies, each by another writer.
SETS: Final = ("first", "second", "makers")
#: The fault of a whole reply that each head looks for.
FAULTS: Final = {"cold": "cold", "hollow": "evasive"}
_C: Final = 10.0
#: Rarer n-grams tell single sentences apart and no others.
_LEAST_UNITS: Final = 2
_ALARMS: Final = (0, 1, 2, 3, 5)

Row = Mapping[str, Any]
Example = tuple[str, str]  # the words and the head they belong to ("" = none)


def rows_of(name: str) -> list[Row]:
    """Return the lines of one file of the corpus."""
    text = files("handlers.writing").joinpath("corpus", f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def examples(sets: Sequence[str]) -> Iterator[Example]:
    """Yield the specimens, the faulty words of the sets, and every unit of their replies without such a fault."""
    for row in rows_of("specimens"):
        words, kind = plain(row["words"]), str(row["kind"])
        yield words, kind
        if kind not in HEADS:
            yield from ((unit.text, "") for unit in units(words))
    heads = {fault: head for head, fault in FAULTS.items()}
    for name in sets:
        for row in rows_of(name):
            head = heads.get(row["fault"] or "", "")
            if not head:
                yield from ((unit.text, "") for unit in units(plain(row["reply"])))
            elif row["where"]:
                yield plain(row["where"]), head


def fit(sets: Sequence[str]) -> bytes:
    """Return heads made from the specimens and ``sets``. Same in, same out."""
    words, kinds = zip(*sorted(set(examples(sets))), strict=True)
    found = [features(one) for one in words]
    ids = _known(found)
    matrix = _matrix(found, ids)
    weights, bias = np.zeros((ids.size, len(HEADS)), dtype=np.float32), np.zeros(len(HEADS), dtype=np.float32)
    for place, head in enumerate(HEADS):
        truth = np.array([kind == head for kind in kinds])
        machine = LogisticRegression(C=_C, class_weight="balanced", solver="liblinear", tol=1e-3, random_state=0).fit(
            matrix, truth
        )
        weights[:, place], bias[place] = machine.coef_[0], machine.intercept_[0]
    return dump(ids, weights, bias)


def _known(found: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    times = np.bincount(np.concatenate(found), minlength=1 << BITS)
    return np.flatnonzero(times >= _LEAST_UNITS).astype(np.uint32)


def _matrix(found: Sequence[NDArray[np.uint32]], ids: NDArray[np.uint32]) -> Any:
    kept = [np.searchsorted(ids, one[np.isin(one, ids)]) for one in found]
    values = np.concatenate(
        [np.full(one.size, 1 / np.sqrt(max(1, whole.size))) for one, whole in zip(kept, found, strict=True)]
    )
    ends = np.cumsum([0, *(one.size for one in kept)])
    return sparse.csr_matrix((values, np.concatenate(kept), ends), shape=(len(found), ids.size))


def across(tried: str) -> Iterator[str]:
    """Yield the lines that tell what heads made without one set reach on it."""
    heads = load(fit([name for name in SETS if name != tried]))
    for head, fault in FAULTS.items():
        sound = sorted((_highest(heads, head, row) for row in rows_of(tried) if not row["fault"]), reverse=True)
        faulty = [_highest(heads, head, row) for row in rows_of(tried) if row["fault"] == fault]
        reached = ", ".join(f"{alarms}: {sum(one > sound[alarms] for one in faulty)}" for alarms in _ALARMS)
        bars = ", ".join(f"{one:.1f}" for one in sound[: max(_ALARMS) + 1])
        yield f"{tried} {head}: of {len(faulty)}, by false alarms {reached}; highest of sound replies {bars}"


def _highest(heads: Heads, head: str, row: Row) -> float:
    place = HEADS.index(head)
    return max(float(heads.score(unit.text)[place]) for unit in units(plain(row["reply"])))


def main(arguments: Sequence[str]) -> None:
    """Write the weights, or print what carries across writers."""
    if "--across" in arguments:
        for name in ("first", "second"):
            sys.stdout.writelines(f"{line}\n" for line in across(name))
        return
    Path(__file__).with_name(WEIGHTS).write_bytes(fit(SETS))


if __name__ == "__main__":
    main(sys.argv[1:])
