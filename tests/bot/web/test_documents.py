"""文书 on the case page: made, downloaded, voided, served — by those who may, and never beyond the case's own rules."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.records import Case, Document, DocumentService
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import OTHERS, House, build_house, submit
from tests.handlers.documents.samples import TYPED
from tests.web_client import TestClient

LETTER = "我要反映养老机构乱收费，每月多收护理费六百元，请核实。"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path, understanding=RulesUnderstanding()).take_on(
        **OTHERS, head=Role.HEAD, li=Role.OFFICER, audit=(Role.AUDITOR, "")
    )


@pytest.fixture
def number(house: House) -> str:
    number = house.write(LETTER, channel="web")
    with house.services.core.database.write() as session:
        case = session.scalars(select(Case)).one()
        case.section_code, case.state = "welfare", "assigned"
    return number


def fill(client: TestClient, number: str, kind: str, do: str, **changes: Any) -> Any:
    page = f"/console/cases/{number}/documents/new?kind={kind}"
    return submit(client, page, page.split("?")[0], {**TYPED, "kind": kind, "do": do, **changes})


def made(house: House) -> list[Document]:
    with house.services.core.database.read() as session:
        rows = list(session.scalars(select(Document).order_by(Document.id)))
        session.expunge_all()
        return rows


def test_an_officer_chooses_fills_looks_makes_and_takes_the_file(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    assert f"/console/cases/{number}/documents/new" in li.get(f"/console/cases/{number}").text
    kinds = li.get(f"/console/cases/{number}/documents/new").text
    assert "受理告知书" in kinds
    assert "督办单" not in kinds
    form = li.get(f"/console/cases/{number}/documents/new?kind=acceptance_notice").text
    assert 'value="福利科"' in form
    assert "制作并编号" not in form
    seen = fill(li, number, "acceptance_notice", "preview")
    assert seen.status_code == 200
    assert "您反映的“养老机构收费不合理”信访事项" in seen.text
    assert "制作并编号" in seen.text
    assert made(house) == []
    assert fill(li, number, "acceptance_notice", "make").status_code == 303
    page = li.get(f"/console/cases/{number}").text
    assert "民信受告〔2026〕1号" in page
    assert "未送达" in page
    answer = li.get(f"/console/cases/{number}/documents/{made(house)[0].id}")
    assert "attachment" in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]
    text = "".join(paragraph.text for paragraph in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert "王秀英：" in text


def test_a_fault_is_told_at_its_field_and_keeps_what_was_typed(house: House, enter: Any, number: str) -> None:
    answer = fill(enter("li"), number, "acceptance_notice", "make", due="2026-01-01")
    assert answer.status_code == 422
    assert "办理期限不能早于成文日期。" in answer.text
    assert 'value="养老机构收费不合理"' in answer.text
    assert made(house) == []


def test_what_may_not_be_made_or_seen_is_refused(house: House, enter: Any, number: str) -> None:
    assert fill(enter("office"), number, "acceptance_notice", "make").status_code == 303
    path = f"/console/cases/{number}/documents"
    ident = made(house)[0].id
    stranger = enter("other")
    for page in (f"{path}/new", f"{path}/new?kind=opinion", f"{path}/{ident}", f"{path}/{ident}/service"):
        assert stranger.get(page).status_code == 404, page
    li, audit = enter("li"), enter("audit")
    assert li.get(f"{path}/new?kind=supervision_slip").status_code == 403
    assert li.get(f"{path}/new?kind=poem").status_code == 404
    assert audit.get(f"{path}/{ident}").status_code == 200
    assert audit.get(f"{path}/new").status_code == 403
    other = house.write("低保怎么申请？", sender="o-two", channel="web")
    assert enter("office").get(f"/console/cases/{other}/documents/{ident}").status_code == 404


def test_the_documents_of_a_report_are_for_its_recipient_alone(house: House, enter: Any, number: str) -> None:
    house.officer("suhe", Role.OFFICE, "general_office", receives_reports=True)
    with house.services.core.database.write() as session:
        case = session.scalars(select(Case)).one()
        case.restricted, case.restricted_to = True, house.officers["suhe"]
    assert fill(enter("suhe"), number, "transfer_letter", "make").status_code == 303
    path = f"/console/cases/{number}/documents/{made(house)[0].id}"
    assert enter("suhe").get(path).status_code == 200
    for login in ("office", "head", "li", "audit"):
        assert enter(login).get(path).status_code == 404


def test_a_wrong_document_is_voided_and_made_again_from_what_was_typed(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    fill(li, number, "acceptance_notice", "make", matter="写错了的事项")
    path = f"/console/cases/{number}/documents"
    answer = submit(li, f"/console/cases/{number}", f"{path}/{made(house)[0].id}/void", {"why": "事项写错"})
    assert answer.status_code == 303
    page = li.get(f"/console/cases/{number}").text
    assert "作废理由：事项写错" in page
    again = re.search(r"documents/new\?kind=acceptance_notice&amp;again=\d+", page)
    assert again
    form = li.get(f"/console/cases/{number}/{again[0].replace('&amp;', '&')}").text
    assert 'value="写错了的事项"' in form


def test_service_is_recorded_with_its_proof_and_a_scan(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    fill(li, number, "procedure_notice", "make")
    path = f"/console/cases/{number}/documents/{made(house)[0].id}/service"
    form = li.get(path).text
    assert 'value="王秀英"' in form
    refused = submit(li, path, path, {"way": "post", "outcome": "signed", "receiver": "王秀英"})
    assert refused.status_code == 422
    assert "请填写挂号或邮政快递号码。" in refused.text
    typed = {"way": "direct", "outcome": "signed", "receiver": "王秀英", "at": "2026-11-23T11:30"}
    answer = submit(li, path, path, typed, files={"scan": ("回证.png", PNG, "image/png")})
    assert answer.status_code == 303
    page = li.get(f"/console/cases/{number}").text
    assert "直接送达：本人签收，王秀英" in page
    assert "已送达" in page
    scan = re.search(rf"/console/cases/{number}/files/\d+", page)
    assert scan
    assert li.get(f"{scan[0]}?original=1").content == PNG
    with house.services.core.database.read() as session:
        assert session.scalars(select(DocumentService)).one().proven


def test_a_receipt_of_service_is_made_from_the_document_it_serves(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    fill(li, number, "acceptance_notice", "make")
    ident = made(house)[0].id
    path = f"/console/cases/{number}/documents/new"
    form = li.get(f"{path}?kind=service_receipt&serves={ident}").text
    assert 'value="民信受告〔2026〕1号"' in form
    answer = submit(
        li, f"{path}?kind=service_receipt&serves={ident}", path,
        {**TYPED, "kind": "service_receipt", "do": "make", "serves": str(ident)},
    )  # fmt: skip
    assert answer.status_code == 303
    assert [document.serves_id for document in made(house)] == [None, ident]
