"""Consents (审批) that are waited for: who may decide on which, the approver's list, and what the case page offers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import Person, standings_of, visible_to
from handlers.casework.clock_lines import ClockLine
from handlers.casework.moves import Move
from handlers.casework.promise import latest_words
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.changes import has_ended, most_units
from handlers.deadlines.counting import due
from handlers.deadlines.limits import UNIT_NAMES, Rule
from handlers.deadlines.local import limits_of
from handlers.procedure.choices import APPROVERS
from handlers.records import Case, Clock, Consent, Officer
from handlers.records.of_case import may_hold

_ASKED: Final = (
    select(Consent, Clock, Officer.name)
    .join(Clock, Clock.id == Consent.clock_id)
    .join(Officer, Officer.id == Consent.asked_by)
    .where(Consent.case_id == bindparam("case_id"), Consent.state == "asked")
    .order_by(Consent.id)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A consent that waits for a decision, with what the approver wants to know."""

    consent: Consent
    case: Case
    clock: Clock
    rule: Rule
    who: str
    length: str
    ends: str
    would_end: str


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent that is waited for, and what this reader may do with it."""

    asked: Asked
    approver: str
    may_decide: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Extendable:
    """A limit for which more time may be asked."""

    clock_id: int
    words: str
    most: int
    unit: str
    approver: str


def pending(session: Session, clock_id: int) -> Consent | None:
    """The consent that is being waited for on a clock, if there is one."""
    return session.scalars(select(Consent).where(Consent.clock_id == clock_id, Consent.state == "asked")).first()


def waiting_for(session: Session, core: Core, person: Person) -> Sequence[Asked]:
    """Every consent that waits for this person's decision, the soonest to lapse first."""
    wanted = (
        select(Consent, Case, Clock, Officer.name)
        .join(Case, Case.id == Consent.case_id)
        .join(Clock, Clock.id == Consent.clock_id)
        .join(Officer, Officer.id == Consent.asked_by)
        .where(*_waits_for(person))
        .order_by(Clock.legal_due, Consent.id)
    )
    return [asked_words(core, *row) for row in session.execute(wanted).tuples()]


def consent_count(session: Session, person: Person) -> dict[str, int]:
    """How many consents wait for this person, for the menu; empty for those who decide on none."""
    if not {str(role) for role, _ in standings_of(person)} & APPROVERS.keys():
        return {}
    wanted = select(func.count(Consent.id)).join(Case, Case.id == Consent.case_id).where(*_waits_for(person))
    return {"consents": session.scalar(wanted) or 0}


def _waits_for(person: Person) -> list[ColumnElement[bool]]:
    mine = [
        and_(Consent.approver == str(role), Case.section_code == section if role is Role.HEAD else true())
        for role, section in standings_of(person)
    ]
    waits = [Consent.state == "asked", or_(*mine), Consent.asked_by != person.officer_id]
    return [*waits, visible_to(person), Case.state.in_(OPEN_STATES)]


def may_decide(person: Person, case: Case, consent: Consent) -> bool:
    """Whether the person, or somebody they stand in for, has the role that the rule names; nobody on an own wish."""
    named = any(
        str(role) == consent.approver and (role is not Role.HEAD or section == (case.section_code or ""))
        for role, section in standings_of(person)
    )
    return named and consent.asked_by != person.officer_id


def asked_words(core: Core, consent: Consent, case: Case, clock: Clock, who: str) -> Asked:
    """A waiting consent with its dates in words: when the limit ends now, and when it would."""
    rule = limits_of(core.profile()).rule(clock.rule)
    later = due(
        rule, clock.started_at, core.calendar(), core.profile().hours, clocks.pauses_of(clock),
        clock.extended_by + consent.units,
    )  # fmt: skip
    words = [latest_words(end, clock.rule, core.profile()) for end in (clocks.ends_at(clock), later.legal_due)]
    return Asked(consent, case, clock, rule, who, length_words(core, clock, consent.units), *words)


def consents_of(
    session: Session, core: Core, person: Person, case: Case, moves: Mapping[str, Move]
) -> list[ConsentView]:
    """The consents that a case waits for, for its page."""
    found: list[ConsentView] = []
    if not may_hold(session, Consent, case.id):
        return found
    for consent, clock, who in session.execute(_ASKED, {"case_id": case.id}).tuples():
        mine = consent.asked_by == person.officer_id
        right = may_decide(person, case, consent) and "approve_extension" in moves
        asked = asked_words(core, consent, case, clock, who)
        may_withdraw = mine and "withdraw_extension" in moves
        found.append(ConsentView(asked, APPROVERS[consent.approver], right, may_withdraw))
    return found


def extendable(case: Case, lines: Sequence[ClockLine], asked: Collection[int], now: datetime) -> list[Extendable]:
    """The limits that may still be extended and for which nobody has ``asked`` yet (ids of clocks)."""
    found = []
    for line in lines:
        allowed, clock, most = line.rule.extension, line.clock, most_units(line.rule, line.clock)
        free = line.live and not has_ended(clock, now) and clock.id not in asked and not case.restricted
        if allowed is not None and most and free:
            words = f"{line.rule.name}（{line.rule.code}，最迟 {line.ends}）"
            found.append(Extendable(clock.id, words, most, UNIT_NAMES[line.rule.unit], APPROVERS[allowed.approver]))
    return found


def length_words(core: Core, clock: Clock, units: int) -> str:
    """So many of the rule's units in words: 20个工作日."""
    return f"{units}{UNIT_NAMES[limits_of(core.profile()).rule(clock.rule).unit]}"
