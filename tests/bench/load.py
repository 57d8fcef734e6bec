"""The load: prepared requests over many kept connections, in a process of its own, with as little work as possible."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.channels.wechat.channel import PATH
from bot.channels.wechat.settings import WeChatSettings
from bot.demo import demo_settings
from bot.doors import wechat_settings
from bot.simulator.platform import Platform, message_xml, text_fields
from bot.wiring import utc_now
from tests.bench.server import POISON


def requests(settings: WeChatSettings, texts: list[str], count: int, run: int) -> list[bytes]:
    """``count`` requests from as many senders, one in a thousand poisoned."""
    platform, made = Platform(settings, utc_now), []
    for i in range(count):
        words = texts[i % len(texts)] + (POISON if i % 1000 == 500 else "")
        sender = f"oBench{run:03d}{i:019d}"
        fields = text_fields(sender, settings.account, int(time.time()), run * 10_000_000 + i, words)
        query, body = platform.pack(message_xml(fields), sender)
        head = f"POST {PATH}?{urlencode(query)} HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(body)}\r\n\r\n"
        made.append(head.encode() + body)
    return made


async def send(port: int, made: list[bytes], connections: int) -> list[tuple[int, float]]:
    """Send everything; return (status, seconds) of each."""
    results: list[tuple[int, float]] = []
    waiting = iter(made)
    await asyncio.gather(*(_connection(port, waiting, results) for _ in range(connections)))
    return results


async def _connection(port: int, waiting: Iterator[bytes], results: list[tuple[int, float]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in waiting:
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))[15:])
        await reader.readexactly(length)
        results.append((int(head[9:12]), time.perf_counter() - started))
    writer.close()


def main(folder: str, port: str, texts_file: str, count: str, connections: str, run: str) -> None:
    """Prepare, send, and print the figures as one line of JSON."""
    texts = json.loads(Path(texts_file).read_text(encoding="utf-8"))
    settings = wechat_settings(demo_settings(Path(folder), int(port)))
    made = requests(settings, texts, int(count), int(run))
    started = time.perf_counter()
    results = asyncio.run(send(int(port), made, int(connections)))
    elapsed = time.perf_counter() - started
    seconds = sorted(s for _, s in results)
    figures: dict[str, Any] = {
        "elapsed": elapsed,
        "ok": sum(status == 200 for status, _ in results),
        "p50": seconds[len(seconds) // 2],
        "p99": seconds[int(len(seconds) * 0.99)],
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
