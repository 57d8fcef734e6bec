"""Progress, answers and the citizen's decisions over the interface, for the key's own cases only."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from handlers.delivery.outbox import queue
from handlers.records import Case, Delivery, Reply
from tests.bot.web.api.conftest import Platform
from tests.bot.web.live import LiveHouse


def test_progress_is_told_in_words_with_the_latest_date(app: Platform) -> None:
    number = app.send(outer_number="H-1").json()["number"]
    case = app.get(f"/cases/{number}").json()
    assert (case["state"], case["section"], case["outer_number"]) == ("assigned", "福利科", "H-1")
    assert case["latest"] and case["rule"] and case["steps"][0]["words"] == "已收到"
    assert case["can"] == ["supplement", "withdraw"]


@pytest.mark.parametrize("number", ["20261123-0001", "20261123-9999", "x", "' OR 1=1"])
def test_another_platforms_case_and_no_case_are_told_the_same(app: Platform, hotline: Platform, number: str) -> None:
    app.send()
    answer = hotline.get(f"/cases/{number}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "本账号下没有这个编号的诉求件，请核对编号。"


def test_a_restricted_case_names_neither_matter_nor_section(app: Platform, live: LiveHouse) -> None:
    number = app.send(text="我要举报某养老院负责人贪污").json()["number"]
    live.change(number, restricted=True, sensitive=True)
    case = app.get(f"/cases/{number}").json()
    assert (case["subject"], case["section"]) == ("", "")
    assert "举报" not in str(case) and "科" not in "".join(step["words"] for step in case["steps"])


def test_fetching_the_answer_delivers_it(app: Platform, live: LiveHouse) -> None:
    number = app.send().json()["number"]
    live.answer(number, "八十岁以上可以申请，子女可以代办。", live.clock(), state="to_deliver")
    with live.services.core.database.write() as session:
        case = session.scalars(select(Case)).one()
        reply = session.scalars(select(Reply)).one()
        queue(
            session, purpose="answer", case_id=case.id, channel="rest", account=case.account, recipient="", text="x",
            now=live.clock(), reply_id=reply.id,
        )  # fmt: skip
    shown = app.get(f"/cases/{number}").json()
    assert shown["answers"][0]["text"] == "八十岁以上可以申请，子女可以代办。"
    assert shown["state"] == "answered"
    with live.services.core.database.read() as session:
        assert session.scalars(select(Delivery.state)).one() == "sent"


def test_an_answer_is_rated_and_the_case_reopened_once(app: Platform, live: LiveHouse) -> None:
    number = app.send().json()["number"]
    assert app.post(f"/cases/{number}/rating", {"rating": "fair"}).status_code == 409
    live.answer(number, "可以申请。", live.clock())
    rated = app.post(f"/cases/{number}/rating", {"rating": "dissatisfied", "words": "没说材料"}).json()
    assert rated["rating"] == "dissatisfied" and "reopen" in rated["can"]
    assert app.post(f"/cases/{number}/reopening", {"words": "材料清单呢"}).json()["state"] == "reopened"
    assert app.post(f"/cases/{number}/reopening", {"words": "再来"}).status_code == 409


def test_a_case_is_taken_back(app: Platform) -> None:
    number = app.send().json()["number"]
    assert app.post(f"/cases/{number}/withdrawal").json()["state"] == "withdrawn"
    assert app.post(f"/cases/{number}/withdrawal").status_code == 409


@pytest.mark.parametrize("move", ["rating", "reopening", "withdrawal"])
def test_nobody_decides_about_another_platforms_case(app: Platform, hotline: Platform, move: str) -> None:
    number = app.send().json()["number"]
    body: Any = {"rating": {"rating": "fair"}, "reopening": {"words": "x"}, "withdrawal": None}[move]
    assert hotline.post(f"/cases/{number}/{move}", body).status_code == 404


def test_changed_cases_are_listed_page_by_page(app: Platform, hotline: Platform, live: LiveHouse) -> None:
    numbers = [app.send(f"k-{i}").json()["number"] for i in range(3)]
    hotline.send()
    live.clock.go_on(seconds=10)
    first = app.get("/cases", limit=2).json()
    rest = app.get("/cases", limit=2, after=first["after"]).json()
    assert [case["number"] for case in first["cases"] + rest["cases"]] == numbers
    again = app.get("/cases", after=rest["after"]).json()
    assert again == {"cases": [], "after": rest["after"]}
    assert app.get("/cases", after="x").status_code == 422
    assert app.get("/cases", limit=501).status_code == 422


def test_a_text_is_labelled_and_a_date_counted_without_storing_anything(app: Platform) -> None:
    labels = app.post("/classify", {"id": "1", "text": "高龄津贴怎么申请"}).json()
    assert (labels["topic"], labels["section"], labels["id"]) == ("elderly_care", "welfare", "1")
    due = app.post("/due", {"code": "RX-02", "start": "2026-11-23T09:00:00+08:00"}).json()
    assert due["legal_due"] and due["days"]
    assert app.post("/due", {"code": "no-such", "start": "2026-11-23T09:00:00+08:00"}).status_code in (404, 422)


def test_the_description_is_complete(app: Platform) -> None:
    description = app.client.get("/api/openapi.json").json()
    assert set(description["paths"]) == {
        "/api/v1/messages", "/api/v1/cases", "/api/v1/cases/{number}", "/api/v1/cases/{number}/rating",
        "/api/v1/cases/{number}/reopening", "/api/v1/cases/{number}/withdrawal", "/api/v1/classify", "/api/v1/due",
    }  # fmt: skip
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"] and operation["description"], (path, method)
            assert "401" in operation["responses"] and "429" in operation["responses"], (path, method)
            assert operation["security"] == [{"key": []}], (path, method)
    message = description["components"]["schemas"]["MessageIn"]
    assert message["examples"] and all("description" in field for field in message["properties"].values())
    assert app.client.get("/api/docs").status_code == 200


@pytest.mark.parametrize("start", ["0001-01-01", "9999-12-31"])
def test_a_limit_beyond_the_calendar_is_the_askers_to_mend(app: Platform, start: str) -> None:
    answer = app.post("/due", {"code": "GK-01", "start": start})
    assert answer.status_code == 422 and "工作日历" in answer.json()["detail"]
