"""`huiying`: the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import (
    asking,
    demonstrating,
    documenting,
    evaluating,
    guiding,
    installing,
    keeping,
    learning,
    organising,
    replaying,
    searching,
    serving,
    staff,
)
from bot.commands.console import use_env_file

app = typer.Typer(
    name="huiying",
    help="回应 Huiying：民政局听群众说话、按时回应的系统。",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _settings_file(
    env_file: Annotated[Path, typer.Option(help="File of settings; the environment comes first.")] = Path(".env"),
) -> None:
    use_env_file(env_file)


for _command in (
    installing.init,
    demonstrating.demo,
    serving.serve,
    serving.web,
    serving.scheduler,
    asking.classify,
    asking.due,
    learning.train,
    replaying.replay,
    keeping.backup,
    keeping.restore,
    keeping.compare,
    keeping.check,
    keeping.erase,
    keeping.wechat_menu,
):
    app.command()(_command)
app.command("evaluate")(evaluating.evaluate_files)
learning.model.command("curve")(evaluating.curve)
app.add_typer(staff.officer, name="officer")
app.add_typer(staff.api_key, name="api-key")
app.add_typer(organising.profile, name="profile")
app.add_typer(documenting.documents, name="documents")
app.add_typer(learning.model, name="model")
app.add_typer(guiding.guide, name="guide")
app.add_typer(searching.search, name="search")
app.add_typer(keeping.audit, name="audit")


def main() -> None:
    """Entry of the `huiying` command."""
    os.umask(0o077)  # what we write holds citizens' words: nobody but this account reads it
    app()


if __name__ == "__main__":
    main()
