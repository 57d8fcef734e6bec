"""Due dates agree with an oracle that shares nothing with the product; acceptance repeats it on 10,000 draws."""

from __future__ import annotations

import ast
import os
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from holidays import country_holidays

from handlers.deadlines.limits import load_limits
from handlers.deadlines.seed import official_days, seed_calendar
from tests.handlers.deadlines import oracle
from tests.handlers.deadlines.draws import disagreements


def test_two_thousand_random_limits_end_where_the_oracle_says(capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("ORACLE_SEED") or random.SystemRandom().randint(1, 10**9))
    with capsys.disabled():
        print(f"\noracle: ORACLE_SEED={seed}, 2,000 draws")
    found = disagreements(seed, 2000)
    assert not found, f"ORACLE_SEED={seed}: {len(found)} differ\n" + "\n".join(found[:10])


def test_the_oracle_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(name).split(".")[0] for name in imported} <= {
        "__future__",
        "datetime",
        "functools",
        "zoneinfo",
        "holidays",
    }


def test_the_oracle_knows_every_rule_and_has_the_same_lengths() -> None:
    rules = load_limits().rules
    assert set(oracle.RULES) | set(oracle.YEARLY) == set(rules)
    assert {code: (rules[code].length, rules[code].unit) for code in oracle.RULES} == oracle.RULES


def test_both_libraries_agree_on_every_day_they_know() -> None:
    """They differ on one: 31 December 2005, a Saturday that 国办发明电〔2005〕35号 has worked; `holidays` is right."""
    from chinese_calendar import is_workday

    china, ours = country_holidays("CN", years=range(2003, 2028)), seed_calendar()
    years = {special.day.year for special in official_days()}
    day, differ = date(min(years), 1, 1), []
    while day.year <= max(years):
        if is_workday(day) != china.is_working_day(day):
            differ.append(day)
        assert ours.is_workday(day) == china.is_working_day(day), day
        day += timedelta(days=1)
    assert differ in ([date(2005, 12, 31)], [])
