"""Queue page, search, case page and export at a million cases, through the whole web application, on both databases.

Each page is asked for as its officer's browser would, in process over ASGI (middleware, sign-in, menu counts and
templates included): five runs of ``BENCH_ASKED`` requests, the median of the runs' medians and the 95th percentile of
all requests. Case pages are first looks, each a case of its own: the look is recorded. Beside the time stands the own
work: processor time of this process and of the server's. ``BENCH_COUNT`` changes the number of cases.
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
from sqlalchemy import delete, event

from bot.logs import set_up_logs
from bot.services import Services
from bot.settings import Settings, new_key
from bot.web.access import SESSION_COOKIE
from bot.web.app import create_app
from handlers.accounts.sessions import Accounts
from handlers.attachments.store import AttachmentStore
from handlers.core import Core
from handlers.records import CaseEvent
from tests.bench.figures import Figure, note
from tests.bench.letters import FIRST, NOW, last_event
from tests.bench.million import PASSWORD, house_of
from tests.bench.stock import kinds
from tests.bench.working import Working, forget_peak, peak

RUNS: Final = 5
ASKED: Final = int(os.environ.get("BENCH_ASKED", 40))
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
        print(f"{kind}, {count:,} cases ({count // 100:,} open), {RUNS} × {ASKED} requests, ms:")
        asyncio.run(_Bench(core, count, f"{kind} {_short(count)}").run())
        core.database.dispose()


def _short(count: int) -> str:
    return f"{count // 1_000_000}M" if count >= 1_000_000 else f"{count // 1000}k"


class _Bench:
    """One house with its application."""

    def __init__(self, core: Core, count: int, where: str) -> None:
        self._core, self._count, self._where = core, count, where
        settings = Settings.of(
            profile="hohhot-2018", **dict.fromkeys(("secret_key", "data_key", "audit_key"), new_key()),
            rate_pages_per_minute=1_000_000,
        )  # fmt: skip
        self._accounts = Accounts(core.database, lambda: NOW)
        services = Services(
            settings=settings, now=lambda: NOW, core=core, receive=_nothing, accounts=self._accounts,
            files=AttachmentStore(Path("var") / "bench"),
        )  # fmt: skip
        self._app, self._asked = create_app(services), 0

        @event.listens_for(core.database.engine, "before_cursor_execute")
        def count_statements(*_: Any) -> None:
            self._asked += 1

    async def run(self) -> None:
        """Measure the pages of the office and of an officer, and the export."""
        with self._core.database.write() as session:  # an earlier run has looked at the cases, too
            session.execute(delete(CaseEvent).where(CaseEvent.id > last_event(self._count)))
        for login in ("office", "o-welfare"):
            cookies = {SESSION_COOKIE: self._accounts.sign_in(login, PASSWORD)}
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://bench", cookies=cookies) as client:
                await self._pages(client, login)
                if login == "office":
                    await self._exports(client)

    async def _pages(self, client: httpx.AsyncClient, login: str) -> None:
        chance = random.Random(5)
        queues = [f"/console/queue/{code}" for code in (*_QUEUES, "triage" if login == "office" else "mine")]
        await self._told(client, f"queue page, {login}", queues, 50)
        words = [f"/console/search?q={quote(word)}" for word in _WORDS]
        narrowed = [
            f"{address}&{more}"
            for address in words[:4]
            for more in ("kind=complaint", "state=closed&from=2020-01-01&until=2020-12-31", "due=late")
        ]
        await self._told(client, f"search, {login}", words, 100)
        await self._told(
            client, f"search, narrowed, {login}", [*narrowed, "/console/search?topic=marriage&urgent=1"], 100
        )
        page = (await client.get("/console/search?q=" + quote("低保"))).text
        deep = [address.replace("&amp;", "&") for address in re.findall(r'rel="next" href="([^"]+)"', page)]
        await self._told(client, f"search, next page, {login}", deep, 100)
        numbers = await self._numbers(client)
        cases = [f"/console/cases/{number}" for number in chance.sample(numbers, len(numbers))]
        await self._told(client, f"case page, first look, {login}", cases[: RUNS * ASKED], 50, warm=cases[-10:])

    async def _numbers(self, client: httpx.AsyncClient) -> list[str]:
        """Cases of every kind of list, open and closed, more than will be asked for."""
        found: set[str] = set()
        for turn in range(1, 10):
            for code in ("section", "open", "closed", "all"):
                text = (await client.get(f"/console/queue/{code}?page={turn}")).text
                found |= set(re.findall(r"/console/cases/([\d-]+)", text))
            if len(found) > RUNS * ASKED + 20:
                break
        return sorted(found)

    async def _told(
        self, client: httpx.AsyncClient, what: str, addresses: Sequence[str], limit: float,
        *, warm: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        """Ask for the addresses in turn; note the 95th percentile against the limit."""
        for address in warm if warm is not None else addresses:
            assert (answer := await client.get(address)).status_code == 200, (address, answer.status_code)
        runs, working, self._asked = list[list[tuple[float, str]]](), Working(self._core.database), 0
        for run in range(RUNS):
            runs.append([])
            for turn in range(ASKED):
                address = addresses[(run * ASKED + turn) % len(addresses)]
                started = time.perf_counter()
                await client.get(address)
                runs[-1].append((1000 * (time.perf_counter() - started), address))
        asked, own = self._asked / RUNS / ASKED, 1000 * working.seconds() / RUNS / ASKED
        every = sorted(one for run in runs for one in run)
        median = statistics.median(statistics.median(ms for ms, _ in run) for run in runs)
        worst = f"slowest {every[-1][0]:.0f} {every[-1][1][:60]}"
        more = f"median {median:.1f}, {asked:.1f} statements, {worst}"
        note(Figure(f"{what}: p95", self._where, every[int(len(every) * 0.95)][0], "ms", limit, own, more))

    async def _exports(self, client: httpx.AsyncClient) -> None:
        """A tenth of the rows first: the memory of ten times as many is to be about the same."""
        token = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/console/search?urgent=1")).text)
        assert token
        for rows, limit in ((min(10_000, self._count // 10), None), (min(100_000, self._count), 30.0)):
            since = NOW - (NOW - FIRST) * (rows / self._count)
            before, started, working, size = forget_peak(), time.perf_counter(), Working(self._core.database), 0
            data = {"csrf": token.group(1), "query": f"from={since:%Y-%m-%d}"}
            async with client.stream("POST", "/console/exchange/export", data=data) as answer:
                assert answer.status_code == 200
                async for chunk in answer.aiter_bytes():
                    size += len(chunk)
            seconds = time.perf_counter() - started
            more = f"{size / 1e6:,.1f} MB, memory at most +{peak() - before:,.0f} MiB"
            note(Figure(f"export of {rows:,} rows", self._where, seconds, "s", limit, working.seconds(), more))


async def _nothing(_: Any) -> Any:
    raise NotImplementedError


if __name__ == "__main__":
    main()
