"""`huiying guide`: the service guides (办事指南): list them, bring some in, ask which one answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.console import err, house_for_work, out, plain_faults
from bot.wiring import House, utc_now
from handlers.deadlines.worktime import local_day
from handlers.errors import HuiyingError
from handlers.guides.jsonl import ask_line, asked
from handlers.guides.load import read_guides, sample_guides
from handlers.guides.match import Matcher
from handlers.guides.shelf import GuideShelf
from handlers.guides.store import Entry, entries, load_samples
from handlers.understanding.factory import build
from handlers.understanding.labels import Understanding

guide = typer.Typer(help="The service guides (办事指南): list, load, ask.", no_args_is_help=True)


@guide.command("list")
@plain_faults
def list_guides() -> None:
    """Every guide: its code, item, and whether it answers now."""
    house = house_for_work()
    today = local_day(utc_now())
    with house.core.database.read() as session:
        found = entries(session)
        for entry in found:
            valid = entry.in_force is not None and entry.in_force.guide.valid_on(today)
            state = "生效" if valid else "不在有效期" if entry.in_force else "没有生效"
            version = f"第 {entry.in_force.row.version} 版" if entry.in_force else "—"
            sample = "示例，待核实" if entry.shown.sample else ""
            out.print(
                "\t".join((entry.code, entry.shown.item, state, version, _waiting(entry), sample)),
                markup=False,
                soft_wrap=True,
            )
    if not found:
        err.print("还没有办事指南。运行 huiying guide load 载入随附的二十份示例。")


def _waiting(entry: Entry) -> str:
    return f"第 {entry.draft.row.version} 版待批准" if entry.draft else ""


@guide.command("load")
@plain_faults
def load_guides(
    file: Annotated[Path | None, typer.Argument(help="A TOML file; the samples that ship when left out.")] = None,
) -> None:
    """Bring guides in as drafts; codes that are there already are left alone. They answer once approved in 办事指南."""
    if file is not None and not file.is_file():
        raise HuiyingError(f"没有这个文件：{file}")
    guides = read_guides(file.read_text("utf-8-sig")) if file else sample_guides()
    with house_for_work().core.database.write() as session:
        new = load_samples(session, guides, utc_now())
    out.print(f"✓ 载入 {len(new)} 份草稿，{len(guides) - len(new)} 份代码已有、没有改动")
    if new:
        out.print("请科室负责人或办公室在“办事指南”里核对、批准；批准前不会发给任何人。")


@guide.command("ask")
@plain_faults
def ask(
    text: Annotated[str, typer.Argument(help="A question; with --jsonl a file (standard input when left out).")] = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help='JSON lines {"id","text"} in, one answer a line out.')] = False,
    samples: Annotated[bool, typer.Option(help="Ask the guides that ship, not the installation's.")] = False,
) -> None:
    """Which guide would answer this question at once, how sure, by which words; null where a person should."""
    matcher, understanding = _matcher(samples)
    if not jsonl:
        if not text:
            err.print("用法：huiying guide ask 问题；或 huiying guide ask --jsonl 文件")
            raise typer.Exit(2)
        out.print_json(json.dumps(asked(text, matcher, understanding), ensure_ascii=False))
        return
    if text and not Path(text).is_file():
        raise HuiyingError(f"没有这个文件：{text}")
    with Path(text).open(encoding="utf-8-sig") if text else nullcontext(sys.stdin) as lines:
        _answer(lines, matcher, understanding)


def _answer(lines: Iterable[str], matcher: Matcher, understanding: Understanding) -> None:
    for line in lines:
        if line.strip():
            sys.stdout.write(ask_line(line, matcher, understanding) + "\n")
            sys.stdout.flush()


def _matcher(samples: bool) -> tuple[Matcher, Understanding]:
    """The installation's guides in force and its understanding; without any, the samples, and it is said."""
    house = None if samples else _house()
    if house is not None:
        shelf = GuideShelf(house.core.database)(utc_now())
        if shelf.guides:
            return shelf.matcher, house.core.understanding
        err.print("! 没有已批准、在有效期内的办事指南，下面用随附的示例来答。")
    return Matcher(sample_guides()), house.core.understanding if house else build("rules")


def _house() -> House | None:
    try:
        house = house_for_work()
        house.core.profile()
    except Exception:
        err.print("! 这里没有装好的数据库，下面用随附的示例来答。")
        return None
    return house
