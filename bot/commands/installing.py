"""`huiying init`: from an empty folder to an installation that can start; safe to run again."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer
from dotenv import dotenv_values
from sqlalchemy import select

from bot.commands.console import env_file, err, out, plain_faults, settings_for_work
from bot.settings import Settings, new_key
from bot.wiring import utc_now
from handlers.accounts import officers
from handlers.accounts.roles import Role
from handlers.core import ProfileSource
from handlers.deadlines.calendar_store import seed_calendar_table
from handlers.guides.load import sample_guides
from handlers.guides.store import load_samples
from handlers.learning.retrain import ensure_model
from handlers.organisation.load import load, shipped, shipped_codes
from handlers.organisation.profile import Profile
from handlers.organisation.store import ProfileStore, write_profile
from handlers.records import GuideRow, Officer, ProfileHead
from handlers.records.database import Database
from handlers.records.migrate import upgrade

_KEYS = ("HUIYING_SECRET_KEY", "HUIYING_DATA_KEY", "HUIYING_AUDIT_KEY")


@plain_faults
def init(
    profile: Annotated[str, typer.Option(help="The organisation: a shipped code or the path of your own file.")] = "",
    admin: Annotated[str, typer.Option(help="Sign-in name of the first administrator.")] = "admin",
) -> None:
    """Make keys and .env where they are missing, bring the database to this release, load profile and calendar."""
    _write_env(env_file(), profile)
    settings = settings_for_work()
    database = Database(settings.database_url)
    prepare(database, find_profile(settings.profile))
    teach(settings, database)
    out.print("✓ 数据库已就绪（表结构、工作日历、组织机构）")
    with database.write() as session:
        if session.scalar(select(Officer.id).limit(1)) is None:
            _, password = officers.add(
                session, login=admin, name="管理员", role=Role.ADMIN, section="", sections=(), now=utc_now()
            )
            out.print(f"✓ 第一位管理员：{admin}  初始密码：{password}  （首次登录要改）")
    database.dispose()
    out.print("接下来：huiying check 看还缺什么，huiying serve 启动。")


def prepare(database: Database, profile: Profile) -> ProfileSource:
    """Bring ``database`` to this release; load calendar, profile and sample guides where it has none."""
    upgrade(database)
    with database.write() as session:
        seed_calendar_table(session)
        if session.scalar(select(ProfileHead.id)) is None:
            write_profile(session, profile, utc_now())
        if session.scalar(select(GuideRow.id).limit(1)) is None:
            load_samples(session, sample_guides(), utc_now())
    return ProfileStore(database)


def teach(settings: Settings, database: Database) -> None:
    """Put the shipped corpus's model in force where none is yet; trained at the first time, about half a minute."""
    if settings.understanding == "learned":
        with err.status("第一次：用自带语料训练识别模型（约半分钟）…"):
            ensure_model(database, settings.model_dir, utc_now())


def find_profile(name: str) -> Profile:
    """A shipped profile by its code, or one from a file."""
    return shipped(name) if name in shipped_codes() else load(Path(name))


def _write_env(path: Path, profile: str) -> None:
    """Fill in what is missing or empty. Keys are made once and never changed: other keys open no sealed data."""
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    given = {name for name, value in dotenv_values(stream=StringIO(known)).items() if value} | set(os.environ)
    wanted = {name: new_key() for name in _KEYS if name not in given}
    if "HUIYING_PROFILE" not in given:
        if not profile:
            codes = "、".join(shipped_codes())
            raise typer.BadParameter(f"请说明用哪个组织机构：--profile（自带：{codes}，或您自己的文件）")
        wanted["HUIYING_PROFILE"] = profile
    if not wanted:
        return
    kept = [line for line in known.splitlines() if line.split("=", 1)[0].strip() not in wanted]
    lines = [*kept, *(f"{name}={value}" for name, value in wanted.items())]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    path.chmod(0o600)
    out.print(f"✓ {path} 写入 {len(wanted)} 项（密钥请另存一份：丢了就打不开已加密的联系方式）")
