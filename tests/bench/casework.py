"""Queue page, search, case page and export at a million cases, through the whole web application, on both databases.

Each page is asked for as its officer's browser would, in process over ASGI (middleware, sign-in, menu counts and
templates included). ``BENCH_COUNT`` changes the number of cases (``make bench`` takes fewer).
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx

from bot.logs import set_up_logs
from bot.services import Services
from bot.settings import Settings, new_key
from bot.web.access import SESSION_COOKIE
from bot.web.app import create_app
from handlers.accounts.sessions import Accounts
from handlers.attachments.store import AttachmentStore
from handlers.core import Core
from tests.bench.letters import NOW
from tests.bench.million import PASSWORD, house_of, kinds

ASKED: Final = int(os.environ.get("BENCH_ASKED", 60))
_SMALL: Final = 50_000
_WORDS: Final = (
    "低保",
    "高龄津贴",
    "公墓",
    "殡仪馆",
    "孤儿",
    "村委会 选举",
    "养老院 电梯",
    "王建国",
    "梧桐树下",
    "残疾人补贴",
)
_QUEUES: Final = ("section", "late", "due_soon", "unclaimed", "open", "closed", "all")


def main() -> None:
    """A size that is built in a minute."""
    run(int(os.environ.get("BENCH_COUNT", _SMALL)))


def large() -> None:
    """The million."""
    run(int(os.environ.get("BENCH_COUNT", 1_000_000)))


def run(count: int) -> None:
    """Build what is missing, then measure each database."""
    set_up_logs("CRITICAL", "plain")
    for kind in kinds():
        core = house_of(count, kind)
        print(f"{kind}, {count:,} cases ({count // 100:,} open), {ASKED} times each, ms:")
        asyncio.run(_measure(core, count))
        core.database.dispose()


async def _measure(core: Core, count: int) -> None:
    settings = Settings.of(
        profile="hohhot-2018", **dict.fromkeys(("secret_key", "data_key", "audit_key"), new_key()),
        rate_pages_per_minute=1_000_000,
    )  # fmt: skip
    accounts = Accounts(core.database, lambda: NOW)
    services = Services(
        settings=settings, now=lambda: NOW, core=core, receive=_nothing, accounts=accounts,
        files=AttachmentStore(Path("var") / "bench"),
    )  # fmt: skip
    app = create_app(services)
    for login in ("office", "o-welfare"):
        cookies, transport = {SESSION_COOKIE: accounts.sign_in(login, PASSWORD)}, httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench", cookies=cookies) as client:
            await _pages(client, login, count)
            if login == "office":
                await _export(client, count)


async def _nothing(_: Any) -> Any:
    raise NotImplementedError


async def _pages(client: httpx.AsyncClient, login: str, count: int) -> None:
    chance = random.Random(5)
    queues = [f"/console/queue/{code}" for code in (*_QUEUES, *(["mine"] if login != "office" else ["triage"]))]
    await _told(client, f"{login}: queue page", queues)
    words = [f"/console/search?q={quote(word)}" for word in _WORDS]
    narrowed = [
        f"{address}&{more}"
        for address in words[:4]
        for more in ("kind=complaint", "state=closed&from=2020-01-01&until=2020-12-31", "due=late")
    ]
    await _told(client, f"{login}: search", words)
    await _told(client, f"{login}: search, narrowed", [*narrowed, "/console/search?topic=marriage&urgent=1"])
    page = (await client.get("/console/search?q=" + quote("低保"))).text
    deep = [address.replace("&amp;", "&") for address in re.findall(r'rel="next" href="([^"]+)"', page)]
    await _told(client, f"{login}: search, next page", deep)
    found = (await client.get("/console/queue/all")).text + page
    numbers = sorted(set(re.findall(r"/console/cases/([\d-]+)", found)))
    await _told(
        client,
        f"{login}: case page",
        [f"/console/cases/{number}" for number in chance.sample(numbers, min(40, len(numbers)))],
    )


async def _told(client: httpx.AsyncClient, what: str, addresses: Sequence[str]) -> None:
    """Ask for each address in turn; print median, 95th percentile, the slowest and which one it was."""
    for address in addresses:
        assert (answer := await client.get(address)).status_code == 200, (address, answer.status_code)
    spent: list[tuple[float, str]] = []
    working = time.process_time()
    for turn in range(ASKED):
        address = addresses[turn % len(addresses)]
        started = time.perf_counter()
        await client.get(address)
        spent.append((1000 * (time.perf_counter() - started), address))
    own = 1000 * (time.process_time() - working) / ASKED
    times = sorted(ms for ms, _ in spent)
    worst = max(spent)
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    figures = f"median {statistics.median(times):6.1f}  p95 {p95:6.1f}  own work {own:6.1f}  slowest {worst[0]:6.1f}"
    print(f"  {what:30} {figures} {worst[1]}", flush=True)


async def _export(client: httpx.AsyncClient, count: int) -> None:
    """Send a hundred thousand rows (the newest tenth of the closed ones) through and watch the memory."""
    token = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/console/search?urgent=1")).text)
    assert token
    since = "2026-02-01" if count >= 1_000_000 else "2018-01-01"
    before, started, working, size = _resident(), time.perf_counter(), time.process_time(), 0
    data = {"csrf": token.group(1), "query": f"from={since}"}
    async with client.stream("POST", "/console/exchange/export", data=data) as answer:
        assert answer.status_code == 200
        async for chunk in answer.aiter_bytes():
            size += len(chunk)
    seconds = time.perf_counter() - started
    own = time.process_time() - working
    told = f"{size / 1e6:,.1f} MB in {seconds:,.1f} s (own work {own:,.1f} s)"
    print(f"  export: {told}, memory +{_peak() - before:,.0f} MiB", flush=True)


def _resident() -> float:
    return _status("VmRSS")


def _peak() -> float:
    return _status("VmHWM")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


if __name__ == "__main__":
    main()
