"""One matter of many people: gathered from anybody's cases, represented by five, decided once, answered one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.claim import claim
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.groups.decide import answer_each, issue_each, preview, set_decision
from handlers.groups.gather import add_cases, group_of, make_group, remove_case, set_representatives
from handlers.groups.show import group_list, group_page
from handlers.records import Case, CaseContact, CaseEvent, Delivery, MatterGroup, Reply, ReplyFinding
from tests.handlers.casework.conftest import Bureau, OpenCase

DECISION = "【称呼】：您好。您反映的烧纸钱扰民（编号 【编号】），我局已会同街道要求该店停止。"
WHY = "会议纪要的原话"


@pytest.fixture
def session(core: Core) -> Iterator[Session]:
    """Kept at the end: what is decided for many is done in a transaction for each."""
    with core.database._writer() as session:
        yield session


def people(session: Session, core: Core, open_case: OpenCase, count: int = 3, **columns: object) -> list[Case]:
    """Cases of different people, the first two with their names."""
    cases = [open_case(**columns) for _ in range(count)]
    for case, name in zip(cases, ("王芳", "李四"), strict=False):
        session.add(CaseContact(case_id=case.id, role="writer", name=core.vault.seal(name)))
    session.flush()
    return cases


def numbers(cases: list[Case]) -> list[str]:
    return [case.number for case in cases]


def test_a_group_moves_nothing_and_can_be_taken_apart(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    cases = people(session, core, open_case)
    before = [(c.state, c.officer_id, c.version, c.next_due_at) for c in cases]
    group = make_group(session, core, bureau.head, "祭品店烧纸", numbers(cases), now)
    assert [(c.state, c.officer_id, c.version, c.next_due_at) for c in cases] == before
    remove_case(session, core, bureau.head, group, cases[0].number, "是另一家店", now)
    page = group_page(session, core, bureau.head, group, now)
    assert [one.line.number for one in page.members] == numbers(cases[1:])
    events = session.scalars(select(CaseEvent.action).where(CaseEvent.case_id == cases[0].id)).all()
    assert events[-2:] == ["group_joined", "group_left"]


def test_one_case_is_no_group_and_a_case_is_in_one_only(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    cases = people(session, core, open_case)
    with pytest.raises(InvalidInput, match="至少选两件"):
        make_group(session, core, bureau.head, "一件", numbers(cases[:1]), now)
    group = make_group(session, core, bureau.head, "两件", numbers(cases[:2]), now)
    with pytest.raises(InvalidInput, match=f"已在群体件 {group.id} 号里"):
        make_group(session, core, bureau.head, "又一个", numbers(cases[1:]), now)


def test_restricted_cases_and_those_of_others_are_not_taken_in(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    cases = people(session, core, open_case)
    hidden = open_case(kind="report", restricted=True, restricted_to=bureau.suhe.officer_id)
    sensitive = open_case(sensitive=True)
    other = open_case(section_code="finance")
    for case, why in ((hidden, "没有编号"), (sensitive, "不列入"), (other, "没有编号")):
        with pytest.raises(InvalidInput, match=why):
            make_group(session, core, bureau.head, "烧纸", [*numbers(cases), case.number], now)
    with pytest.raises(InvalidInput, match="不列入"):
        make_group(session, core, bureau.suhe, "烧纸", [*numbers(cases), hidden.number], now)


def test_at_most_five_speak_for_a_group(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    cases = people(session, core, open_case, 6)
    group = make_group(session, core, bureau.head, "烧纸", numbers(cases), now)
    with pytest.raises(InvalidInput, match="最多 5 人"):
        set_representatives(session, core, bureau.head, group, numbers(cases), now)
    set_representatives(session, core, bureau.head, group, numbers(cases[:5]), now)
    set_representatives(session, core, bureau.head, group, numbers(cases[4:]), now)
    page = group_page(session, core, bureau.head, group, now)
    assert [one.line.number for one in page.members if one.representative] == numbers(cases[4:])


def test_a_reader_sees_of_a_group_what_they_may_see(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    mine, theirs = open_case(), open_case(section_code="finance")
    group = make_group(session, core, bureau.office, "烧纸", [mine.number, theirs.number], now)
    page = group_page(session, core, bureau.zhang, group_of(session, bureau.zhang, group.id), now)
    assert ([one.line.number for one in page.members], page.hidden) == ([mine.number], 1)
    assert [line.size for line in group_list(session, bureau.zhang, now)] == [1]
    with pytest.raises(NotFound):
        group_of(session, bureau.relief, group.id)
    mine.restricted, mine.restricted_to = True, bureau.suhe.officer_id
    session.flush()
    assert group_page(session, core, bureau.suhe, group, now).hidden == 1


def test_one_decision_gives_everybody_a_reply_of_their_own(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    cases = people(session, core, open_case)
    group = make_group(session, core, bureau.head, "烧纸", numbers(cases), now)
    with pytest.raises(InvalidInput, match="不认识"):
        set_decision(session, bureau.head, group.id, group.version, text="【姓】您好", result="solved", now=now)
    seen = group.version
    set_decision(session, bureau.head, group.id, seen, text=DECISION, result="solved", now=now)
    with pytest.raises(Conflict):
        set_decision(session, bureau.head, group.id, seen, text=DECISION, result="solved", now=now)
    with pytest.raises(NotFound):
        set_decision(session, bureau.finance, group.id, group.version, text=DECISION, result="solved", now=now)
    group_id, ids = group.id, [case.id for case in cases]
    session.commit()
    shown = preview(core, bureau.head, group_id, now)
    assert [one.done for one in shown] == [True, True, True]
    session.expire_all()
    assert [session.get_one(Case, ident).state for ident in ids] == ["assigned"] * 3
    assert session.scalars(select(Reply)).all() == []
    session.commit()
    assert all(one.done for one in answer_each(core, bureau.head, group_id, now, reason=WHY))
    assert answer_each(core, bureau.head, group_id, now, reason=WHY) == []
    texts = session.scalars(select(Delivery.text).where(Delivery.purpose == "answer").order_by(Delivery.case_id)).all()
    assert len(texts) == 3
    for text, name, case in zip(texts, ("王芳", "李四", "群众朋友"), cases, strict=True):
        assert name in text and case.number in text
        assert not any(other.number in text for other in cases if other is not case)
    assert "李四" not in texts[0] and "王芳" not in texts[1]


def test_what_is_refused_for_one_keeps_nobody_else_from_theirs(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    cases = people(session, core, open_case, kind="complaint")
    claim(session, core, bureau.li, cases[1].id, cases[1].version, now)
    group = make_group(session, core, bureau.head, "烧纸", numbers(cases), now)
    set_decision(session, bureau.zhang, group.id, group.version, text=DECISION, result="solved", now=now)
    group_id = group.id
    session.commit()
    outcomes = answer_each(core, bureau.zhang, group_id, now, reason=WHY)
    assert [one.done for one in outcomes] == [True, False, True]
    assert "李强" in outcomes[1].words or "签收人" in outcomes[1].words
    assert {one.words for one in outcomes if one.done} == {"送审核"}
    with pytest.raises(NotAllowed):
        set_representatives(session, core, bureau.leader, group, numbers(cases[:1]), now)
    session.rollback()
    assert [one.done for one in issue_each(core, bureau.head, group_id, now)] == [True, True]
    session.expire_all()
    page = group_page(session, core, bureau.head, session.get_one(MatterGroup, group_id), now)
    assert [one.answer for one in page.members] == ["已签发，待发送", "未答复", "已签发，待发送"]
    assert page.arrived == 0


def test_the_page_tells_who_has_the_answer_and_whose_did_not_arrive(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    cases = people(session, core, open_case)
    group = make_group(session, core, bureau.head, "烧纸", numbers(cases), now)
    set_decision(session, bureau.head, group.id, group.version, text=DECISION, result="solved", now=now)
    group_id = group.id
    session.commit()
    answer_each(core, bureau.head, group_id, now, reason=WHY)
    session.expire_all()
    for delivery, state in zip(
        session.scalars(select(Delivery).where(Delivery.purpose == "answer").order_by(Delivery.case_id)),
        ("sent", "failed", "pending"),
        strict=True,
    ):
        delivery.state, delivery.finished_at = state, now
    session.flush()
    page = group_page(session, core, bureau.head, session.get_one(MatterGroup, group_id), now)
    assert [(one.arrived, one.trouble) for one in page.members] == [(True, False), (False, True), (False, False)]


def test_a_later_letter_joins_and_is_answered_alone(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    cases = people(session, core, open_case)
    group = make_group(session, core, bureau.head, "烧纸", numbers(cases), now)
    set_decision(session, bureau.head, group.id, group.version, text=DECISION, result="solved", now=now)
    group_id = group.id
    session.commit()
    answer_each(core, bureau.head, group_id, now, reason=WHY)
    late = open_case()
    group = group_of(session, bureau.head, group_id, lock_it=True)
    add_cases(session, core, bureau.head, group, [late.number], now)
    session.commit()
    assert [one.number for one in answer_each(core, bureau.head, group_id, now, reason=WHY)] == [late.number]


def test_what_the_check_points_out_wants_a_reason_here_too(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    cases = people(session, core, open_case, 2, kind="complaint")
    group = make_group(session, core, bureau.head, "烧纸", numbers(cases), now)
    text = "【称呼】：您好。我们会尽快研究，这不归我们管。"
    set_decision(session, bureau.zhang, group.id, group.version, text=text, result="solved", now=now)
    group_id = group.id
    session.commit()
    assert all(one.done and "核对提醒" in one.words for one in preview(core, bureau.zhang, group_id, now))
    refused = answer_each(core, bureau.zhang, group_id, now)
    assert not any(one.done for one in refused) and "尽快" in refused[0].words
    assert session.scalars(select(Reply)).all() == []
    session.commit()
    assert all(one.done for one in answer_each(core, bureau.zhang, group_id, now, reason=WHY))
    kept = session.scalars(select(ReplyFinding)).all()
    assert {one.case_id for one in kept} == {case.id for case in cases}
    assert {(one.state, one.reason) for one in kept} == {("kept", WHY)}
    session.commit()
    assert all(one.done for one in issue_each(core, bureau.head, group_id, now))
