"""The everyday work on a case: claim, pass on, answer, deliver, close, again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.answer import answer, save_draft
from handlers.casework.ask import ask_citizen, receive_citizen_words
from handlers.casework.assign import assign, return_case, transfer
from handlers.casework.citizen import rate
from handlers.casework.claim import claim, release
from handlers.casework.close import close, not_accept, reopen
from handlers.casework.consult import consult, give_opinion
from handlers.casework.delivered import answer_delivered, record_delivery
from handlers.casework.history import history
from handlers.casework.issue import issue, send_back
from handlers.casework.oversee import mark_urgent, note, supervise
from handlers.casework.sweep import settle_answered
from handlers.casework.units import unit_result
from handlers.core import Core
from handlers.deadlines.clocks import open_clocks
from handlers.delivery.outbox import text_sha256
from handlers.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed
from handlers.records import CaseEvent, Clock, Delivery, Document, Note, Reply
from tests.handlers.casework.conftest import Bureau, OpenCase

ANSWER = "请带身份证和户口本到街道民政窗口办理，当场受理。"


def _actions(session: Session, case_id: int) -> list[str]:
    wanted = select(CaseEvent.action).where(CaseEvent.case_id == case_id).order_by(CaseEvent.seq)
    return list(session.scalars(wanted))


def _delivery(session: Session, case_id: int) -> Delivery:
    return session.scalars(select(Delivery).where(Delivery.case_id == case_id, Delivery.purpose == "answer")).one()


def test_a_consultation_is_drafted_and_issued_by_its_officer(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    reply = answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    assert (reply.state, case.state) == ("issued", "to_deliver")
    delivery = _delivery(session, case.id)
    assert delivery.text == reply.text and ANSWER in delivery.text and case.number in delivery.text
    assert delivery.sha256 == reply.sha256 == text_sha256(reply.text)
    assert "福利科 张敏" in reply.text
    assert {clock.state for clock in open_clocks(session, case.id)} == {"running"}


def test_the_limits_are_met_when_the_answer_has_arrived_not_before(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    delivery = _delivery(session, case.id)
    delivery.state, delivery.finished_at = "sent", now + timedelta(minutes=1)
    answer_delivered(session, core, delivery, now + timedelta(minutes=2))
    assert case.state == "answered" and case.answered_at == now + timedelta(minutes=1)
    clocks = session.scalars(select(Clock).where(Clock.case_id == case.id)).all()
    assert {clock.state for clock in clocks} == {"met"}
    assert case.next_due_at is None


@pytest.mark.parametrize("state", ["pending", "retry", "failed", "unknown"])
def test_an_answer_that_has_not_arrived_closes_nothing(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime, state: str
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    _delivery(session, case.id).state = state
    with pytest.raises(MoveNotAllowed):
        close(session, core, bureau.zhang, case.id, case.version, result="solved", evidence="已答复", now=now)
    case.state = "answered"  # even if somebody brought it here wrongly
    with pytest.raises(InvalidInput, match="没有确实送到"):
        close(session, core, bureau.zhang, case.id, case.version, result="solved", evidence="已答复", now=now)


def test_a_complaint_is_read_by_the_head_before_it_goes_out(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    reply = answer(session, core, bureau.zhang, case.id, case.version, ANSWER, result="solved", now=now)
    assert (reply.state, case.state) == ("in_review", "in_review")
    with pytest.raises(NotAllowed):
        issue(session, core, bureau.zhang, case.id, case.version, now=now)
    send_back(session, core, bureau.head, case.id, case.version, reason="请写明窗口地址", now=now)
    assert (reply.state, case.state, reply.review_note) == ("draft", "in_progress", "请写明窗口地址")
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER + "地址：某街1号。", result="solved", now=now)
    issued = issue(session, core, bureau.head, case.id, case.version, now=now)
    assert issued.id == reply.id and issued.issued_by == bureau.head.officer_id
    assert issued.drafted_by == bureau.zhang.officer_id and case.state == "to_deliver"


def test_two_officers_cannot_answer_one_case_unknowingly(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    seen = case.version
    claim(session, core, bureau.zhang, case.id, seen, now)
    with pytest.raises(Conflict, match="张敏 于 11月23日 9:14 做了“签收”"):
        claim(session, core, bureau.li, case.id, seen, now)
    with pytest.raises(Conflict, match="张敏 正在办理"):
        claim(session, core, bureau.li, case.id, case.version, now)
    with pytest.raises(NotAllowed):
        answer(session, core, bureau.li, case.id, case.version, ANSWER, now=now)
    with pytest.raises(Conflict, match="张敏 正在办理"):
        answer(session, core, bureau.head, case.id, case.version, ANSWER, now=now)
    assert session.scalars(select(Reply)).all() == []


def test_an_expired_claim_can_be_taken_over(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    assert case.claim_until is not None
    later = case.claim_until + timedelta(seconds=1)
    claim(session, core, bureau.li, case.id, case.version, later)
    assert case.officer_id == bureau.li.officer_id and case.state == "in_progress"


def test_a_case_given_to_one_by_name_is_not_taken_by_another(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    assign(
        session, core, bureau.head, case.id, case.version, section="welfare", officer_id=bureau.li.officer_id, now=now
    )
    with pytest.raises(Conflict, match="已指定由李强办理"):
        claim(session, core, bureau.zhang, case.id, case.version, now)
    claim(session, core, bureau.li, case.id, case.version, now)
    release(session, core, bureau.li, case.id, case.version, now)
    assert (case.state, case.officer_id) == ("assigned", None)


def test_a_head_assigns_in_the_own_section_only(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    with pytest.raises(NotAllowed, match="本科室"):
        assign(session, core, bureau.head, case.id, case.version, section="finance", now=now)
    with pytest.raises(InvalidInput, match="在岗"):
        assign(
            session, core, bureau.office, case.id, case.version, section="finance",
            officer_id=bureau.li.officer_id, now=now,
        )  # fmt: skip


def test_triage_meets_the_office_limit_and_restarts_no_other(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(state="triage", section_code=None)
    before = {c.rule: c.legal_due for c in open_clocks(session, case.id)}
    assert "NB-01" in before and len(before) > 1
    assign(session, core, bureau.office, case.id, case.version, section="welfare", now=now + timedelta(hours=1))
    after = {c.rule: c.legal_due for c in open_clocks(session, case.id)}
    assert after == {rule: due for rule, due in before.items() if rule != "NB-01"}


def test_transfer_and_return_name_their_reason_and_restart_nothing(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    due = case.next_due_at
    with pytest.raises(InvalidInput) as fault:
        transfer(session, core, bureau.zhang, case.id, case.version, section="finance", reason=" ", now=now)
    assert fault.value.field == "reason"
    transfer(session, core, bureau.zhang, case.id, case.version, section="finance", reason="涉及资金账目", now=now)
    assert (case.section_code, case.state) == ("finance", "assigned")
    return_case(session, core, bureau.finance, case.id, case.version, reason="不属财务", now=now)
    assert (case.section_code, case.state, case.returns) == (None, "triage", 1)
    assert case.next_due_at == due
    told = [s.text for s in history(session, core.profile(), case.id, now)]
    assert "11月23日 9:14 张敏 转财务科：涉及资金账目" in told
    assert "11月23日 9:14 钱进 由财务科退回办公室：不属财务" in told


def test_another_section_gives_its_opinion_without_taking_the_case(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    consult(session, core, bureau.zhang, case.id, case.version, sections=["finance"], text="请核到账时间", now=now)
    assert case.state == "consulting" and case.cooperating == ["finance"]
    give_opinion(session, core, bureau.finance, case.id, case.version, text="11月20日已拨付", now=now)
    assert case.state == "in_progress" and case.officer_id == bureau.zhang.officer_id


def test_the_case_waits_for_the_last_opinion_asked_unless_its_head_ends_that(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    asked = ["finance", "social_relief_office"]
    consult(session, core, bureau.zhang, case.id, case.version, sections=asked, text="请核", now=now)
    give_opinion(session, core, bureau.finance, case.id, case.version, text="已拨付", now=now)
    assert case.state == "consulting"
    give_opinion(session, core, bureau.relief, case.id, case.version, text="已核", now=now)
    assert case.state == "in_progress"
    consult(session, core, bureau.zhang, case.id, case.version, sections=asked, text="再核", now=now)
    give_opinion(session, core, bureau.head, case.id, case.version, text="不等了", now=now)
    assert case.state == "in_progress"


def test_the_citizen_is_asked_and_the_answer_resumes_the_work_with_no_clock_paused(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    due = case.next_due_at
    claim(session, core, bureau.zhang, case.id, case.version, now)
    reply = ask_citizen(session, core, bureau.zhang, case.id, case.version, text="老人户口在哪个旗县区？", now=now)
    assert case.state == "awaiting_citizen" and case.next_due_at == due
    sent = session.scalars(select(Delivery).where(Delivery.reply_id == reply.id)).one()
    assert sent.purpose == "question" and "老人户口在哪个旗县区？" in sent.text
    receive_citizen_words(session, core, case.id, case.first_message_id, now + timedelta(hours=1))
    assert case.state == "in_progress" and case.unread


def test_where_nothing_can_be_pushed_staff_record_how_they_told_the_answer(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(channel="registration", source="phone", registered_by=bureau.zhang.officer_id)
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    assert case.state == "to_deliver" and session.scalars(select(Delivery)).all() == []
    delivery = record_delivery(
        session, core, bureau.zhang, case.id, case.version, way="phone", told_whom="王某本人", gist="告知了窗口和材料",
        at=now + timedelta(minutes=5), now=now + timedelta(minutes=6),
    )  # fmt: skip
    assert case.state == "answered" and case.answered_at == now + timedelta(minutes=5)
    assert "王某" not in delivery.told_whom and core.vault.open(delivery.told_whom) == "王某本人"


def test_pressing_a_button_twice_is_said_to_be_that(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    seen = case.version
    claim(session, core, bureau.zhang, case.id, seen, now)
    with pytest.raises(Conflict, match=r"您.*已做了“签收”"):
        claim(session, core, bureau.zhang, case.id, seen, now)


def test_what_staff_record_of_a_spoken_answer_fits_its_table_once_sealed(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(channel="registration", source="phone", registered_by=bureau.zhang.officer_id)
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    longest = {"told_whom": "𠮷" * 40, "gist": "要" * 200, "proof": "证" * 200}
    for name, more in (("told_whom", "𠮷"), ("proof", "证")):
        with pytest.raises(InvalidInput):
            record_delivery(
                session, core, bureau.zhang, case.id, case.version, way="phone", now=now,
                **(longest | {name: longest[name] + more}),
            )  # fmt: skip
    delivery = record_delivery(session, core, bureau.zhang, case.id, case.version, way="phone", now=now, **longest)
    assert len(delivery.told_whom) <= 300 and len(delivery.proof) <= 500


def test_an_answer_on_the_web_has_arrived_when_it_can_be_read(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(channel="web")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    assert case.state == "answered" and _delivery(session, case.id).way == "read"


def test_closing_needs_a_result_and_its_evidence(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(channel="web")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    with pytest.raises(InvalidInput, match="还没有答复"):
        close(session, core, bureau.zhang, case.id, case.version, result="solved", evidence="办好了", now=now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    for result, evidence in (("", "办好了"), ("solved", ""), ("forwarded", "x")):
        with pytest.raises(InvalidInput):
            close(session, core, bureau.zhang, case.id, case.version, result=result, evidence=evidence, now=now)
    close(session, core, bureau.zhang, case.id, case.version, result="solved", evidence="窗口已受理", now=now)
    assert (case.state, case.result, case.result_evidence) == ("closed", "solved", "窗口已受理")
    assert open_clocks(session, case.id) == []


def test_a_person_who_cannot_be_reached_may_be_closed_unanswered(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    close(session, core, bureau.zhang, case.id, case.version, result="unreachable", evidence="三次电话未接", now=now)
    assert case.state == "closed"


def test_staff_reopen_and_new_limits_run_from_then(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(channel="web")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    later = now + timedelta(days=3)
    with pytest.raises(NotAllowed):
        reopen(session, core, bureau.zhang, case.id, case.version, reason="漏答一问", now=later)
    reopen(session, core, bureau.head, case.id, case.version, reason="漏答一问", now=later)
    assert case.state == "reopened" and case.next_due_at is not None and case.next_due_at > later


def test_not_accepting_tells_the_reason(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(section_code="welfare")
    signed = Document(
        case_id=case.id, kind="refusal_notice", year=2026, serial=1, number="民信不受〔2026〕1号", name="告知书",
        day=now.date(), sha256="0" * 64, size=1, made_at=now, made_by=bureau.leader.officer_id,
    )  # fmt: skip
    session.add(signed)
    not_accept(session, core, bureau.head, case.id, case.version, reason="已在诉讼中", now=now)
    assert case.state == "not_accepted"
    assert "已在诉讼中" in session.scalars(select(Delivery)).one().text


def test_answered_cases_close_by_themselves_only_with_a_recorded_result(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    told, untold = open_case(channel="web"), open_case(channel="web", kind="help")
    claim(session, core, bureau.zhang, told.id, told.version, now)
    answer(session, core, bureau.zhang, told.id, told.version, ANSWER, now=now)
    claim(session, core, bureau.zhang, untold.id, untold.version, now)
    answer(session, core, bureau.zhang, untold.id, untold.version, ANSWER, now=now)
    issue(session, core, bureau.head, untold.id, untold.version, now=now)
    assert settle_answered(session, core, now + timedelta(days=14)) == 0
    assert settle_answered(session, core, now + timedelta(days=16)) == 1
    assert (told.state, told.result) == ("closed", "policy_explained") and untold.state == "answered"


def test_notes_and_supervision_are_never_delivered(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    note(session, core, bureau.zhang, case.id, case.version, text="电话打过一次", now=now)
    supervise(session, core, bureau.office, case.id, case.version, text="请明天前答复", now=now)
    mark_urgent(session, core, bureau.office, case.id, case.version, grade="now", now=now)
    assert {n.kind for n in session.scalars(select(Note))} == {"note", "supervision"}
    assert case.supervised and case.urgent
    assert session.scalars(select(Delivery)).all() == []
    with pytest.raises(NotAllowed):
        supervise(session, core, bureau.zhang, case.id, case.version, text="x", now=now)


def test_an_auditor_reads_and_changes_nothing(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    with pytest.raises(NotAllowed):
        note(session, core, bureau.auditor, case.id, case.version, text="x", now=now)


def test_a_draft_is_kept_without_disturbing_readers(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    version = case.version
    first = save_draft(session, core, bureau.zhang, case.id, version, "请带", now)
    again = save_draft(session, core, bureau.zhang, case.id, version, "请带身份证", now)
    assert first.id == again.id and again.text == "请带身份证" and case.version == version


def test_every_change_is_an_event_and_the_chain_holds(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    assert _actions(session, case.id)[-2:] == ["claim", "answer"]
    events = session.scalars(select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq)).all()
    assert list(core.ledger.verify(events)) == []


def test_a_move_that_the_state_forbids_names_the_state_and_what_is_possible(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    with pytest.raises(MoveNotAllowed, match=r"待签收.*不能“登记单位结果”.*签收"):
        unit_result(session, core, bureau.zhang, case.id, case.version, text="x", now=now)


def test_a_satisfied_citizen_closes_the_case_without_waiting(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(channel="web")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    rate(session, core, case.id, "satisfied", now=now)
    assert settle_answered(session, core, now + timedelta(hours=1)) == 1
    assert case.state == "closed" and case.result_evidence.endswith("群众评价满意")
