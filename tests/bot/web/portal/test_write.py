"""Writing: nothing lost on a mistake, nothing doubled on impatience, number and query code at the end."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.web.app import create_app
from handlers.records import Attachment, Case, CaseContact, Message
from tests.bot.web.house import token_of
from tests.bot.web.live import LiveHouse, build_live
from tests.bot.web.portal.conftest import TEXT, Browser, inputs
from tests.web_client import TestClient

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def rows(live: LiveHouse, table: Any) -> list[Any]:
    with live.services.core.database.read() as session:
        return list(session.scalars(select(table)))


def uploads(live: LiveHouse) -> list[Path]:
    folder = live.services.settings.data_dir / "uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_citizen_writes_checks_sends_and_gets_number_and_query_code(browser: Browser, live: LiveHouse) -> None:
    checked = browser.write(district="玉泉区", place="示例路")
    assert checked.status_code == 200 and "检查一遍" in checked.text and "玉泉区 示例路" in checked.text
    assert not rows(live, Message)
    number, code = browser.hand_in()
    assert number == "20261123-0001" and len(code) == 9
    case = live.case()
    assert (case.channel, case.source, case.section_code) == ("web", "web", "welfare")
    page = browser.get("/write/done").text
    assert "最迟" in page and "福利科" in page and 'data-clear-draft="write"' in page


def test_what_was_written_is_stored_as_it_was_written(browser: Browser, live: LiveHouse) -> None:
    text = "第一行\n\n  <b>缩进</b> ]]> 😀 \u202e结束"
    browser.hand_in(text=text)
    assert rows(live, Message)[0].text == text


def test_pressing_send_twice_makes_one_case(browser: Browser, live: LiveHouse) -> None:
    page = browser.write()
    for _ in range(3):
        assert browser.again(page, "send").status_code == 303
    assert len(rows(live, Case)) == 1
    assert "20261123-0001" in browser.get("/write/done").text


def test_other_words_sent_from_the_same_form_are_not_swallowed(browser: Browser, live: LiveHouse) -> None:
    page = browser.write()
    browser.again(page, "send")
    browser.again(page, "send", text="另外还有一件事要说")
    assert len(rows(live, Message)) == 2


def test_a_mistake_is_named_on_top_and_at_the_field_and_nothing_is_lost(browser: Browser, live: LiveHouse) -> None:
    page = browser.write(text=TEXT, phone="12", name="王<秀>兰", consent_publish="1", wished_answer="phone")
    assert page.status_code == 422
    assert 'href="#f-phone"' in page.text and 'id="e-phone"' in page.text and 'aria-invalid="true"' in page.text
    assert TEXT in page.text and 'value="王&lt;秀&gt;兰"' in page.text
    assert 'name="consent_publish" value="1" checked' in page.text
    assert page.text.count("<title>请修改：") == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": ""}, "text"), ({"text": " \n "}, "text"), ({"text": "？！……"}, "text"), ({"text": "字" * 20_001}, "text"),  # noqa: E501
        ({"wished_answer": "phone"}, "phone"), ({"wished_answer": "post"}, "address"),
        ({"consent_contact": "1"}, "phone"), ({"phone": "abc"}, "phone"), ({"relation": "字" * 61}, "relation"),
        ({"district": "不存在区"}, "district"), ({"place": "字" * 301}, "place"), ({"name": "字" * 101}, "name"),
    ],
)  # fmt: skip
def test_every_wrong_field_is_told(browser: Browser, live: LiveHouse, fields: dict[str, str], field: str) -> None:
    page = browser.write(**fields)
    assert page.status_code == 422 and f'href="#f-{field}"' in page.text
    assert not rows(live, Message)


@pytest.mark.parametrize(
    "phone", ["0471-1234567", "13800001111", "+86 138 0000 1111", "０４７１－１２３４５６７", "(0471)1234567"]
)
def test_telephone_numbers_may_be_written_as_people_write_them(browser: Browser, phone: str) -> None:
    assert browser.write(phone=phone).status_code == 200


def test_contact_data_is_sealed_and_wishes_are_kept(browser: Browser, live: LiveHouse) -> None:
    browser.hand_in(
        name="王秀兰", phone="0471-1234567", address="示例路 1 号", wished_answer="phone", consent_contact="1",
        consent_publish="1", confidential="1", relation="女儿", affected_name="王某",
    )  # fmt: skip
    case = live.case()
    assert (case.wished_answer, case.consent_contact, case.consent_publish, case.confidential) == (
        "phone", True, True, True,
    )  # fmt: skip
    vault = live.services.core.vault
    contacts = {row.role: row for row in rows(live, CaseContact)}
    assert vault.open(contacts["writer"].phone) == "0471-1234567"
    assert (vault.open(contacts["affected"].name), contacts["affected"].relation) == ("王某", "女儿")
    stored = rows(live, Message)[0]
    assert "王秀兰" not in str(stored.details) + stored.raw.decode()


def test_a_file_survives_a_mistake_in_the_form_and_is_sent_in_the_end(browser: Browser, live: LiveHouse) -> None:
    refused = browser.write(text="", files=[("files", ("楼道.png", PNG, "image/png"))])
    assert refused.status_code == 422 and "楼道.png" in refused.text
    checked = browser.again(refused, "check", text=TEXT)
    assert checked.status_code == 200 and "楼道.png" in checked.text
    assert browser.again(checked, "send").status_code == 303
    attachment = rows(live, Attachment)[0]
    assert (attachment.filename, attachment.content_type, attachment.state) == ("楼道.png", "image/png", "stored")
    assert attachment.case_id == live.case().id
    assert not uploads(live)


def test_a_chosen_file_can_be_dropped_again(browser: Browser, live: LiveHouse) -> None:
    refused = browser.write(text="", files=[("files", ("a.png", PNG, "image/png"))])
    kept = inputs(refused.text)["kept"]
    checked = browser.again(refused, "check", text=TEXT, drop=kept[0])
    assert "a.png" not in checked.text and not uploads(live)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("病毒.png", b"MZ\x90\x00" + bytes(200), "不能接收这种文件"),
        ("page.png", b"<html><script>1</script></html>", "不能接收这种文件"),
        ("空.png", b"", "空的"),
        ("大.png", PNG + bytes(10 * 1024 * 1024), "10 MB"),
    ],
)
def test_a_file_that_is_not_allowed_is_refused_by_its_content(
    browser: Browser, live: LiveHouse, name: str, data: bytes, said: str
) -> None:
    page = browser.write(files=[("files", (name, data, "image/png"))])
    assert page.status_code == 422 and said in page.text and name in page.text and TEXT in page.text
    assert not uploads(live)


def test_only_so_many_files_are_taken_and_the_others_named(browser: Browser) -> None:
    page = browser.write(files=[("files", (f"{n}.png", PNG, "image/png")) for n in range(7)])
    assert page.status_code == 422 and "最多 5 个" in page.text
    assert len(inputs(page.text)["kept"]) == 5


@pytest.mark.parametrize("token", ["../../etc/passwd", "x" * 24, "", "a/b", "A" * 5000])
def test_a_made_up_file_token_opens_nothing(browser: Browser, token: str) -> None:
    assert browser.write(kept=token).status_code in (200, 422)


def test_forgotten_files_go_after_a_day(browser: Browser, live: LiveHouse) -> None:
    browser.write(files=[("files", ("a.png", PNG, "image/png"))])
    live.clock.go_on(hours=25)
    browser.write(files=[("files", ("b.png", PNG, "image/png"))])
    assert len(uploads(live)) == 1


def test_going_back_to_the_form_keeps_everything(browser: Browser) -> None:
    checked = browser.write(place="示例路", confidential="1", files=[("files", ("a.png", PNG, "image/png"))])
    form = browser.again(checked, "edit")
    assert form.status_code == 200
    assert TEXT in form.text and 'value="示例路"' in form.text and "a.png" in form.text


def test_when_nothing_can_be_stored_the_words_stay_and_a_later_try_succeeds(browser: Browser, live: LiveHouse) -> None:
    page = browser.write(files=[("files", ("a.png", PNG, "image/png"))])
    live.receiving.away = True
    failed = browser.again(page, "send")
    assert failed.status_code == 503 and TEXT in failed.text and "还没有提交成功" in failed.text
    live.receiving.away = False
    assert browser.again(failed, "send").status_code == 303
    assert len(rows(live, Attachment)) == 1


def test_too_many_messages_from_one_address_lose_nothing_either(tmp_path: Path) -> None:
    live = build_live(tmp_path, rate_writes_per_hour=1)
    with TestClient(create_app(live.services)) as client:
        browser = Browser(client, live)
        browser.hand_in()
        refused = browser.again(browser.write(text="第二件事情"), "send")
        assert refused.status_code == 429 and "第二件事情" in refused.text and refused.headers["retry-after"]


def test_the_receipt_is_shown_to_this_browser_only_and_for_half_an_hour(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in()
    saved = browser.get("/write/receipt.txt")
    assert number in saved.text and code in saved.text and "attachment" in saved.headers["content-disposition"]
    drawn = browser.get("/write/qr.svg")
    assert drawn.headers["content-type"] == "image/svg+xml" and "style" not in drawn.text and "<svg" in drawn.text
    live.clock.go_on(minutes=31)
    assert browser.get("/write/done").url.path == "/progress"
    assert browser.get("/write/qr.svg").status_code == 404
    with TestClient(browser.client.app) as stranger:
        assert stranger.get("/write/done").url.path == "/progress"


def test_on_a_shared_device_the_receipt_can_be_cleared_at_once(browser: Browser) -> None:
    browser.hand_in()
    token = token_of(browser.get("/write/done").text)
    cleared = browser.client.post("/write/forget", data={"csrf": token})
    assert cleared.url.path == "/" and "已从这台设备上清除" in cleared.text
    assert browser.get("/write/done").url.path == "/progress"


@pytest.mark.parametrize("cookie", ["x", "v1:", "v1:AAAA", "v1:" + "A" * 200, "键"])
def test_a_made_up_receipt_cookie_shows_nothing(browser: Browser, cookie: str) -> None:
    answer = browser.client.get("/write/done", headers={"cookie": f"hy_receipt={cookie}".encode()})
    assert answer.url.path == "/progress"


def test_a_single_word_in_a_form_is_a_matter_and_no_command(browser: Browser) -> None:
    assert browser.again(browser.write(text="人工"), "send").status_code == 303
    assert "受理编号" in browser.get("/write/done").text


def test_a_form_without_its_token_is_refused(browser: Browser, live: LiveHouse) -> None:
    assert browser.client.post("/write", data={"text": TEXT, "step": "send"}).status_code == 403
    assert not rows(live, Message)


def test_the_empty_form_may_be_restored_by_the_browser_and_the_rest_may_not(browser: Browser) -> None:
    assert browser.get("/write").headers["cache-control"] == "private, no-cache"
    assert browser.write().headers["cache-control"] == "no-store"
    browser.hand_in()
    assert browser.get("/write/done").headers["cache-control"] == "no-store"
