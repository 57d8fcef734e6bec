"""Writing an answer in the console: drafts that meet, the check before the issue, texts inserted; as plain forms."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.casework.access import staff_of
from handlers.casework.answer import open_draft
from handlers.guides.load import sample_guides
from handlers.guides.store import approve, load_samples
from handlers.records import Case, CaseEvent, GuideVersion, Officer, Reply
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import OTHERS, SECTION, House, build_house, submit, token_of
from tests.web_client import TestClient

QUESTION = "请问高龄津贴怎么申请，需要什么材料？"
GOOD = "请带身份证和户口本到户籍所在的社区申请高龄津贴。"
EMPTY = GOOD + "请耐心等待。"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path, understanding=RulesUnderstanding()).take_on(**SECTION, **OTHERS)


@pytest.fixture
def number(house: House, enter: Any) -> str:
    """A case that li has claimed."""
    number = house.write(QUESTION)
    press(enter("li"), number, "claim")
    return number


def page_of(client: TestClient, number: str, query: str = "") -> str:
    answer = client.get(f"/console/cases/{number}{query}")
    assert answer.status_code == 200
    return str(answer.text)


def press(client: TestClient, number: str, button: str, page: str = "", **data: Any) -> Any:
    """Press a button of the page as it was opened, with the hidden fields of the draft's form."""
    page = page or page_of(client, number)
    hidden = {name: re.search(rf'name="{name}" value="(\d+)"', page) for name in ("version", "seen")}
    form = {"csrf": token_of(page)} | {name: found[1] for name, found in hidden.items() if found}
    return client.post(f"/console/cases/{number}/{button}", data=form | data, follow_redirects=False)


def case_of(house: House, number: str) -> int:
    with house.services.core.database.read() as session:
        return session.scalars(select(Case.id).where(Case.number == number)).one()


def draft(house: House, number: str) -> str:
    with house.services.core.database.read() as session:
        reply = open_draft(session, case_of(house, number))
        return reply.text if reply else ""


def issued(house: House) -> list[str]:
    with house.services.core.database.read() as session:
        return [row.text for row in session.scalars(select(Reply).where(Reply.state == "issued"))]


