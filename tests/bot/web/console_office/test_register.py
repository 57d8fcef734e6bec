"""Registration: calls, letters and visits become cases with their own time, scan and receipt."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from handlers.records import Attachment, Case, CaseContact, Message
from tests.bot.web.house import submit, token_of

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf00000301010018dd8db00000000049454e44ae426082"
)  # fmt: skip
CALL = {
    "source": "phone",
    "text": "母亲八十五岁，问高龄津贴",
    "name": "王芳",
    "phone": "0471-0000999",
    "once": "a" * 20,
}


@pytest.fixture
def registrar(enter):
    return enter("zhangmin")


def test_a_call_becomes_a_case_with_its_own_time_and_a_receipt_to_read_out(registrar, house) -> None:
    answer = submit(registrar, "/console/register", "/console/register", CALL | {"received_at": "2026-11-20T16:40"})
    assert answer.status_code == 303
    case = house.case()
    assert answer.headers["location"] == f"/console/register/{case.number}"
    assert (case.source, case.registered_by) == ("phone", house.officers["zhangmin"])
    assert case.received_at == datetime(2026, 11, 20, 8, 40, tzinfo=UTC)
    page = registrar.get(answer.headers["location"]).text
    code = house.services.core.vault.open(case.query_code)
    assert case.number in page and code in page and "打印回执" in page
    with house.services.core.database.read() as session:
        contact = session.scalars(select(CaseContact)).one()
        assert "王芳" not in contact.name and house.services.core.vault.open(contact.name) == "王芳"


def test_a_form_sent_twice_is_one_item(registrar, house) -> None:
    first = submit(registrar, "/console/register", "/console/register", CALL)
    again = submit(registrar, "/console/register", "/console/register", CALL)
    assert first.headers["location"] == again.headers["location"]
    with house.services.core.database.read() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_a_letter_may_be_a_scan_alone(registrar, house) -> None:
    token = token_of(registrar.get("/console/register?source=letter").text)
    answer = registrar.post(
        "/console/register",
        data={"csrf": token, "source": "letter", "once": "b" * 20},
        files={"scan": ("信.png", PNG, "image/png")},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    with house.services.core.database.read() as session:
        kept = session.scalars(select(Attachment)).one()
        assert (kept.state, kept.content_type, kept.case_id) == ("stored", "image/png", house.case().id)


def test_an_item_of_another_platform_keeps_its_number_and_its_earlier_date(registrar, house) -> None:
    given = CALL | {
        "source": "hotline_12345", "outer_number": "HX-7", "outer_due": "2026-11-24",
        "outer_dispatched_at": "2026-11-23T09:00",
    }  # fmt: skip
    submit(registrar, "/console/register", "/console/register", given)
    case = house.case()
    assert case.outer_number == "HX-7" and case.outer_due_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert case.next_due_at == case.outer_due_at


def test_the_same_caller_is_known_again_by_the_telephone_number(registrar, house) -> None:
    for once in ("c" * 20, "d" * 20):
        submit(registrar, "/console/register", "/console/register", CALL | {"once": once})
    with house.services.core.database.read() as session:
        senders = set(session.scalars(select(Message.sender_id)))
        assert len(senders) == 1 and "0471" not in senders.pop()
        assert len(set(session.scalars(select(Case.number)))) == 2


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("text", {"text": " "}),
        ("source", {"source": "wechat"}),
        ("received_at", {"received_at": "2026-12-24T10:00"}),
        ("received_at", {"received_at": "昨天"}),
        ("outer_due", {"outer_due": "31日"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(registrar, house, field: str, given) -> None:
    answer = submit(registrar, "/console/register", "/console/register", CALL | given)
    assert answer.status_code == 422 and f'href="#f-{field}"' in answer.text and "王芳" in answer.text
    with house.services.core.database.read() as session:
        assert session.scalars(select(Message)).all() == []


def test_a_receipt_is_for_who_registered_it_and_who_may_see_the_case(enter, house, registrar) -> None:
    submit(registrar, "/console/register", "/console/register", CALL)
    case = house.case()
    house.change(case.number, restricted=True, restricted_to=house.officers["suhe"], section_code=None)
    page = registrar.get(f"/console/register/{case.number}").text
    assert case.number in page and f"/console/cases/{case.number}" not in page
    assert enter("baiyun").get(f"/console/register/{case.number}").status_code == 404
    assert registrar.get("/console/register/20261123-9999").status_code == 404


def test_an_auditor_registers_nothing(enter) -> None:
    assert enter("shen").get("/console/register").status_code == 403


def test_the_form_gives_a_fresh_token_and_the_usual_way_of_answering(registrar) -> None:
    pages = [registrar.get(f"/console/register?source={source}").text for source in ("phone", "letter")]
    tokens = {re.search(r'name="once" value="([^"]+)"', page).group(1) for page in pages}
    assert len(tokens) == 2 and re.search(r'value="post" checked', pages[1])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("relation", "长" * 61), ("wished_answer", "z" * 41), ("district", "长" * 61), ("outer_due", "9999-12-31"),
        ("outer_dispatched_at", "0001-01-01T00:00"), ("phone", "1" * 41),
    ],
)  # fmt: skip
def test_what_no_form_of_ours_sends_is_refused_before_anything_is_stored(registrar, house, name, value) -> None:
    assert submit(registrar, "/console/register", "/console/register", CALL | {name: value}).status_code == 422
    with house.services.core.database.read() as session:
        assert session.scalars(select(Message)).all() == []
