"""督办 in the console: the slip's page, answer, decision, papers, lists; the week's list and its Excel file."""

from __future__ import annotations

import io

import pytest
from docx import Document as Word
from openpyxl import load_workbook
from sqlalchemy import select

from handlers.escalation.sweep import sweep
from handlers.records import Document, SupervisionSlip
from handlers.supervision.weekly import list_week
from tests.bot.web.house import submit, token_of


@pytest.fixture
def slip(house, write_in) -> SupervisionSlip:
    """A question to 福利科 that nobody answered in time."""
    case = write_in(section_code="welfare", state="assigned")
    house.clock.at = case.next_due_at
    sweep(house.services.core, house.clock(), {})
    with house.services.core.database.read() as session:
        return session.scalars(select(SupervisionSlip)).one()


def _post(client, slip, verb: str, **data: str):
    path = f"/console/supervision/{slip.id}"
    return submit(client, path, f"{path}/{verb}", data)


def test_a_slip_is_answered_by_the_head_and_accepted_by_the_office(enter, house, slip) -> None:
    head, office, path = enter("heli"), enter("wuyun"), f"/console/supervision/{slip.id}"
    assert slip.number in head.get("/console/supervision").text and "不是法定时限" in head.get(path).text
    assert _post(head, slip, "answer", reason="等旗县回复").status_code == 422
    assert _post(head, slip, "answer", reason="等旗县回复", measures="明日办结").status_code == 303
    assert "等旗县回复" in office.get(path).text and "提交答复" not in head.get(path).text
    assert _post(head, slip, "accept").status_code == 403
    assert _post(office, slip, "return", note="").status_code == 422
    assert _post(office, slip, "accept").status_code == 303
    assert "已了结" in head.get(path).text and slip.number in office.get("/console/supervision?which=settled").text


def test_a_second_answer_is_refused_and_its_words_are_shown(enter, house, slip) -> None:
    head = enter("heli")
    page = head.get(f"/console/supervision/{slip.id}").text
    assert _post(head, slip, "answer", reason="等旗县回复", measures="明日办结").status_code == 303
    form = {"csrf": token_of(page), "reason": "写了很久的原因", "measures": "写了很久的措施"}
    refused = head.post(f"/console/supervision/{slip.id}/answer", data=form)
    assert refused.status_code == 409 and "写了很久的原因" in refused.text and "写了很久的措施" in refused.text


def test_the_word_document_bears_the_slips_number_and_is_kept_with_the_case(enter, house, slip) -> None:
    office = enter("wuyun")
    assert _post(office, slip, "document").status_code == 303
    assert _post(office, slip, "document").status_code == 409
    with house.services.core.database.read() as session:
        made = session.scalars(select(Document)).one()
        number = session.get(SupervisionSlip, slip.id) and made.number
    assert number == slip.number
    page = office.get(f"/console/supervision/{slip.id}").text
    href = page.split('href="/console/cases/')[2].split('"')[0]
    text = "\n".join(cell.text for table in Word(io.BytesIO(office.get(f"/console/cases/{href}").content)).tables
                     for row in table.rows for cell in row.cells)  # fmt: skip
    assert "福利科" in text and slip.demand in text


def test_other_sections_do_not_see_it(enter, slip) -> None:
    other = enter("baiyun")
    assert other.get(f"/console/supervision/{slip.id}").status_code == 404
    assert slip.number not in other.get("/console/supervision").text
    assert enter("keeper").get("/console/supervision").status_code == 403


def test_the_case_page_names_its_slip(enter, house, slip) -> None:
    page = enter("zhangmin").get(f"/console/cases/{house.case().number}").text
    assert f"/console/supervision/{slip.id}" in page and "发出督办单" in page


def test_the_weeks_list_is_read_printed_and_taken_to_excel(enter, house, slip) -> None:
    house.clock.go_on(days=7)
    list_week(house.services.core, house.clock())
    office = enter("wuyun")
    page = office.get("/console/supervision/weeks").text
    assert slip.number in page and "福利科" in page
    href = page.split('.xlsx"')[0].rsplit('"', 1)[1]
    book = load_workbook(io.BytesIO(office.get(f"{href}.xlsx").content))
    assert book.sheetnames == ["超期未办", "督办单"] and book["督办单"]["B2"].value == slip.number
    assert office.get(href).status_code == 200
    assert office.get("/console/supervision/weeks/2020-01-06").status_code == 404
    assert slip.number not in enter("baiyun").get(href).text
