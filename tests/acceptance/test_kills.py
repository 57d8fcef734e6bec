"""The server is killed twenty times in the middle of its work: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import io
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.channels.wechat.channel import PATH
from bot.doors import wechat_settings
from bot.replay import Row, replay_rows
from bot.simulator.platform import Rhythm
from handlers.demo.samples import samples
from handlers.records import Case, CaseEvent, Message, NumberSeries
from handlers.records.ledger import Ledger
from tests.acceptance.stage import Installation, free_port, kill, run_async, wait_until_up

KILLS = int(os.environ.get("HUIYING_TEST_KILLS", "20"))
ROWS = 1500


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    installation = Installation(tmp_path, url)
    yield installation
    installation.close()


def rows() -> list[Row]:
    """Messages of our own, each from a person of its own."""
    texts = [sample.text for sample in samples() if sample.text]
    start = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        Row(f"kill-{i}", f"person-{i}", start + timedelta(minutes=i), "", f"{texts[i % len(texts)]}（第{i}件）")
        for i in range(ROWS)
    ]


def test_twenty_kills_lose_and_double_nothing(installation: Installation) -> None:
    seed = random.randrange(10**6)
    dice, port = random.Random(seed), free_port()
    print(f"\nseed {seed}")
    journal = io.StringIO()
    client = threading.Thread(target=_replay, args=(installation, port, journal, Rhythm(tries=3, wait_seconds=5)))
    client.start()
    by_itself = _kill_again_and_again(installation, port, dice)
    server = installation.run("web", "--port", str(port))
    assert wait_until_up(port, server)
    client.join(300)
    assert not client.is_alive()
    print(f"{KILLS} kills, {by_itself} of them between commit and response")

    _replay(installation, port, journal, Rhythm(tries=3, wait_seconds=5))
    kill(server)
    _nothing_lost_or_doubled(installation, [json.loads(line) for line in journal.getvalue().splitlines()])


def _replay(installation: Installation, port: int, journal: io.StringIO, rhythm: Rhythm) -> None:
    settings = wechat_settings(installation.settings)
    run_async(replay_rows(rows(), f"http://127.0.0.1:{port}{PATH}", settings, journal, 20, rhythm))


def _kill_again_and_again(installation: Installation, port: int, dice: random.Random) -> int:
    by_itself = 0
    settings_file = str(installation.folder / "settings.env")
    for n in range(KILLS):
        risk = "0.2" if n % 2 else "0"
        module = "tests.acceptance.mortal_server"
        server = installation.run(settings_file, str(port), risk, str(dice.random()), module=module)
        if wait_until_up(port, server):
            end = time.monotonic() + dice.uniform(0.05, 1.5)
            while time.monotonic() < end and server.poll() is None:
                time.sleep(0.01)
        by_itself += server.poll() is not None
        kill(server)
    return by_itself


def _nothing_lost_or_doubled(installation: Installation, acknowledged: list[dict[str, str]]) -> None:
    database = installation.database()
    ledger = Ledger(installation.settings.audit_key.get_secret_value())
    with database.read() as session:
        stored = session.execute(select(Message.text, Message.receipt_number)).all()
        errors = session.scalars(select(Message.error).where(Message.state != "processed")).all()
        openings = session.scalars(select(Case.first_message_id)).all()
        given = session.scalar(select(func.sum(NumberSeries.last)))
        events = session.scalars(select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq)).all()
    database.dispose()
    numbers = {row.text: row.receipt_number for row in stored}
    told: dict[str, set[str]] = {}
    for line in acknowledged:
        told.setdefault(str(line["row"]), set()).add(str(line["number"]))

    assert len(stored) == ROWS, "every message is there, once"
    assert not errors, "nothing was parked"
    assert len(told) == ROWS
    for row in rows():
        assert told[row.id] == {numbers[row.text]}, "a retry is told the number that was given first"
    assert max(Counter(openings).values()) == 1, "one message opens one case"
    assert given == len(openings) == ROWS, "no number is missing or given twice"
    assert not list(ledger.verify(events))
