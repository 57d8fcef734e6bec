"""A bureau, cases and a session of its own, as in the tests of casework."""

from __future__ import annotations

from tests.handlers.casework.conftest import bureau, open_case, session

__all__ = ["bureau", "open_case", "session"]
