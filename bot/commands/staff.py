"""`huiying officer` and `huiying api-key`: who may sign in, which programs may write."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from bot.commands.console import house_for_work, out, plain_faults
from bot.wiring import utc_now
from handlers.accounts import api_keys, officers
from handlers.accounts.roles import ROLE_NAMES, Role
from handlers.taxonomy import SOURCES

officer = typer.Typer(help="Staff accounts.", no_args_is_help=True)
api_key = typer.Typer(help="Keys of the REST interface.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="Sign-in name.")]


@officer.command("add")
@plain_faults
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="Name as colleagues know it.")],
    role: Annotated[Role, typer.Option(help="officer, head, office, leader, auditor or admin.")] = Role.OFFICER,
    section: Annotated[str, typer.Option(help="Code of the section (officer, head).")] = "",
    receives_reports: Annotated[bool, typer.Option(help="Is the 举报受理人.")] = False,
) -> None:
    """Add an officer and print the first password."""
    house = house_for_work()
    codes = [s.code for s in house.core.profile().sections]
    with house.core.database.write() as session:
        _, password = officers.add(
            session, login=login, name=name, role=role, section=section, sections=codes, now=utc_now(),
            receives_reports=receives_reports,
        )  # fmt: skip
    out.print(f"✓ {name}（{login}，{ROLE_NAMES[role]}）初始密码：{password}  首次登录要改")


@officer.command("disable")
@plain_faults
def disable(login: Login) -> None:
    """Stop an officer from signing in; open sessions end at once."""
    with house_for_work().core.database.write() as session:
        officers.disable(session, login, utc_now())
    out.print(f"✓ {login} 已停用，登录已全部失效")


@officer.command("reset-password")
@plain_faults
def reset_password(login: Login) -> None:
    """Give a new first password; open sessions end at once."""
    with house_for_work().core.database.write() as session:
        password = officers.reset_password(session, login, utc_now())
    out.print(f"✓ {login} 的新密码：{password}  首次登录要改")


@officer.command("list")
@plain_faults
def everybody() -> None:
    """List everybody."""
    house = house_for_work()
    names = {s.code: s.name for s in house.core.profile().sections}
    table = Table("登录名", "姓名", "角色", "科室", "状态")
    with house.core.database.read() as session:
        for row in officers.everybody(session):
            state = "已停用" if row.disabled else "在用"
            table.add_row(row.login, row.name, ROLE_NAMES[Role(row.role)], names.get(row.section_code or "", ""), state)
    out.print(table)


@api_key.command("add")
@plain_faults
def add_key(
    account: Annotated[str, typer.Argument(help="Account under which its messages are stored.")],
    name: Annotated[str, typer.Option(help="Who uses it.")],
    source: Annotated[str, typer.Option(help="rest, hotline_12345, petition_system …")] = "rest",
) -> None:
    """Make a key and print it; it cannot be shown again."""
    with house_for_work().core.database.write() as session:
        key = api_keys.create_api_key(session, name, account, utc_now(), source)
    out.print(f"✓ {name} 的接口密钥（只显示这一次）：{key}")


@api_key.command("replace")
@plain_faults
def replace_key(account: str) -> None:
    """Give a new key in place of one that was lost or seen; the old one stops working at once."""
    with house_for_work().core.database.write() as session:
        key = api_keys.replace_api_key(session, account, utc_now())
    out.print(f"✓ {account} 的新接口密钥（只显示这一次）：{key}")


@api_key.command("list")
@plain_faults
def list_keys() -> None:
    """List the keys' holders (never the keys)."""
    with house_for_work().core.database.read() as session:
        for row in api_keys.list_api_keys(session):
            state = "已停用" if row.disabled_at else "在用"
            out.print(f"{row.account}  {row.name}  {SOURCES[row.source]}  {state}", markup=False)


@api_key.command("disable")
@plain_faults
def disable_key(account: str) -> None:
    """Switch a key off."""
    with house_for_work().core.database.write() as session:
        api_keys.disable_api_key(session, account, utc_now())
    out.print(f"✓ {account} 的接口密钥已停用")
