"""Asked at the last moment before a follower is told: does their following still stand, and here?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.records import CaseFollower, Delivery

#: Why such a text is not sent: the consent was withdrawn, or they do not want it any more.
ENDED: Final = "ended"


def ended(session: Session, due: Sequence[Delivery]) -> set[int]:
    """The ids of the texts among ``due`` to followers who are to be told no more (a retry waits for minutes)."""
    rows = [row for row in due if row.purpose == "follower"]
    if not rows:
        return set()
    standing = select(CaseFollower.case_id, CaseFollower.citizen_id).where(
        CaseFollower.case_id.in_({row.case_id for row in rows if row.case_id}), CaseFollower.state == "active"
    )
    told = set(session.execute(standing).tuples())
    return {row.id for row in rows if (row.case_id, row.citizen_id) not in told or row.citizen_id is None}
