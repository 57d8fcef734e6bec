"""What goes to the citizen of a case: rendered from the profile's wording and queued in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.casework.followers_told import tell_followers
from handlers.casework.links import progress_link
from handlers.casework.promise import latest_words
from handlers.core import Core
from handlers.delivery.outbox import queue
from handlers.organisation import wording
from handlers.records import Case, Citizen, Delivery, Reply

#: Where an answer is read with number and query code; the receipt says so.
READ_CHANNELS = ("web", "rest")


def can_push(core: Core, case: Case) -> bool:
    """Whether a text can be sent to the writer through the channel they wrote on."""
    return case.channel in core.policy.push_channels and case.citizen_id is not None


def answer_way(core: Core, case: Case) -> str:
    """How the answer arrives: ``push``, ``read`` (told in the receipt), or "" — staff tell it and record that."""
    if can_push(core, case):
        return "push"
    return "read" if case.channel in READ_CHANNELS and case.registered_by is None else ""


def queue_reply(session: Session, core: Core, case: Case, reply: Reply, now: datetime) -> Delivery | None:
    """Queue exactly the issued text; ``None`` when staff must tell it. A readable one has arrived at once."""
    way = answer_way(core, case)
    if not way:
        return None
    citizen = _citizen(session, case)
    delivery = queue(
        session,
        purpose=reply.purpose,
        case_id=case.id,
        channel=case.channel,
        account=case.account,
        recipient=citizen.sender_id if citizen else "",
        text=reply.text,
        now=now,
        reply_id=reply.id,
        citizen_id=case.citizen_id,
        link=progress_link(core) if way == "push" else "",
        dedup_key=f"reply:{reply.id}",
        way=way,
    )
    if way == "read":
        delivery.state, delivery.finished_at, delivery.next_at = "sent", now, None
        delivery.proof = "可凭受理编号和查询码在网上查阅，受理回执已告知"
    return delivery


def tell(session: Session, core: Core, case: Case, key: str, now: datetime, **fields: object) -> Delivery | None:
    """Queue the profile's text ``key`` as a notice, where the channel can push; else the progress page shows it."""
    if not can_push(core, case):
        return None
    citizen = _citizen(session, case)
    return queue(
        session,
        purpose="notice",
        case_id=case.id,
        channel=case.channel,
        account=case.account,
        recipient=citizen.sender_id if citizen else "",
        text=wording.render(core.profile(), key, note="", **fields),
        now=now,
        citizen_id=case.citizen_id,
    )


def tell_section(session: Session, core: Core, case: Case, now: datetime) -> Delivery | None:
    """Keep the word of the receipt that could name no section yet: who has the case now, and by when.

    Part of the receipt: one that cannot be pushed any more is nobody's work, the progress page shows the same. Nothing
    is told of a sensitive matter (shared telephones), nor again of a case that came back to the office.
    """
    if case.sensitive or case.restricted or case.returns or not case.section_code:
        return None
    profile, citizen = core.profile(), _citizen(session, case)
    tell_followers(session, core, case, f"已交{profile.section(case.section_code).name}办理", "assigned", now)
    if not can_push(core, case):
        return None
    coming = case.next_due_at if case.next_due_at and case.next_due_at > now else None
    text = wording.render(
        profile,
        "assigned",
        number=case.number,
        section=profile.section(case.section_code).name,
        latest=latest_words(coming, case.next_due_rule, profile),
    )
    return queue(
        session,
        purpose="receipt",
        case_id=case.id,
        channel=case.channel,
        account=case.account,
        recipient=citizen.sender_id if citizen else "",
        text=text,
        now=now,
        citizen_id=case.citizen_id,
        dedup_key=f"assigned:{case.id}",
    )


def _citizen(session: Session, case: Case) -> Citizen | None:
    return session.get(Citizen, case.citizen_id) if case.citizen_id else None
