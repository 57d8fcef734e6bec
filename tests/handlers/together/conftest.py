"""The fixtures of the casework tests: one write transaction, officers by name, cases by hand."""

from tests.handlers.casework.conftest import bureau, open_case, session

__all__ = ["bureau", "open_case", "session"]
