"""The shapes that the parts of a printed case file are made of, and how instants and hashes are written there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.deadlines.worktime import SHANGHAI


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its headings (empty = the first column holds them), widths in parts of the line, rows."""

    head: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Block:
    """A text under a heading of its own, every line as it was written."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the file; ``count`` says in the list of contents how much it holds."""

    title: str
    content: Sequence[Grid | Block]
    count: str = ""


def stamp(at: datetime | None) -> str:
    """An instant to the second, local: a file is read years later."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def split_hash(digest: str) -> str:
    """A hash on two lines, so that it fits a narrow column and can be compared by eye."""
    return f"{digest[:32]}\n{digest[32:]}" if digest else ""
