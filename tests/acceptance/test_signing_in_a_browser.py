"""A 处理意见书 on its whole way: drafted, sent back once by the legality check, signed on a phone, sealed, served."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.casework.history import history
from handlers.core import Policy
from handlers.delivery.outbox import text_sha256
from handlers.documents.kinds import KINDS
from handlers.records import Case, Delivery, Document, Reply, ReplyStep, SealRecord
from handlers.understanding.rules import RulesUnderstanding
from tests.acceptance.browsing import Open, picture
from tests.bot.web.house import House, build_house
from tests.handlers.documents.samples import TYPED

LETTER = "我要信访：养老院每个月多收两百元护理费，问了几次都不说为什么，请书面给我处理意见。"
BETTER = "《信访工作条例》第三十一条第（六）项、《养老机构管理办法》第十七条"


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding())
    core = replace(house.services.core, policy=Policy(push_channels=frozenset({"wechat"})))
    house.services = replace(house.services, core=core)
    return house.take_on(
        zhang=(Role.OFFICER, "welfare", "张敏"), heli=(Role.HEAD, "welfare", "何丽"),
        lin=(Role.OFFICER, "law_policy", "林岚"), wuyun=(Role.OFFICE, "general_office", "乌云"),
        batu=(Role.LEADER, "", "巴图"),
    )  # fmt: skip


@pytest.fixture
def number(house: House) -> str:
    number = house.write(LETTER)
    with house.services.core.database.write() as session:
        case = session.scalars(select(Case)).one()
        case.section_code, case.state, case.kind, case.track = "welfare", "assigned", "complaint", "petition"
    return number


Sit = Callable[..., Page]


@pytest.fixture
def sit(open_as: Open) -> Sit:
    """Let somebody sign in on a device of their own: ``phone`` is 390 px wide and runs no script."""
    pages: dict[str, Page] = {}

    def sign_in(login: str, *, phone: bool = False) -> Page:
        if login not in pages:
            pages[login] = open_as(login, width=390 if phone else 1280, script=not phone)
        return pages[login]

    return sign_in


def read(page: Page, number: str) -> None:
    """Open what waits, from the list, by one tap."""
    page.goto("/console/sign")
    page.locator(".to-sign a", has_text=number).click()
    expect(page.locator("#text")).to_contain_text("信访事项处理意见书")


def pass_on(page: Page, number: str) -> None:
    read(page, number)
    page.get_by_role("button", name="审核通过").click()
    expect(page.locator(".notice[role=status]")).to_contain_text("审核通过")


def submit_opinion(page: Page, **fields: str) -> None:
    for spec in KINDS["opinion"].fields:
        field = page.locator(f"main [name={spec.name}]")
        if spec.name != "day" and (spec.name in fields or (spec.required and not field.input_value())):
            field.fill(fields.get(spec.name, TYPED.get(spec.name, "")))
    page.get_by_role("button", name="预览").click()
    page.get_by_role("button", name="送审").click()
    expect(page.get_by_text("已送审，按页面上的步骤审核签发。")).to_be_visible()


def test_an_opinion_from_its_drafter_to_the_citizen_s_hand(house: House, number: str, sit: Sit) -> None:
    zhang = sit("zhang")
    zhang.goto(f"/console/cases/{number}")
    zhang.get_by_role("button", name="签收").first.click()
    zhang.goto(f"/console/cases/{number}/documents/new?kind=opinion")
    submit_opinion(zhang, petitioner="王秀英")
    expect(zhang.locator("#act .way .now")).to_contain_text("等何丽")
    picture(zhang, "case-1280")

    pass_on(sit("heli"), number)
    lin = sit("lin")
    read(lin, number)
    lin.get_by_text("退回修改").first.click()
    lin.get_by_label("修改意见").fill("依据要写到款、项")
    lin.get_by_role("button", name="退回修改").click()
    expect(lin.locator(".notice[role=status]")).to_contain_text("已退回拟稿人修改")
    assert lin.goto(f"/console/cases/{number}").status == 404  # type: ignore[union-attr]

    zhang.goto("/console/alerts")
    expect(zhang.locator("ol.queue")).to_contain_text("林岚：依据要写到款、项")
    picture(zhang, "alerts-1280")
    zhang.get_by_role("link", name="【退回修改】").click()
    expect(zhang.locator("#act")).to_contain_text("依据要写到款、项")
    zhang.get_by_role("link", name="修改文书，再送审").click()
    submit_opinion(zhang, basis=BETTER)

    pass_on(sit("heli"), number)
    pass_on(lin, number)
    wuyun = sit("wuyun")
    wuyun.goto("/console/sign")
    picture(wuyun, "list-1280")
    pass_on(wuyun, number)

    batu = sit("batu", phone=True)
    batu.goto("/console/alerts")
    picture(batu, "alerts-390")
    batu.get_by_role("link", name="轮到您签发").click()
    expect(batu.get_by_role("button", name="签发")).to_be_visible()
    batu.goto("/console/sign")
    picture(batu, "list-390")
    read(batu, number)
    expect(batu.get_by_text("合法性审核意见")).to_contain_text("林岚")
    assert BETTER in batu.locator("#text").inner_text() and LETTER in batu.content()
    assert batu.evaluate("document.documentElement.scrollWidth") <= 390
    picture(batu, "read-390")
    batu.get_by_role("button", name="签发").click()
    expect(batu.locator(".notice[role=status]")).to_contain_text("民信处〔2026〕1号")

    batu.goto("/console/sign")
    expect(batu.get_by_role("heading", name="待用印")).to_be_visible()
    picture(batu, "to-seal-390")
    wuyun.goto("/console/queue/to_seal")
    expect(wuyun.locator("ol.queue")).to_contain_text(number)
    wuyun.goto("/console/sign")
    picture(wuyun, "to-seal-1280")
    wuyun.get_by_role("link", name="用印：信访事项处理意见书").click()
    wuyun.locator("summary:text-is('用印登记')").click()
    wuyun.locator("#f-seal-copies").fill("3")
    wuyun.get_by_role("button", name="登记用印").click()
    expect(wuyun.get_by_text("已登记用印 3 份")).to_be_visible()

    zhang.goto(f"/console/cases/{number}")
    zhang.get_by_role("link", name="登记送达").click()
    zhang.locator("main [name=receiver]").fill("王秀英")
    zhang.get_by_role("button", name="登记", exact=True).click()
    expect(zhang.get_by_text("直接送达：本人签收。")).to_be_visible()
    picture(zhang, "done-1280")
    _exactly_that_was_delivered(house)


def _exactly_that_was_delivered(house: House) -> None:
    core = house.services.core
    with core.database.read() as session:
        case, reply = session.scalars(select(Case)).one(), session.scalars(select(Reply)).one()
        document, row = session.scalars(select(Document)).one(), session.scalars(select(SealRecord)).one()
        sent = session.scalars(select(Delivery).where(Delivery.reply_id == reply.id)).one()
        assert sent.text == reply.text and sent.state == "sent"
        assert sent.sha256 == reply.sha256 == row.reply_sha256 == text_sha256(reply.text)
        assert (row.number, row.copies, row.sha256) == (document.number, 3, document.sha256)
        file = docx.Document(io.BytesIO(house.services.files.path(document.sha256).read_bytes()))
        paper = "\n".join(part.text for part in file.paragraphs)
        assert all(line in paper for line in reply.text.split("\n")) and BETTER in paper
        people = dict.fromkeys(
            session.scalars(select(ReplyStep.officer_id).where(ReplyStep.round == 2).order_by(ReplyStep.id))
        )
        assert len(people) == 5  # drafter, head, legality, office, leader: five different people
        assert case.state == "answered"
        told = [one.what for one in history(session, core.profile(), case.id, house.clock())]
        assert "合法性审核：把信访事项处理意见书退回修改" in told
