"""Progress pushed to followers (关注人): the steps that the person concerned hears of, by number only, with consent.

A follower is told where they have a channel of their own (``citizen_id``: they sent 关注 with number and code there)
and the recorded consent covers notices. Nothing is pushed of a sensitive matter: telephones are shared.
What still waits when it ends is not sent (:mod:`handlers.delivery.followed`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.links import progress_link
from handlers.core import Core
from handlers.delivery.outbox import queue
from handlers.organisation.wording import render
from handlers.records import Case, CaseFollower, Citizen


def tell_followers(session: Session, core: Core, case: Case, step: str, key: str, now: datetime) -> int:
    """Queue ``step`` (plain words) for every follower who may be told, once for ``key``; return how many were."""
    if case.sensitive or case.restricted:
        return 0
    wanted = select(CaseFollower, Citizen).join(Citizen, Citizen.id == CaseFollower.citizen_id)
    wanted = wanted.where(
        CaseFollower.case_id == case.id, CaseFollower.state == "active", CaseFollower.notices.is_(True),
        Citizen.channel.in_(core.policy.push_channels), Citizen.unsubscribed_at.is_(None),
    )  # fmt: skip
    link = progress_link(core)
    text = render(core.profile(), "follower_progress", number=case.number, step=step, link=link)
    rows = session.execute(wanted.order_by(CaseFollower.id)).tuples().all()
    for follower, citizen in rows:
        queue(
            session, purpose="follower", case_id=case.id, channel=citizen.channel, account=citizen.account,
            recipient=citizen.sender_id, text=text, now=now, citizen_id=citizen.id, link=link,
            dedup_key=f"follower:{follower.id}:{key}",
        )  # fmt: skip
    return len(rows)
