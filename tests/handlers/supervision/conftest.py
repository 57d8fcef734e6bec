"""A bureau whose officer and head sit in a section that is not the office's."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import update

from handlers.records import Officer
from handlers.records.database import Database
from tests.handlers.escalation.bureau import Bureau, make_bureau

WELFARE = "welfare"


@pytest.fixture
def bureau(database: Database, now: datetime) -> Bureau:
    """The small bureau, its officer and head in 福利科."""
    made = make_bureau(database, now)
    with database.write() as session:
        session.execute(update(Officer).where(Officer.login.in_(("zhang", "head"))).values(section_code=WELFARE))
    return made
