"""Durable intake over HTTP in safe mode: the whole pipeline, unique senders, a poisoned message in a thousand.

Rows are counted against the 200s; beside it, in the same run, decrypt + parse without any database.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
from sqlalchemy import func, select

from bot.channels.wechat.gate import Gate
from bot.channels.wechat.parse import parse
from bot.demo import demo_settings
from bot.doors import wechat_settings
from bot.wiring import utc_now
from handlers.demo.samples import samples
from handlers.records import Case, Message
from handlers.records.database import Database
from tests.bench.load import requests

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
COUNT = int(os.environ.get("BENCH_COUNT", "4000"))
CONNECTIONS = 100
DATABASE_URL = os.environ.get("BENCH_DATABASE_URL", "")


def main() -> None:
    """Run and print medians."""
    runs = [_one(run) for run in range(1, RUNS + 1)]
    for name, unit in (
        ("messages_per_second", "/s"),
        ("p50_ms", "ms"),
        ("p99_ms", "ms"),
        ("decrypt_parse_per_second", "/s"),
        ("server_peak_mb", "MB"),
    ):
        values = [run[name] for run in runs]
        print(f"{name:28} median {statistics.median(values):8.0f} {unit}  ({min(values):.0f}–{max(values):.0f})")
    ratios = [run["messages_per_second"] / run["decrypt_parse_per_second"] for run in runs]
    print(f"{'intake : decrypt+parse':28} median {statistics.median(ratios):8.3f}")
    lost = sum(run["ok"] - run["rows"] for run in runs)
    print(
        f"200s {sum(run['ok'] for run in runs):.0f}, rows {sum(run['rows'] for run in runs):.0f}, difference {lost:.0f}"
    )
    print(f"parked {sum(run['parked'] for run in runs):.0f} (one in a thousand was poisoned)")


def _one(run: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        texts = Path(folder) / "texts.json"
        texts.write_text(json.dumps([s.text for s in samples() if s.text]), "utf-8")
        command = [sys.executable, "-m", "tests.bench.server", folder, str(port), DATABASE_URL]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait(port)
            before = _rows(folder)
            command = [sys.executable, "-m", "tests.bench.load", folder, str(port), str(texts), str(COUNT)]
            load = subprocess.run([*command, str(CONNECTIONS), str(run)], capture_output=True, check=True, text=True)
            figures = json.loads(load.stdout)
            peak = _peak_mb(server.pid)
            after = _rows(folder)
        finally:
            server.terminate()
            server.wait(20)
        return {
            "messages_per_second": figures["ok"] / figures["elapsed"],
            "p50_ms": figures["p50"] * 1000,
            "p99_ms": figures["p99"] * 1000,
            "decrypt_parse_per_second": _decrypt_and_parse(Path(folder), json.loads(texts.read_text("utf-8"))),
            "server_peak_mb": peak,
            "ok": figures["ok"],
            "rows": after[0] - before[0],
            "parked": after[1] - before[1],
        }


def _decrypt_and_parse(folder: Path, texts: list[str], count: int = 2000) -> float:
    settings = wechat_settings(demo_settings(folder))
    gate, made = Gate(settings), requests(settings, texts, count, 900)
    split = []
    for request in made:
        head, body = request.split(b"\r\n\r\n", 1)
        split.append((dict(parse_qsl(urlsplit(head.split()[1].decode()).query)), body))
    started = time.perf_counter()
    for query, body in split:
        parse(gate.open(query, body).xml, settings.account, utc_now())
    return count / (time.perf_counter() - started)


def _rows(folder: str) -> tuple[int, int]:
    database = Database(DATABASE_URL or demo_settings(Path(folder)).database_url)
    with database.read() as session:
        cases = select(func.count()).select_from(Message).join(Case, Case.id == Message.case_id)
        parked = select(func.count()).where(Message.state == "parked")
        found = session.scalar(cases) or 0, session.scalar(parked) or 0
    database.dispose()
    return found


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=1, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
