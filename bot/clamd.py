"""clamd as the virus scanner: its INSTREAM command over a unix or TCP socket."""

from __future__ import annotations

import socket
import struct
from pathlib import Path
from typing import Final

from handlers.errors import ScannerAway, SettingFault

_CHUNK: Final = 64 * 1024
_LONGEST_ANSWER: Final = 4096


class Clamd:
    """One scanner. ``address`` is a socket's path (``/run/clamav/clamd.ctl``) or ``host:port``; times in seconds."""

    def __init__(self, address: str, connect_seconds: float = 3.0, answer_seconds: float = 60.0) -> None:
        self._target = _target(address)
        self._connect_seconds, self._answer_seconds = connect_seconds, answer_seconds

    def scan(self, file: Path) -> str:
        """Return the name of what was found in ``file`` ("" = nothing). Raises ScannerAway, and OSError of the file."""
        with file.open("rb") as data:
            try:
                with self._connection() as connection:
                    connection.sendall(b"zINSTREAM\0")
                    while chunk := data.read(_CHUNK):
                        connection.sendall(struct.pack("!I", len(chunk)) + chunk)
                    connection.sendall(struct.pack("!I", 0))
                    answer = _read(connection)
            except OSError as fault:
                raise ScannerAway(f"查毒程序连不上或中途断开（{type(fault).__name__}），稍后自动重试。") from fault
        return _verdict(answer)

    def ping(self) -> None:
        """Raise ScannerAway unless the scanner answers."""
        try:
            with self._connection() as connection:
                connection.sendall(b"zPING\0")
                answer = _read(connection)
        except OSError as fault:
            raise ScannerAway(f"查毒程序连不上（{type(fault).__name__}）。") from fault
        if answer != "PONG":
            raise ScannerAway(f"查毒程序的回答不对：{answer[:80]}")

    def _connection(self) -> socket.socket:
        if isinstance(self._target, str):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.settimeout(self._connect_seconds)
                connection.connect(self._target)
            except BaseException:
                connection.close()
                raise
        else:
            connection = socket.create_connection(self._target, self._connect_seconds)
        connection.settimeout(self._answer_seconds)
        return connection


def _target(address: str) -> str | tuple[str, int]:
    plain = address.removeprefix("unix:").removeprefix("tcp://").removeprefix("tcp:")
    if plain.startswith("/"):
        return plain
    host, _, port = plain.rpartition(":")
    if host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
        return host.strip("[]"), int(port)
    raise SettingFault(
        "HUIYING_CLAMD is wrong; put the path of clamd's socket there (/run/clamav/clamd.ctl) or host:port (host:3310)"
    )


def _read(connection: socket.socket) -> str:
    answer = bytearray()
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        part = connection.recv(_LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def _verdict(answer: str) -> str:
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND").strip() or "未命名"
    raise ScannerAway(f"查毒程序没有给出结果：{said[:120] or '没有回答'}")
