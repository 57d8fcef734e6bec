"""Examples as a sparse matrix of features and a dense one of the rules' votes, in the numbers that reading uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from handlers.understanding.learned.features import BITS, Block, Floats, blocks_of
from handlers.understanding.learned.model import rows_by_id, values_of
from handlers.understanding.learned.votes import VOTES, votes_of
from handlers.understanding.rules import opinion_of

#: A feature of few texts tells those texts apart and no others: leaving it out reads real boards better, and faster.
_LEAST_TEXTS: Final = 8

Sparse = Any  # scipy.sparse.csr_matrix; scipy has no types


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Texts taken apart once: their blocks of features and their votes (``texts × votes``)."""

    blocks: tuple[tuple[Block, ...], ...]
    votes: Floats


def prepare(texts: Iterable[str]) -> Prepared:
    """Take ``texts`` apart; one that cannot be read has no features."""
    blocks, votes = [], []
    for text in texts:
        opinion = opinion_of(text)
        blocks.append(blocks_of(opinion.reading.text, opinion.words) if opinion else blocks_of("", ()))
        votes.append(votes_of(opinion) if opinion else np.zeros(len(VOTES), dtype=np.float32))
    return Prepared(tuple(blocks), np.array(votes, dtype=np.float32))


def vocabulary(prepared: Prepared) -> tuple[NDArray[np.uint32], Floats]:
    """Return the features that occur in enough texts, sorted, and how telling each is (inverse text frequency)."""
    texts = np.zeros(1 << BITS, dtype=np.int32)
    for blocks in prepared.blocks:
        texts[np.unique(np.concatenate([block.ids for block in blocks]))] += 1
    ids = np.flatnonzero(texts >= _LEAST_TEXTS).astype(np.uint32)
    idf = np.log((1 + len(prepared.blocks)) / (1 + texts[ids])) + 1
    return ids, idf.astype(np.float32)


def matrix(prepared: Prepared, ids: NDArray[np.uint32], idf: Floats) -> Sparse:
    """Return the values of the known features, ``texts × features``."""
    rows = rows_by_id(ids)
    found = [values_of(blocks, idf, rows) for blocks in prepared.blocks]
    return _csr([(part.rows, part.values) for part in found], ids.size)


def _csr(found: Sequence[tuple[NDArray[np.int32], Floats]], width: int) -> Sparse:
    ends = np.cumsum([0, *(row.size for row, _ in found)])
    columns = np.concatenate([row for row, _ in found])
    values = np.concatenate([value for _, value in found])
    matrix = sparse.csr_matrix((values, columns, ends), shape=(len(found), width))
    matrix.sum_duplicates()
    return matrix
