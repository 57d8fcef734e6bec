"""`huiying backup`, `restore`, `check`, `audit verify`: keeping an installation whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

from bot.anchoring import anchor_folder
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wechat.menu import menu_definition
from bot.commands.console import house_for_work, out, plain_faults, progress_bar, settings_for_work
from bot.health import examine
from bot.wiring import utc_now
from handlers.accounts.officers import by_login
from handlers.backup.compare import compare as compare_databases
from handlers.backup.restore import restore as restore_archive
from handlers.backup.save import backup as save_archive
from handlers.casefile.archive import check_archive
from handlers.casework.citizen import plain_number
from handlers.errors import SettingFault
from handlers.records import Case, CaseEvent
from handlers.records.anchors import check_anchors, export_anchor, read_anchors
from handlers.records.database import Database
from handlers.retention.job import erase_case

audit = typer.Typer(help="The chain of case events (办理留痕).", no_args_is_help=True)

Archive = Annotated[Path, typer.Argument(help="The archive.")]


@plain_faults
def backup(archive: Archive) -> None:
    """Write everything but the keys into one archive; the server may go on working."""
    settings = settings_for_work()
    with progress_bar() as bar:
        task = bar.add_task("备份", total=None)
        database = Database(settings.database_url)
        saved = save_archive(
            database, settings.data_dir, archive, utc_now(),
            lambda what, done, total: bar.update(task, description=f"备份 {what}", completed=done, total=total),
        )  # fmt: skip
    out.print(f"✓ {archive}：{saved.rows} 行，{saved.files} 个附件。密钥不在其中，请另行保存 .env。")


@plain_faults
def restore(
    archive: Archive,
    into: Annotated[str, typer.Option(help="Database address; DATABASE_URL when left out. Must be empty.")] = "",
    data_dir: Annotated[Path | None, typer.Option(help="Folder for files; HUIYING_DATA_DIR when left out.")] = None,
) -> None:
    """Read an archive into an empty database of either kind, and compare every row's hash."""
    settings = settings_for_work()
    with progress_bar() as bar:
        task = bar.add_task("恢复", total=None)
        manifest = restore_archive(
            archive, Database(into or settings.database_url), data_dir or settings.data_dir,
            lambda what, done, total: bar.update(task, description=f"恢复 {what}", completed=done, total=total),
        )  # fmt: skip
    out.print(f"✓ 已恢复 {sum(part.rows for part in manifest.tables.values())} 行，行数和校验值全部一致")


@plain_faults
def compare(one: str, other: str) -> None:
    """Compare two databases row by row (by hash)."""
    differences = compare_databases(Database(one), Database(other))
    for difference in differences:
        out.print(f"✗ {difference}", markup=False)
    if differences:
        raise typer.Exit(1)
    out.print("✓ 两个数据库逐行一致")


@plain_faults
def check() -> None:
    """Configuration, database, channels, calendar, heartbeat, gaps in numbers: what is wrong and how to mend it."""
    house = house_for_work()
    findings = examine(house, utc_now())
    for finding in findings:
        out.print(f"{_MARKS[finding.level]} [bold]{finding.subject}[/]：{finding.text}", soft_wrap=True)
    house.close()
    if any(finding.level == "wrong" for finding in findings):
        raise typer.Exit(1)


_MARKS: dict[str, str] = {"fine": "[green]✓[/]", "advice": "[yellow]![/]", "wrong": "[red]✗[/]"}


@plain_faults
def erase(
    number: Annotated[str, typer.Argument(help="Number of an ended case.")],
    officer: Annotated[str, typer.Option(help="Sign-in name of the officer who decided.")],
    why: Annotated[str, typer.Option(help="Who asked for it and on what ground; kept in the record of erasures.")],
) -> None:
    """Erase one ended case's personal data at a person's request; number, labels, dates and history remain."""
    house = house_for_work()
    with house.core.database.read() as session:
        officer_id = by_login(session, officer).id
        case_id = session.scalar(select(Case.id).where(Case.number == plain_number(number))) or 0
    rows = erase_case(house.core, house.files, case_id, officer_id=officer_id, why=why, now=utc_now())
    out.print(f"✓ {number} 的个人信息已删除（{rows} 处），已记入删除记录")


@plain_faults
def wechat_menu() -> None:
    """Publish the official account's menu (the citizens' words as buttons)."""
    house = house_for_work()
    accounts = [channel for channel in house.doors.citizens if isinstance(channel, WeChatChannel)]
    if not accounts:
        raise SettingFault("没有开通公众号：请先填写 HUIYING_WECHAT_TOKEN 等设置（见 .env.example）。")
    accounts[0].publish_menu(menu_definition(house.settings.base_url if house.settings.https else ""))
    out.print("✓ 菜单已发布，群众重新进入公众号即可看到")


@audit.command("verify")
@plain_faults
def verify() -> None:
    """Prove by chains and anchors that no case event was changed, taken out, put in or cut off since."""
    house = house_for_work()
    with house.core.database.read() as session:
        wanted = select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq).execution_options(yield_per=2000)
        broken = list(house.core.ledger.verify(session.scalars(wanted)))
        seen = session.scalar(select(func.count()).select_from(CaseEvent))
        folder = anchor_folder(house.settings)
        amiss = list(check_anchors(session, house.core.ledger, folder, utc_now()))
    for place in broken:
        out.print(f"✗ 诉求件 {place.case_id} 第 {place.seq} 条留痕：{place.why}", markup=False)
    for words in amiss:
        out.print(f"✗ {words}", markup=False)
    if broken or amiss:
        raise typer.Exit(1)
    held = len(read_anchors(folder))
    anchored = (
        f"，与 {held} 个锚点相符" if held else "（还没有锚点：每天由定时任务导出，也可以运行 huiying audit anchor）"
    )
    out.print(f"✓ {seen} 条办理留痕完整，没有改动{anchored}")


@audit.command("anchor")
@plain_faults
def anchor() -> None:
    """Write today's anchor now; keep copies of the folder on another machine."""
    house = house_for_work()
    made = export_anchor(house.core.database, house.core.ledger, anchor_folder(house.settings), utc_now())
    if made is None:
        out.print("今天的锚点已经有了，或还没有任何留痕。")
    else:
        out.print(f"✓ {made.date}：{made.count} 条，校验值 {made.head}")


@audit.command("casefile")
@plain_faults
def casefile(archive: Archive) -> None:
    """Prove that a case file (数据归档) is as this installation made it: every entry's hash, and the signature."""
    manifest = check_archive(archive, house_for_work().core)
    out.print(f"✓ 卷宗 {manifest['serial']}：{len(manifest['files'])} 个文件与清单相符，签名有效")
