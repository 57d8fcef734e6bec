"""How far the corpus's writers and its second reader agree: ``python -m handlers.understanding.training.agreement``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from handlers.understanding.training.examples import corpus_rows
from handlers.understanding.training.measure import LABELS

Pairs = Sequence[tuple[str, str]]


def agreement(rows: Iterable[Mapping[str, Any]]) -> dict[str, Pairs]:
    """Return per label what writer and second reader said of every message, each without knowing of the other."""
    listed = list(rows)
    return {label: [_said(row, label) for row in listed] for label in LABELS}


def kappa(pairs: Pairs) -> float:
    """Return Cohen's kappa: agreement beyond what chance alone would bring (1 = always)."""
    n = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[code] * second[code] for code in first) / n**2
    return (share_agreed(pairs) - chance) / (1 - chance)


def share_agreed(pairs: Pairs) -> float:
    """Return the share on which both agree."""
    return sum(a == b for a, b in pairs) / len(pairs)


def _said(row: Mapping[str, Any], label: str) -> tuple[str, str]:
    writer = row.get("writer_said", {}).get(label, row[label])
    return str(writer), str(row.get("reader_said", {}).get(label, writer))


def main() -> None:
    """Print a line per label."""
    for label, pairs in agreement(row for _, row in corpus_rows()).items():
        sys.stdout.write(
            f"{label}: {len(pairs)} messages, agreed {share_agreed(pairs):.3f}, kappa {kappa(pairs):.3f}\n"
        )


if __name__ == "__main__":
    main()
