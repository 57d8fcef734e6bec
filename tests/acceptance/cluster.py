"""A PostgreSQL cluster of a test's own, which may be restarted in the middle of its work."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.stage import free_port

_SYSTEM = Path("/usr/lib/postgresql")
#: PostgreSQL does not run as root.
_OTHER_USER = "postgres"


@dataclass(frozen=True)
class Cluster:
    """A running server; ``url`` is the address of its first database."""

    folder: Path
    binaries: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def restart(self) -> None:
        """Cut every connection, roll back what is under way, and come up again."""
        self._control("restart", "-m", "fast")

    def start(self) -> None:
        settings = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder,
            "max_connections": 120, "fsync": "off", "full_page_writes": "off",
        }  # fmt: skip
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        self._as_owner("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(lines)
        self._control("start", "-l", str(self.folder / "log"))

    def stop(self) -> None:
        self._control("stop", "-m", "immediate")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _control(self, verb: str, *more: str) -> None:
        self._as_owner("pg_ctl", "-D", self._data, "-w", "-t", "60", *more, verb)

    def _as_owner(self, program: str, *arguments: str) -> None:
        command: Sequence[str] = [str(self.binaries / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _OTHER_USER, "--", *command]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/")
        assert done.returncode == 0, f"{program}: {done.stderr}"


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A fresh cluster; skips the test, saying why, where none can be made."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL binaries (initdb, pg_ctl) on this machine")
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        pytest.skip("PostgreSQL does not run as root, and there is no runuser here")
    folder = Path(tempfile.mkdtemp(prefix="huiying-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _OTHER_USER)
    cluster = Cluster(folder, binaries, free_port())
    try:
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    versions = sorted(_SYSTEM.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    return next((folder for folder in [*folders, *versions] if (folder / "initdb").is_file()), None)
