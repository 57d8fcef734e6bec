"""`huiying replay`: real messages through the real webhook of a demo installation, and the proof that all are there."""

from __future__ import annotations

import csv
import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.table import Table
from sqlalchemy import func, select

from bot.channels.wechat.channel import PATH
from bot.commands.console import env_file, err, out, plain_faults, progress_bar
from bot.commands.demonstrating import demo_house
from bot.demo import FOLDER, demo_settings
from bot.doors import wechat_settings
from bot.replay import ReplayReport
from bot.replay import replay as send_rows
from bot.settings import Settings, read_settings
from handlers.errors import SettingFault
from handlers.records import Case, Message
from handlers.records.database import Database


@plain_faults
def replay(
    file: Annotated[Path, typer.Argument(help="CSV with the columns id, user, time, title, text.")],
    limit: Annotated[int | None, typer.Option(help="Only the first rows.")] = None,
    to: Annotated[str, typer.Option(help="Address of a running demo; one is started when left out.")] = "",
    journal: Annotated[Path, typer.Option(help="Where acknowledgements are noted.")] = FOLDER / "replay.jsonl",
    concurrency: Annotated[int, typer.Option(help="Connections at once.")] = 20,
) -> None:
    """Send a file of messages as the platform would: signed, encrypted, retried; then count what was stored."""
    settings = _demo_only()
    database = Database(settings.database_url)
    before = _counts(database)
    with _server(settings, to) as address, progress_bar() as bar:
        task = bar.add_task("重放", total=None)
        report = send_rows(
            file, f"{address}{PATH}", wechat_settings(settings), journal, limit=limit, concurrency=concurrency,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    after = _counts(database)
    equal, differing = _compare_texts(database, file, limit)
    _tell(report, before, after, equal, differing)
    if report.errors or differing:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Counts:
    messages: int
    cases: int
    parked: int


def _demo_only() -> Settings:
    """The settings of the env file if it is a demo's, else those of the demo folder. Anything else is refused."""
    chosen = env_file()
    if chosen.exists():
        settings = read_settings(chosen)
        if not settings.demo:
            raise SettingFault(
                "这里的设置不是演示环境（HUIYING_DEMO 不是 true）：重放会写入留言，只能对演示或测试数据库进行。"
                f"请在别的文件夹运行，或用 huiying --env-file {FOLDER}/settings.env replay …"
            )
    else:
        settings = demo_settings()
    demo_house(settings, FOLDER, seeded=False).close()
    return settings


@contextmanager
def _server(settings: Settings, to: str) -> Iterator[str]:
    """The address to send to: the one given, else a web process of our own for the time of the replay."""
    if to:
        yield to.rstrip("/")
        return
    chosen = env_file() if env_file().exists() else FOLDER / "settings.env"
    port = _free_port()
    command = [sys.executable, "-m", "bot", "--env-file", str(chosen), "web", "--port", str(port)]
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("HUIYING_", "DATABASE_URL"))}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=bare)  # noqa: S603 - our own command, no shell
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(150):
        if process.poll() is not None:
            raise SettingFault("网页进程没有启动成功，原因见上面的日志。")
        try:
            httpx.get(f"{address}/healthz", timeout=1, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise SettingFault("网页进程 30 秒内没有应答。")


def _counts(database: Database) -> _Counts:
    with database.read() as session:
        messages = session.scalar(select(func.count()).select_from(Message)) or 0
        cases = session.scalar(select(func.count()).select_from(Case)) or 0
        parked = session.scalar(select(func.count()).where(Message.state != "processed")) or 0
    return _Counts(messages, cases, parked)


def _compare_texts(database: Database, file: Path, limit: int | None) -> tuple[int, int]:
    """How many rows' texts lie in the database under the same SHA-256, and how many do not."""
    csv.field_size_limit(10_000_000)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row["text"] for i, row in enumerate(csv.DictReader(lines)) if limit is None or i < limit]
    with database.read() as session:
        wanted = select(Message.text).where(Message.channel == "wechat").execution_options(yield_per=1000)
        stored = {hashlib.sha256(text.encode()).digest() for text in session.scalars(wanted)}
    equal = sum(hashlib.sha256(text.encode()).digest() in stored for text in rows)
    return equal, len(rows) - equal


def _tell(report: ReplayReport, before: _Counts, after: _Counts, equal: int, differing: int) -> None:
    table = Table("", "", box=None, show_header=False)
    for label, value in (
        ("行数", report.rows),
        ("已确认并得到编号", report.acknowledged - report.unnumbered),
        ("不同的编号", len(report.numbers)),
        ("错误", len(report.errors)),
        ("重试过的", report.retried),
        ("新增留言", after.messages - before.messages),
        ("新增诉求件", after.cases - before.cases),
        ("未处理完的留言", after.parked),
        ("文字逐字相同（SHA-256）", f"{equal}，不同 {differing}"),
        ("每秒", f"{report.rows / report.elapsed:.0f} 条" if report.elapsed else "-"),
        ("回执用时 p50 / p99", f"{report.p50 * 1000:.0f} / {report.p99 * 1000:.0f} 毫秒"),
    ):
        table.add_row(label, str(value))
    out.print(table)
    for error in report.errors[:5]:
        err.print(error, markup=False)
