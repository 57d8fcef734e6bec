"""A reply goes its way one step after another, nobody acts twice, and changed words are read anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.absences import add_absence
from handlers.accounts.roles import Role
from handlers.casework.access import Staff
from handlers.casework.answer import answer, open_draft
from handlers.casework.claim import claim
from handlers.casework.history import history
from handlers.casework.issue import approve, issue, send_back
from handlers.casework.oversee import supervise
from handlers.casework.page import read_case
from handlers.casework.queues import Filters, cases_in, counts
from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.delivery.outbox import text_sha256
from handlers.errors import InvalidInput, MoveNotAllowed, NotAllowed
from handlers.records import Case, Delivery, DraftVersion, Officer, Reply, ReplyStep
from handlers.signing.line import way_view
from handlers.writing import drafts
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.signing.walk import somebody

ANSWER = "经查，多收的护理费已退还，收费标准已在大厅公示。"


@pytest.fixture
def pressed(session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime) -> Case:
    """A supervised complaint whose answer zhang has drafted: head, then office."""
    case = open_case(kind="complaint", supervised=True)
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, result="solved", now=now)
    return case


def reply_of(session: Session, case: Case) -> Reply:
    return session.scalars(select(Reply).where(Reply.case_id == case.id)).one()


def waits(session: Session, core: Core, people: Iterable[Staff], now: datetime) -> list[str]:
    return [person.name for person in people if counts(session, person, now).get("review")]


def test_each_step_waits_for_its_own_people_and_the_last_one_issues_what_was_read(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    everybody = (bureau.zhang, bureau.li, bureau.head, bureau.office, bureau.suhe, bureau.leader)
    assert (pressed.state, pressed.step) == ("in_review", "head")
    assert waits(session, core, everybody, now) == ["何丽"]
    for person, move in ((bureau.office, approve), (bureau.leader, issue)):
        with pytest.raises(NotAllowed, match="等何丽"):
            move(session, core, person, pressed.id, pressed.version, now=now)
    with pytest.raises(MoveNotAllowed, match="后面还有"):
        issue(session, core, bureau.head, pressed.id, pressed.version, now=now)
    approve(session, core, bureau.head, pressed.id, pressed.version, now=now)
    assert (pressed.state, pressed.step) == ("to_issue", "office")
    assert waits(session, core, everybody, now) == ["乌云", "苏和"]
    with pytest.raises(MoveNotAllowed, match="最后一步"):
        approve(session, core, bureau.office, pressed.id, pressed.version, now=now)
    reply = issue(session, core, bureau.office, pressed.id, pressed.version, now=now)
    assert (reply.state, pressed.state, pressed.step) == ("issued", "to_deliver", "")
    sent = session.scalars(select(Delivery).where(Delivery.reply_id == reply.id)).one()
    assert ANSWER in sent.text and sent.sha256 == reply.sha256 == text_sha256(sent.text)
    acts = session.scalars(select(ReplyStep).where(ReplyStep.reply_id == reply.id).order_by(ReplyStep.id)).all()
    assert [(act.action, act.officer_id) for act in acts] == [
        ("draft", bureau.zhang.officer_id), ("approve", bureau.head.officer_id), ("issue", bureau.office.officer_id),
    ]  # fmt: skip
    assert {act.sha256 for act in acts} == {text_sha256(ANSWER)}


def test_words_changed_behind_the_first_step_are_read_anew_and_not_issued(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    approve(session, core, bureau.head, pressed.id, pressed.version, now=now)
    reply = issue(session, core, bureau.office, pressed.id, pressed.version, text=ANSWER + "特此答复。", now=now)
    assert (reply.state, reply.round, pressed.state, pressed.step) == ("in_review", 2, "in_review", "head")
    assert session.scalars(select(Delivery).where(Delivery.reply_id == reply.id)).all() == []
    approve(session, core, bureau.head, pressed.id, pressed.version, now=now)
    issued = issue(session, core, bureau.office, pressed.id, pressed.version, now=now)
    assert issued.state == "issued" and "特此答复。" in issued.text
    told = [one.what for one in history(session, core.profile(), pressed.id, now)]
    assert "办公室审核：改了答复的文字，从头再审一遍" in told


def test_a_change_saved_while_reading_counts_as_one_and_the_drafter_stays_the_drafter(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    approve(session, core, bureau.head, pressed.id, pressed.version, now=now)
    drafts.save(session, core, bureau.office, pressed.id, ANSWER + "（改）", None, now)
    reply = issue(session, core, bureau.office, pressed.id, pressed.version, text=ANSWER + "（改）", now=now)
    assert reply.state == "in_review" and reply.round == 2
    assert reply.drafted_by == bureau.zhang.officer_id == pressed.officer_id


def test_nobody_but_whose_turn_it_is_changes_the_words_meanwhile(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    saved = drafts.save(session, core, bureau.zhang, pressed.id, "我又想改一下", None, now)
    assert saved.aside is not None and "正在审签" in saved.why
    assert reply_of(session, pressed).text == ANSWER


def test_the_head_s_own_words_at_the_first_step_go_on_with_the_text(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    reply = approve(session, core, bureau.head, pressed.id, pressed.version, text=ANSWER + "谢谢。", now=now)
    assert (reply.round, pressed.step) == (1, "office")
    assert issue(session, core, bureau.office, pressed.id, pressed.version, now=now).state == "issued"


def test_what_a_reviewer_typed_comes_back_beside_the_draft(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    approve(session, core, bureau.head, pressed.id, pressed.version, now=now)
    send_back(
        session, core, bureau.office, pressed.id, pressed.version, reason="写明退了多少", text=ANSWER + "退三百元。",
        now=now,
    )  # fmt: skip
    draft = open_draft(session, pressed.id)
    assert draft is not None and (draft.state, draft.text, draft.review_note) == ("draft", ANSWER, "写明退了多少")
    beside = session.scalars(select(DraftVersion).where(DraftVersion.state == "aside")).one()
    assert (beside.text, beside.officer_id) == (ANSWER + "退三百元。", bureau.office.officer_id)
    assert (pressed.state, pressed.step) == ("in_progress", "")
    again = answer(session, core, bureau.zhang, pressed.id, pressed.version, ANSWER + "退三百元。", now=now)
    assert (again.round, pressed.step) == (2, "head")


def test_a_head_s_own_draft_is_read_by_the_office(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    claim(session, core, bureau.head, case.id, case.version, now)
    answer(session, core, bureau.head, case.id, case.version, ANSWER, now=now)
    assert case.step == "office"
    with pytest.raises(NotAllowed, match="同一份文字不能由一个人办两步"):
        issue(session, core, bureau.head, case.id, case.version, now=now)
    way = way_view(session, core, case, now)
    assert way is not None and "没有科室负责人可以办，由办公室办" in [step.note for step in way.steps]
    assert issue(session, core, bureau.office, case.id, case.version, now=now).state == "issued"


def test_a_stand_in_takes_the_step_but_not_of_their_own_text(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    today = local_day(now)
    add_absence(
        session, officer_id=bureau.head.officer_id, stand_in_id=bureau.zhang.officer_id, first=today, last=today,
        also=False, why="开会", by=bureau.head.officer_id, today=today, now=now,
    )  # fmt: skip
    zhang = somebody(session, bureau.zhang.officer_id, now)
    mine, his = open_case(kind="complaint"), open_case(kind="complaint")
    for person, case in ((zhang, mine), (bureau.li, his)):
        claim(session, core, person, case.id, case.version, now)
        answer(session, core, person, case.id, case.version, ANSWER, now=now)
    waiting = cases_in(session, core, zhang, "review", Filters(), now)
    assert [line.number for line in waiting.lines] == [his.number]
    with pytest.raises(NotAllowed, match="同一份文字不能由一个人办两步"):
        issue(session, core, zhang, mine.id, mine.version, now=now)
    assert issue(session, core, zhang, his.id, his.version, now=now).state == "issued"


def test_a_bureau_too_small_for_two_says_so(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    for officer in session.scalars(select(Officer).where(Officer.role.in_(("head", "office", "leader")))):
        officer.disabled = officer.id != bureau.office.officer_id
    case = open_case(kind="complaint", section_code="general_office")
    session.flush()
    case.state, case.officer_id = "in_progress", bureau.office.officer_id
    answer(session, core, bureau.office, case.id, case.version, ANSWER, now=now)
    assert reply_of(session, case).alone and case.step == "office"
    assert waits(session, core, [bureau.office], now) == ["乌云"]
    issue(session, core, bureau.office, case.id, case.version, now=now)
    told = [one.what for one in history(session, core.profile(), case.id, now)]
    assert any("本局没有另外的人可以办这一步" in words for words in told)


def test_a_step_whose_people_left_goes_to_the_next_in_line(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    session.get_one(Officer, bureau.head.officer_id).disabled = True
    assert issue(session, core, bureau.office, case.id, case.version, now=now).state == "issued"


def test_a_report_is_issued_by_its_recipient_alone(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="report", restricted=True, restricted_to=bureau.suhe.officer_id, state="in_progress")
    assert answer(session, core, bureau.suhe, case.id, case.version, ANSWER, now=now).state == "issued"
    assert way_view(session, core, case, now) is None


def test_the_case_page_offers_a_step_only_to_whose_turn_it_is(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    moves = {
        who.name: {"approve", "issue", "send_back"} & read_case(session, core, who, pressed.id, now).moves.keys()
        for who in (bureau.head, bureau.office, bureau.zhang)
    }
    assert moves == {"何丽": {"approve", "send_back"}, "乌云": set(), "张敏": set()}


def test_a_case_put_under_supervision_meanwhile_takes_the_longer_way(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    supervise(session, core, bureau.leader, case.id, case.version, text="请办公室把关", now=now)
    with pytest.raises(MoveNotAllowed, match="后面还有"):
        issue(session, core, bureau.head, case.id, case.version, now=now)
    approve(session, core, bureau.head, case.id, case.version, now=now)
    assert (case.state, case.step) == ("to_issue", "office")


def test_an_empty_text_is_passed_on_by_nobody(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    with pytest.raises(InvalidInput):
        approve(session, core, bureau.head, pressed.id, pressed.version, text="  ", now=now)


def test_the_line_of_steps_says_who_did_what_when_and_whom_it_waits_for(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    approve(session, core, bureau.head, pressed.id, pressed.version, now=now + timedelta(hours=1))
    way = way_view(session, core, pressed, now + timedelta(hours=2))
    assert way is not None
    assert [(step.title, step.state, step.who) for step in way.steps] == [
        ("拟稿", "done", "张敏"), ("科室负责人审核", "done", "何丽"), ("办公室签发", "now", "等乌云、苏和"),
        ("送达", "next", ""),
    ]  # fmt: skip


def test_a_new_officer_of_the_same_part_may_take_the_step(
    session: Session, core: Core, bureau: Bureau, pressed: Case, now: datetime
) -> None:
    new = bureau.add("sarna", "萨日娜", Role.HEAD, "welfare")
    approve(session, core, new, pressed.id, pressed.version, now=now)
    assert pressed.step == "office"
