"""Processor time and memory of this process, and of the database server's processes where it runs on this machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

from sqlalchemy import text

from handlers.records.database import Database

_TICK = os.sysconf("SC_CLK_TCK")


class Working:
    """What has been worked since the start, in seconds of a processor: that is told apart from waiting for others."""

    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self._own, self._server = time.process_time(), self._of_server()

    def seconds(self) -> float:
        """So much since the start, the server's part included."""
        own, now = time.process_time() - self._own, self._of_server()
        return own + sum(ticks - self._server.get(pid, 0) for pid, ticks in now.items()) / _TICK

    def _of_server(self) -> dict[int, int]:
        """The ticks of each of the server's processes that work for this database and can be seen here."""
        if self._database is None or self._database.is_sqlite:
            return {}
        ours = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        with self._database.engine.connect() as connection:
            pids = connection.scalars(ours).all()
            pids = [*pids, connection.scalar(text("SELECT pg_backend_pid()"))]
        return {pid: ticks for pid in pids if (ticks := _ticks(pid)) is not None}


def _ticks(pid: int) -> int | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return None
    return int(fields[11]) + int(fields[12])


def forget_peak() -> float:
    """Let the peak of memory begin anew; return what is in memory now, in MiB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def peak() -> float:
    """The most that was in memory since, in MiB."""
    return _status("VmHWM")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024
