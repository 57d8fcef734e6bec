"""A vendor in a process of its own: the platform's interface, answering well, late, wrongly, never, or with codes.

What it does with a text is written in the recipient's name: ``late-7`` is answered late, ``45009_always-7`` is refused
with that code whenever it is tried, ``45011_once-7`` the first time only. Every text that it takes is journalled before
it answers: that is what a citizen would have on their telephone.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_tries: Counter[str] = Counter()
_lock = threading.Lock()
_journal = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("journal.jsonl")


class Platform(BaseHTTPRequestHandler):
    """``stable_token`` and ``custom/send``."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        return

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])) or b"{}")
        if self.path.startswith("/cgi-bin/stable_token"):
            self._answer({"access_token": self._token(bool(body.get("force_refresh"))), "expires_in": 7200})
        else:
            self._send(str(body["touser"]), str(body["text"]["content"]))

    def _token(self, force: bool) -> str:
        with _lock:
            _tries["token"] += force
            _note({"token": _tries["token"]})
            return f"t{_tries['token']}"

    def _send(self, to: str, text: str) -> None:
        way = to.partition("-")[0]
        with _lock:
            _tries[to] += 1
            first = _tries[to] == 1
        code, _, how_often = way.partition("_")
        if how_often == "always" or (how_often == "once" and first):
            return self._answer({"errcode": int(code), "errmsg": "refused"})
        if way == "token" and "access_token=t0" in self.path:
            return self._answer({"errcode": 40001, "errmsg": "invalid credential"})
        if way == "closed" and first:
            return self._close()
        with _lock:
            _note({"to": to, "text": text})
        return self._taken(way)

    def _taken(self, way: str) -> None:
        """The text is with the citizen; what the sender hears of it is another matter."""
        time.sleep({"late": 0.8, "slow": 0.3}.get(way, 0))
        if way in ("never", "hang"):
            time.sleep(3 if way == "never" else 60)
        if way == "cut":
            return self._close()
        if way == "twice":  # two whole answers to one question, the second contradicting the first
            self._answer({"errcode": 0, "errmsg": "ok"})
            return self._answer({"errcode": -1, "errmsg": "system error"})
        if way == "wrong":
            return self._raw(200, b"<html>Bad gateway</html>")
        if way == "broken":
            return self._raw(502, b"")
        return self._answer({"errcode": 0, "errmsg": "ok"})

    def _close(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _answer(self, data: dict[str, Any]) -> None:
        self._raw(200, json.dumps(data).encode())

    def _raw(self, status: int, data: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True


def _note(entry: dict[str, Any]) -> None:
    with _journal.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()
