"""Looking up: number and code open one case and tell nothing otherwise; the citizen reads, rates, adds, asks again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.web.app import create_app
from handlers.delivery.outbox import queue
from handlers.records import Attachment, Case, Delivery, Message, Reply
from tests.bot.web.live import LiveHouse, build_live
from tests.bot.web.portal.conftest import Browser
from tests.bot.web.portal.test_write import PNG
from tests.web_client import TestClient


def without_tokens(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


def test_number_and_code_show_where_it_stands_by_when_and_why(browser: Browser) -> None:
    page = browser.look_up(*browser.hand_in()).text
    assert "已交科室" in page and "最迟" in page and "福利科" in page and "已收到" in page
    assert "个工作日内" in page and "依据" in page


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_the_code_may_be_typed_as_people_type_it(browser: Browser, change: Any) -> None:
    number, code = browser.hand_in()
    assert "最迟" in browser.look_up(number.replace("-", " "), change(code)).text


def test_a_wrong_code_and_an_absent_number_are_told_the_same(browser: Browser) -> None:
    number, code = browser.hand_in()
    wrong = browser.look_up(number, "AAAA-AAAA")
    absent = browser.look_up("20261123-9999", code)
    assert wrong.status_code == absent.status_code == 422
    assert without_tokens(wrong.text) == without_tokens(absent.text)
    assert "两样都要对" in wrong.text


@pytest.mark.parametrize("number", ["", "x", "' OR 1=1 --", "9" * 5000, "２０２６１１２３－０００１", "\u202e"])
def test_strange_numbers_do_no_harm(browser: Browser, number: str) -> None:
    browser.hand_in()
    assert browser.look_up(number, "AAAA-AAAA").status_code == 422


def test_tries_are_bounded_by_number_from_whatever_address(tmp_path: Path) -> None:
    live = build_live(tmp_path, rate_lookups_per_minute=3, trusted_proxies="127.0.0.0/8")
    with TestClient(create_app(live.services), client=("127.0.0.1", 1)) as client:
        browser = Browser(client, live)
        number, code = browser.hand_in()
        statuses = []
        for turn in range(5):
            client.headers["x-forwarded-for"] = f"10.0.0.{turn}"
            statuses.append(browser.look_up(number, "AAAA-AAAA").status_code)
        assert statuses == [422, 422, 422, 429, 429]
        client.headers["x-forwarded-for"] = "10.0.0.99"
        assert browser.look_up(number, code).status_code == 429
        assert [browser.look_up("20261124-0001", code).status_code for _ in range(3)] == [422, 422, 429]


def test_a_sensitive_case_names_neither_matter_nor_section_nor_reason(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in(text="我要举报某养老院负责人贪污老人的钱")
    live.change(number, restricted=True, sensitive=True)
    page = browser.look_up(number, code).text
    for word in ("举报", "养老院", "福利科", "投诉", "RX-03"):
        assert word not in page.replace("举报的内容", "")
    assert "最迟" in page


def test_reading_the_answer_delivers_it(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in()
    live.answer(number, "八十岁以上可以申请。\n子女可以代办。<script>", live.clock(), state="to_deliver")
    with live.services.core.database.write() as session:
        case, reply = session.scalars(select(Case)).one(), session.scalars(select(Reply)).one()
        queue(
            session, purpose="answer", case_id=case.id, channel="web", account="portal", recipient="", text="x",
            now=live.clock(), reply_id=reply.id,
        )  # fmt: skip
    page = browser.look_up(number, code).text
    assert "八十岁以上可以申请。\n子女可以代办。&lt;script&gt;" in page
    assert live.case().state == "answered"
    with live.services.core.database.read() as session:
        assert session.scalars(select(Delivery.way)).one() == "read"


def test_an_answer_is_rated_and_the_rating_can_be_changed(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in()
    live.answer(number, "可以申请。", live.clock())
    page = browser.look_up(number, code)
    missing = browser.do(page, "rate")
    assert missing.status_code == 422 and 'href="#f-rate-rating"' in missing.text
    rated = browser.do(page, "rate", rating="dissatisfied", words="没说要什么材料")
    assert "评价已记下" in rated.text
    assert (live.case().rating, live.case().rating_words) == ("dissatisfied", "没说要什么材料")
    browser.do(rated, "rate", rating="satisfied")
    assert live.case().rating == "satisfied"


def test_a_dissatisfied_citizen_has_it_done_again_once_and_says_why(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in()
    live.answer(number, "可以申请。", live.clock())
    page = browser.look_up(number, code)
    assert browser.do(page, "reopen", words=" ").status_code == 422
    again = browser.do(page, "reopen", words="要什么材料？")
    assert "已重新办理" in again.text and live.case().state == "reopened"
    assert browser.do(page, "reopen", words="再来").status_code == 409


def test_words_and_files_are_added_to_an_open_case_once(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in()
    page = browser.look_up(number, code)
    for _ in range(2):
        added = browser.do(page, "supplement", words="满意", files=[("files", ("a.png", PNG, "image/png"))])
        assert "补充的内容已经记下" in added.text
    case = live.case()
    assert case.unread
    with live.services.core.database.read() as session:
        assert [row.case_id for row in session.scalars(select(Message))] == [case.id] * 2
        assert session.scalars(select(Attachment.case_id)).one() == case.id


def test_a_failed_addition_keeps_its_words(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in()
    page = browser.look_up(number, code)
    assert browser.do(page, "supplement", words="").status_code == 422
    bad = browser.do(page, "supplement", words="说明在图里", files=[("files", ("a.exe", b"MZ" + bytes(99), "x/y"))])
    assert bad.status_code == 422 and "说明在图里" in bad.text and 'href="#f-supplement-files"' in bad.text
    live.receiving.away = True
    away = browser.do(page, "supplement", words="还有一句")
    assert away.status_code == 503 and "还有一句" in away.text


def test_what_is_asked_of_the_citizen_stands_on_top_with_a_form(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in()
    live.answer(number, "请问您母亲的户口在哪个社区？", live.clock(), state="awaiting_citizen", purpose="question")
    page = browser.look_up(number, code)
    assert page.text.index("哪个社区") < page.text.index("办理经过")
    browser.do(page, "supplement", words="在示例社区")
    assert live.case().state == "in_progress"


def test_a_case_is_taken_back_after_one_question(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in()
    asked = browser.do(browser.look_up(number, code), "ask_withdraw")
    assert "确定撤回" in asked.text and live.case().state == "assigned"
    assert "已按您的意思撤回" in browser.do(asked, "withdraw").text
    assert live.case().state == "withdrawn"


def test_a_pass_opens_its_own_case_only_for_two_hours_and_loses_no_words(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in()
    page = browser.look_up(number, code)
    live.clock.go_on(hours=3)
    stale = browser.do(page, "supplement", words="写了很久的话")
    assert "开得太久" in stale.text and "写了很久的话" in stale.text
    with live.services.core.database.read() as session:
        assert len(list(session.scalars(select(Message)))) == 1
    carried = browser.look_up(number, code, do="supplement", words="写了很久的话")
    assert "写了很久的话" in carried.text and "补充的内容已经记下" not in carried.text


@pytest.mark.parametrize("given", ["x", "v1:AAAA", "v1:" + "A" * 100, "键" * 300])
def test_a_made_up_pass_opens_nothing(browser: Browser, given: str) -> None:
    browser.hand_in()
    page = browser.get("/progress")
    from tests.bot.web.house import token_of

    answer = browser.client.post("/progress", data={"csrf": token_of(page.text), "pass": given, "do": "withdraw"})
    assert "查询进度" in answer.text and browser.live.case().state == "assigned"


def test_a_receipt_cookie_is_no_pass(browser: Browser) -> None:
    browser.hand_in()
    sealed = browser.client.cookies["hy_receipt"].strip('"')
    from tests.bot.web.house import token_of

    page = browser.get("/progress")
    browser.client.post("/progress", data={"csrf": token_of(page.text), "pass": sealed, "do": "withdraw"})
    assert browser.live.case().state == "assigned"


def test_nothing_is_done_without_the_forms_token(browser: Browser) -> None:
    number, code = browser.hand_in()
    assert browser.client.post("/progress", data={"number": number, "code": code}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/guides", "/privacy", "/write", "/progress", "/progress?number=20261123-0001"])
def test_every_page_has_one_heading_labels_and_landmarks(browser: Browser, path: str) -> None:
    page = browser.get(path).text
    assert page.count("<h1") == 1 and '<main id="main">' in page and 'href="#main"' in page and 'lang="zh-CN"' in page
    ids = re.findall(r'<(?:input|textarea|select)[^>]*\bid="([^"]+)"', page)
    for name in ids:
        assert f'for="{name}"' in page or re.search(rf'<label[^>]*>\s*<input[^>]*id="{name}"', page), name
    assert len(ids) == len(set(ids))


def test_the_guide_names_who_deals_with_what_from_the_profile(browser: Browser) -> None:
    page = browser.get("/guides").text
    assert "养老" in page and "福利科" in page and "08:30–12:00" in page and "玉泉区民政局" in page
