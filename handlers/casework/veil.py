"""Numbers of cases that not everybody may know of: nothing that a case keeps of others names one, whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import countable
from handlers.records import Case

#: How another case is named, wherever in the words.
_NUMBER: Final = re.compile(r"(?<!\d)\d{8}-\d{4,}(?!\d)")
_INSTEAD: Final = "另一件"


def hidden_in(session: Session, texts: Iterable[object], own: Collection[int]) -> frozenset[str]:
    """Return the numbers in ``texts`` that are to be veiled; those of the cases ``own`` (ids) never are."""
    named = {number for text in texts if isinstance(text, str) for number in _NUMBER.findall(text)}
    if not named:
        return frozenset()
    others = select(Case.number).where(Case.number.in_(named), Case.id.not_in(own), ~countable())
    return frozenset(session.scalars(others))


def veiled(text: str, hidden: frozenset[str]) -> str:
    """Return ``text`` with another word in the place of each hidden number."""
    return _NUMBER.sub(lambda found: _INSTEAD if found[0] in hidden else found[0], text) if hidden else text


def veiled_data(data: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """The same for an event's data."""
    return {key: veiled(value, hidden) if isinstance(value, str) else value for key, value in data.items()}
