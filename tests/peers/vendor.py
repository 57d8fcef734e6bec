"""A vendor over real HTTP on 127.0.0.1 that answers as it is told: rightly, wrongly, half, late, or not at all."""

from __future__ import annotations

import json
import socket
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    """``hang_up`` closes the connection after the request was read, without a word."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    hang_up: bool = False

    @classmethod
    def of(cls, **values: Any) -> Answer:
        return cls(json.dumps(values).encode())


@dataclass
class Vendor:
    """``answers[path]`` are given in turn, the last one for ever; ``asked`` keeps what came: (path, query, body)."""

    base: str
    answers: defaultdict[str, list[Answer]] = field(default_factory=lambda: defaultdict(lambda: [Answer(status=404)]))
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def to(self, path: str) -> list[tuple[dict[str, str], bytes]]:
        return [(query, body) for asked, query, body in self.asked if asked == path]

    def next(self, path: str) -> Answer:
        with self.lock:
            queue = self.answers[path]
            return queue.pop(0) if len(queue) > 1 else queue[0]


@contextmanager
def vendor() -> Iterator[Vendor]:
    """Run a vendor in a thread on a free port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    running = Vendor(f"http://127.0.0.1:{server.server_port}")
    server.vendor = running  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away before its late answer is what some tests want."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        running: Vendor = self.server.vendor  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        running.asked.append((parts.path, {name: value[0] for name, value in parse_qs(parts.query).items()}, body))
        answer = running.next(parts.path)
        if answer.hang_up:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("content-type", answer.content_type)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        pass
