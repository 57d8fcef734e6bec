"""办事指南 in the console: listed, tried, written, approved by another person, withdrawn; and seen on the case."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.web.console.guide_form import shown
from handlers.accounts.roles import Role
from handlers.guides.load import sample_guides
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.guides import put_in_force
from tests.bot.web.house import House, build_house, submit
from tests.web_client import TestClient

CODE = "old_age_allowance"
PAGE = f"/console/guides/{CODE}"
ASKED = "请问高龄津贴怎么申请，要带什么材料？"


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding())
    put_in_force(house)
    return house.take_on(li=Role.OFFICER, head=Role.HEAD, sun=(Role.HEAD, "social_affairs"), audit=(Role.AUDITOR, ""))


def typed(**changes: str) -> dict[str, str]:
    guide = next(guide for guide in sample_guides() if guide.code == CODE)
    return shown(guide) | {"do": "save"} | changes


def edit(client: TestClient, **changes: str) -> Any:
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(f"{PAGE}/edit").text)
    assert seen
    return submit(client, f"{PAGE}/edit", f"{PAGE}/edit", {"seen": seen[1], **typed(**changes)})


def decide(client: TestClient, what: str, **more: str) -> Any:
    page = client.get(PAGE).text
    fields = {name: re.search(rf'name="{name}" value="(\d+)"', page) for name in ("version", "revision")}
    return submit(client, PAGE, f"{PAGE}/{what}", {n: found[1] for n, found in fields.items() if found} | more)


def test_the_list_shows_every_guide_and_a_question_can_be_tried(enter: Any) -> None:
    client = enter("audit")
    page = client.get("/console/guides", params={"ask": ASKED}).text
    assert page.count("生效 第 1 版") == 20
    assert "会发 <a" in page
    assert "新写一份" not in page
    assert "系统认为" in client.get("/console/guides", params={"ask": "我要投诉养老院的态度"}).text


def test_a_guide_is_changed_by_one_and_approved_by_another(enter: Any) -> None:
    li, head, citizen = enter("li"), enter("head"), enter()
    assert edit(li, limit="二十个工作日").status_code == 303
    assert "二十个工作日" not in citizen.get(f"/guides/{CODE}").text
    assert "批准，开始生效" not in li.get(PAGE).text
    page = head.get(PAGE).text
    assert "<ins>二十个工作日</ins>" in page
    assert "第 2 版待批准" in page
    assert decide(head, "approve").status_code == 303
    assert "二十个工作日" in citizen.get(f"/guides/{CODE}").text
    assert "以窗口告知为准" in li.get(f"{PAGE}/versions/1").text
    assert "已被新版代替" in li.get(PAGE).text


def test_who_wrote_it_cannot_approve_it_even_with_the_address(enter: Any) -> None:
    head = enter("head")
    edit(head, fee="免费")
    assert "您写过这一稿" in head.get(PAGE).text
    assert decide(head, "approve").status_code == 403


def test_another_section_and_the_auditor_only_read(enter: Any) -> None:
    for login in ("sun", "audit"):
        client = enter(login)
        assert f"{PAGE}/edit" not in client.get(PAGE).text
    assert edit(enter("sun"), fee="免费").status_code == 403
    assert enter("audit").get(f"{PAGE}/edit").status_code == 403


def test_a_preview_shows_the_receipt_and_saves_nothing(enter: Any) -> None:
    li = enter("li")
    answer = edit(li, do="preview", summary="八十岁就能办。")
    assert answer.status_code == 200
    assert "【申请高龄津贴】（示例，待核实）\n八十岁就能办。" in answer.text
    assert "字节，一条微信最多 2048 字节" in answer.text
    assert "待批准" not in li.get(PAGE).text


def test_a_fault_is_told_at_its_field_and_keeps_what_was_typed(enter: Any) -> None:
    answer = edit(enter("li"), source="", summary="八十岁就能办。")
    assert answer.status_code == 422
    assert 'href="#f-source"' in answer.text
    assert "八十岁就能办。" in answer.text


def test_an_edit_that_came_too_late_is_shown_beside_the_others(enter: Any) -> None:
    li, head = enter("li"), enter("head")
    old = re.search(r'name="seen" value="([^"]+)"', li.get(f"{PAGE}/edit").text)
    assert old
    edit(head, fee="免费")
    answer = submit(li, f"{PAGE}/edit", f"{PAGE}/edit", {"seen": old[1], **typed(fee="一元")})
    assert answer.status_code == 409
    assert "您写的：一元" in answer.text
    assert "现在的：免费" in answer.text


def test_a_draft_can_be_dropped_and_a_guide_taken_out_of_force(enter: Any) -> None:
    li, head, citizen = enter("li"), enter("head"), enter()
    edit(li, fee="免费")
    assert decide(li, "discard").status_code == 303
    assert decide(head, "withdraw").status_code == 422
    assert decide(head, "withdraw", why="标准变了").status_code == 303
    assert citizen.get(f"/guides/{CODE}").status_code == 404
    assert CODE not in citizen.get("/guides").text
    assert "没有生效，不发给群众" in li.get(PAGE).text


def test_a_new_guide_is_written_and_waits(enter: Any) -> None:
    li = enter("li")
    new = typed(code="bath_help", item="助浴服务", names="助浴", questions="助浴怎么申请", sample="")
    answer = submit(li, "/console/guides/new", "/console/guides/new", {"seen": "", **new})
    assert answer.headers["location"] == "/console/guides/bath_help"
    page = li.get("/console/guides/bath_help").text
    assert "第 1 版待批准" in page
    assert "没有生效，不发给群众" in page
    assert submit(li, "/console/guides/new", "/console/guides/new", {"seen": "", **new}).status_code == 422
    assert li.get("/console/guides/nothing").status_code == 404


def test_staff_see_on_the_case_which_guide_was_sent(house: House, enter: Any) -> None:
    number = house.write(ASKED)
    page = enter("li").get(f"/console/cases/{number}").text
    assert f"{PAGE}/versions/1" in page
    assert "来信人还没有回应" in page
    assert "自动发送办事指南《申请高龄津贴》" in page
    assert "已发指南" in enter("li").get("/console/queue/section").text


def test_the_portal_lists_the_guides_and_tells_one_whole(enter: Any) -> None:
    citizen = enter()
    page = citizen.get("/guides").text
    assert page.count('href="/guides/') == 20
    one = citizen.get(f"/guides/{CODE}").text
    for words in ("示例，待核实", "高龄津贴申请表", "0471-0000014", "老年人权益保障法", "这里没有说的"):
        assert words in one
    assert citizen.get("/guides/nothing").status_code == 404
