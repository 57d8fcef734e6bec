"""The bureau that the tests of clocks and alerts begin with, on each kind of database."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.records.database import Database
from tests.handlers.escalation.bureau import Bureau, make_bureau


@pytest.fixture
def bureau(database: Database, now: datetime) -> Bureau:
    """A small bureau."""
    return make_bureau(database, now)
