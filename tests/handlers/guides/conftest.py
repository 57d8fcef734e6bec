"""A house whose sample guides are approved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handlers.accounts import officers
from handlers.accounts.roles import Role
from handlers.casework.access import Staff, staff_of
from handlers.core import Core
from handlers.guides.load import sample_guides
from handlers.guides.match import Matcher
from handlers.guides.shelf import GuideShelf
from handlers.guides.store import approve, entries, load_samples

Person = Callable[..., Staff]


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    """The guides that ship, as if all were approved."""
    return Matcher(sample_guides())


@pytest.fixture
def person(core: Core, now: datetime) -> Person:
    """Adds a member of staff and gives them back."""

    def add(login: str, role: Role, section: str = "") -> Staff:
        sections = [one.code for one in core.profile().sections]
        with core.database.write() as session:
            officer, _ = officers.add(
                session, login=login, name=login, role=role, section=section, sections=sections, now=now,
                password_hash="x",
            )  # fmt: skip
            return staff_of(officer)

    return add


@pytest.fixture
def guided(core: Core, now: datetime, person: Person) -> Core:
    """The core with the samples approved by the office a month ago."""
    office, at = person("office", Role.OFFICE, "general_office"), now - timedelta(days=30)
    with core.database.write() as session:
        load_samples(session, sample_guides(), at)
        for entry in entries(session):
            assert entry.draft is not None
            approve(session, core, office, entry.draft.row.id, entry.draft.row.revision, at)
    return replace(core, guides=GuideShelf(core.database))
