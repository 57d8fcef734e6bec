"""Ten thousand malformed webhook bodies: no 5xx, nothing stored that cannot be read, memory flat."""

from __future__ import annotations

import gc
import resource
from collections import Counter

import httpx
from starlette.applications import Starlette

from handlers.messages import InboundMessage, Receipt
from tests.acceptance.stage import run_async
from tests.bot.channels.wechat.conftest import PATH, SETTINGS, channel
from tests.peers.malformed import malformed

COUNT = 10_000
#: Growth of the peak between the first tenth and the end, in KiB.
FLAT = 8 * 1024


def test_ten_thousand_malformed_bodies_give_no_server_error_and_memory_stays_flat(now):
    statuses, grown = run_async(_drive(now))
    print(f"{COUNT} bodies: {dict(statuses)}, peak grew by {grown} KiB")
    assert sum(statuses.values()) == COUNT
    assert set(statuses) <= {200, 400, 403, 413}
    assert grown < FLAT


async def _drive(now) -> tuple[Counter[int], int]:
    statuses: Counter[int] = Counter()

    async def receive(_: InboundMessage) -> Receipt:
        return Receipt("您好，留言已收到，编号 20261123-0001。", "20261123-0001")

    app = Starlette(routes=list(channel(SETTINGS, now).routes(receive)))
    after_warming = 0
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        for number, (query, body) in enumerate(malformed(COUNT, SETTINGS, now), start=1):
            statuses[(await client.post(PATH, params=query, content=body)).status_code] += 1
            if number == COUNT // 10:
                gc.collect()
                after_warming = _peak()
    return statuses, _peak() - after_warming


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
