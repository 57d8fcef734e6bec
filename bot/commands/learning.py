"""`huiying train`, `model list`, `model rollback`: learning from corpus and corrections, and stepping back."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from rich.table import Table

from bot.commands.console import env_file, err, out, plain_faults, settings_for_work
from bot.settings import Settings, read_settings
from bot.web.console.quality_view import STATES, verdict_words
from bot.wiring import utc_now
from handlers.deadlines.worktime import SHANGHAI
from handlers.learning import store
from handlers.learning.following import FollowingUnderstanding
from handlers.learning.retrain import retrain
from handlers.records.database import Database
from handlers.understanding.factory import build
from handlers.understanding.labels import Understanding
from handlers.understanding.learned.reader import LearnedUnderstanding
from handlers.understanding.training.base import base_model

model = typer.Typer(help="The trained models: which is in force, one step back.", no_args_is_help=True)

#: Where the shipped corpus's model is kept when there is no installation yet.
_FOLDER = Path(os.environ.get("HUIYING_MODEL_DIR") or Settings.model_fields["model_dir"].default)


@plain_faults
def train() -> None:
    """Learn from the shipped corpus and from the corrections of staff; promote when nothing got worse."""
    settings = _installation()
    if settings is None:
        kept = base_model(_FOLDER)
        out.print(f"✓ 只用自带语料训练好了：{kept.name}。还没有安装（huiying init），所以只供 huiying classify 使用。")
        return
    with err.status("正在学习（自带语料与本局更正）…"):
        done = retrain(Database(settings.database_url), settings.model_dir, utc_now())
    for name, figures in done.figures.items():
        told = "，".join(f"{label} {f['macro_f1']:.3f}" for label, f in figures["labels"].items() if f["n"])
        out.print(f"{name}（{figures['n']} 条）macro-F1：{told}")
    if done.promoted:
        out.print(f"✓ 已采用 {done.name}，本局样本 {done.local_examples} 条；正在运行的程序几秒内跟上")
    else:
        out.print(f"未采用 {done.name}，仍用原来的：{verdict_words(done.verdict)}")


@model.command("list")
@plain_faults
def list_models() -> None:
    """Show the trained models, the newest first."""
    table = Table("名称", "状态", "训练时间", "本局样本", "结论", box=None, pad_edge=False)
    table.columns[0].no_wrap = True  # names differ at their ends
    with Database(settings_for_work().database_url).read() as session:
        for row in store.listed(session):
            when = f"{row.made_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
            table.add_row(row.name, STATES[row.state], when, str(row.local_examples), verdict_words(row.verdict))
    out.print(table)


@model.command("rollback")
@plain_faults
def rollback() -> None:
    """Put the model before this one back in force."""
    with Database(settings_for_work().database_url).write() as session:
        before = store.roll_back(session, utc_now())
        out.print(f"✓ 已退回 {before.name}；正在运行的程序几秒内跟上")


def understanding_for(name: str) -> Understanding:
    """Return the understanding ``name``; "learned" is the installation's, else the one of the shipped corpus."""
    if name != "learned":
        return build(name)
    settings = _installation()
    if settings is not None and _reads_already(settings):
        return FollowingUnderstanding(Database(settings.database_url), build("rules"))
    with err.status("第一次使用，先用自带语料训练一次（约半分钟）…"):
        return LearnedUnderstanding(base_model(settings.model_dir if settings else _FOLDER))


def _reads_already(settings: Settings) -> bool:
    with Database(settings.database_url).read() as session:
        return store.in_force(session) is not None


def _installation() -> Settings | None:
    """The settings, when there is an installation whose database can be read."""
    try:
        settings = read_settings(env_file())
        with Database(settings.database_url).read() as session:
            store.in_force(session)
    except Exception:
        return None
    return settings
