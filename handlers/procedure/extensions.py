"""延期审批, step by step: asked for by who deals with the case, before the limit ends; decided by the rule's role.

Only a granted extension moves the clock, and only then the citizen is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, officer_name, required
from handlers.casework.followers_told import tell_followers
from handlers.casework.post import tell
from handlers.casework.promise import date_words, latest_words
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.changes import check_extension
from handlers.errors import Conflict, InvalidInput, NotAllowed
from handlers.procedure.choices import APPROVERS
from handlers.procedure.consents import length_words, may_decide, pending
from handlers.procedure.notices import tell_approvers, tell_asker
from handlers.records import Case, Clock, Consent

#: What a text on a shared telephone may say instead of the reason.
_NEUTRAL: Final = "情况需要进一步核实"


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
    data = {"consent": consent.id, "rule": clock.rule, "length": length_words(core, clock, units), "reason": reason}
    changed(session, core, case, actor_of(person), "ask_extension", now, data | {"approver": allowed.approver})
    tell_approvers(session, core, case, consent, now)
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
    tell_asker(session, core, case, consent, now)
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
    tell_asker(session, core, case, consent, now)
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
    told = {"rule": rule, "length": length_words(core, clock, consent.units)}
    changed(session, core, case, actor_of(person), "approve_extension", now, told)
    tell_asker(session, core, case, consent, now)
    clocks.extend(session, core, case, clock.rule, consent.units, now, consent.reason, actor_of(person))
    if allowed.told:
        _tell(session, core, case, clock, before, consent.reason, now)
        later = latest_words(clocks.ends_at(clock), clock.rule, core.profile())
        tell_followers(session, core, case, f"办理期限延到 {later}", f"extended:{consent.id}", now)
    return consent


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
