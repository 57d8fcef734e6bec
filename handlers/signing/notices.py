"""Told on a reply's way: whose turn it is, whose draft came back, who affixes the seal; number and link, no words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.core import Core
from handlers.escalation.recipients import Roster
from handlers.escalation.settling import settle
from handlers.records import Alert, Case, Officer, Reply
from handlers.signing.holders import Holder, holder_of
from handlers.signing.line import title_of
from handlers.signing.rounds import steps_taken, turn_of
from handlers.together.colleagues import raise_notice

#: What is told of a reply on its way; each has its text ``alert_<kind>``. What is new takes the place of what was told.
KINDS: Final = ("signing", "sent_back", "seal")


def tell_next(session: Session, core: Core, case: Case, reply: Reply, now: datetime) -> list[int]:
    """Tell whose turn it is, once for each step and round; of a signed document who affixes the seal.

    Returns the ids of who is told. Whoever may not know of the case hears nothing; a stand-in who can take the step is
    told in place of who is away.
    """
    settle_told(session, case, now)
    what, roster = title_of(reply), Roster(session, now)
    turn = turn_of(session, core, case, reply, now)
    if turn is not None:
        people, key = _people(roster, case, turn.holder), f"{reply.id}:{reply.round}:{turn.position}"
        verb, page = "签发" if turn.last else "审核", f"sign/{case.number}"
        return raise_notice(session, core, case, "signing", key, people, now, page=page, what=what, verb=verb)
    # The office keeps the seal; where the bureau has none, a leader does.
    keeper = holder_of(session, core, case, "office", (), now)
    if not reply.act or reply.state != "issued" or keeper is None:
        return []
    return raise_notice(session, core, case, "seal", str(reply.id), _people(roster, case, keeper), now, what=what)


def tell_drafter(session: Session, core: Core, case: Case, reply: Reply, person: Person, now: datetime) -> list[int]:
    """Tell who drafted (and who has the case now) that ``person`` sent it back; their list says who it was, and why."""
    settle_told(session, case, now, person.officer_id)
    roster, back = Roster(session, now), steps_taken(session, reply.id)[-1]
    named = _officers(roster, [reply.drafted_by, *([case.officer_id] if case.officer_id else [])])
    people = roster.knowing(case, named) or roster.told(case, ("head",))
    return raise_notice(
        session, core, case, "sent_back", f"{reply.id}:{back.round}", people, now, colour="orange", step=str(back.id),
        what=title_of(reply),
    )  # fmt: skip


def settle_told(session: Session, case: Case, now: datetime, by: int | None = None) -> None:
    """Close what was told of the case's reply: the step is taken, or nothing is on its way any more."""
    settle(session, now, Alert.case_id == case.id, Alert.kind.in_(KINDS), by=by)


def _people(roster: Roster, case: Case, holder: Holder) -> list[Officer]:
    return roster.of_these(case, _officers(roster, holder.people))


def _officers(roster: Roster, ids: Iterable[int]) -> list[Officer]:
    return [officer for officer in map(roster.officer, ids) if officer is not None]
