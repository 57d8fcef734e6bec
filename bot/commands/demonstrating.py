"""`huiying demo`: the whole product on this machine, with an embedded database and invented people."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer
from rich.panel import Panel
from rich.table import Table

from bot.commands.console import out, plain_faults, progress_bar
from bot.commands.installing import find_profile, prepare, teach
from bot.commands.serving import run_web
from bot.demo import FOLDER, demo_password, demo_settings, simulator
from bot.doors import wechat_settings
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.wiring import House, build_house
from handlers.accounts.roles import ROLE_NAMES, Role
from handlers.demo.officers import OFFICERS
from handlers.records.database import Database

_SHOWN = ("zhangmin", "liuzhiqiang", "liufang", "suhe", "wuyun", "shenji", "guanli")


@plain_faults
def demo(
    port: Annotated[int, typer.Option(help="Where to listen; the next free one when it is taken.")] = 8000,
    folder: Annotated[Path, typer.Option(help="Where the demo lives; delete it to begin anew.")] = FOLDER,
) -> None:
    """Start the demo: staff console, portal, and a phone that stands in for WeChat."""
    settings = demo_settings(folder, _free(port))
    set_up_logs(settings.log_level, settings.log_format)
    house = demo_house(settings, folder, seeded=True)
    _welcome(settings, demo_password(folder))
    run_web(settings, house, None, None, with_scheduler=True, demo_routes=simulator(house))


def demo_house(settings: Settings, folder: Path, *, seeded: bool) -> House:
    """Build the demo's house; its database is made at the first call, its people and messages when ``seeded``."""
    database = Database(settings.database_url)
    prepare(database, find_profile(settings.profile))
    if seeded:
        teach(settings, database)
    database.dispose()
    house = build_house(settings)
    if seeded:
        _seed(house, demo_password(folder))
    return house


def _seed(house: House, password: str) -> None:
    from handlers.demo.seed import is_seeded, seed_demo

    with house.core.database.read() as session:
        if is_seeded(session):
            return
    account = wechat_settings(house.settings).account
    with progress_bar() as bar:
        task = bar.add_task("第一次启动：把六十条示例留言走一遍全流程", total=None)
        seed_demo(
            house.core, house.intake, house.files, house.now(), password, account,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip


def _welcome(settings: Settings, password: str) -> None:
    table = Table("登录名", "姓名", "角色", box=None, pad_edge=False)
    for person in OFFICERS:
        if person.sign_in in _SHOWN:
            table.add_row(person.sign_in, person.name, ROLE_NAMES[Role(person.role)])
    address = settings.base_url
    lines = (
        f"群众手机（代替微信）  {address}/sim",
        f"网页留言、查进度      {address}/",
        f"工作人员后台          {address}/console    所有人的密码：{password}",
    )
    out.print(Panel("\n".join(lines), title="回应 Huiying 演示", expand=False))
    out.print(table)


def _free(port: int) -> int:
    """The port, or the next one that nobody listens on."""
    for candidate in range(port, port + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return candidate
    return 0
