"""办理期限与程序 on the case page: tracks, clocks, plain forms; a refusal is in words and changes nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from handlers.records import Case, CaseEvent, Clock, Consent
from tests.bot.web.house import submit
from tests.bot.web.live import LiveHouse
from tests.web_client import TestClient

BOTH = "多收护理费的事我要信访。另外申请公开 2025 年的收费审批文件。"
TOMORROW = "2026-11-24"


@pytest.fixture
def case(write_in: Callable[..., Case]) -> Case:
    """A complaint that says 信访 and applies for documents, with the section 福利科, received on 23 November."""
    return write_in(BOTH, kind="complaint", state="assigned", section_code="welfare")


@pytest.fixture
def press(house: LiveHouse) -> Callable[..., Any]:
    """Press a button of the case page as somebody who sees it as it is now."""

    def do(client: TestClient, number: str, move: str, **given: str) -> Any:
        page = f"/console/cases/{number}"
        return submit(client, page, f"{page}/{move}", {"version": house.case(number).version, **given})

    return do


def facts(house: LiveHouse, number: str) -> tuple[object, ...]:
    """What a refusal must leave as it was."""
    with house.services.core.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        clocks = session.scalars(select(Clock).where(Clock.case_id == case.id).order_by(Clock.id)).all()
        done = select(func.count()).where(CaseEvent.case_id == case.id, CaseEvent.action != "read")
        return session.scalar(done), case.version, [(c.rule, c.state, c.legal_due, c.extended_by) for c in clocks]


def part(client: TestClient, number: str) -> str:
    """The part of the page, as text."""
    page = client.get(f"/console/cases/{number}").text
    shown = page[page.index('id="procedure"') : page.index('id="documents"')]
    return html.unescape(re.sub(r"<[^>]+>", "", shown))


def test_the_page_shows_what_is_proposed_why_and_from_which_words(enter, case, house) -> None:
    shown = part(enter("heli"), case.number)
    assert "系统建议：来信写明信访，原话“我要信访”" in shown and "原话“申请公开”" in shown
    assert "待双方确认：聊天里提出的申请还不起算答复期限" in shown
    assert "信访告知 XF-01" in shown and "一般诉求" in shown


def test_confirming_beside_and_refusing_are_plain_forms(enter, case, house, press) -> None:
    client = enter("heli")
    given = {"track": "petition", "form": "received", "mode": "replace", "reason": "本人要求"}
    assert press(client, case.number, "confirm_track", **given).status_code == 303
    refused = press(client, case.number, "refuse_track", track="information_request", reason="")
    assert refused.status_code == 422 and "请写明理由" in refused.text
    assert press(client, case.number, "refuse_track", track="information_request", reason="只是问问").status_code == 303
    shown = part(client, case.number)
    assert "申请信息公开" not in shown.split("已结束的途径")[0] and "依申请公开：没有按此办理（只是问问）" in shown
    assert "受理信访" in shown and "制作《程序性告知书》" in shown


def test_an_outer_platforms_earlier_date_stands_beside_ours(enter, house, write_in) -> None:
    case = write_in("养老院收费太乱", kind="complaint", state="assigned", section_code="welfare")
    with house.services.core.database.write() as session:
        clock = session.scalars(select(Clock).where(Clock.case_id == case.id)).first()
        clock.outer_due = clock.legal_due.replace(day=24)
    shown = part(enter("heli"), case.number)
    assert "来件平台要求 11月24日（周二），比本局的 11月25日（周三） 早，以平台的为准" in shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"day": TOMORROW}, "不能晚于今天（11月23日）"),
        ({"day": "2026-11-22"}, "不能早于收到这件诉求的 11月23日"),
        ({"day": "2026-11-31"}, "没有这一天"),
        ({"purpose": "nonsense"}, "请选择：信访目的"),
        ({"no_other_route": ""}, "导入其他法定途径"),
    ],
)
def test_a_wrong_date_or_a_missing_word_is_said_at_its_field_and_changes_nothing(
    enter, case, house, press, given: dict[str, str], said: str
) -> None:
    client = enter("heli")
    press(client, case.number, "confirm_track", track="petition", mode="replace", reason="本人要求")
    before = facts(house, case.number)
    right = {"purpose": "appeal", "no_other_route": "1", "day": "2026-11-23"}
    answer = press(client, case.number, "accept_petition", **(right | given))
    field = next(iter(given))
    assert answer.status_code == 422 and said in answer.text
    assert f'href="#f-accept_petition-{field}"' in answer.text and f'id="f-accept_petition-{field}"' in answer.text
    assert facts(house, case.number) == before
    assert press(client, case.number, "accept_petition", **right).status_code == 303


def test_a_track_cannot_begin_in_the_future_nor_before_the_case(enter, case, house, press) -> None:
    client = enter("heli")
    before = facts(house, case.number)
    for since in (TOMORROW, "2026-11-20"):
        given = {"other": "1", "track": "proposal:cppcc", "reason": "政协转来", "since": since}
        answer = press(client, case.number, "confirm_track", **given)
        assert answer.status_code == 422 and "收到日期应在 11月23日 和今天（11月23日）之间" in answer.text
        assert 'href="#f-confirm_track-since"' in answer.text and 'id="f-confirm_track-since"' in answer.text
    assert facts(house, case.number) == before


def test_an_extension_goes_its_way_through_the_approvers_list(enter, case, house, press) -> None:
    officer, office, leader = enter("zhangmin"), enter("wuyun"), enter("bate")
    clock = _clock(house, case.number, "RX-01")
    asked = press(officer, case.number, "ask_extension", clock=str(clock), units="1", reason="要向旗县区核实")
    assert asked.status_code == 303
    listed = office.get("/console/consents").text
    assert "要向旗县区核实" in listed and "1个工作日" in listed
    assert "要向旗县区核实" not in leader.get("/console/consents").text
    assert officer.get("/console/consents").status_code == 403
    assert 'href="/console/consents"' in office.get("/console").text or office.get("/console/counts").json()["consents"]
    with house.services.core.database.read() as session:
        consent = str(session.scalars(select(Consent.id)).one())
    before = facts(house, case.number)
    wrong = press(leader, case.number, "approve_extension", consent=consent)
    assert wrong.status_code == 403 and "按规定由办公室审批" in wrong.text and facts(house, case.number) == before
    own = press(officer, case.number, "approve_extension", consent=consent)
    assert own.status_code == 403 and facts(house, case.number) == before
    assert press(office, case.number, "approve_extension", consent=consent).status_code == 303
    assert "已延长 1个工作日" in part(officer, case.number)
    assert "没有等您审批的延期申请" in office.get("/console/consents").text


@pytest.mark.parametrize(
    ("given", "said", "status"),
    [
        ({"units": "3"}, "最多延长 2个工作日", 422),
        ({"units": "很多"}, "请填写延长多少", 422),
        ({"reason": ""}, "请写明延期的理由", 422),
        ({"clock": ""}, "请选择要延长的时限", 422),
        ({"clock": "999999"}, "请选择要延长的时限", 422),
    ],
)
def test_an_extension_beyond_the_rule_is_refused_in_words(
    enter, case, house, press, given: dict[str, str], said: str, status: int
) -> None:
    client = enter("zhangmin")
    before = facts(house, case.number)
    right = {"clock": str(_clock(house, case.number, "RX-01")), "units": "1", "reason": "要核实"}
    answer = press(client, case.number, "ask_extension", **(right | given))
    assert answer.status_code == status and said in answer.text
    assert facts(house, case.number) == before


def test_a_step_that_is_not_at_hand_is_refused_with_where_the_procedure_stands(enter, case, house, press) -> None:
    client = enter("heli")
    before = facts(house, case.number)
    early = press(
        client, case.number, "ask_party", party_kind="third_party", party="某公司", day="2026-11-23", proof="x"
    )
    assert early.status_code == 409 and "没有确认按“依申请公开”办理" in early.text
    assert facts(house, case.number) == before


def test_who_only_looks_sees_the_part_without_forms(enter, case) -> None:
    page = enter("shen").get(f"/console/cases/{case.number}").text
    shown = page[page.index('id="procedure"') : page.index("办理留痕")]
    assert "信访告知" in shown and "<form" not in shown


def _clock(house: LiveHouse, number: str, rule: str) -> int:
    with house.services.core.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        rows = session.scalars(select(Clock).where(Clock.case_id == case.id)).all()
        found = [clock.id for clock in rows if clock.rule == rule]
    assert found, [clock.rule for clock in rows]
    return found[0]
