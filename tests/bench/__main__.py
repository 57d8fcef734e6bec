"""Run every bench in turn and print its figures; `python -m tests.bench intake` runs one."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.bench import casework, deadlines, figures, intake, neighbours, understanding

BENCHES: dict[str, Callable[[], None]] = {
    "intake": intake.main,
    "deadlines": deadlines.main,
    "understanding": understanding.main,
    "casework": casework.main,
}
#: Run by name only: building what they measure takes minutes.
LARGE: dict[str, Callable[[], None]] = {
    "deadlines-large": deadlines.large,
    "neighbours": neighbours.main,
    "casework-large": casework.large,
}


def main() -> None:
    """Run the benches named on the command line, or all."""
    for name in sys.argv[1:] or BENCHES:
        print(f"== {name}")
        (BENCHES | LARGE)[name]()
    figures.tell()


if __name__ == "__main__":
    main()
