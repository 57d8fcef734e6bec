"""One ordinary move each, as the demo's staff and citizens make it; every one goes through the room that owns it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework import (
    answer,
    ask,
    assign,
    citizen,
    claim,
    close,
    consult,
    delivered,
    issue,
    labels,
    oversee,
    units,
)
from handlers.casework.access import Staff, may_see
from handlers.casework.page import read_case
from handlers.casework.trouble import AT_ONCE
from handlers.demo.officers import OFFICERS
from handlers.demo.samples import Sample
from handlers.demo.stage import Stage
from handlers.escalation.alerts import acknowledge
from handlers.guides.outcome import confirm
from handlers.records import Alert, Case
from handlers.signing.rounds import reply_under_way, turn_of

Move = Callable[[Stage, Sample, datetime], None]
Change = Callable[[Session, Case, Staff], object]

#: The office's people: who sorts what nobody's section was found for, and who is called first.
OFFICE: Final = next(officer.sign_in for officer in OFFICERS if officer.role == "office")
_PROMISED: Final = {"complaint": "solved", "help": "solved", "suggestion": "partly_solved"}
_DRAFTS: Final = {
    "consultation": "您好，您问的这件事我们正在核对最新的规定，",
    "complaint": "您好，您反映的情况我们已向有关单位了解，目前",
    "help": "您好，您的难处我们知道了，已请当地民政上门了解，",
}
_WAYS: Final = {"visit": "visit", "letter": "post"}


def put_right(stage: Stage, sample: Sample, at: datetime) -> None:
    """The office looks at what the machine was not sure of: the right labels, and with them the right section."""

    def change(session: Session, case: Case, person: Staff) -> None:
        right: dict[str, Any] = {"kind": sample.kind, "topic": sample.topic, "urgent": sample.urgent}
        if case.state == "triage" or any(getattr(case, name) != value for name, value in right.items()):
            labels.correct_labels(session, stage.core, person, case.id, case.version, right, now=at)
        home = section_of(sample.officer)
        if case.state == "triage" and sample.topic != "not_ours":
            assign.assign(session, stage.core, person, case.id, case.version, section=home, now=at)

    by_staff(stage, sample, OFFICE, at, change)


def pass_on(stage: Stage, sample: Sample, at: datetime) -> None:
    """The office finds the section that the machine did not find, and says why."""

    def change(session: Session, case: Case, person: Staff) -> None:
        oversee.note(session, stage.core, person, case.id, case.version, text=sample.reason, now=at)
        if case.state == "triage":
            right: dict[str, Any] = {"kind": sample.kind, "topic": sample.topic}
            labels.correct_labels(session, stage.core, person, case.id, case.version, right, now=at)
        if case.section_code != sample.section:
            fields: dict[str, Any] = {"section": sample.section, "reason": sample.reason, "now": at}
            assign.transfer(session, stage.core, person, case.id, case.version, **fields)

    by_staff(stage, sample, sample.officer, at, change)


def answer_the_call(stage: Stage, sample: Sample, at: datetime) -> None:
    """Whoever is on duty takes note of an urgent alert."""

    def change(session: Session, case: Case, person: Staff) -> None:
        calls = select(Alert.id).where(Alert.case_id == case.id, Alert.kind.in_(AT_ONCE), Alert.state == "open")
        for alert_id in session.scalars(calls).all():
            acknowledge(session, stage.core, alert_id, person.officer_id, at)

    stage.play(sample.id, lambda session, case: change(session, case, stage.staff[OFFICE]))


def take(stage: Stage, sample: Sample, at: datetime) -> None:
    """签收; a case of narrow view (保护) is given to its officer by name first, who cannot see it before."""

    def change(session: Session, case: Case, person: Staff) -> None:
        if not may_see(person, case) and case.section_code:
            head = stage.staff[_head_of(case.section_code)]
            assign.assign(
                session, stage.core, head, case.id, case.version,
                section=case.section_code, officer_id=person.officer_id, now=at,
            )  # fmt: skip
        claim.claim(session, stage.core, person, case.id, case.version, at)

    by_staff(stage, sample, sample.officer, at, change)


def begin_draft(stage: Stage, sample: Sample, at: datetime) -> None:
    """A first sentence of the answer: work has begun."""
    text = _DRAFTS.get(sample.kind, _DRAFTS["complaint"])
    by_staff(
        stage, sample, sample.officer, at,
        lambda s, c, p: answer.save_draft(s, stage.core, p, c.id, c.version, text, at),
    )  # fmt: skip


def demand(stage: Stage, sample: Sample, at: datetime) -> None:
    """督办."""
    text = "这件已经超期。请今天先给来信人去电话说明进展，两个工作日内答复；办不了的写明原因报办公室。"
    by_staff(
        stage, sample, OFFICE, at,
        lambda s, c, p: oversee.supervise(s, stage.core, p, c.id, c.version, text=text, now=at),
    )  # fmt: skip


def ask_back(stage: Stage, sample: Sample, at: datetime) -> None:
    """请群众补充."""
    by_staff(
        stage, sample, sample.officer, at,
        lambda s, c, p: ask.ask_citizen(s, stage.core, p, c.id, c.version, text=sample.question, now=at),
    )  # fmt: skip


def ask_colleagues(stage: Stage, sample: Sample, at: datetime) -> None:
    """请协办."""
    asked = [sample.cooperating]
    by_staff(
        stage, sample, sample.officer, at,
        lambda s, c, p: consult.consult(
            s, stage.core, p, c.id, c.version, sections=asked, text=sample.reason, now=at
        ),
    )  # fmt: skip


def assign_down(stage: Stage, sample: Sample, at: datetime) -> None:
    """交办."""
    by_staff(
        stage, sample, sample.officer, at,
        lambda s, c, p: units.assign_down(
            s, stage.core, p, c.id, c.version, unit=sample.unit, demand=sample.reason, now=at
        ),
    )  # fmt: skip


def forward(stage: Stage, sample: Sample, at: datetime) -> None:
    """转送."""
    by_staff(
        stage, sample, sample.officer, at,
        lambda s, c, p: units.forward(
            s, stage.core, p, c.id, c.version, unit=sample.unit, outer_number=sample.outer_number,
            note=sample.reason, now=at,
        ),
    )  # fmt: skip


def reply(stage: Stage, sample: Sample, at: datetime) -> None:
    """答复: out at once, or to the head for review."""
    result = sample.result or _PROMISED.get(sample.kind, "")
    by_staff(
        stage, sample, sample.officer, at,
        lambda s, c, p: answer.answer(s, stage.core, p, c.id, c.version, sample.answer, result=result, now=at),
    )  # fmt: skip


def have_it_issued(stage: Stage, sample: Sample, at: datetime) -> None:
    """What the officer may not issue alone: each passes it on whose step it is, the last one issues it."""
    passed(stage, sample, at)


def passed(
    stage: Stage, sample: Sample, at: datetime, *, once: bool = False, act: Callable[[bool], Change] | None = None
) -> None:
    """Let whoever's turn it is act on the reply (pass it on, the last one issue it), ``once`` or to the end."""

    def go_on(session: Session, case: Case) -> None:
        while (reply := reply_under_way(session, case.id)) is not None:
            turn = turn_of(session, stage.core, case, reply, at)
            if turn is None:
                return
            person = next(one for one in stage.staff.values() if one.officer_id in turn.holder.people)
            change = act(turn.last) if act else _step(stage, at, last=turn.last)
            _Visit(stage, person, at, change)(session, case)
            if once:
                return

    stage.play(sample.id, go_on)


