"""An installation in a folder of its own with its processes, for the tests that kill and multiply them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.commands.demonstrating import demo_house
from bot.demo import demo_settings
from bot.settings import Settings, read_settings
from handlers.records.database import Database

T = TypeVar("T")
ROOT = Path(__file__).parents[2]


@dataclass
class Installation:
    """A demo installation without people or messages; ``processes`` are ended with :meth:`close`."""

    folder: Path
    database_url: str = ""
    more: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        demo_settings(self.folder)  # makes keys and settings
        file = self.folder / "settings.env"
        lines = dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())
        if self.database_url:
            lines["DATABASE_URL"] = self.database_url
        lines |= {"HUIYING_LOG_LEVEL": "ERROR"} | self.more
        file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
        demo_house(self.settings, self.folder, seeded=False).close()

    @property
    def settings(self) -> Settings:
        """The settings as its processes read them."""
        return read_settings(self.folder / "settings.env")

    def database(self) -> Database:
        """A connection of our own, to look."""
        return Database(self.settings.database_url)

    def run(self, *arguments: str, module: str = "bot") -> subprocess.Popen[bytes]:
        """Start one of the program's processes (``web``, ``scheduler`` …) with this installation's settings."""
        before = ["--env-file", str(self.folder / "settings.env")] if module == "bot" else []
        command = [sys.executable, "-m", module, *before, *arguments]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def close(self) -> None:
        """End everything that still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own: the driver of a browser may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def free_port() -> int:
    """A port that nobody listens on now, and that no other process of these tests is given before it is taken."""
    worker, workers = os.environ.get("PYTEST_XDIST_WORKER", "gw0"), os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port // 2 % int(workers) == int(worker.removeprefix("gw")):
            return port


def wait_until_up(port: int, process: subprocess.Popen[bytes], seconds: float = 120) -> bool:
    """Wait until the server answers; false when its process ended first (killed)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            return False
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=1, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return True
    raise TimeoutError("the server did not answer")


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9."""
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
