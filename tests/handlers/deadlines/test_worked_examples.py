"""The page of worked examples says what the product counts, for every rule."""

from __future__ import annotations

import re
from datetime import date

from handlers.deadlines.limits import load_limits
from tests.handlers.deadlines.worked_examples import HOLIDAYS, PAGE, page


def test_the_page_in_the_documents_is_what_would_be_written_now() -> None:
    assert PAGE.read_text("utf-8") == page(), "docs/time-limits.md is not up to date: run `make time-limits`"


def test_every_rule_is_counted_across_both_holidays() -> None:
    sections = page().split("\n### ")[1:]
    assert [section.split()[0] for section in sections] == list(load_limits().rules)
    for section in sections:
        for name, inside, _eve, _before in HOLIDAYS:
            row = next(line for line in section.splitlines() if line.startswith(f"| {name} |"))
            first, last = (date.fromisoformat(text) for text in re.findall(r"\d{4}-\d\d-\d\d", row)[:2])
            assert first < inside, row
            # Hours run on into the holiday; everything else ends behind it.
            assert last > inside or load_limits().rule(section.split()[0]).unit == "H", row
