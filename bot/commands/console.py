"""What every command shares: the terminal, the settings, and one way of saying that something went wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import SQLAlchemyError

from bot.logs import set_up_logs
from bot.settings import Settings, read_settings
from bot.wiring import House, build_house
from handlers.errors import HuiyingError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

_chosen: list[Path] = [Path(".env")]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def plain_faults(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Turn the faults we know into one sentence and exit code 1; anything else keeps its traceback."""

    @wraps(command)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return command(*args, **kwargs)
        except HuiyingError as fault:
            err.print(f"[bold red]✗[/] {escape(str(fault))}", soft_wrap=True)
            raise typer.Exit(1) from None
        except SQLAlchemyError as fault:
            err.print(f"[bold red]✗[/] 数据库出错（{type(fault).__name__}）：请运行 huiying check。", markup=True)
            raise typer.Exit(1) from None
        except OSError as fault:
            err.print(f"[bold red]✗[/] {fault.strerror or fault}：{fault.filename or ''}", markup=True)
            raise typer.Exit(1) from None

    return guarded


def use_env_file(file: Path) -> None:
    """Read settings from ``file`` (the option of the command line)."""
    _chosen[0] = file


def env_file() -> Path:
    """The file of settings this run uses."""
    return _chosen[0]


def settings_for_work() -> Settings:
    """Read the settings and set up the logs."""
    settings = read_settings(env_file())
    set_up_logs(settings.log_level, settings.log_format)
    return settings


def house_for_work() -> House:
    """Build the house of the settings."""
    return build_house(settings_for_work())


def progress_bar() -> Progress:
    """A progress bar on standard error, so that output can be piped."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True)
