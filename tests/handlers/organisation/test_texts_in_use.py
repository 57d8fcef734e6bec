"""Whoever renders a text gives it the fields that the table asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from handlers.organisation.wording import WORDING

HANDLERS = Path(__file__).parents[3] / "handlers"


def rendered() -> Iterator[tuple[str, str, set[str] | None]]:
    """Yield (place, key, field names or None when they are unpacked) of every call with a literal key."""
    for path in sorted(HANDLERS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) != 2:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            key = node.args[1]
            if name == "render" and isinstance(key, ast.Constant) and isinstance(key.value, str):
                names = {keyword.arg for keyword in node.keywords}
                fields = None if None in names else {n for n in names if n and n != "note"}
                yield f"{path.name}:{node.lineno}", key.value, fields


def test_every_text_asked_for_is_in_the_table() -> None:
    asked = list(rendered())
    assert len(asked) > 10
    assert [(place, key) for place, key, _ in asked if key not in WORDING] == []


def test_every_text_is_given_the_fields_that_it_needs() -> None:
    wrong = [
        (place, key, fields)
        for place, key, fields in rendered()
        if fields is not None and not (set(WORDING[key].required) <= fields <= WORDING[key].fields)
    ]
    assert wrong == []
