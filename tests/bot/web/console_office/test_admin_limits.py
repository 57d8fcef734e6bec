"""办理时限: every rule with its source; set otherwise with a preview; refused without source or against the law."""

from __future__ import annotations

import re
from typing import Any

import pytest

from handlers.deadlines.limits import load_limits
from tests.bot.web.house import token_of

PAGE = "/console/admin/limits/WX-01"
GIVEN = {"length": "5", "active": "1", "source": "办公会纪要〔2026〕5号", "why": "局里决定"}


@pytest.fixture
def admin(enter):
    return enter("keeper")


def _send(client, data: dict[str, str], page: str = PAGE, to: str = "") -> Any:
    text = client.get(page).text
    given = {"csrf": token_of(text), "seen": re.search(r'name="seen" value="(\d+)"', text).group(1), **data}
    return client.post(to or page, data=given, follow_redirects=False)


def test_every_rule_stands_there_with_source_and_mark(admin, enter) -> None:
    text = admin.get("/console/admin/limits").text
    for rule in load_limits().rules.values():
        assert rule.code in text and rule.source in text
        assert admin.get(f"/console/admin/limits/{rule.code}").status_code == 200
    assert text.count("待核实</span>") == sum(rule.to_confirm for rule in load_limits().rules.values())
    assert enter("wuyun").get("/console/admin/limits").status_code == 403
    assert admin.get("/console/admin/limits/XX-1").status_code == 404


def test_a_confirmed_source_takes_the_mark_off_the_queue(admin, enter, house, write_in) -> None:
    write_in("谢谢你们", state="assigned", section_code="welfare", next_due_rule="WX-01")
    officer = enter("zhangmin")
    assert "WX-01 待核实" in officer.get("/console/queue/section").text
    assert _send(admin, GIVEN | {"confirmed": "1", "do": "apply"}).status_code == 303
    shown = officer.get("/console/queue/section").text
    assert "WX-01" in shown and "待核实" not in shown


def test_a_change_is_looked_at_applied_and_undone(admin, house) -> None:
    seen = _send(admin, GIVEN | {"length": "4", "do": "preview"})
    assert seen.status_code == 200 and "5个工作日 → <strong>4个工作日" in seen.text
    assert "4个工作日" not in admin.get("/console/admin/limits").text.split("WX-02")[0].split("WX-01")[1]
    assert _send(admin, GIVEN | {"length": "4", "do": "apply"}).status_code == 303
    page = admin.get(PAGE).text
    assert "本单位另定" in page and "局里决定" in page and "管理员" in page
    undone = _send(admin, {"undo_why": "先照原来的", "do": "apply"}, to=f"{PAGE}/undo")
    assert undone.status_code == 303 and "先照原来的" in admin.get(PAGE).text
    assert house.services.core.profile().limits == ()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"length": "4", "source": ""}, "没有来源的时限不能用"),
        ({"length": "4", "why": ""}, "为什么改"),
        ({"length": "x"}, "请填整数"),
        ({"length": "0"}, "3650"),
        ({}, "没有要改的"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(admin, given: dict[str, str], words: str) -> None:
    answer = _send(admin, GIVEN | {"do": "apply"} | given)
    assert answer.status_code == 422 and words in answer.text


def test_the_law_may_be_made_shorter_never_longer(admin) -> None:
    page = "/console/admin/limits/XF-01"
    longer = _send(admin, GIVEN | {"length": "16", "do": "apply"}, page)
    assert longer.status_code == 422 and "可以定得更短，不能更长" in longer.text
    assert _send(admin, GIVEN | {"length": "10", "do": "apply"}, page).status_code == 303


def test_an_edit_by_somebody_else_in_between_is_told(admin) -> None:
    stale = _send(admin, GIVEN | {"length": "4", "do": "apply", "seen": "1"})
    assert stale.status_code == 303
    assert _send(admin, GIVEN | {"length": "3", "do": "apply", "seen": "1"}).status_code == 409
