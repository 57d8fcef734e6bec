"""Whether this installation can do its work: each check returns None, or what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from handlers.records.migrate import current_revision, wanted_revision
from scheduler.heartbeat import stale_jobs

if TYPE_CHECKING:
    from bot.wiring import House

Check = Callable[[], str | None]


def ready_checks(house: House) -> dict[str, Check]:
    """The checks of /readyz, by name."""
    return {
        "database": lambda: _database(house),
        "schema": lambda: _schema(house),
        "scheduler": lambda: _scheduler(house),
    }


def _database(house: House) -> str | None:
    try:
        house.core.database.ping()
    except SQLAlchemyError as fault:
        return f"数据库没有应答（{type(fault).__name__}）：请检查 DATABASE_URL 和数据库服务。"
    return None


def _schema(house: House) -> str | None:
    try:
        current = current_revision(house.core.database)
    except SQLAlchemyError:
        return "数据库没有应答，无法核对表结构。"
    wanted = wanted_revision()
    return None if current == wanted else f"表结构是 {current or '空'}，程序需要 {wanted}：请运行 huiying init。"


def _scheduler(house: House) -> str | None:
    try:
        with house.core.database.read() as session:
            stale = stale_jobs(session, house.now())
    except SQLAlchemyError:
        return "数据库没有应答，无法核对心跳。"
    return f"定时任务没有按时运行：{'、'.join(stale)}。请检查 huiying scheduler 是否在运行。" if stale else None
