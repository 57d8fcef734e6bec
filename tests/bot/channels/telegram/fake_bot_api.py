"""A stand-in for Telegram's servers: a real HTTP server on 127.0.0.1 that answers well, late, wrongly or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Answer:
    """One scripted answer; ``silent`` closes the connection without a word, ``late`` is in seconds."""

    status: int = 200
    body: bytes = b""
    late: float = 0.0
    silent: bool = False


def refused(status: int, description: str, **parameters: Any) -> Answer:
    """The Bot API's own way of refusing."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Answer(status, json.dumps(body).encode())


@dataclass
class FakeBotApi:
    """Holds updates until they are confirmed, as Telegram does, and remembers what it was asked."""

    url: str = ""
    scripted: dict[str, deque[Answer]] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def will(self, method: str, *answers: Answer) -> None:
        """Give ``answers`` to the next calls of ``method`` instead of the usual one."""
        self.scripted.setdefault(method.lower(), deque()).extend(answers)

    def push(self, *updates: dict[str, Any]) -> None:
        with self.changed:
            self.updates.extend(updates)
            self.changed.notify_all()

    def called(self, method: str) -> list[dict[str, str]]:
        return [fields for name, fields in self.calls if name == method.lower()]

    def wait_until(self, holds: Callable[[], bool], seconds: float = 5.0) -> None:
        """Return once ``holds()``; fail after ``seconds``."""
        with self.changed:
            assert self.changed.wait_for(holds, seconds), f"waited {seconds} s in vain; calls: {self.calls}"

    def answer(self, method: str, fields: dict[str, str]) -> Answer:
        with self.changed:
            self.calls.append((method, fields))
            self.changed.notify_all()
            if self.scripted.get(method):
                return self.scripted[method].popleft()
        return Answer(body=json.dumps({"ok": True, "result": self._result(method, fields)}).encode())

    def _result(self, method: str, fields: dict[str, str]) -> Any:
        match method:
            case "getme":
                return {"id": 123456, "is_bot": True, "first_name": "回应", "username": "huiying_test_bot"}
            case "getupdates":
                return self._updates(int(fields.get("offset", 0)))
            case "sendmessage":
                with self.changed:
                    self.sent.append(fields)
                    number = len(self.sent)
                    self.changed.notify_all()
                chat = {"id": int(fields["chat_id"]), "type": "private"}
                return {"message_id": number, "date": 1795300000, "chat": chat, "text": fields["text"]}
        return True

    def _updates(self, offset: int) -> list[dict[str, Any]]:
        with self.changed:
            self.updates = [update for update in self.updates if update.get("update_id", 0) >= offset]
            if not self.updates:
                self.changed.wait(0.05)  # the long poll, kept short
            return list(self.updates)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: FakeBotApi

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        answer = self.api.answer(self.path.rsplit("/", 1)[-1].lower(), fields)
        if answer.late:
            time.sleep(answer.late)
        self.close_connection = answer.silent or bool(answer.late)
        if answer.silent:
            return
        try:
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
        except OSError:
            pass  # the asker did not wait

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running() -> Iterator[FakeBotApi]:
    """Run a fake Bot API on a free port."""
    api = FakeBotApi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": api}))
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def text_update(update_id: int, text: str, chat: int = 4242, **more: Any) -> dict[str, Any]:
    """One private text as Telegram sends it."""
    person = {"id": chat, "is_bot": False, "first_name": "甲"}
    message = {"message_id": update_id, "date": 1795300000, "chat": {"id": chat, "type": "private"}, "from": person}
    return {"update_id": update_id, "message": message | ({"text": text} if text else {}) | more}
