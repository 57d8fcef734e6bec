"""`huiying profile`: load, export and check the organisation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from bot.commands.console import house_for_work, out, plain_faults, settings_for_work
from bot.commands.installing import find_profile
from bot.wiring import utc_now
from handlers.organisation.check import check_profile
from handlers.organisation.load import to_toml
from handlers.organisation.profile import Profile
from handlers.organisation.store import write_profile
from handlers.organisation.wording import check_wording
from handlers.records import Officer
from handlers.records.database import Database

profile = typer.Typer(help="The organisation: sections, units, routes, wording.", no_args_is_help=True)

Which = Annotated[str, typer.Argument(help="A shipped code (hohhot-2018, municipal-current) or the path of a file.")]


@profile.command("load")
@plain_faults
def load_profile(which: Which) -> None:
    """Put a profile in place of the one in the database."""
    wanted = find_profile(which)
    with Database(settings_for_work().database_url).write() as session:
        version = write_profile(session, wanted, utc_now())
    out.print(f"✓ 已载入 {wanted.name}（第 {version} 版）；正在运行的程序几秒内跟上")
    _tell(check_wording(wanted))


@profile.command("export")
@plain_faults
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output when left out.")] = None,
) -> None:
    """Write the organisation as it stands now as TOML."""
    text = to_toml(house_for_work().core.profile())
    if file is None:
        out.print(text, markup=False, soft_wrap=True)
    else:
        file.write_text(text, encoding="utf-8")
        out.print(f"✓ 已写入 {file}")


@profile.command("check")
@plain_faults
def check(which: Annotated[str, typer.Argument(help="A code or file; the database when left out.")] = "") -> None:
    """Say what is wrong or missing in a profile."""
    if which:
        problems = profile_problems(find_profile(which), None)
    else:
        house = house_for_work()
        problems = profile_problems(house.core.profile(), house.core.database)
    _tell(problems)
    if problems:
        raise typer.Exit(1)
    out.print("✓ 没有发现问题")


def profile_problems(wanted: Profile, database: Database | None) -> list[str]:
    """What is wrong with a profile, in words; with a database also whether the people it names exist."""
    if database is None:
        return check_profile(wanted)
    with database.read() as session:
        logins = session.scalars(select(Officer.login).where(Officer.disabled.is_(False))).all()
    return check_profile(wanted, logins)


def _tell(problems: list[str]) -> None:
    for problem in problems:
        out.print(f"[yellow]![/] {problem}", markup=True)
