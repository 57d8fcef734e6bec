"""The bureau of the casework's tests with a legality section, and a desk to make documents at."""

from __future__ import annotations

import pytest

from handlers.accounts.roles import Role
from handlers.casework.access import Staff
from tests.handlers.casework.conftest import Bureau, open_case, session
from tests.handlers.casework.conftest import bureau as plain_bureau
from tests.handlers.documents.conftest import desk

__all__ = ["desk", "open_case", "plain_bureau", "session"]


@pytest.fixture
def bureau(plain_bureau: Bureau) -> Bureau:
    plain_bureau.add("lin", "林岚", Role.OFFICER, "law_policy")
    return plain_bureau


@pytest.fixture
def lin(bureau: Bureau) -> Staff:
    """Whoever checks legality."""
    return bureau.named("林岚")
