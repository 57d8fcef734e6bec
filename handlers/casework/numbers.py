"""Case numbers that people can read out, without gaps, and query codes that nobody can guess."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from handlers.records.number_series import NumberSeries
from handlers.records.upsert import insert_into

#: No 0/O, 1/I/L, 5/S, 2/Z, 8/B, U/V: they are confused when read out or written by hand.
UNAMBIGUOUS: Final = "3467ACDEFGHJKMNPQRTWXY9"
_CODE_LENGTH: Final = 8


def next_numbers(session: Session, day: date, count: int) -> list[str]:
    """Return ``count`` fresh numbers of the local ``day``.

    The series' row stays locked until the caller's transaction ends, so a number is given out exactly when its case is
    committed: there are no gaps to explain.
    """
    statement = (
        insert_into(session, NumberSeries)
        .values(day=day, last=count)
        .on_conflict_do_update(index_elements=["day"], set_={"last": NumberSeries.last + count})
        .returning(NumberSeries.last)
    )
    last = session.execute(statement).scalar_one()
    return [f"{day:%Y%m%d}-{n:04d}" for n in range(last - count + 1, last + 1)]


def new_query_code() -> str:
    """Return a random code such as ``K7MR-PQXT`` (23**8, about 36 bits; look-ups are rate-limited)."""
    letters = "".join(secrets.choice(UNAMBIGUOUS) for _ in range(_CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def same_query_code(given: str, right: str) -> bool:
    """Compare a code as a person typed it (case, spaces and dashes do not matter) in constant time."""
    plain = "".join(c for c in given.upper() if c.isalnum())
    return secrets.compare_digest(plain.encode(), right.replace("-", "").encode())
