"""Replaying a file of real messages through the real webhook, as the platform would send them."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO
from zoneinfo import ZoneInfo

import httpx

from bot.channels.wechat.settings import WeChatSettings
from bot.simulator.platform import PATIENT, Delivered, Platform, Rhythm, message_xml, text_fields
from handlers.errors import InvalidInput

COLUMNS: Final = ("id", "user", "time", "title", "text")
_TIMES: Final = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")
_NUMBER = re.compile(r"(?<![\d-])\d{8}-\d{4,}(?![\d-])")

#: Called after each row with (rows done, rows in all).
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file; ``sent_at`` is aware (the file's times are China's)."""

    id: str
    user: str
    sent_at: datetime
    title: str
    text: str

    @property
    def openid(self) -> str:
        """The same user has the same openid; who has none is a person of their own."""
        return "oReplay" + hashlib.sha256((self.user or f"row:{self.id}").encode()).hexdigest()[:21]

    @property
    def message_id(self) -> int:
        return int(hashlib.sha256(self.id.encode()).hexdigest()[:15], 16)

    def xml(self, account: str) -> str:
        """The row as the platform's text message; a second replay gives the same identity."""
        words = self.text or self.title
        return message_xml(text_fields(self.openid, account, int(self.sent_at.timestamp()), self.message_id, words))


@dataclass(slots=True)
class ReplayReport:
    """What became of the rows. ``seconds`` holds each acknowledgement's time from its first try."""

    rows: int = 0
    acknowledged: int = 0
    unnumbered: int = 0
    retried: int = 0
    errors: list[str] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def p50(self) -> float:
        return percentile(self.seconds, 50)

    @property
    def p99(self) -> float:
        return percentile(self.seconds, 99)

    def add(self, row: Row, outcome: Delivered) -> None:
        self.retried += outcome.tries > 1
        if not outcome.acknowledged:
            self.errors.append(f"{row.id}: {outcome.fault}")
            return
        self.acknowledged += 1
        self.seconds.append(outcome.seconds)
        number = number_in(outcome.text)
        self.unnumbered += not number
        self.numbers |= {number} - {""}


def read_rows(path: Path, limit: int | None = None) -> list[Row]:
    """Return the rows of a CSV (UTF-8, columns id, user, time, title, text). Raises InvalidInput naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(csv.DictReader(file), limit))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise InvalidInput(f"{path.name} cannot be read as UTF-8 CSV: {fault}", "file") from fault


def number_in(receipt: str) -> str:
    """Return the case number that a receipt names, or ""."""
    found = _NUMBER.search(receipt)
    return found[0] if found else ""


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile; 0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0


def replay(
    path: Path,
    target: str,
    settings: WeChatSettings,
    journal: Path,
    *,
    limit: int | None = None,
    concurrency: int = 20,
    rhythm: Rhythm = PATIENT,
    progress: Progress = lambda _done, _all: None,
) -> ReplayReport:
    """Send the rows of ``path`` to the webhook at ``target`` (its whole address) and journal every acknowledgement.

    The journal gets one JSON line (row, number, seconds, tries) per acknowledgement, appended and flushed before
    the next is counted, so that what was promised can be held against the database after a crash. Never raises for a
    server that is away: the row is tried as the platform does and then counted as an error.
    """
    rows = read_rows(path, limit)
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as notes:
        return asyncio.run(replay_rows(rows, target, settings, notes, concurrency, rhythm, progress))


async def replay_rows(
    rows: Sequence[Row],
    target: str,
    settings: WeChatSettings,
    notes: TextIO,
    concurrency: int = 20,
    rhythm: Rhythm = PATIENT,
    progress: Progress = lambda _done, _all: None,
) -> ReplayReport:
    """Send ``rows`` over ``concurrency`` connections; one user's rows go in their order, one after another."""
    platform = Platform(settings, lambda: datetime.now(UTC), rhythm)
    report, waiting, clock = ReplayReport(rows=len(rows)), iter(rows), asyncio.get_running_loop().time
    turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
    started = clock()
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(limits=limits, timeout=rhythm.wait_seconds, trust_env=False) as http:

        async def work() -> None:
            for row in waiting:
                async with turns[row.openid]:
                    outcome = await platform.deliver(http, target, row.xml(settings.account), row.openid)
                _note(notes, row, outcome)
                report.add(row, outcome)
                progress(report.acknowledged + len(report.errors), len(rows))

        await asyncio.gather(*(work() for _ in range(concurrency)))
    report.elapsed = clock() - started
    return report


def _rows(lines: csv.DictReader[str], limit: int | None) -> Iterator[Row]:
    missing = set(COLUMNS) - set(lines.fieldnames or ())
    if missing:
        raise InvalidInput(f"The file has no column {', '.join(sorted(missing))}.", "file")
    for number, line in enumerate(lines, start=1):
        if limit is not None and number > limit:
            return
        values = {name: line[name] or "" for name in COLUMNS}
        sent_at = _moment(values.pop("time"), lines.line_num)
        yield Row(sent_at=sent_at, **values)


def _moment(text: str, line: int) -> datetime:
    for shape in _TIMES:
        try:
            return datetime.strptime(text.strip(), shape).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
        except ValueError:
            continue
    raise InvalidInput(f"Line {line}: the time {text!r} is not like 2019/2/28 11:25:05 or 2022-06-13.", "time")


def _note(notes: TextIO, row: Row, outcome: Delivered) -> None:
    if not outcome.acknowledged:
        return
    seconds = round(outcome.seconds, 4)
    line = {"row": row.id, "number": number_in(outcome.text), "seconds": seconds, "tries": outcome.tries}
    notes.write(json.dumps(line, ensure_ascii=False) + "\n")
    notes.flush()
