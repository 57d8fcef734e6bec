"""延期审批: asked for by who deals with the case, before the limit ends; decided by the role that the rule names.

Only a granted extension moves the clock, and only then the citizen is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import Person, standings_of, visible_to
from handlers.casework.doing import actor_of, begin, changed, officer_name, required
from handlers.casework.post import tell
from handlers.casework.promise import date_words, latest_words
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.changes import check_extension
from handlers.deadlines.counting import due
from handlers.deadlines.limits import UNIT_NAMES, Rule
from handlers.deadlines.local import limits_of
from handlers.errors import Conflict, InvalidInput, NotAllowed
from handlers.procedure.choices import APPROVERS
from handlers.records import Case, Clock, Consent, Officer

#: What a text on a shared telephone may say instead of the reason.
_NEUTRAL: Final = "情况需要进一步核实"


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


def ask_extension(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    clock_id: int,
    units: int,
    reason: str,
    now: datetime,
) -> Consent:
    """申请延期: by ``units`` of the rule's unit, with a reason, while the limit still runs."""
    case = begin(session, person, case_id, version, "ask_extension", now)
    clock = _clock(session, case, clock_id)
    allowed = check_extension(core, clock, units, now)
    if clock.outer_due and clock.outer_due <= clock.legal_due:
        day = date_words(clock.outer_due - timedelta(seconds=1))
        raise Conflict(f"来件平台要求 {day} 以前办完，它在先，本局不能自行延期。请先向来件平台申请。")
    reason = required(reason, "reason", "延期的理由", 300)
    if pending(session, clock.id):
        raise Conflict(f"{clock.rule} 已有一份延期申请在等审批，不用再交。要改请先撤回。")
    if case.restricted:
        raise Conflict("举报件只有受理人能看到，没有人可以审批延期。请按原期限办理。")
    consent = Consent(
        case_id=case.id, clock_id=clock.id, units=units, reason=reason, approver=allowed.approver, asked_at=now,
        asked_by=person.officer_id,
    )  # fmt: skip
    session.add(consent)
    session.flush()
    data = {"consent": consent.id, "rule": clock.rule, "length": _length(core, clock, units), "reason": reason}
    changed(session, core, case, actor_of(person), "ask_extension", now, data | {"approver": allowed.approver})
    return consent


def withdraw_extension(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, consent_id: int, now: datetime
) -> Consent:
    """撤回延期申请: by who asked."""
    case = begin(session, person, case_id, version, "withdraw_extension", now)
    consent = _waiting(session, case, consent_id)
    if consent.asked_by != person.officer_id:
        raise NotAllowed(f"这份延期申请是{officer_name(session, consent.asked_by)}交的，请由本人撤回。")
    rule = _decided(session, consent, person, "withdrawn", "", now)
    changed(session, core, case, actor_of(person), "withdraw_extension", now, {"rule": rule})
    return consent


def refuse_extension(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    consent_id: int,
    reason: str,
    now: datetime,
) -> Consent:
    """不同意延期, with a reason; the limit stays what it was."""
    case = begin(session, person, case_id, version, "refuse_extension", now)
    consent = _waiting(session, case, consent_id)
    _check_approver(session, person, case, consent)
    reason = required(reason, "reason", "不同意的理由", 300)
    rule = _decided(session, consent, person, "refused", reason, now)
    changed(session, core, case, actor_of(person), "refuse_extension", now, {"rule": rule, "reason": reason})
    return consent


def approve_extension(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, consent_id: int, now: datetime
) -> Consent:
    """同意延期: moves the clock, tells the citizen in the channel's words. Too late once the limit has ended."""
    case = begin(session, person, case_id, version, "approve_extension", now)
    consent = _waiting(session, case, consent_id)
    _check_approver(session, person, case, consent)
    clock = _clock(session, case, consent.clock_id)
    allowed = check_extension(core, clock, consent.units, now)
    before = clocks.ends_at(clock)
    rule = _decided(session, consent, person, "approved", "", now)
    told = {"rule": rule, "length": _length(core, clock, consent.units)}
    changed(session, core, case, actor_of(person), "approve_extension", now, told)
    clocks.extend(session, core, case, clock.rule, consent.units, now, consent.reason, actor_of(person))
    if allowed.told:
        _tell(session, core, case, clock, before, consent.reason, now)
    return consent


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
    return Asked(consent, case, clock, rule, who, _length(core, clock, consent.units), *words)


def _check_approver(session: Session, person: Person, case: Case, consent: Consent) -> None:
    who = APPROVERS[consent.approver]
    if may_decide(person, case, consent):
        return
    if consent.asked_by == person.officer_id:
        raise NotAllowed(f"延期不能由申请人自己批准，请另一位{who}审批；期限没有改变。")
    raise NotAllowed(f"这份延期申请按规定由{who}审批，您不能代为决定；期限没有改变。")


def _decided(session: Session, consent: Consent, person: Person, state: str, words: str, now: datetime) -> str:
    consent.state, consent.words = state, words
    consent.decided_at, consent.decided_by = now, person.officer_id
    return session.get_one(Clock, consent.clock_id).rule


def _waiting(session: Session, case: Case, consent_id: int) -> Consent:
    consent = session.get(Consent, consent_id)
    if consent is None or consent.case_id != case.id:
        raise InvalidInput("这件没有这份延期申请。", "consent")
    if consent.state != "asked":
        raise Conflict("这份延期申请已经有了结果，请看下面的办理留痕。")
    return consent


def _clock(session: Session, case: Case, clock_id: int) -> Clock:
    clock = session.get(Clock, clock_id)
    if clock is None or clock.case_id != case.id:
        raise InvalidInput("请选择要延长的时限。", "clock")
    if clock.state not in clocks.LIVE:
        raise Conflict(f"{clock.rule} 已经不在计时，不能延期。")
    return clock


def _length(core: Core, clock: Clock, units: int) -> str:
    return f"{units}{UNIT_NAMES[limits_of(core.profile()).rule(clock.rule).unit]}"


def _tell(session: Session, core: Core, case: Case, clock: Clock, before: datetime, why: str, now: datetime) -> None:
    profile = core.profile()
    tell(
        session, core, case, "extended", now,
        number=case.number,
        old_date=latest_words(before, clock.rule, profile),
        new_date=latest_words(clocks.ends_at(clock), clock.rule, profile),
        reason=_NEUTRAL if case.sensitive else why.rstrip("。！!.；;，,"),
        contact=profile.phone,
    )  # fmt: skip