def test_an_answer_with_findings_is_not_issued_until_each_is_decided(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    refused = press(li, number, "answer", text=EMPTY, result="solved")
    assert refused.status_code == 422 and "还有 1 处要您决定" in refused.text and "<mark" in refused.text
    assert EMPTY in refused.text and 'value="solved" selected' in refused.text and issued(house) == []
    code = re.search(r'name="keep" value="(\w+)"', refused.text)
    assert code
    without = press(li, number, "writing/keep", text=EMPTY, keep=code[1])
    assert "没有保留" in li.get(without.headers["location"]).text
    kept = press(
        li, number, "writing/keep", text=EMPTY, keep=code[1], result="solved", **{f"reason-{code[1]}": "电话里说好了"}
    )
    page = li.get(kept.headers["location"]).text
    assert "已保留：电话里说好了" in page and 'value="solved" selected' in page
    assert press(li, number, "answer", text=EMPTY).status_code == 303
    assert len(issued(house)) == 1 and EMPTY in issued(house)[0]
    assert "保留“空话、推脱”：电话里说好了" in page_of(li, number)


def test_a_changed_text_needs_no_reason(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    press(li, number, "writing/check", text=EMPTY)
    assert "1 处请您决定" in page_of(li, number)
    assert press(li, number, "answer", text=GOOD).status_code == 303
    assert "改了“空话、推脱”" in page_of(li, number)


def test_all_that_is_left_is_kept_at_once(house: House, enter: Any, number: str) -> None:
    li, text = enter("li"), EMPTY + "你要带户口本。"
    page = press(li, number, "answer", text=text).text
    codes = re.findall(r'name="finding" value="(\w+)"', page)
    assert len(codes) == 2
    press(li, number, "writing/keep", text=text, keep="all", finding=codes, **{"reason-all": "核对过"})
    assert press(li, number, "answer", text=text).status_code == 303


def test_the_reviewer_decides_about_what_the_reviewer_adds(house: House, enter: Any) -> None:
    number = house.write("高龄津贴这个月没有到账，我要投诉，请你们处理。")
    li, head = enter("li"), enter("zhang")
    press(li, number, "claim")
    assert press(li, number, "answer", text="经查，11月的高龄津贴已于11月20日补发到账。").status_code == 303
    added = "经查，11月的高龄津贴已于11月20日补发到账。你自己没看清。"
    refused = press(head, number, "issue", text=added)
    assert refused.status_code == 422 and "语气生硬" in refused.text and issued(house) == []
    assert press(head, number, "issue", text="经查，11月的高龄津贴已于11月20日补发到账。").status_code == 303


def test_what_a_reviewer_changed_goes_on_to_the_one_who_issues(house: House, enter: Any) -> None:
    number = house.write("高龄津贴这个月没有到账，我要投诉，请你们处理。")
    li, head, better = enter("li"), enter("zhang"), "经查，11月的高龄津贴已于11月20日补发到账，请查收。"
    press(li, number, "claim")
    assert press(li, number, "answer", text="经查，11月的高龄津贴已于11月20日补发到账。").status_code == 303
    with house.services.core.database.write() as session:
        session.scalars(select(Case)).one().supervised = True  # the office issues what the head has read
    house.officer("wuyun", Role.OFFICE, "general_office")
    press(head, number, "send_back", reason="请写明到账日期")
    assert press(li, number, "answer", text="经查，11月的高龄津贴已于11月20日补发到账。").status_code == 303
    stale = page_of(head, number)
    assert press(head, number, "approve", stale, text=better).status_code == 303
    assert draft(house, number) == better
    refused = press(head, number, "approve", stale, text="又改了一遍的答复。")
    assert refused.status_code == 409 and "又改了一遍的答复。" in refused.text


def test_words_for_a_step_that_is_gone_are_shown_to_be_copied(enter: Any, number: str) -> None:
    li = enter("li")
    before = page_of(li, number)
    assert press(li, number, "answer", text=GOOD).status_code == 303
    refused = press(li, number, "return_case", before, reason="这件应由社会事务科办理，已电话商量过。")
    assert refused.status_code in (403, 409)
    assert "您刚写的，没有提交" in refused.text and "已电话商量过。" in refused.text


def test_a_draft_is_saved_for_a_script_and_for_a_plain_form(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    page = page_of(li, number)
    told = li.post(
        f"/console/cases/{number}/writing/save",
        data={"csrf": token_of(page), "seen": "0", "text": "写到一半"}, headers={"accept": "application/json"},
    )  # fmt: skip
    assert told.json() == {"seen": 1, "aside": False, "why": ""}
    assert press(li, number, "writing/save", text="写完了").status_code == 303
    assert draft(house, number) == "写完了"


def test_two_who_write_at_once_see_both_texts_side_by_side(house: House, enter: Any, number: str) -> None:
    li, again = enter("li"), enter("li")
    early = page_of(again, number)
    press(li, number, "writing/save", text="开头一样。请到社区办理。")
    late = press(again, number, "writing/save", early, text="开头一样。请到街道办理。")
    page = again.get(late.headers["location"]).text
    assert "草稿有两个版本" in page and "<mark>请到社区办理。</mark>" in page and "<mark>请到街道办理。</mark>" in page
    take = re.search(r'name="settle" value="(take\.\d+)"', page)
    assert take
    press(again, number, "writing/settle", settle=take[1])
    page = page_of(again, number)
    assert draft(house, number) == "开头一样。请到街道办理。" and "请到社区办理。" in page and "旧版本" in page


def test_an_answer_over_a_draft_that_changed_goes_nowhere_and_loses_nothing(
    house: House, enter: Any, number: str
) -> None:
    li, again = enter("li"), enter("li")
    early = page_of(again, number)
    press(li, number, "writing/save", text=GOOD)
    refused = press(again, number, "answer", early, text=GOOD + "别忘了带银行卡。")
    assert refused.status_code == 409 and "两份都留着" in refused.text and "别忘了带银行卡。" in refused.text
    assert draft(house, number) == GOOD and issued(house) == []


def test_a_stranger_to_the_case_cannot_reach_its_drafts(house: House, enter: Any, number: str) -> None:
    other = enter("other")
    token = token_of(other.get("/console/replies/new").text)
    for button in ("save", "check", "keep", "insert", "settle"):
        form = {"csrf": token, "text": "x", "settle": "take.1"}
        assert other.post(f"/console/cases/{number}/writing/{button}", data=form).status_code == 404


def test_a_saved_reply_is_written_used_and_changed(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    form = {
        "title": "申请三步走",
        "text": "{姓名}，您好：请带身份证到社区申请，{期限}前办，每月{金额}元。",
        "section": "welfare",
        "topic": "elderly_care",
    }
    assert submit(li, "/console/replies/new", "/console/replies/new", form).status_code == 303
    assert "申请三步走" in li.get("/console/replies").text
    inserted = press(li, number, "writing/insert", text="开头。", insert="saved:1")
    assert inserted.status_code == 303 and "11月" in draft(house, number)
    assert draft(house, number).startswith("开头。\n{姓名}，您好") and "{金额}" in draft(house, number)
    refused = press(li, number, "answer", text=draft(house, number))
    assert refused.status_code == 422
    page = press(li, number, "writing/keep", text=draft(house, number), keep="all", **_all(refused.text))
    assert page.status_code == 303
    blocked = press(li, number, "answer", text=draft(house, number))
    assert blocked.status_code == 422 and "还有没填的内容" in blocked.text
    stale = submit(li, "/console/replies/1", "/console/replies/1", form | {"seen": "0"})
    assert stale.status_code == 409 and "刚刚有人改过" in stale.text
    assert (
        submit(li, "/console/replies/1", "/console/replies/1", form | {"seen": "1", "text": "新的"}).status_code == 303
    )
    assert "第 1 版" in li.get("/console/replies/1").text
    submit(li, "/console/replies/1", "/console/replies/1", {"do": "retire"})
    assert "申请三步走" not in page_of(li, number)


def _all(page: str) -> dict[str, Any]:
    return {"finding": re.findall(r'name="finding" value="(\w+)"', page), "reason-all": "核对过"}


def test_a_text_goes_in_where_the_caret_stood(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    submit(li, "/console/replies/new", "/console/replies/new", {"title": "一句", "text": "中间。", "section": ""})
    press(li, number, "writing/insert", text="😀前。后。", insert="saved:1", caret="3")
    assert draft(house, number) == "😀前。\n中间。\n后。"


def test_an_earlier_answer_and_a_guide_lie_beside_the_draft(house: House, enter: Any) -> None:
    with house.services.core.database.write() as session:
        load_samples(session, sample_guides(), house.clock())
        head = staff_of(session.get_one(Officer, house.officers["office"]))
        for version in session.scalars(select(GuideVersion)).all():
            approve(session, house.services.core, head, version.id, version.revision, house.clock())
    li = enter("li")
    first = house.write(QUESTION)
    press(li, first, "claim")
    press(li, first, "answer", text=GOOD)
    house.clock.go_on(hours=1)
    number = house.write("请问我奶奶的高龄津贴怎么申请，要什么材料啊？", sender="o-two")
    press(li, number, "claim")
    page = page_of(li, number)
    assert first in page and GOOD in page
    answer_id, code = re.search(r'value="(answer:\d+)"', page), re.search(r'value="(guide:\w+)"', page)
    assert answer_id and code
    press(li, number, "writing/insert", text="", insert=answer_id[1])
    press(li, number, "writing/insert", text=draft(house, number), insert=code[1])
    assert GOOD in draft(house, number) and "依据" in draft(house, number)


def test_the_office_keeps_the_list_of_words(house: House, enter: Any, number: str) -> None:
    office, li = enter("office"), enter("li")
    submit(office, "/console/replies/words", "/console/replies/words", {"word": "窗口单位", "instead": "服务窗口"})
    assert "窗口单位" in office.get("/console/replies/words").text
    assert "请写“服务窗口”" in press(li, number, "answer", text=GOOD + "到窗口单位。").text
    submit(office, "/console/replies/words", "/console/replies/words", {"drop": "窗口单位"})
    assert press(li, number, "answer", text=GOOD + "到窗口单位。").status_code == 303
    assert li.get("/console/replies/words").status_code == 403


def test_checking_and_saving_are_no_moves_of_the_case(house: House, enter: Any, number: str) -> None:
    li = enter("li")
    before = re.search(r'name="version" value="(\d+)"', page_of(li, number))
    press(li, number, "writing/check", text=EMPTY)
    after = re.search(r'name="version" value="(\d+)"', page_of(li, number))
    assert before and after and before[1] == after[1]
    with house.services.core.database.read() as session:
        events = session.scalars(select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq)).all()
        assert list(house.services.core.ledger.verify(events)) == []
