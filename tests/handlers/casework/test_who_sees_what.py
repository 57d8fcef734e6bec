"""Who may see a case, over many random cases and people at once: stand-ins, levels, those barred and those let in."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_WORKERS, Role, StandIn
from handlers.casework.access import Staff, is_barred, may_see, relations, visible_to
from handlers.casework.sensitivity import ORDINARY, SCREENED, levels, officer_mark, section_mark
from handlers.records import Case
from tests.handlers.casework.conftest import Bureau, OpenCase

_SECTIONS = ("welfare", "finance", "general_office", "social_relief_office")


def test_predicate_and_query_agree_for_whoever_stands_in_at_every_level(
    session: Session, bureau: Bureau, open_case: OpenCase
) -> None:
    chance = random.Random(20261123)
    people = [one for one in vars(bureau).values() if isinstance(one, Staff)]
    cases = [open_case(**_case(chance, people)) for _ in range(150)]
    seen_at = set()
    for person in [_standing_in(chance, one, people) for one in people for _ in range(8)]:
        listed = set(session.scalars(select(Case.id).where(visible_to(person))))
        assert listed == {case.id for case in cases if may_see(person, case)}, person
        for case in cases:
            if case.id in listed:
                seen_at.add((case.sensitivity, case.restricted, bool(person.stands_for)))
                assert case.restricted or not is_barred(person, case)
            else:
                assert not relations(person, case)
    open_levels = {level for level in levels() if level != "recipient"}
    assert {(level, False, standing) for level in open_levels for standing in (False, True)} <= seen_at


def test_a_report_and_what_was_given_by_name_pass_to_no_stand_in(
    session: Session, bureau: Bureau, open_case: OpenCase
) -> None:
    stands_for = (StandIn(bureau.suhe.officer_id, "苏和", Role.OFFICE, "general_office"),)
    stand_in = Staff(bureau.relief.officer_id, "白云", Role.OFFICER, "social_relief_office", stands_for)
    by_name = {"sensitivity": "guarded", "admitted": [officer_mark(bureau.li.officer_id)], "section_code": "finance"}
    for_li = Staff(
        bureau.relief.officer_id, "白云", Role.OFFICER, "social_relief_office",
        (StandIn(bureau.li.officer_id, "李强", Role.OFFICER, "welfare"),),
    )  # fmt: skip
    report = open_case(restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None, state="triage")
    named = open_case(**by_name)
    assert may_see(bureau.suhe, report) and not may_see(stand_in, report)
    assert may_see(bureau.li, named) and not may_see(for_li, named)


def _case(chance: random.Random, people: list[Staff]) -> dict[str, Any]:
    restricted = chance.random() < 0.15
    barred = [mark for mark in _marks(people) if chance.random() < 0.08]
    level = chance.choice([level for level in levels() if level != "recipient"])
    if barred and level == ORDINARY:  # guard, report and merge never leave a barred one without a level
        level = SCREENED
    return {
        "restricted": restricted,
        "restricted_to": chance.choice(people).officer_id if restricted and chance.random() < 0.9 else None,
        "section_code": chance.choice((None, *_SECTIONS)),
        "cooperating": [code for code in _SECTIONS if chance.random() < 0.2],
        "officer_id": chance.choice((None, *(one.officer_id for one in people))),
        "sensitivity": level,
        "barred": barred,
        "admitted": [officer_mark(one.officer_id) for one in people if chance.random() < 0.08],
    }


def _marks(people: list[Staff]) -> list[str]:
    return [*(officer_mark(one.officer_id) for one in people), *map(section_mark, _SECTIONS)]


def _standing_in(chance: random.Random, person: Staff, people: list[Staff]) -> Staff:
    away = [one for one in people if one is not person and one.role in CASE_WORKERS]
    chosen = chance.sample(away, chance.choice((0, 0, 1, 1, 2)))
    stands_for = tuple(StandIn(one.officer_id, one.name, one.role, one.section) for one in chosen)
    return Staff(person.officer_id, person.name, person.role, person.section, stands_for)
