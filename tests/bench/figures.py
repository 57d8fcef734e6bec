"""Every figure with the limit it is held against, gathered while the benches run and told as one table at the end."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what, on which database, the value in its unit, the most it may be (``None``: it is only told)
    and a word more. ``own`` is the processor time of ours (and of a server on this machine) behind it, in that unit.
    """

    what: str
    where: str
    value: float
    unit: str
    limit: float | None = None
    own: float | None = None
    more: str = ""


_FOUND: Final[list[Figure]] = []


def note(figure: Figure) -> None:
    """Keep a figure for the table and say it at once."""
    _FOUND.append(figure)
    print("  " + _line(figure), flush=True)


def tell() -> None:
    """Print the table of all figures, with the load of the machine."""
    if not _FOUND:
        return
    loads = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"\n{'figure':56} {'on':11} {'value':>10}    {'limit':>7}  {'own work':>9}")
    for figure in _FOUND:
        print(_line(figure))
    over = [figure for figure in _FOUND if figure.limit is not None and figure.value > figure.limit]
    print(f"{len(over)} over their limit; {os.cpu_count()} processors, load {loads} at the end (1, 5, 15 minutes)")


def _line(figure: Figure) -> str:
    limit = "" if figure.limit is None else f"{figure.limit:g}"
    own = "" if figure.own is None else f"{figure.own:.2f}"
    over = "  OVER" if figure.limit is not None and figure.value > figure.limit else ""
    value = f"{figure.value:10,.2f} {figure.unit:3}"
    more = f"  {figure.more}" if figure.more else ""
    return f"{figure.what:56} {figure.where:11} {value}{limit:>7}  {own:>9}{over}{more}"
