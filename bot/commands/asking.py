"""`huiying classify`, `due`: questions to the core, one JSON object a line in and out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.console import env_file, err, out, plain_faults, progress_bar
from bot.commands.installing import find_profile
from bot.commands.learning import understanding_for
from bot.settings import read_settings
from bot.wiring import build_house
from handlers.deadlines.jsonl import DueDesk
from handlers.deadlines.local import limits_of
from handlers.deadlines.seed import seed_days
from handlers.deadlines.workdays import WorkCalendar
from handlers.errors import HuiyingError
from handlers.organisation.profile import Profile
from handlers.understanding.jsonl import classify_line

Lines = Annotated[Path | None, typer.Argument(help="A file of JSON lines; standard input when left out.")]


@plain_faults
def classify(
    file: Lines = None,
    understanding: Annotated[str, typer.Option(help="learned, rules or snownlp.")] = "learned",
    profile: Annotated[str, typer.Option(help="Whose sections: a shipped code or a file.")] = "hohhot-2018",
) -> None:
    """Label messages: {"id","text"} in, labels with confidence and evidence out. Needs no database: reads with the
    installation's model where there is one, else with that of the shipped corpus."""
    house, reader = find_profile(profile), understanding_for(understanding)
    with _lines(file) as lines:
        for line in lines:
            sys.stdout.write(classify_line(line, reader, house) + "\n")
            sys.stdout.flush()


@plain_faults
def due(
    code: Annotated[str, typer.Argument(help="Code of the rule, such as GK-01.")] = "",
    start: Annotated[str, typer.Argument(help="Start with offset: 2026-09-21T10:30:00+08:00.")] = "",
    pause: Annotated[list[str] | None, typer.Option(help="FIRST/LAST, inclusive dates; may be repeated.")] = None,
    extend: Annotated[int, typer.Option(help="Units of the rule to extend by.")] = 0,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Questions as JSON lines on standard input.")] = False,
) -> None:
    """When a time limit ends, and why: day by day. Uses the installation's calendar when there is one."""
    calendar, profile = _calendar()
    desk = DueDesk(limits_of(profile), calendar, profile.hours)
    if jsonl:
        for line in desk.lines(sys.stdin):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        return
    if not code or not start:
        err.print("用法：huiying due 规则代码 起算时间；例：huiying due GK-01 2026-09-21T10:30:00+08:00")
        raise typer.Exit(2)
    pauses = [part.split("/") for part in pause or []]
    answer = desk.answer({"code": code, "start": start, "extend": extend, "pauses": pauses})
    out.print_json(json.dumps({k: v for k, v in answer.items() if k != "id"}, ensure_ascii=False))


def _calendar() -> tuple[WorkCalendar, Profile]:
    """The installation's calendar and hours where there is one; else what ships."""
    try:
        house = build_house(read_settings(env_file()))
        return house.core.calendar(), house.core.profile()
    except Exception:
        return WorkCalendar(seed_days()), find_profile("hohhot-2018")


@contextmanager
def _lines(file: Path | None) -> Iterator[Iterable[str]]:
    if file is None:
        yield sys.stdin
        return
    if not file.is_file():
        raise HuiyingError(f"没有这个文件：{file}")
    with file.open(encoding="utf-8-sig") as lines, progress_bar() as bar:
        total = sum(1 for _ in file.open("rb"))
        yield bar.track(lines, total=total, description="读信")
