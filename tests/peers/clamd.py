"""A virus scanner over a real socket that speaks clamd's protocol: what holds ``EVIL`` is found, the rest is fine."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Scans:
    """What the scanner was shown; ``answer`` overrides what it says ("" = it hangs up without a word)."""

    address: str
    seen: list[bytes] = field(default_factory=list)
    answer: str | None = None


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        scans: Scans = self.server.scans  # type: ignore[attr-defined]
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self._say("PONG" if scans.answer is None else scans.answer)
            return
        assert command == b"zINSTREAM\0"
        data = bytearray()
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
        scans.seen.append(bytes(data))
        found = "stream: Huiying.Test.EVIL FOUND" if b"EVIL" in data else "stream: OK"
        self._say(found if scans.answer is None else scans.answer)

    def _say(self, words: str) -> None:
        if words:
            self.wfile.write(words.encode() + b"\0")


class _Unix(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class _Tcp(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def clamd(folder: Path | None = None) -> Iterator[Scans]:
    """Run the scanner: on a unix socket in ``folder``, else on a free port."""
    server: socketserver.BaseServer
    if folder is not None:
        server, address = _Unix(str(folder / "clamd.ctl"), _Handler), str(folder / "clamd.ctl")
    else:
        server = _Tcp(("127.0.0.1", 0), _Handler)
        address = f"127.0.0.1:{server.server_address[1]}"
    scans = Scans(address)
    server.scans = scans  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield scans
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
