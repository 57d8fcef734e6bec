"""The board shows what is stuck or late, each number a link; the office supervises and decides from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.records import Alert, Delivery, Message, Note
from tests.bot.web.house import submit


def test_every_number_of_the_board_leads_to_its_list(enter, house, write_in) -> None:
    write_in(), write_in("殡仪馆在哪里", state="triage", section_code=None)
    house.clock.go_on(days=20)
    client = enter("wuyun")
    page = client.get("/console/board").text
    assert "已超期" in page and 'href="/console/queue/late?section=welfare"' in page
    for href in (
        "/console/triage",
        "/console/queue/late",
        "/console/board/deliveries",
        "/console/board/parked",
        "/console/alerts",
    ):
        assert f'href="{href}"' in page
        assert client.get(href).status_code == 200
    assert "1 件" in client.get("/console/queue/late?section=welfare").text or "请问高龄津贴" in page


def test_a_scheduler_that_stands_still_turns_the_board_red(enter) -> None:
    page = enter("wuyun").get("/console/board").text
    assert "定时任务没有在运行" in page and "2027 年工作日历" in page


def test_a_head_sees_the_own_section_only(enter, write_in) -> None:
    write_in("低保怎么办", section_code="social_relief_office")
    page = enter("heli").get("/console/board").text
    assert "低保怎么办" not in page and "福利科" in page and "社救办" not in page


@pytest.mark.parametrize("login", ["zhangmin", "keeper"])
def test_the_board_is_not_for_everybody(enter, login: str) -> None:
    assert enter(login).get("/console/board").status_code == 403


def test_the_office_supervises_with_a_note(enter, house, write_in) -> None:
    case = write_in()
    house.clock.go_on(days=20)
    client = enter("wuyun")
    given = {"number": case.number, "version": case.version, "text": " "}
    assert submit(client, "/console/board", "/console/board/supervise", given).status_code == 422
    answer = submit(client, "/console/board", "/console/board/supervise", given | {"text": "今晚前答复"})
    assert answer.status_code == 303 and house.case(case.number).supervised
    with house.services.core.database.read() as session:
        assert session.scalars(select(Note)).one().kind == "supervision"
    assert "已督办" in client.get("/console/board").text
    stale = submit(client, "/console/board", "/console/board/supervise", given | {"text": "再催"})
    assert stale.status_code == 409 and "乌云" in stale.text and "再催" in stale.text


def test_a_leader_reads_the_board_and_an_auditor_changes_nothing(enter, write_in) -> None:
    case = write_in()
    auditor = enter("shen")
    assert "督办 2" not in auditor.get("/console/board").text
    answer = submit(auditor, "/console/password", "/console/board/supervise", {"number": case.number, "text": "x"})
    assert answer.status_code == 403


def test_a_failed_text_is_decided_by_a_person_with_a_reason(enter, house, write_in) -> None:
    case = write_in()
    with house.services.core.database.write() as session:
        session.add(
            Delivery(
                purpose="notice", case_id=case.id, channel="wechat", text="您好", sha256="0" * 64, state="unknown",
                error="没有回音", created_at=house.clock(),
            )
        )  # fmt: skip
    client, page = enter("wuyun"), "/console/board/deliveries"
    assert "没有回音" in client.get(page).text and "您好" not in client.get(page).text.partition("<main")[2]
    assert submit(client, page, f"{page}/1", {"decision": "resend", "why": ""}).status_code == 422
    assert submit(client, page, f"{page}/1", {"decision": "", "why": "查过"}).status_code == 422
    assert submit(client, page, f"{page}/1", {"decision": "confirm_sent", "why": "电话核实已收到"}).status_code == 303
    with house.services.core.database.read() as session:
        assert session.get_one(Delivery, 1).state == "sent"
    assert "都送到了" in client.get(page).text
    assert submit(client, "/console/board", f"{page}/1", {"decision": "resend", "why": "再发"}).status_code == 409


def test_a_parked_message_is_retried_now(enter, house, write_in) -> None:
    case = write_in()
    with house.services.core.database.write() as session:
        message = session.get_one(Message, case.first_message_id)
        message.state, message.error, message.retry_at = "parked", "TimeoutError", house.clock() + timedelta(hours=1)
    client = enter("wuyun")
    assert "TimeoutError" in client.get("/console/board/parked").text
    assert submit(client, "/console/board/parked", f"/console/board/parked/{message.id}/retry", {}).status_code == 303
    with house.services.core.database.read() as session:
        assert session.get_one(Message, message.id).retry_at == house.clock()


def test_alerts_are_taken_note_of_by_those_who_may_know(enter, house, write_in) -> None:
    case = write_in()
    with house.services.core.database.write() as session:
        for kind, told in (
            ("urgent", []),
            ("ladder", [house.officers["zhangmin"]]),
            ("ladder", [house.officers["heli"]]),
        ):
            session.add(
                Alert(
                    dedup_key=f"{kind}:{told}", kind=kind, case_id=case.id, text=f"提醒 {case.number}：http://x",
                    recipients=told,
                    created_at=house.clock(), colour="orange",
                )
            )  # fmt: skip
    assert enter("baiyun").get("/console/alerts?all=1").text.count("data-row") == 0
    client = enter("zhangmin")
    page = client.get("/console/alerts").text
    assert page.count("data-row") == 2 and "http://x" not in page
    assert client.get("/console/alerts?all=1").text.count("data-row") == 3
    assert submit(client, "/console/alerts", "/console/alerts/1", {}).status_code == 303
    assert submit(enter("baiyun"), "/console/password", "/console/alerts/2", {}).status_code == 404
    head = enter("heli")
    assert submit(head, "/console/password", "/console/alerts/seen", {"alert": ["2", "3", "99"]}).status_code == 303
    with house.services.core.database.read() as session:
        assert {alert.state for alert in session.scalars(select(Alert))} == {"acknowledged"}


def test_a_restricted_case_leaves_no_trace_on_the_board(enter, house, write_in) -> None:
    case = write_in("举报某主任")
    house.change(
        case.number,
        restricted=True,
        restricted_to=house.officers["suhe"],
        section_code=None,
        state="triage",
        kind="report",
    )
    house.clock.go_on(days=20)
    assert case.number not in enter("wuyun").get("/console/board").text
    assert case.number in enter("suhe").get("/console/board").text


def test_from_november_the_board_says_that_next_years_calendar_is_missing(enter, house) -> None:
    words = "2027 年工作日历还没有载入"
    assert words in enter("wuyun").get("/console/board").text and words not in enter("heli").get("/console/board").text
    house.clock.at = house.clock().replace(month=10)
    assert words not in enter("wuyun").get("/console/board").text
