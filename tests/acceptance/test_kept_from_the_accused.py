"""Whom a case is about sees, finds, counts and infers nothing of it: every page and export of the console, walked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.web.app import create_app
from handlers.accounts.roles import Role
from handlers.casework.access import staff_of
from handlers.casework.assign import assign
from handlers.casework.guard import guard
from handlers.casework.merge import merge
from handlers.casework.oversee import supervise
from handlers.casework.regroup import split_message
from handlers.casework.report import dispatch_report
from handlers.escalation.duty import sweep_duty
from handlers.escalation.sweep import sweep
from handlers.organisation.profile import DutyTurn
from handlers.records import Alert, Case, Delivery, Message, Officer
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import House, build_house, sign_in
from tests.web_client import TestClient

SECRET = "厨房卫生脏乱差"
REPORT = f"我要举报：福利科食堂{SECRET}，有人拿回扣，请查。"
HARM = f"我要投诉，邻居家的小孩天天挨打，身上都是伤，{SECRET}。"
#: Months long gone have the same page as this one, and there are a hundred of them.
_EARLIER = re.compile(r"month=(?!2026-11)")
DOORS = {"telegram": "bot"}
PEOPLE = {
    "officer": (Role.OFFICER, "welfare"), "head": (Role.HEAD, "welfare"), "leader": (Role.LEADER, ""),
    "office": (Role.OFFICE, "general_office"), "auditor": (Role.AUDITOR, ""), "other": (Role.OFFICER, "finance"),
    "finance": (Role.HEAD, "finance"), "second": (Role.OFFICE, "general_office"), "boss": (Role.LEADER, ""),
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding(), data_dir=tmp_path)
    for login, (role, section) in PEOPLE.items():
        house.officer(login, role, section)
    house.officer("suhe", Role.OFFICE, "general_office", receives_reports=True)
    with house.services.core.database.write() as session:
        for officer in session.scalars(select(Officer)):
            officer.addresses = {"telegram": officer.login}
    roster = tuple(
        DutyTurn(order=order, officer=login) for order, login in enumerate(("office", "leader", "officer", "second"))
    )
    profile = house.services.profile().model_copy(update={"duty_roster": roster})
    core = replace(house.services.core, profile=lambda: profile)
    house.services = replace(house.services, core=core)
    for n, text in enumerate(("请问高龄津贴怎么申请？", "养老院的伙食太差了，我要投诉。", "谢谢福利科的工作人员！")):
        house.write(text, sender=f"o-{n}")
    return house


class Bureau:
    """Moves of casework by sign-in name, on the case of a number."""

    def __init__(self, house: House) -> None:
        self.house, self.core = house, house.services.core

    def do(self, move: Callable[..., Any], login: str, number: str, *more: Any, **fields: Any) -> Any:
        with self.core.database.write() as session:
            case = session.scalars(select(Case).where(Case.number == number)).one()
            officer = session.scalars(select(Officer).where(Officer.login == login)).one()
            now = self.house.clock()
            return move(session, self.core, staff_of(officer), case.id, case.version, *more, **fields, now=now)

    def bar(self, login: str, number: str, *accused: str, sections: tuple[str, ...] = (), level: str = "") -> None:
        ids = [self.house.officers[one] for one in accused]
        self.do(guard, login, number, level=level, reason="涉及本人", barred_officers=ids, barred_sections=sections)


def a_report_nobody_has_looked_at(bureau: Bureau, accused: str) -> str:
    return bureau.house.write(REPORT, sender=f"o-accuser-{bureau.house.written}")


def a_report_against_an_official(bureau: Bureau, accused: str) -> str:
    number = bureau.house.write(REPORT, sender=f"o-accuser-{bureau.house.written}")
    bureau.do(dispatch_report, "suhe", number, accused_type="own_official", unit="discipline_group", demand="请核查")
    return number


def a_report_dispatched_to_another_section(bureau: Bureau, accused: str) -> str:
    number = bureau.house.write(REPORT, sender=f"o-accuser-{bureau.house.written}")
    bureau.bar("suhe", number, accused)
    bureau.do(
        dispatch_report, "suhe", number, accused_type="organisation", section="finance", accused_section="welfare"
    )
    return number


def a_complaint_that_was_screened_by_hand(bureau: Bureau, accused: str) -> str:
    number = bureau.house.write(f"投诉养老院{SECRET}，请处理。", sender=f"o-accuser-{bureau.house.written}")
    sections = ("welfare",) if PEOPLE[accused][1] == "welfare" else ()
    bureau.bar("suhe", number, accused, sections=sections)
    bureau.do(assign, "suhe", number, section="finance")
    bureau.do(supervise, "boss", number, text="本周内办结") if accused != "boss" else None
    return number


def a_harmed_child_guarded_from_the_accused(bureau: Bureau, accused: str) -> str:
    number = bureau.house.write(HARM, sender=f"o-accuser-{bureau.house.written}")
    sections = ("welfare",) if PEOPLE[accused][1] == "welfare" else ()
    bureau.bar("suhe", number, accused, sections=sections, level="guarded")
    return number


def a_part_split_off_an_open_case(bureau: Bureau, accused: str) -> str:
    with bureau.core.database.read() as session:
        case = session.scalars(select(Case).where(Case.subject.contains("伙食"))).one()
        number, message = case.number, session.scalars(select(Message.id).where(Message.case_id == case.id)).one()
    part = bureau.do(split_message, "suhe", number, message, subject=f"护理员{SECRET}")
    bureau.bar("suhe", part.number, accused)
    return str(part.number)


SCENES = (
    a_report_nobody_has_looked_at,
    a_report_against_an_official,
    a_report_dispatched_to_another_section,
    a_complaint_that_was_screened_by_hand,
    a_harmed_child_guarded_from_the_accused,
)


@pytest.mark.parametrize("accused", ["officer", "head", "leader", "office", "auditor"])
def test_the_accused_walks_every_page_and_meets_nothing(house: House, accused: str) -> None:
    bureau, app = Bureau(house), create_app(house.services)
    with TestClient(app) as client:
        sign_in(client, accused)
        _jobs(house)
        before = walk(client, app)
        numbers = [scene(bureau, accused) for scene in SCENES]
        _jobs(house)
        after = walk(client, app)
        assert {path for path in after if before.get(path) != after[path]} == set()
        assert set(before) == set(after)
        assert not [number for number in numbers if number in "".join(after.values())]
        assert SECRET not in "".join(text for path, text in after.items() if "q=" not in path)
        for number in numbers:
            for end in ("", "/similar", "/casefile", "/mandatory", "/followers", "/documents/new"):
                assert client.get(f"/console/cases/{number}{end}").status_code in (403, 404), end
            assert f"/console/cases/{number}" not in client.get(f"/console/queue/open?q={number}").text
    for number in numbers:
        _tells_nobody(house, accused, number)


def test_the_history_of_an_open_case_leads_to_no_hidden_one(house: House) -> None:
    bureau = Bureau(house)
    number = a_part_split_off_an_open_case(bureau, "leader")
    with TestClient(create_app(house.services)) as client:
        sign_in(client, "leader")
        assert number not in "".join(walk(client, client.app).values())
        assert "拆为 另一件" in "".join(walk(client, client.app).values())


def test_somebody_else_does_see_them(house: House) -> None:
    """The walk would find it: for whoever may see the case the same pages do change."""
    bureau, app = Bureau(house), create_app(house.services)
    with TestClient(app) as client:
        sign_in(client, "second")
        before = walk(client, app)
        number = a_complaint_that_was_screened_by_hand(bureau, "leader")
        after = walk(client, app)
        changed = {path for path in after if before.get(path) != after[path]}
        assert {"/console/queue/open", "/console/board", "/console/counts", f"/console/cases/{number}"} <= changed


def test_a_barred_section_can_be_given_the_case_by_nobody(house: House) -> None:
    bureau = Bureau(house)
    number = a_report_dispatched_to_another_section(bureau, "head")
    with pytest.raises(Exception, match="回避"):
        bureau.do(assign, "second", number, section="welfare")


def test_nothing_barred_is_merged_into_what_the_accused_reads(house: House) -> None:
    bureau = Bureau(house)
    one = house.write("投诉养老院的护理员态度差。", sender="o-same")
    other = bureau.do(split_message, "suhe", one, _message_of(house, one), subject=SECRET)
    bureau.bar("suhe", other.number, "leader")
    bureau.do(merge, "suhe", other.number, into_number=one)
    with TestClient(create_app(house.services)) as client:
        sign_in(client, "leader")
        assert client.get(f"/console/cases/{one}").status_code == 404


def walk(client: TestClient, app: Any) -> dict[str, str]:
    """Every page that the console links to or has a route for, as text without what differs each time."""
    seen: dict[str, str] = {}
    found = {route.path for route in app.router.routes if "GET" in (getattr(route, "methods", None) or ())}
    waiting = sorted(path for path in found if path.startswith("/console") and "{" not in path)
    waiting += [f"/console/queue/all?q={word}" for word in ("2026", SECRET[:2], "高龄津贴")]
    while waiting:
        path = waiting.pop(0)
        if path in seen or len(seen) > 400 or "sign-out" in path:
            continue
        answer = client.get(path, follow_redirects=False)
        seen[path] = _plain(answer)
        if "text/html" in answer.headers.get("content-type", ""):
            links = re.findall(r'href="(/console[^"#]*)"', answer.text)
            waiting += [link.replace("&amp;", "&") for link in links if not _EARLIER.search(link)]
    assert len(seen) > 15
    return seen


def _plain(answer: Any) -> str:
    kind = answer.headers.get("content-type", "")
    if "spreadsheet" in kind or "zip" in kind:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            return "".join(
                book.read(name).decode("utf-8", "replace") for name in sorted(book.namelist()) if "docProps" not in name
            )
    text = re.sub(r'name="(csrf|once)" value="[^"]+"|content="[^"]{20,}"|nonce-[\w-]+', "", answer.text)
    return f"{answer.status_code} " + re.sub(r"\d+:\d\d(:\d\d)?", "", text)


def _jobs(house: House) -> None:
    """What runs by itself: the duty roster, the ladder a week from now (every warning has been sent by then)."""
    core, now = house.services.core, house.clock()
    sweep_duty(core, now, DOORS)
    sweep(core, now, DOORS)


def _tells_nobody(house: House, accused: str, number: str) -> None:
    """No alert and no text ever goes to them, however long the case lies."""
    core, me = house.services.core, house.officers[accused]
    for days in range(0, 60, 5):
        sweep_duty(core, house.clock() + timedelta(days=days), DOORS)
        sweep(core, house.clock() + timedelta(days=days), DOORS)
    with core.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        assert [
            a.id for a in session.scalars(select(Alert).where(Alert.case_id == case.id)) if me in a.recipients
        ] == []
        sent = select(Delivery).where(Delivery.case_id == case.id, Delivery.officer_id == me)
        assert session.scalars(sent).all() == []


def _message_of(house: House, number: str) -> int:
    with house.services.core.database.read() as session:
        wanted = select(Message.id).join(Case, Case.id == Message.case_id).where(Case.number == number)
        return session.scalars(wanted).one()