def _step(stage: Stage, at: datetime, *, last: bool) -> Change:
    def take(session: Session, case: Case, person: Staff) -> object:
        act = issue.issue if last else issue.approve
        return act(session, stage.core, person, case.id, case.version, now=at)

    return take


def tell(stage: Stage, sample: Sample, at: datetime) -> None:
    """An answer that no channel carries is told by telephone, in person or by letter, and that is recorded."""
    way = _WAYS.get(sample.channel, "phone")
    words = {"visit": "当面交给来访人并逐条说明", "post": "答复函已挂号寄出", "phone": "已电话告知，对方表示清楚"}
    proof = "挂号 XA00000000115" if way == "post" else ""

    def change(session: Session, case: Case, person: Staff) -> None:
        delivered.record_delivery(
            session, stage.core, person, case.id, case.version,
            way=way, told_whom=sample.name or "来信人本人", gist=words[way], proof=proof, now=at,
        )  # fmt: skip

    by_staff(stage, sample, sample.officer, at, change)


def rate(stage: Stage, sample: Sample, at: datetime) -> None:
    """满意 / 一般 / 不满意."""
    stage.play(sample.id, lambda s, c: citizen.rate(s, stage.core, c.id, sample.rating, sample.rating_words, now=at))


def read_rating(stage: Stage, sample: Sample, at: datetime) -> None:
    """The officer reads what the citizen wrote with the rating."""
    by_staff(stage, sample, sample.officer, at, lambda session, case, person: None)


def ask_again(stage: Stage, sample: Sample, at: datetime) -> None:
    """不满意要求重办."""
    stage.play(sample.id, lambda s, c: citizen.reopen(s, stage.core, c.id, sample.rating_words, now=at))


def finish(stage: Stage, sample: Sample, at: datetime) -> None:
    """办结."""
    evidence = "答复已送到本人，对方表示清楚，没有其他要求。"
    by_staff(
        stage, sample, sample.officer, at,
        lambda s, c, p: close.close(
            s, stage.core, p, c.id, c.version, result=sample.result, evidence=evidence, now=at
        ),
    )  # fmt: skip


def take_back(stage: Stage, sample: Sample, at: datetime) -> None:
    """撤回."""
    stage.play(sample.id, lambda session, case: citizen.withdraw(session, stage.core, case.id, now=at))


def say_solved(stage: Stage, sample: Sample, at: datetime) -> None:
    """解决了, said of the guide."""
    stage.play(sample.id, lambda session, case: confirm(session, stage.core, case.id, at))


def section_of(sign_in: str) -> str:
    """The section of a member of the demo's staff."""
    return next(officer.section for officer in OFFICERS if officer.sign_in == sign_in)


def _head_of(section: str) -> str:
    return next((o.sign_in for o in OFFICERS if o.section == section and o.role == "head"), OFFICE)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A member of staff opens the case, works on it, and has thereby seen the alerts addressed to them."""

    stage: Stage
    person: Staff
    at: datetime
    change: Change

    def __call__(self, session: Session, case: Case) -> None:
        if may_see(self.person, case):
            read_case(session, self.stage.core, self.person, case.id, self.at)
            self._acknowledge(session, case)
        self.change(session, case, self.person)

    def _acknowledge(self, session: Session, case: Case) -> None:
        waiting = select(Alert).where(Alert.case_id == case.id, Alert.state == "open", Alert.kind != "urgent")
        for alert in session.scalars(waiting).all():
            if self.person.officer_id in alert.recipients:
                acknowledge(session, self.stage.core, alert.id, self.person.officer_id, self.at)


def by_staff(stage: Stage, sample: Sample, sign_in: str, at: datetime, change: Change) -> None:
    """A member of staff opens the sample's case and makes a change."""
    stage.play(sample.id, _Visit(stage, stage.staff[sign_in], at, change))
