"""A real HTTP server in a thread on a free port of 127.0.0.1, around any ASGI application."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import uvicorn


def bound() -> socket.socket:
    """A socket on a free port, so that the address is known before the server runs."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)  # callers may connect before the server has begun
    return listener


@contextmanager
def serving(app: Any, listener: socket.socket | None = None, lifespan: Literal["auto", "off"] = "off") -> Iterator[str]:
    """Serve ``app`` until the block ends, with its ``lifespan`` if it has one; yields its base address."""
    listener = listener or bound()
    config = uvicorn.Config(app, log_level="critical", ws="none", lifespan=lifespan, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
