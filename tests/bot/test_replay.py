"""Replaying a file: each row once, the same again as the same, and nothing acknowledged that is not in the journal."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette

from bot.channels.wechat import MemoryTokenStore, Mode, WeChatChannel
from bot.replay import number_in, percentile, read_rows, replay
from bot.simulator.platform import Rhythm
from handlers.errors import IntakeUnavailable, InvalidInput
from handlers.messages import InboundMessage, Receipt
from tests.bot.channels.wechat.conftest import PATH, SETTINGS
from tests.peers.server import serving
from tests.peers.vendor import closed_port

HASTY = Rhythm(tries=3, wait_seconds=0.05)
CALM = Rhythm(tries=3, wait_seconds=2)
ROWS = [
    ("a-1", "U1", "2019/2/28 11:25:05", "题一", "楼道的灯坏了三个月"),
    ("a-2", "U2", "2019-08-01 00:00:00", "题二", "  前后空格 \n第二行\r\n第三行 ]]> <b>&amp; 😀 \u202e"),
    ("a-3", "", "2022-06-13", "题三", "没有用户的一条"),
    ("a-4", "U1", "2019/2/28 11:25:05", "题四", "同一个人同一秒"),
    ("a-5", "", "2022-06-13", "只有题目", ""),
]


@dataclass
class Bureau:
    """A webhook that numbers what it stores once, and fails the first ``failing`` tries of each message."""

    failing: int = 0
    tries: dict[str, int] = field(default_factory=dict)
    stored: dict[str, InboundMessage] = field(default_factory=dict)

    async def receive(self, message: InboundMessage) -> Receipt:
        self.tries[message.external_id] = self.tries.get(message.external_id, 0) + 1
        if self.tries[message.external_id] <= self.failing:
            raise IntakeUnavailable("not now")
        self.stored.setdefault(message.external_id, message)
        number = f"20261123-{list(self.stored).index(message.external_id) + 1:04}"
        return Receipt(f"您好，留言已收到，编号 {number}，查询码 K7MR-2QXT。", number)


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


@pytest.fixture
def address(bureau: Bureau) -> Iterator[str]:
    channel = WeChatChannel(SETTINGS, lambda: datetime.now(UTC), lambda fetch: MemoryTokenStore(fetch, lambda: 0.0))
    with serving(Starlette(routes=list(channel.routes(bureau.receive)))) as base:
        yield base + PATH


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "messages.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("id", "user", "time", "title", "text"), *ROWS])
    return path


def journalled(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_row_arrives_to_the_letter(bureau, address, file, tmp_path):
    steps: list[tuple[int, int]] = []
    report = replay(
        file, address, SETTINGS, tmp_path / "j", rhythm=CALM, progress=lambda done, all_: steps.append((done, all_))
    )
    assert (report.rows, report.acknowledged, report.errors, report.unnumbered) == (5, 5, [], 0)
    assert len(report.numbers) == 5
    want = {hashlib.sha256((row[4] or row[3]).encode()).hexdigest() for row in ROWS}
    assert {hashlib.sha256(message.text.encode()).hexdigest() for message in bureau.stored.values()} == want
    assert steps[-1] == (5, 5)
    assert 0 < report.p50 <= report.p99


def test_one_user_is_one_person_and_rows_without_user_are_people_of_their_own(bureau, address, file, tmp_path):
    replay(file, address, SETTINGS, tmp_path / "j", rhythm=CALM)
    senders = {message.text: message.sender_id for message in bureau.stored.values()}
    assert senders[ROWS[0][4]] == senders[ROWS[3][4]]
    assert len(set(senders.values())) == 4


def test_times_are_chinas(bureau, address, file, tmp_path):
    replay(file, address, SETTINGS, tmp_path / "j", rhythm=CALM)
    times = {message.text: message.sent_at for message in bureau.stored.values()}
    assert times[ROWS[0][4]] == datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC)
    assert times[ROWS[2][4]] == datetime(2022, 6, 12, 16, 0, tzinfo=UTC)


def test_a_second_replay_is_all_duplicates(bureau, address, file, tmp_path):
    first = replay(file, address, SETTINGS, tmp_path / "j1", rhythm=CALM)
    second = replay(file, address, SETTINGS, tmp_path / "j2", rhythm=CALM)
    assert first.numbers == second.numbers
    assert len(bureau.stored) == 5
    pairs = [{(line["row"], line["number"]) for line in journalled(tmp_path / name)} for name in ("j1", "j2")]
    assert pairs[0] == pairs[1]


def test_what_is_refused_at_first_is_sent_again_as_the_platform_does(bureau, address, file, tmp_path):
    bureau.failing = 2
    report = replay(file, address, SETTINGS, tmp_path / "j", rhythm=Rhythm(3, 0.3))
    assert (report.acknowledged, report.retried) == (5, 5)
    assert {line["tries"] for line in journalled(tmp_path / "j")} == {3}


def test_after_three_tries_a_row_is_an_error_and_not_journalled(bureau, address, file, tmp_path):
    bureau.failing = 3
    report = replay(file, address, SETTINGS, tmp_path / "j", rhythm=Rhythm(3, 0.1))
    assert report.acknowledged == 0
    assert sorted(report.errors) == [f"{row[0]}: HTTP 503" for row in ROWS]
    assert journalled(tmp_path / "j") == []


def test_a_server_that_is_away_is_an_error_per_row_and_no_crash(file, tmp_path):
    report = replay(file, f"http://127.0.0.1:{closed_port()}/x", SETTINGS, tmp_path / "j", rhythm=HASTY)
    assert len(report.errors) == 5


def test_the_journal_is_appended_to(bureau, address, file, tmp_path):
    for _ in range(2):
        replay(file, address, SETTINGS, tmp_path / "deep" / "j", limit=2, rhythm=CALM)
    assert len(journalled(tmp_path / "deep" / "j")) == 4
    line = journalled(tmp_path / "deep" / "j")[0]
    assert set(line) == {"row", "number", "seconds", "tries"}


def test_the_limit_counts_rows(file):
    assert len(read_rows(file, 2)) == 2
    assert len(read_rows(file)) == 5


@pytest.mark.parametrize("content", ["id,text\n1,x\n", "id,user,time,title,text\n1,u,昨天,t,x\n", "\udcff"])
def test_a_file_that_is_not_like_that_is_refused_by_name(tmp_path, content):
    path = tmp_path / "wrong.csv"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidInput):
        read_rows(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match=r"nowhere\.csv"):
        read_rows(tmp_path / "nowhere.csv")


def test_numbers_are_read_out_of_receipts():
    assert number_in("编号 20261123-0007，电话 0471-5201234") == "20261123-0007"
    assert number_in("编号20261123-10007。") == "20261123-10007"
    assert number_in("电话 0471-5201234") == ""


def test_percentiles_are_of_the_nearest_rank():
    assert percentile([], 99) == 0
    assert percentile([3, 1, 2], 50) == 2
    assert percentile(range(1, 101), 99) == 99


def test_all_modes_are_replayed(bureau, file, tmp_path):
    from dataclasses import replace as changed

    for mode in Mode:
        settings = changed(SETTINGS, mode=mode)
        channel = WeChatChannel(settings, lambda: datetime.now(UTC), lambda fetch: MemoryTokenStore(fetch, lambda: 0.0))
        with serving(Starlette(routes=list(channel.routes(bureau.receive)))) as base:
            report = replay(file, base + PATH, settings, tmp_path / mode, rhythm=CALM)
        assert report.acknowledged == 5
    assert len(bureau.stored) == 5
