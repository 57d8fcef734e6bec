"""The outbox's tests start with one answered case waiting for its delivery."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.records.database import Database
from tests.handlers.delivery.world import World, make_world


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """One case with an issued answer in the outbox."""
    return make_world(database, now)
