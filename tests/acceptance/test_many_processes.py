"""Two web and two scheduler processes over one PostgreSQL: each case, each step and each delivery once."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.channels.wechat.channel import PATH
from bot.doors import wechat_settings
from bot.replay import Row, replay_rows
from bot.wiring import House, build_house, utc_now
from handlers.accounts import officers
from handlers.accounts.roles import Role
from handlers.casework.access import Staff, staff_of
from handlers.casework.answer import answer
from handlers.casework.claim import claim
from handlers.records import Alert, Case, CaseEvent, Clock, Delivery, Message
from tests.acceptance.stage import ROOT, Installation, free_port, run_async, wait_until_up

pytestmark = pytest.mark.postgresql
CITIZENS = 60
PATIENCE = 120.0  # seconds


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The platform's interface in a process of its own; yields its address and its journal."""
    journal = tmp_path / "journal.jsonl"
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/acceptance/vendor.py"), str(journal)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}", journal
    process.terminate()
    process.communicate(timeout=60)


@pytest.fixture
def installation(postgresql_url: str, tmp_path: Path, vendor: tuple[str, Path]) -> Iterator[Installation]:
    installation = Installation(tmp_path / "house", postgresql_url, {"HUIYING_WECHAT_API_BASE": vendor[0]})
    yield installation
    installation.close()


def test_two_web_and_two_scheduler_processes_do_everything_once(
    installation: Installation, vendor: tuple[str, Path]
) -> None:
    ports = [free_port(), free_port()]
    webs = [installation.run("web", "--port", str(port)) for port in ports]
    assert all(wait_until_up(port, web) for port, web in zip(ports, webs, strict=True))
    _write_to_both(installation, ports)
    house = build_house(installation.settings)
    with house.core.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == CITIZENS
        numbers = session.scalars(select(Case.number).order_by(Case.number)).all()
    assert len(set(numbers)) == CITIZENS
    assert [int(number[-4:]) for number in numbers] == list(range(1, CITIZENS + 1)), "no gap, none twice"

    answered = _answer_half(house)
    late = _let_the_others_be_late(house)
    for _ in range(2):
        installation.run("scheduler")
    _until(lambda: _states(house)["sent"] == answered)
    _until(lambda: len(_red(house)) == late)
    time.sleep(5)  # as many ticks again: whatever would come twice comes now

    journal = [json.loads(line) for line in vendor[1].read_text(encoding="utf-8").splitlines()]
    taken = Counter(entry["to"] for entry in journal if "to" in entry)
    assert len(taken) == answered
    assert set(taken.values()) == {1}, "each citizen got the answer once"
    assert len(_red(house)) == len(set(_red(house))) == late, "one alert a clock and step"
    assert _red_events(house) == late, "and one line in the history"
    house.close()


def _rows() -> list[Row]:
    start = datetime(2026, 11, 20, 1, tzinfo=UTC)
    return [
        Row(
            f"many-{i}",
            f"citizen-{i}",
            start + timedelta(minutes=i),
            "",
            f"请问高龄津贴怎么申请，需要什么材料？我是第{i}位",
        )
        for i in range(CITIZENS)
    ]


def _write_to_both(installation: Installation, ports: list[int]) -> None:
    """The platform may hand one message to both servers at once."""
    settings = wechat_settings(installation.settings)

    async def both() -> None:
        targets = [f"http://127.0.0.1:{port}{PATH}" for port in ports]
        await asyncio.gather(*(replay_rows(_rows(), target, settings, io.StringIO(), 10) for target in targets))

    run_async(both())


def _answer_half(house: House) -> int:
    core, now = house.core, utc_now()
    with core.database.write() as session:
        sections = [section.code for section in core.profile().sections]
        officer, _ = officers.add(
            session, login="li", name="李", role=Role.HEAD, section="welfare", sections=sections, now=now
        )
        person: Staff = staff_of(officer)
        cases = session.scalars(select(Case).where(Case.section_code == "welfare").order_by(Case.id)).all()
        ids = [case.id for case in cases][: CITIZENS // 2]
    assert len(ids) == CITIZENS // 2, "a plain question about an allowance is routed by itself"
    for case_id in ids:
        with core.database.write() as session:
            case = session.get_one(Case, case_id)
            claim(session, core, person, case_id, case.version, now)
            answer(session, core, person, case_id, case.version, "带身份证到社区办理。", now=now)
    return len(ids)


def _let_the_others_be_late(house: House) -> int:
    """Their clocks began three weeks ago: every one of them has missed its date."""
    with house.core.database.write() as session:
        clocks = session.scalars(
            select(Clock).join(Case, Case.id == Clock.case_id).where(Case.state == "assigned", Clock.rule == "RX-01")
        ).all()
        for clock in clocks:
            clock.started_at -= timedelta(days=21)
            clock.legal_due -= timedelta(days=21)
            clock.safe_due -= timedelta(days=21)
            clock.next_alarm_at = utc_now() - timedelta(minutes=1)
        return len(clocks)


def _states(house: House) -> Counter[str]:
    with house.core.database.read() as session:
        return Counter(session.scalars(select(Delivery.state).where(Delivery.purpose == "answer")))


def _red(house: House) -> list[int | None]:
    with house.core.database.read() as session:
        return list(session.scalars(select(Alert.clock_id).where(Alert.kind == "ladder", Alert.step == "red")))


def _red_events(house: House) -> int:
    with house.core.database.read() as session:
        events = session.scalars(select(CaseEvent.data).where(CaseEvent.action == "clock_alert"))
        return sum(data["step"] == "red" for data in events)


def _until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, "still waiting"
        time.sleep(0.2)
