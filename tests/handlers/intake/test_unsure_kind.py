"""A kind that is only guessed decides nothing: a person does, and until then the shortest limit runs."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from handlers.core import Core
from handlers.records import Case, Clock, Label
from tests.handlers.intake.citizens import Town, clear

TEXT = "养老院的伙食和别的事，想请你们看一看"


def opened(core: Core) -> tuple[Case, set[str]]:
    with core.database.read() as session:
        return session.scalars(select(Case)).one(), set(session.scalars(select(Clock.rule)))


@pytest.mark.parametrize("kind", ["complaint", "praise", "other", "help"])
def test_a_guessed_kind_is_left_to_a_person_and_the_shortest_limit_runs(core: Core, now: datetime, kind: str) -> None:
    town = Town(core, now, clear(kind=kind, confidence={"kind": 0.32, "topic": 0.95}))
    receipt = town.write(TEXT)
    case, rules = opened(core)
    assert (case.kind, case.state) == (None, "assigned")
    assert rules == {"RX-01", "WX-01"}
    assert "最迟" in receipt.text
    with core.database.read() as session:
        assert session.scalars(select(Label.kind)).one() == kind


def test_a_sure_kind_has_its_own_limit(core: Core, now: datetime) -> None:
    Town(core, now, clear(kind="complaint", confidence={"kind": 0.8, "topic": 0.95})).write(TEXT)
    case, rules = opened(core)
    assert (case.kind, rules) == ("complaint", {"RX-03"})


def test_without_any_kind_a_case_of_a_section_still_has_a_limit(core: Core, now: datetime) -> None:
    Town(core, now, clear(kind=None)).write("低保")
    assert opened(core)[1] == {"RX-01", "WX-01"}


def test_a_guess_that_it_is_an_accusation_still_restricts(core: Core, now: datetime) -> None:
    Town(core, now, clear(kind="report", confidence={"kind": 0.2, "topic": 0.95})).write(TEXT)
    case, _ = opened(core)
    assert (case.kind, case.restricted) == ("report", True)


@pytest.mark.parametrize(("kind", "sure"), [("help", 0.9), ("praise", 0.3), ("suggestion", 0.3)])
def test_words_of_accusation_restrict_whatever_was_guessed(core: Core, now: datetime, kind: str, sure: float) -> None:
    town = Town(core, now, clear(kind=kind, confidence={"kind": sure, "topic": 0.95}))
    town.write("我要举报村里的会计，他把三户人家的低保金领到自己卡上")
    assert opened(core)[0].restricted


def test_two_matters_that_are_not_ours_are_no_repeat_of_each_other(core: Core, now: datetime) -> None:
    town = Town(core, now, clear("not_ours"))
    town.write("小区停水已经有一个星期了，物业一直不管，老人小孩都没有水喝，打电话也没有人接，请帮忙问一问")
    town.write("我的公积金转到外地需要办什么手续，单位说让我自己去问，可是窗口每次都说材料不齐，请告诉我带什么")
    with core.database.read() as session:
        assert session.scalars(select(Case.repeat_of_id)).all() == [None, None]
