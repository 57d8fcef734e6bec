"""Measuring the matching: ``python -m handlers.guides.measure FILE.jsonl``, rows {"id", "text", "guide": code or null}.

The guides are those that ship, the labels those of the understanding that runs by default, as in the intake;
``--text-only`` leaves the labels out. Printed are counts, never shares alone, and every question that went wrong.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handlers.guides.load import sample_guides
from handlers.guides.match import Match, Matcher
from handlers.understanding.factory import build
from handlers.understanding.labels import Understanding


@dataclass(slots=True)
class Measured:
    """Counts: ``right`` of ``sent`` (precision), ``right`` of ``answerable`` (recall), over ``asked`` questions."""

    asked: int = 0
    answerable: int = 0
    sent: int = 0
    right: int = 0
    wrong: list[tuple[Mapping[str, Any], Match]] = field(default_factory=list)
    missed: list[tuple[Mapping[str, Any], Match]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of guides sent that were the right ones (1 where none was sent)."""
        return self.right / self.sent if self.sent else 1.0

    @property
    def recall(self) -> float:
        """The share of answerable questions that got their guide."""
        return self.right / self.answerable if self.answerable else 1.0


def measure(rows: Iterable[Mapping[str, Any]], matcher: Matcher, understanding: Understanding | None) -> Measured:
    """Return the counts over labelled questions; ``understanding`` gives the labels, ``None`` leaves them out."""
    found = Measured()
    for row in rows:
        text = str(row["text"])
        match = matcher.match(text, understanding.read(text) if understanding else None)
        code = match.guide.code if match.guide else None
        found.asked += 1
        found.answerable += row["guide"] is not None
        found.sent += code is not None
        if code is not None and code == row["guide"]:
            found.right += 1
        elif code is not None:
            found.wrong.append((row, match))
        elif row["guide"] is not None:
            found.missed.append((row, match))
    return found


def told(found: Measured) -> str:
    """Return the figures in lines."""
    unanswerable = found.asked - found.answerable
    lines = [
        f"questions {found.asked}: {found.answerable} answerable, {unanswerable} not",
        f"precision {found.precision:.3f} ({found.right} of {found.sent} sent)",
        f"recall    {found.recall:.3f} ({found.right} of {found.answerable} answerable)",
    ]
    for title, rows in (("WRONG", found.wrong), ("missed", found.missed)):
        for row, match in rows:
            sent = match.guide.code if match.guide else f"({match.why} {match.confidence:.2f})"
            lines.append(f"{title} {row.get('id')} wanted {row['guide']} got {sent}: {row['text']}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Print the figures of each file."""
    files = [argument for argument in arguments if not argument.startswith("--")]
    understanding = None if "--text-only" in arguments else build("rules")
    matcher = Matcher(sample_guides())
    for file in files:
        rows = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines() if line.strip()]
        sys.stdout.write(f"{file}\n{told(measure(rows, matcher, understanding))}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
