"""`huiying serve`, `web`, `scheduler`: the long-running processes."""

from __future__ import annotations

import signal
import threading
from typing import Annotated, Any

import typer
import uvicorn

from bot.commands.console import out, plain_faults, settings_for_work
from bot.settings import Settings
from bot.web.app import create_app
from bot.wiring import House, build_house, build_runner, build_services
from handlers.errors import SettingFault
from handlers.records.migrate import current_revision, wanted_revision

Port = Annotated[int | None, typer.Option(help="Instead of HUIYING_PORT.")]
Host = Annotated[str | None, typer.Option(help="Instead of HUIYING_HOST.")]


@plain_faults
def serve(host: Host = None, port: Port = None) -> None:
    """Web and scheduler in one process (a small bureau needs no more)."""
    settings = settings_for_work()
    run_web(settings, ready_house(settings), host, port, with_scheduler=True)


@plain_faults
def web(host: Host = None, port: Port = None) -> None:
    """The web process alone; start as many as you like on PostgreSQL."""
    settings = settings_for_work()
    run_web(settings, ready_house(settings), host, port, with_scheduler=False)


@plain_faults
def scheduler() -> None:
    """The scheduler alone; more than one may run, each step is still taken once."""
    settings = settings_for_work()
    house = ready_house(settings)
    runner = build_runner(house)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    runner.start()
    stopping.wait()
    runner.stop()
    house.close()


def ready_house(settings: Settings) -> House:
    """Build the house; a database that is not brought to this release stops the start with the remedy."""
    house = build_house(settings)
    current, wanted = current_revision(house.core.database), wanted_revision()
    if current != wanted:
        raise SettingFault(f"数据库的表结构是 {current or '空'}，这一版需要 {wanted}：请先运行 huiying init。")
    house.core.profile()
    house.core.calendar()
    return house


def run_web(
    settings: Settings,
    house: House,
    host: str | None,
    port: int | None,
    *,
    with_scheduler: bool,
    demo_routes: tuple[Any, ...] = (),
) -> None:
    """Serve until a signal; what is under way is finished (at most ten seconds), then everything is given back."""
    app = create_app(build_services(house, with_scheduler=with_scheduler, demo_routes=demo_routes))
    config = uvicorn.Config(
        app,
        host=host or settings.host,
        port=settings.port if port is None else port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
        limit_concurrency=2000,
    )
    out.print(f"回应 Huiying：http://{config.host}:{config.port}  （停止：Ctrl-C）")
    uvicorn.Server(config).run()
