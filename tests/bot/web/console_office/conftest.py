"""The office's pages over a live house: real intake, the organisation in the tables, one officer of each role."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.casework.access import Staff
from handlers.intake.receive import Intake
from handlers.messages import InboundMessage, MessageKind
from handlers.organisation.load import shipped
from handlers.organisation.store import ProfileStore, write_profile
from handlers.records import Case, Officer
from tests.bot.web.live import LiveHouse, build_live

STAFF = {
    "zhangmin": ("张敏", Role.OFFICER, "welfare"),
    "heli": ("何丽", Role.HEAD, "welfare"),
    "baiyun": ("白云", Role.OFFICER, "social_relief_office"),
    "wuyun": ("乌云", Role.OFFICE, "general_office"),
    "bate": ("巴特", Role.LEADER, ""),
    "shen": ("沈正", Role.AUDITOR, ""),
    "keeper": ("管理员", Role.ADMIN, ""),
}


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the organisation and the staff in it, to copy: hashing passwords takes its time."""
    folder = tmp_path_factory.mktemp("furnished")
    live = build_live(folder)
    with live.services.core.database.write() as session:
        write_profile(session, shipped("hohhot-2018"), live.clock())
    for login, (name, role, section) in STAFF.items():
        live.officer(login, role, section, name=name)
    live.officer("suhe", Role.OFFICE, "general_office", name="苏和", receives_reports=True)
    with live.services.core.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    live.services.core.database.dispose()
    return folder / "test.db"


@pytest.fixture
def house(furnished: Path, tmp_path: Path) -> LiveHouse:
    shutil.copyfile(furnished, tmp_path / "test.db")
    live = build_live(tmp_path)
    core = live.services.core
    core = replace(core, profile=ProfileStore(core.database, fresh_seconds=0))
    live.services = replace(live.services, core=core)
    live.receiving.intake = Intake(core, live.services.files.keep)
    with core.database.read() as session:
        live.officers.update(session.execute(select(Officer.login, Officer.id)).tuples().all())
    return live


@pytest.fixture
def write_in(house: LiveHouse) -> Callable[..., Case]:
    """A citizen writes over WeChat; gives the case, its columns changed as told."""
    serial = count(1)

    def write(text: str = "请问高龄津贴怎么申请", at: datetime | None = None, **columns: Any) -> Case:
        n, at = next(serial), at or house.clock()
        receipt = house.receiving.intake.receive(
            InboundMessage("wechat", "gh_1", f"m{n}", f"u{n}", at, at, MessageKind.TEXT, text), at
        )
        if columns:
            house.change(receipt.number, **columns)
        return house.case(receipt.number)

    return write


@pytest.fixture
def staff(house: LiveHouse) -> Callable[[str], Staff]:
    """An officer as the core knows them."""

    def of(login: str) -> Staff:
        with house.services.core.database.read() as session:
            row = session.scalars(select(Officer).where(Officer.login == login)).one()
            return Staff(row.id, row.name, Role(row.role), row.section_code or "")

    return of
