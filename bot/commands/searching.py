"""`huiying search rebuild`: the search index made anew from the cases."""

from __future__ import annotations

import typer

from bot.commands.console import house_for_work, out, plain_faults
from handlers.search.index import rebuild as rebuild_index

search = typer.Typer(help="The search index (查找).", no_args_is_help=True)


@search.callback()
def _group() -> None:
    """A group of one command stays a group."""


@search.command()
@plain_faults
def rebuild() -> None:
    """Index every case anew: after the data key was changed, or in doubt. The house may go on working meanwhile."""
    house = house_for_work()
    try:
        out.print(f"已编入 {rebuild_index(house.core)} 件。")
    finally:
        house.close()
