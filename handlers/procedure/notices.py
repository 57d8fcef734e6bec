"""延期审批, told: those who decide on a request as soon as it is laid before them, who asked once it is decided."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.casework.access import Staff, may_see
from handlers.core import Core
from handlers.escalation.recipients import Roster
from handlers.escalation.settling import settle
from handlers.procedure.consents import length_words, may_decide
from handlers.records import Alert, Case, Clock, Consent
from handlers.together.colleagues import raise_notice

_OUTCOMES: Final = {"approved": "已同意，延长{length}", "refused": "没有同意", "lapsed": "没有赶在期限以内批，作废"}


def tell_approvers(session: Session, core: Core, case: Case, consent: Consent, now: datetime) -> list[int]:
    """Tell everybody who may decide on the request (a stand-in in place of who is away); return their ids."""

    def may(person: Staff) -> bool:
        return may_see(person, case) and may_decide(person, case, consent)

    roster = Roster(session, now)
    people = roster.of_these(case, roster.able(may))
    return raise_notice(session, core, case, "extension", str(consent.id), people, now, page="consents")


def tell_asker(session: Session, core: Core, case: Case, consent: Consent, now: datetime) -> list[int]:
    """Tell who asked what became of the request, and close what its approvers were told; nobody of one taken back.

    The list of notices says who decided, and the reason of a refusal.
    """
    settle(session, now, Alert.kind == "extension", Alert.dedup_key == f"extension:{consent.id}", by=consent.decided_by)
    if consent.state not in _OUTCOMES:
        return []
    clock, roster = session.get_one(Clock, consent.clock_id), Roster(session, now)
    outcome = _OUTCOMES[consent.state].format(length=length_words(core, clock, consent.units))
    asker = roster.officer(consent.asked_by)
    return raise_notice(
        session, core, case, "extension_decided", str(consent.id), roster.knowing(case, [asker] if asker else []), now,
        step=str(consent.id), outcome=outcome,
    )  # fmt: skip
