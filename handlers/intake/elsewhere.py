"""What the same person wrote as somebody else: the earlier cases of senders that were recognised as one with this one.

Only for counting repeats (重复): nothing of these cases is shown, joined or changed by a message on another channel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from handlers.casework.states import OPEN_STATES
from handlers.intake.arrival import Arrival
from handlers.neighbours.part import takes_part
from handlers.records import Case, Citizen


def load_elsewhere(session: Session, arrivals: Sequence[Arrival], since: datetime) -> None:
    """Set ``elsewhere`` (topic → the latest case) of every arrival whose sender was recognised as another one, too."""
    roots = {arrival.citizen.id: arrival.citizen.person_id or arrival.citizen.id for arrival in arrivals}
    known = or_(Citizen.person_id.in_(set(roots.values())), Citizen.id.in_(set(roots.values())))
    person = func.coalesce(Citizen.person_id, Citizen.id)
    senders: dict[int, list[int]] = defaultdict(list)
    for sender, root in session.execute(select(Citizen.id, person).where(known)):
        senders[root].append(sender)
    for arrival in arrivals:
        others = [sender for sender in senders[roots[arrival.citizen.id]] if sender != arrival.citizen.id]
        if others:  # rare: most people write on one channel only
            arrival.elsewhere = _cases_of(session, others, since)


def _cases_of(session: Session, senders: Sequence[int], since: datetime) -> dict[str, int]:
    wanted = select(Case.topic, Case.id).where(
        Case.citizen_id.in_(senders), Case.topic.is_not(None), takes_part(),
        or_(Case.state.in_(OPEN_STATES), Case.opened_at > since),
    )  # fmt: skip
    return {str(topic): case_id for topic, case_id in session.execute(wanted.order_by(Case.id))}
