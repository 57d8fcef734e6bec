"""What a delivery's end means for its case: an answer that arrived moves it on, one that did not calls for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from handlers.casework.delivered import settle_delivered
from handlers.casework.doing import lock
from handlers.core import Core
from handlers.delivery.notices import alert_undelivered
from handlers.delivery.spoken import SUPERSEDED
from handlers.records import Case, Delivery


def lock_case(session: Session, delivery: Delivery) -> Case | None:
    """The delivery's case, held until the transaction ends (taken before the delivery's own row: one order for all)."""
    return lock(session, delivery.case_id) if delivery.case_id else None


def settle_sent(
    session: Session, core: Core, delivery: Delivery, case: Case | None, now: datetime, actor: str = "system"
) -> None:
    """A text reached its reader. Once every row of an answer has, the case becomes ``answered`` and its limits met.

    The caller holds the case (:func:`lock_case`) and has set the delivery's state.
    """
    if case is None or delivery.purpose == "alert":
        return
    session.flush()
    if delivery.purpose != "answer" or delivery.attempt or _whole_answer_arrived(session, delivery):
        settle_delivered(session, core, case, actor, delivery, now)
    else:
        core.ledger.append(session, case.id, actor, "delivered", now, _facts(delivery))


def settle_undelivered(session: Session, core: Core, delivery: Delivery, case: Case | None, now: datetime) -> None:
    """A text did not arrive, or nobody can say: an event and an alert; the case stays where it is."""
    if case is None or delivery.purpose == "alert":
        return
    facts = _facts(delivery) | {"code": delivery.vendor_code, "why": delivery.error}
    core.ledger.append(session, case.id, "system", f"delivery_{delivery.state}", now, facts)
    if delivery.vendor_code != SUPERSEDED:
        alert_undelivered(session, core, delivery, case, now)


def _whole_answer_arrived(session: Session, delivery: Delivery) -> bool:
    """Every row of the reply is sent; rows that a spoken answer replaced and recorded attempts do not count."""
    missing = select(func.count()).where(
        Delivery.reply_id == delivery.reply_id,
        Delivery.attempt == "",
        Delivery.state != "sent",
        or_(Delivery.state != "failed", Delivery.vendor_code != SUPERSEDED),
    )
    return delivery.reply_id is None or session.scalar(missing) == 0


def _facts(delivery: Delivery) -> dict[str, Any]:
    return {"delivery": delivery.id, "purpose": delivery.purpose, "way": delivery.way}
