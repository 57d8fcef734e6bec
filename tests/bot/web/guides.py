"""Puts the sample guides in force in a house of the page tests."""

from __future__ import annotations

from handlers.accounts.roles import Role
from handlers.casework.access import Staff
from handlers.guides.load import sample_guides
from handlers.guides.store import approve, entries, load_samples
from tests.bot.web.house import House


def put_in_force(house: House) -> None:
    """Load the samples and let the office approve them."""
    house.officer("office", Role.OFFICE, "general_office")
    office, now = Staff(house.officers["office"], "office", Role.OFFICE, "general_office"), house.clock()
    core = house.services.core
    with core.database.write() as session:
        load_samples(session, sample_guides(), now)
        for entry in entries(session):
            assert entry.draft is not None
            approve(session, core, office, entry.draft.row.id, entry.draft.row.revision, now)
