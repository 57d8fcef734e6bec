"""Staff at work: the queue, the case page, and two people who must not answer one case unknowingly."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot.web.console.case import ALL_BUTTONS
from handlers.accounts.roles import Role
from handlers.casework.moves import MOVES
from handlers.records import Attachment, Case, CaseEvent, Correction, Delivery
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import OTHERS, SECTION, House, build_house, token_of
from tests.web_client import TestClient

PENSION = "高龄津贴的钱这个月还没有到账，请帮忙查一下。"
QUESTION = "请问高龄津贴怎么申请，需要什么材料？"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path, understanding=RulesUnderstanding()).take_on(
        **SECTION, **OTHERS, audit=(Role.AUDITOR, "")
    )


def page_of(client: TestClient, number: str) -> str:
    answer = client.get(f"/console/cases/{number}")
    assert answer.status_code == 200
    return answer.text


def press(client: TestClient, number: str, move: str, page: str = "", **data: Any) -> Any:
    """Press a button of a page as it was opened (now, unless an older ``page`` is given)."""
    page = page or page_of(client, number)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = {"csrf": token_of(page), "version": version.group(1), **data}
    return client.post(f"/console/cases/{number}/{move}", data=form, follow_redirects=False)


def stored(house: House, number: str) -> Case:
    with house.services.core.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        session.expunge(case)
        return case


def test_an_officer_sees_the_section_and_nothing_else(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    assert number in enter("li").get("/console/queue/section").text
    stranger = enter("other")
    assert number not in stranger.get("/console/queue/section").text
    assert stranger.get(f"/console/cases/{number}").status_code == 404


def test_a_case_goes_from_the_queue_to_the_answer(house: House, enter: Any) -> None:
    number = house.write(QUESTION, channel="web")
    li = enter("li")
    assert press(li, number, "claim").status_code == 303
    assert number in li.get("/console/queue/mine").text
    answer = press(li, number, "answer", text="带上身份证和户口本到社区办理。")
    assert answer.status_code == 303
    page = page_of(li, number)
    assert "带上身份证和户口本到社区办理。" in page
    assert stored(house, number).state in ("answered", "to_deliver")


def test_two_officers_with_the_same_page_open_cannot_both_answer(house: House, enter: Any) -> None:
    number = house.write(QUESTION)
    li, wang = enter("li"), enter("wang")
    seen_by_li, seen_by_wang = page_of(li, number), page_of(wang, number)
    assert press(li, number, "claim", seen_by_li).status_code == 303
    late = press(wang, number, "claim", seen_by_wang)
    assert late.status_code == 409
    assert "li" in late.text
    assert "没有完成“签收”" in late.text


def test_what_was_typed_survives_a_conflict(house: House, enter: Any) -> None:
    number = house.write(QUESTION)
    li, zhang = enter("li"), enter("zhang")
    press(li, number, "claim")
    open_page = page_of(li, number)
    press(zhang, number, "note", text="先等一等")
    refused = press(li, number, "answer", open_page, text="写了很久的答复")
    assert refused.status_code == 409
    assert "写了很久的答复" in refused.text
    assert "备注" in refused.text


def test_an_empty_reason_is_asked_for_at_its_field(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    refused = press(enter("zhang"), number, "transfer", section="finance", reason=" ")
    assert refused.status_code == 422
    assert 'href="#f-transfer-reason"' in refused.text
    assert '<option value="finance" selected>' in refused.text


def test_a_transferred_case_leaves_the_section_and_says_so(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    li = enter("li")
    answer = press(li, number, "transfer", section="finance", reason="涉及资金拨付")
    assert answer.headers["location"] == "/console"
    assert li.get(f"/console/cases/{number}").status_code == 404
    assert stored(house, number).section_code == "finance"


def test_a_correction_is_one_click_and_is_kept_for_learning(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    right = {"kind": "suggestion", "topic": "elderly_care", "sentiment": "neutral", "urgent": "0"}
    press(enter("zhang"), number, "correct_labels", **right)
    with house.services.core.database.read() as session:
        kept = {row.label: row.right for row in session.scalars(select(Correction))}
    assert kept["kind"] == "suggestion"
    assert stored(house, number).labels_checked


def test_hostile_words_are_shown_as_they_are_and_do_nothing(house: House, enter: Any) -> None:
    number = house.write("养老院 <script>alert(1)</script> ]]> & <img src=x onerror=alert(2)> \u202e反")
    page = page_of(enter("office"), number)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ]]&gt; &amp; &lt;img" in re.sub(r"</?mark[^>]*>", "", page)


def test_the_words_that_decided_are_marked(house: House, enter: Any) -> None:
    page = page_of(enter("zhang"), house.write(PENSION))
    assert re.search(r"<mark[^>]*>高龄津贴</mark>", page)


def test_every_reading_is_an_event_of_the_case(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    page_of(enter("audit"), number)
    with house.services.core.database.read() as session:
        actions = list(session.scalars(select(CaseEvent.action).join(Case).where(Case.number == number)))
    assert actions.count("read") == 1


def test_an_auditor_reads_and_changes_nothing(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    audit = enter("audit")
    page = page_of(audit, number)
    assert "其他操作" not in page
    form = {"csrf": token_of(page), "version": "1", "text": "x"}
    assert audit.post(f"/console/cases/{number}/note", data=form).status_code == 403


def test_a_report_is_in_nobodys_queue_but_its_recipients(house: House, enter: Any) -> None:
    house.officer("suhe", Role.OFFICE, "general_office", receives_reports=True)
    number = house.write("举报村主任冒领低保金，伪造签名，已经三年。")
    assert stored(house, number).restricted
    for login in ("zhang", "office", "audit"):
        client = enter(login)
        assert client.get(f"/console/cases/{number}").status_code == 404, login
        assert number not in client.get("/console/queue/open").text, login
    assert number in enter("suhe").get("/console/queue/restricted").text


def test_the_head_hands_out_several_at_once(house: House, enter: Any) -> None:
    numbers = [house.write(f"{PENSION}{i}", sender=f"o-{i}") for i in range(3)]
    zhang = enter("zhang")
    page = zhang.get("/console/queue/section").text
    ticked = re.findall(r'name="case" value="([^"]+)"', page)
    assert len(ticked) == 3
    form = {"csrf": token_of(page), "case": ticked, "to": f"officer:{house.officers['wang']}",
            "back": "/console/queue/section"}  # fmt: skip
    shown = zhang.post("/console/mass", data=form | {"act": "assign"})
    assert "确认后会处理 3 件" in shown.text
    assert {stored(house, number).officer_id for number in numbers} == {None}
    answer = zhang.post("/console/mass/apply", data=form | {"act": "assign"})
    assert "已处理 3 件" in answer.text
    assert {stored(house, number).officer_id for number in numbers} == {house.officers["wang"]}


def test_a_case_given_by_name_offers_no_button_that_would_be_refused(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    press(enter("zhang"), number, "assign", officer=str(house.officers["wang"]))
    assert "这件已指定由wang办理" in page_of(enter("li"), number)
    assert f"/console/cases/{number}/claim" not in page_of(enter("li"), number)
    assert "已指定由您办理" in page_of(enter("wang"), number)


def test_a_claim_that_ran_out_may_be_taken_over(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    press(enter("li"), number, "claim")
    house.clock.go_on(hours=24)  # four of them and more are working hours
    wang = enter("wang")
    assert "li 的签收已过期" in page_of(wang, number)
    assert press(wang, number, "claim").status_code == 303


def test_an_empty_queue_says_what_to_do(enter: Any) -> None:
    assert "到“待签收”里签收一件" in enter("li").get("/console/queue/mine").text


def test_the_counts_are_the_persons_own(house: House, enter: Any) -> None:
    house.write(PENSION)
    assert enter("li").get("/console/counts").json()["section"] == 1
    assert enter("other").get("/console/counts").json()["section"] == 0


def test_filters_narrow_and_odd_ones_harm_nothing(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    zhang = enter("zhang")
    assert number in zhang.get("/console/queue/section?kind=help").text
    assert number not in zhang.get("/console/queue/section?kind=praise").text
    assert zhang.get("/console/queue/section?kind=%01&page=-3&topic=' or 1=1 --").status_code == 200
    assert zhang.get("/console/queue/nowhere").status_code == 404


def test_the_day_by_day_page_explains_the_date(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    zhang = enter("zhang")
    link = re.search(rf"/console/cases/{number}/clocks/\d+", page_of(zhang, number))
    assert link
    page = zhang.get(link.group(0)).text
    assert "起算当日，不计" in page
    assert zhang.get(f"/console/cases/{number}/clocks/999").status_code == 404


def test_a_draft_saves_itself_and_the_citizen_gets_nothing(house: House, enter: Any) -> None:
    number = house.write(QUESTION)
    li = enter("li")
    press(li, number, "claim")
    page = page_of(li, number)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = {"csrf": token_of(page), "version": version.group(1), "text": "写了一半"}
    told = li.post(f"/console/cases/{number}/draft", data=form, headers={"accept": "application/json"})
    assert told.json() == {"notice": "草稿已保存，群众看不到。"}
    assert "写了一半" in page_of(li, number)
    with house.services.core.database.read() as session:
        purposes = set(session.scalars(select(Delivery.purpose)))
    assert "answer" not in purposes


def test_every_move_of_staff_has_its_button() -> None:
    of_staff = {code for code, move in MOVES.items() if not move.who <= {"citizen", "system"}}
    assert set(ALL_BUTTONS) == of_staff


def test_an_attachment_opens_for_the_case_and_can_do_nothing(house: House, enter: Any) -> None:
    number = house.write(PENSION)
    drawn = io.BytesIO()
    Image.new("RGBA", (8, 8), (200, 0, 0, 100)).save(drawn, "PNG")
    picture = drawn.getvalue()
    digest = hashlib.sha256(picture).hexdigest()
    house.services.files.put_chunks(digest, iter((picture,)))
    with house.services.core.database.write() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        file = Attachment(
            message_id=case.first_message_id, case_id=case.id, channel="wechat", kind="image", state="stored",
            filename="../../信.png", content_type="image/png", size=len(picture), sha256=digest,
            created_at=house.clock(),
        )  # fmt: skip
        session.add(file)
        session.flush()
        path = f"/console/cases/{number}/files/{file.id}"
    zhang = enter("zhang")
    assert path in page_of(zhang, number)
    answer = zhang.get(path)
    assert Image.open(io.BytesIO(answer.content)).getpixel((1, 1)) == (200, 0, 0, 100)
    assert answer.headers["content-type"] == "image/png"
    original = zhang.get(f"{path}?original=1")
    assert original.content == picture
    assert ".." not in original.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert ".." not in answer.headers["content-disposition"]
    assert enter("other").get(path).status_code == 404
    other = house.write("低保怎么申请？请问", sender="o-two")
    assert enter("office").get(f"/console/cases/{other}/files/{file.id}").status_code == 404
