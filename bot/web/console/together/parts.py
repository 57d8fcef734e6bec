"""What the case page shows of working together, gathered in one place for its partial templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_WORKERS, SignedIn
from handlers.core import Core
from handlers.groups.show import group_of_case
from handlers.neighbours.part import may_take_part
from handlers.people.code import open_code
from handlers.people.join import Joined, candidates, joined
from handlers.records import Case, MatterGroup, PersonCode
from handlers.together.opinions import OpinionView, opinions
from handlers.together.presence import in_words, others


@dataclass(frozen=True, slots=True)
class Parts:
    """Of one case: who is there now, the other sections' opinions, the person's other senders, the group."""

    here: str
    opinions: list[OpinionView]
    joined: list[Joined]
    candidates: list[Case]
    code: PersonCode | None
    group: MatterGroup | None
    takes_part: bool


def parts_of(session: Session, core: Core, me: SignedIn, case: Case, now: datetime) -> Parts:
    """Gather the parts for this reader."""
    takes_part = may_take_part(case)
    works = takes_part and me.role in CASE_WORKERS
    return Parts(
        here=in_words(others(session, me, case.id, now)),
        opinions=opinions(session, core, case, now),
        joined=joined(session, core, me, case, now) if takes_part else [],
        candidates=candidates(session, me, case) if works else [],
        code=open_code(session, case.id, now) if works else None,
        group=group_of_case(session, case),
        takes_part=works,
    )
