"""How quickly and in how much memory texts are understood, beside SnowNLP in the same run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from handlers.understanding.labels import Understanding
from handlers.understanding.learned.reader import LearnedUnderstanding
from handlers.understanding.snownlp_baseline import SnowNlpBaseline
from handlers.understanding.training.base import base_model
from handlers.understanding.training.examples import shipped

RUNS = int(os.environ.get("BENCH_RUNS", 5))
_SHORT, _LONG = 150, 1_500
_MODELS = Path("var/models")
_MEMORY = (
    "from pathlib import Path;"
    "from handlers.understanding.learned.reader import LearnedUnderstanding;"
    "from handlers.understanding.training.base import base_model;"
    "LearnedUnderstanding(base_model(Path('var/models'))).read('请问低保怎么申请');"
    "print(next(line for line in Path('/proc/self/status').read_text().splitlines() if line.startswith('VmHWM')))"
)


def main() -> None:
    """Print messages a second, the 99th percentile of one, petitions, loading and memory."""
    started = time.perf_counter()
    base_model(_MODELS)
    print(f"model trained or read in {time.perf_counter() - started:.2f} s", end="; ")
    loading = [_seconds(lambda: LearnedUnderstanding(base_model(_MODELS))) for _ in range(RUNS)]
    print(f"loading {statistics.median(loading):.3f} s (median of {RUNS})")
    reader = LearnedUnderstanding(base_model(_MODELS))
    short, long = _texts(_SHORT, 1_000), _texts(_LONG, 100)
    rates = [len(short) / _seconds(lambda: _read(reader, short)) for _ in range(RUNS)]
    print(f"{_SHORT} characters: {statistics.median(rates):,.0f}/s ({min(rates):,.0f}–{max(rates):,.0f})", end="; ")
    print(f"one: p99 {_p99(reader, short) * 1000:.2f} ms; {_LONG} characters: p99 {_p99(reader, long) * 1000:.1f} ms")
    baseline = SnowNlpBaseline()
    baseline.read(short[0])
    slow = len(short[:60]) / _seconds(lambda: _read(baseline, short[:60]))
    print(f"SnowNLP: {slow:,.0f}/s, ratio {statistics.median(rates) / slow:,.0f}")
    peak = subprocess.run([sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True).stdout
    print(f"memory of a process that has read one text: {int(peak.split()[1]) / 1024:.0f} MiB")


def _texts(length: int, count: int) -> list[str]:
    """Messages of one length, made of whole messages of the corpus one after the other."""
    joined = "".join(example.text for example in shipped().held_out) * 3
    return [joined[start : start + length] for start in range(0, length * count, length)][:count]


def _read(understanding: Understanding, texts: Sequence[str]) -> None:
    for text in texts:
        understanding.read(text)


def _p99(understanding: Understanding, texts: Sequence[str]) -> float:
    taken = [_seconds(lambda text=text: understanding.read(text)) for text in texts]  # type: ignore[misc]
    return statistics.quantiles(taken, n=100)[98]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
