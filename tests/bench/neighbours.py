"""The look-up of similar letters against 100,000 of them, and what keeping and comparing one costs."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text

from handlers.neighbours.compare import compare_new
from handlers.neighbours.find import most_alike
from handlers.records import Message, MessageSketch, SketchKey
from handlers.records.database import Database
from handlers.understanding.likeness.measures import SCHEME, SIMILAR, WINDOW
from handlers.understanding.likeness.sketch import Sketch, sketch_of
from handlers.understanding.training.examples import shipped
from tests.bench.stock import NOW, core_over, databases

COUNT = int(os.environ.get("BENCH_COUNT", 100_000))
LOOKUPS = 1000
_CHUNK = 2000
_BURST = 5000  # letters of one matter among them: what a hot week brings


def letters(count: int) -> Iterator[str]:
    """Letters with the words of the corpus and names of their own; every twentieth about one and the same shop."""
    chance = random.Random(7)
    clauses = [part for example in shipped().learned for part in example.text.split("，") if 6 <= len(part) <= 40]
    for number in range(count):
        place = "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(4))
        if number % (count // min(_BURST, count)) == 0:
            place = "青松陵园对面的祭品店烧纸钱"
        yield f"{place}，" + "，".join(chance.choice(clauses) for _ in range(chance.randint(4, 14)))


def main() -> None:
    """Fill, look up, and print median and 99th percentile for each database."""
    print(f"{COUNT:,} generated letters, {LOOKUPS} look-ups")
    with databases() as made:
        for name, database in made.items():
            print(f"{name:12}", end="", flush=True)
            _fill(database)
            _measure(database)


def _fill(database: Database) -> None:
    ids, waiting = iter(range(1, COUNT + 1)), letters(COUNT)
    started = time.perf_counter()
    while chunk := [(n, t) for n, t in zip((next(ids, 0) for _ in range(_CHUNK)), waiting, strict=False) if n]:
        _store(database, [(number, sketch_of(words)) for number, words in chunk])
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    print(f"kept at {COUNT / (time.perf_counter() - started):,.0f} letters/s; ", end="", flush=True)


def _store(database: Database, sketches: Sequence[tuple[int, Sketch]]) -> None:
    with database.write() as session:
        session.execute(insert(Message), [_message(number) for number, _ in sketches])
        rows = [
            {"message_id": n, "scheme": SCHEME, "at": _at(n), "features": sketch.pack(), "compared": True}
            for n, sketch in sketches
        ]
        session.execute(insert(MessageSketch), rows)
        keys = [{"key": key, "message_id": n} for n, sketch in sketches for key in sketch.keys]
        session.execute(insert(SketchKey), keys)


def _at(number: int) -> Any:
    return NOW - WINDOW * (COUNT - number) / COUNT + timedelta(minutes=1)


def _message(number: int) -> dict[str, Any]:
    return {
        "id": number, "channel": "wechat", "external_id": str(number), "sender_id": "s", "kind": "text", "text": "x",
        "sent_at": _at(number), "received_at": _at(number), "state": "processed",
    }  # fmt: skip


def _measure(database: Database) -> None:
    chance, spent, found = random.Random(11), list[float](), 0
    asked = [words for n, words in enumerate(letters(COUNT)) if n % (COUNT // LOOKUPS or 1) == 0]
    chance.shuffle(asked)
    for words in asked[:50]:  # the first ones fill the caches
        _look(database, words)
    computing = time.process_time()
    for words in asked:
        started = time.perf_counter()
        found += _look(database, words)
        spent.append(time.perf_counter() - started)
    computing = (time.process_time() - computing) / len(asked) * 1000
    spent.sort()
    median, p99 = statistics.median(spent) * 1000, spent[int(len(spent) * 0.99)] * 1000
    print(f"look-up, sketch included: median {median:.1f} ms, p99 {p99:.1f} ms", end="")
    print(
        f" ({computing:.1f} ms of this process's own work); {found / len(asked):.1f} found each; ", end="", flush=True
    )
    with database.write() as session:
        session.execute(MessageSketch.__table__.update().where(MessageSketch.message_id <= 500).values(compared=False))
    core, started = core_over(database), time.perf_counter()
    compared = 0
    while done := compare_new(core)[0]:
        compared += done
    print(f"comparing one in the timetable {(time.perf_counter() - started) / max(compared, 1) * 1000:.1f} ms")


def _look(database: Database, words: str) -> int:
    with database.read() as session:
        return len(most_alike(session, sketch_of(words), NOW, least=SIMILAR))
