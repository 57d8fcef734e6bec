"""One person on several channels: joined by a code, a call or a decision, and parted; nothing else moves."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import staff_of
from handlers.casework.merge import merge
from handlers.casework.repeat import mark_repeat, unmark_repeat
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed
from handlers.people.code import confirm_code, read_out_code, send_code, type_code
from handlers.people.join import candidates, join, joined, part
from handlers.records import Case, CaseContact, CaseEvent, Citizen, Delivery, Officer, PersonLink
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.intake.citizens import Town, clear

PHONE = "13800000000"


def with_phone(session: Session, core: Core, case: Case) -> Case:
    session.add(
        CaseContact(
            case_id=case.id, role="writer", name=core.vault.seal("王芳"), phone=core.vault.seal(PHONE),
            phone_index=core.vault.index(PHONE),
        )
    )  # fmt: skip
    session.flush()
    return case


def persons(session: Session, *cases: Case) -> list[int]:
    rows = [session.get_one(Citizen, case.citizen_id) for case in cases]
    return [row.person_id or row.id for row in rows]


def actions(session: Session, case: Case) -> list[str]:
    wanted = select(CaseEvent.action).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq)
    return list(session.scalars(wanted))


def test_a_decision_joins_two_senders_and_can_be_undone(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    one, two = open_case(), open_case(channel="web")
    before = [(c.state, c.version, c.officer_id, c.next_due_at, c.repeat_of_id) for c in (one, two)]
    link = join(session, core, bureau.zhang, one.id, two.number, how="staff", reason="两封信署名相同", now=now)
    assert len(set(persons(session, one, two))) == 1
    assert [(c.state, c.version, c.officer_id, c.next_due_at, c.repeat_of_id) for c in (one, two)] == before
    assert "join_people" in actions(session, one) and "join_people" in actions(session, two)
    assert [row.number for row in joined(session, core, bureau.zhang, two, now)] == [one.number]
    with pytest.raises(Conflict):
        join(session, core, bureau.zhang, two.id, one.number, how="call", reason="再来一次", now=now)
    part(session, core, bureau.zhang, two.id, link.id, why="看错了", now=now)
    assert len(set(persons(session, one, two))) == 2
    assert actions(session, one)[-1] == "part_people"
    assert joined(session, core, bureau.zhang, one, now) == []


def test_undoing_one_recognition_leaves_the_others(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    a, b, c = open_case(), open_case(channel="web"), open_case(channel="telegram")
    first = join(session, core, bureau.zhang, a.id, b.number, how="call", reason="电话", now=now)
    join(session, core, bureau.zhang, b.id, c.number, how="call", reason="电话", now=now)
    assert len(set(persons(session, a, b, c))) == 1
    part(session, core, bureau.zhang, a.id, first.id, why="弄错", now=now)
    who = persons(session, a, b, c)
    assert who[1] == who[2] and who[0] != who[1]


def test_a_code_said_on_the_telephone_joins_and_a_wrong_one_does_not(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    chat, web = open_case(), with_phone(session, core, open_case(channel="web"))
    send_code(session, core, bureau.zhang, web.id, chat.number, now)
    (sent,) = session.scalars(select(Delivery).where(Delivery.case_id == chat.id, Delivery.purpose == "notice"))
    found = re.search(r"核对码 (\d{6})", sent.text)
    assert found
    wrong = f"{(int(found.group(1)) + 1) % 1_000_000:06d}"
    assert confirm_code(session, core, bureau.zhang, web.id, chat.number, wrong, now) is None
    spoken = " ".join(found.group(1))
    link = confirm_code(session, core, bureau.zhang, web.id, chat.number, spoken, now)
    assert link is not None and link.how == "code"
    assert len(set(persons(session, chat, web))) == 1
    with pytest.raises(InvalidInput, match="没有有效的核对码"):
        confirm_code(session, core, bureau.zhang, web.id, chat.number, spoken, now)


def test_a_code_ends_after_five_tries_and_after_an_hour(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    chat, web = open_case(), with_phone(session, core, open_case(channel="web"))
    send_code(session, core, bureau.zhang, web.id, chat.number, now)
    for _ in range(5):
        confirm_code(session, core, bureau.zhang, web.id, chat.number, "x", now)
    with pytest.raises(InvalidInput, match="试得太多"):
        confirm_code(session, core, bureau.zhang, web.id, chat.number, "000000", now)
    send_code(session, core, bureau.zhang, web.id, chat.number, now)
    with pytest.raises(InvalidInput, match="一小时"):
        confirm_code(session, core, bureau.zhang, web.id, chat.number, "000000", now + timedelta(hours=2))
    assert session.scalars(select(PersonLink)).all() == []


def test_no_code_goes_where_nothing_can_be_sent_and_nobody_called(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    web, other, chat = open_case(channel="web"), open_case(channel="web"), open_case()
    with pytest.raises(InvalidInput, match="主动发消息"):
        send_code(session, core, bureau.zhang, web.id, other.number, now)
    with pytest.raises(InvalidInput, match="没有留电话"):
        read_out_code(session, core, bureau.zhang, web.id, other.number, now)
    send_code(session, core, bureau.zhang, web.id, chat.number, now)
    (sent,) = session.scalars(select(Delivery).where(Delivery.case_id == chat.id, Delivery.purpose == "notice"))
    assert "填核对码" in sent.text and "打您留下的电话" not in sent.text


def sent_digits(session: Session, case: Case) -> str:
    (sent,) = session.scalars(select(Delivery).where(Delivery.case_id == case.id, Delivery.purpose == "notice"))
    found = re.search(r"(\d{6})（一小时", sent.text)
    assert found
    return found[1]


def test_a_code_typed_on_the_other_case_s_page_joins_and_on_its_own_never(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    chat, web, third = open_case(), open_case(channel="web"), open_case(channel="web")
    send_code(session, core, bureau.zhang, web.id, chat.number, now)
    digits = sent_digits(session, chat)
    assert not type_code(session, core, chat.id, digits, now)
    assert not type_code(session, core, third.id, digits, now)
    assert session.scalars(select(PersonLink)).all() == []
    assert type_code(session, core, web.id, " ".join(digits), now)
    link = session.scalars(select(PersonLink)).one()
    assert (link.how, link.made_by) == ("code", bureau.zhang.officer_id)
    event = session.scalars(select(CaseEvent).where(CaseEvent.action == "join_people", CaseEvent.case_id == web.id))
    assert event.one().actor == "citizen" and len(set(persons(session, chat, web))) == 1
    assert not type_code(session, core, web.id, digits, now)
    part(session, core, bureau.zhang, chat.id, link.id, why="家人代填", now=now)
    assert len(set(persons(session, chat, web))) == 2


def test_a_code_that_staff_read_out_is_typed_by_the_person_and_not_confirmed_by_staff(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    called, asked = with_phone(session, core, open_case(channel="web")), open_case(channel="web")
    digits, *numbers = read_out_code(session, core, bureau.zhang, asked.id, called.number, now)
    assert numbers == [called.number, asked.number]
    assert confirm_code(session, core, bureau.zhang, asked.id, called.number, digits, now) is None
    assert not type_code(session, core, called.id, digits, now)
    assert type_code(session, core, asked.id, digits, now)
    assert len(set(persons(session, called, asked))) == 1


def test_a_typed_code_ends_after_an_hour_and_after_five_tries_and_for_a_case_that_became_sensitive(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    chat, web = open_case(), open_case(channel="web")
    send_code(session, core, bureau.zhang, web.id, chat.number, now)
    digits = sent_digits(session, chat)
    assert not type_code(session, core, web.id, digits, now + timedelta(minutes=61))
    chat.sensitive = True
    assert not type_code(session, core, web.id, digits, now)
    chat.sensitive = False
    for _ in range(4):
        assert not type_code(session, core, web.id, "x", now)
    assert not type_code(session, core, web.id, digits, now)
    assert session.scalars(select(PersonLink)).all() == []


def test_restricted_cases_and_other_sections_take_no_part(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    mine, other = open_case(), open_case(section_code="finance")
    hidden = open_case(kind="report", restricted=True, restricted_to=bureau.suhe.officer_id)
    with pytest.raises(InvalidInput, match="没有这个编号"):
        join(session, core, bureau.zhang, mine.id, hidden.number, how="staff", reason="像", now=now)
    with pytest.raises(InvalidInput, match="没有这个编号"):
        join(session, core, bureau.zhang, mine.id, other.number, how="staff", reason="像", now=now)
    with pytest.raises(InvalidInput, match="不参加"):
        join(session, core, bureau.suhe, mine.id, hidden.number, how="staff", reason="像", now=now)
    with pytest.raises(NotAllowed):
        join(session, core, bureau.leader, mine.id, other.number, how="staff", reason="像", now=now)


def test_the_same_telephone_is_offered_and_joins_nothing_by_itself(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    web, other = (with_phone(session, core, open_case(channel="web")) for _ in range(2))
    assert candidates(session, bureau.zhang, web) == [other]
    assert len(set(persons(session, web, other))) == 2
    join(session, core, bureau.zhang, web.id, other.number, how="call", reason="本人确认", now=now)
    assert candidates(session, bureau.zhang, web) == []
    kept = session.scalars(select(PersonLink.reason)).one()
    assert "本人确认" not in kept and core.vault.open(kept) == "本人确认"


def test_a_joined_persons_cases_can_be_repeats_and_be_merged(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    one, two = open_case(), open_case(channel="telegram")
    with pytest.raises(InvalidInput, match="不是同一位群众"):
        mark_repeat(session, core, bureau.zhang, two.id, two.version, number=one.number, now=now)
    join(session, core, bureau.zhang, one.id, two.number, how="call", reason="电话", now=now)
    with pytest.raises(InvalidInput, match="后来的那一件"):
        mark_repeat(session, core, bureau.zhang, one.id, one.version, number=two.number, now=now)
    mark_repeat(session, core, bureau.zhang, two.id, two.version, number=one.number, now=now)
    assert two.repeat_of_id == one.id
    unmark_repeat(session, core, bureau.zhang, two.id, two.version, now=now)
    assert two.repeat_of_id is None
    merge(session, core, bureau.zhang, two.id, two.version, into_number=one.number, now=now)
    assert two.state == "merged"


def test_a_letter_on_another_channel_is_a_repeat_once_both_senders_are_one_person(core: Core, now: datetime) -> None:
    town = Town(core, now, clear("elderly_care"))
    first = town.write("请问高龄津贴怎么申请？", "chat").number
    second = town.write("我想问高龄津贴多久发一次", "form", channel="web").number
    with core.database.write() as session:
        officer = Officer(
            login="head", name="何丽", role="office", section_code="general_office", password_hash="-", created_at=now,
            addresses={},
        )  # fmt: skip
        session.add(officer)
        session.flush()
        one, two = (session.scalars(select(Case).where(Case.number == n)).one() for n in (first, second))
        assert two.repeat_of_id is None
        join(session, core, staff_of(officer), one.id, second, how="call", reason="电话核实", now=now)
        one.state = two.state = "closed"
        two.topic = "funeral"
    third = town.write("高龄津贴还没有发到卡里", "form", channel="web").number
    fourth = town.write("高龄津贴又停了，请查一查", "stranger", channel="web").number
    with core.database.read() as session:
        of = dict(session.execute(select(Case.number, Case.repeat_of_id)).tuples().all())
        ids = dict(session.execute(select(Case.number, Case.id)).tuples().all())
    assert of[third] == ids[first] and of[fourth] is None
