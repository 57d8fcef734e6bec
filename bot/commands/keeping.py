"""`huiying backup`, `restore`, `check`, `audit verify`: keeping an installation whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import func, select

from bot.commands.console import house_for_work, out, plain_faults, progress_bar, settings_for_work
from bot.health import examine
from bot.wiring import utc_now
from handlers.backup.compare import compare as compare_databases
from handlers.backup.restore import restore as restore_archive
from handlers.backup.save import backup as save_archive
from handlers.records import CaseEvent
from handlers.records.database import Database

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
    table = Table("", "检查", "结果", show_lines=False, box=None)
    for finding in findings:
        table.add_row(_MARKS[finding.level], finding.subject, finding.text)
    out.print(table)
    house.close()
    if any(finding.level == "wrong" for finding in findings):
        raise typer.Exit(1)


_MARKS: dict[str, str] = {"fine": "[green]✓[/]", "advice": "[yellow]![/]", "wrong": "[red]✗[/]"}


@audit.command("verify")
@plain_faults
def verify() -> None:
    """Prove that no case event was changed, taken out or put in after it was written."""
    house = house_for_work()
    with house.core.database.read() as session:
        wanted = select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq).execution_options(yield_per=2000)
        broken = list(house.core.ledger.verify(session.scalars(wanted)))
        seen = session.scalar(select(func.count()).select_from(CaseEvent))
    for place in broken:
        out.print(f"✗ 诉求件 {place.case_id} 第 {place.seq} 条留痕：{place.why}", markup=False)
    if broken:
        raise typer.Exit(1)
    out.print(f"✓ {seen} 条办理留痕完整，没有改动")
