"""Measuring the reply check: ``python -m handlers.writing.measure FILE.jsonl``.

Rows: {"id", "message", "reply", "context": {"citizen_name", "gender", "kind", "topic", "issued_on", "legal_due",
"section", "phones"}, "fault": null or a kind, "where": the faulty words or ""}. Printed are counts by kind: planted
faults found (recall) and found at the place; findings on sound replies, and of other kinds on faulty ones.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from handlers.writing.check import check
from handlers.writing.finding import KINDS, Context, Finding

Row = Mapping[str, Any]


@dataclass(slots=True)
class Measured:
    """Counts over labelled replies; ``other`` are findings of another kind than the fault that was planted."""

    sound: int = 0
    alarmed: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def context_of(row: Row) -> Context:
    """Return what a row says of its case."""
    given, message = row.get("context") or {}, str(row.get("message", ""))
    gender = str(given.get("gender") or "").lower()
    return Context(
        issued_on=date.fromisoformat(str(given["issued_on"])[:10]),
        message=message,
        citizen_name=str(given.get("citizen_name") or ""),
        gender={"男": "male", "m": "male", "先生": "male", "女": "female", "f": "female", "女士": "female"}.get(
            gender, gender
        ),
        kind=str(given.get("kind") or ""),
        topic=str(given.get("topic") or ""),
        legal_due=date.fromisoformat(str(given["legal_due"])[:10]) if given.get("legal_due") else None,
        section=str(given.get("section") or ""),
        phones=tuple(given.get("phones") or ()),
    )


def measure(rows: Iterable[Row]) -> Measured:
    """Return the counts over labelled replies."""
    told = Measured()
    check("", Context(date.min))  # the words are compiled once, by whoever comes first
    for row in rows:
        reply, context = str(row["reply"]), context_of(row)
        begun = time.perf_counter()
        findings = check(reply, context)
        told.seconds.append(time.perf_counter() - begun)
        _count(told, row, findings)
    return told


def _count(told: Measured, row: Row, findings: Sequence[Finding]) -> None:
    reply, fault, kinds = str(row["reply"]), row.get("fault"), {finding.kind for finding in findings}
    if fault is None:
        told.sound += 1
        told.alarmed += bool(kinds)
        told.false.update(kinds)
        told.lines += [f"FALSE {row.get('id')} {f.kind}/{f.about} “{f.words}” {f.advice}" for f in findings]
        return
    told.planted[fault] += 1
    told.other.update(kinds - {fault})
    told.lines += [
        f"beside {row.get('id')} ({fault}) {f.kind}/{f.about} “{f.words}”" for f in findings if f.kind != fault
    ]
    mine = [finding for finding in findings if finding.kind == fault]
    if not mine:
        told.lines.append(f"MISSED {row.get('id')} {fault} “{row.get('where', '')}”")
        return
    told.found[fault] += 1
    where = str(row.get("where") or "")
    place = reply.find(where)
    told.placed[fault] += not where or any(f.start < place + len(where) and place < f.end for f in mine)


def printed(told: Measured, *, detail: bool = False) -> str:
    """Return the figures in lines."""
    head = (
        f"{'kind':<14}{'planted':>8}{'found':>7}{'placed':>8}{'false alarms on sound':>23}{'beside another fault':>22}"
    )
    lines = [head]
    for kind in KINDS:
        n = told.planted[kind]
        lines.append(
            f"{kind:<14}{n:>8}{told.found[kind]:>7}{told.placed[kind]:>8}{told.false[kind]:>23}{told.other[kind]:>22}"
        )
    planted, found = sum(told.planted.values()), sum(told.found.values())
    slow = sorted(told.seconds)
    lines += [
        f"recall {found} of {planted} planted faults",
        f"sound replies with any finding: {told.alarmed} of {told.sound} ({sum(told.false.values())} kinds)",
        f"time per reply: median {slow[len(slow) // 2] * 1000:.2f} ms, slowest {slow[-1] * 1000:.2f} ms"
        if slow
        else "",
    ]
    return "\n".join(lines + (told.lines if detail else []))


def main(arguments: Sequence[str]) -> None:
    """Print the figures of each file; ``--detail`` lists every missed fault and false alarm."""
    for name in (argument for argument in arguments if not argument.startswith("--")):
        rows = [json.loads(line) for line in Path(name).read_text("utf-8").splitlines() if line.strip()]
        sys.stdout.write(f"{name}\n{printed(measure(rows), detail='--detail' in arguments)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
