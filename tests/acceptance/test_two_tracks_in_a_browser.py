"""One letter, two procedures, from the complaint to both answers: in a browser, with all documents, told as a story."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.casework.history import history
from handlers.core import Policy
from handlers.deadlines.worktime import SHANGHAI
from handlers.documents.kinds import KINDS
from handlers.records import Case, Clock, Delivery, Document
from handlers.understanding.rules import RulesUnderstanding
from tests.acceptance.browsing import Open
from tests.bot.web.house import House, build_house
from tests.handlers.documents.samples import TYPED

COMPLAINT = "我要投诉：养老院每个月多收两百元护理费，问了几次都不说为什么。"
MORE = "这家养老院多收护理费的事，我要信访，请书面给我处理意见。另外申请公开这家养老院 2025 年的收费审批文件。"


def at(day: str, time: str = "10:00") -> datetime:
    """A local instant."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI).astimezone(UTC)


class Desk:
    """A person at the console: one browser page, signed in, before one case."""

    def __init__(self, page: Page, number: str) -> None:
        self.page, self.number = page, number

    def open(self) -> Locator:
        """The part 办理期限与程序 of the case's page."""
        self.page.goto(f"/console/cases/{self.number}")
        return self.page.locator("#procedure")

    def take(self, verb: str, within: str = "", send: str = "", **fields: str) -> None:
        """Open a step's form, fill it in, send it, and see that it was done."""
        part = self.open()
        if within:
            part = part.locator(".track", has=self.page.get_by_role("heading", name=re.compile(f"^{within}")))
        panel = part.locator("details").filter(has=self.page.locator(f"summary:text-is('{verb}')")).first
        panel.locator("summary").first.click()
        for name, value in fields.items():
            field = panel.locator(f"[name={name}]")
            kind = field.first.evaluate("e => e.type || e.tagName")
            if kind == "radio":
                panel.locator(f"[name={name}][value={value}]").check()
            elif kind == "checkbox":
                field.check()
            elif kind.startswith("select"):
                field.select_option(value)
            else:
                field.fill(value)
        panel.get_by_role("button", name=send or verb).click()
        expect(self.page.locator("#error-summary")).to_have_count(0)
        expect(self.page.locator(".notice[role=status]").first).to_be_visible()

    def make(self, kind: str, **fields: str) -> None:
        """Make a document: what the case does not know is typed."""
        self._fill(kind, fields)
        self.page.get_by_role("button", name="制作并编号").click()
        expect(self.page.get_by_text(f"已制作《{KINDS[kind].name}》")).to_be_visible()

    def _fill(self, kind: str, fields: dict[str, str]) -> None:
        self.page.goto(f"/console/cases/{self.number}/documents/new?kind={kind}")
        for spec in KINDS[kind].fields:
            field = self.page.locator(f"main [name={spec.name}]")
            if not field.count():  # the day of a decision is the day on which it is signed
                continue
            if spec.name in fields or (spec.required and not field.input_value()):
                field.fill(fields.get(spec.name, TYPED.get(spec.name, "")))
        self.page.get_by_role("button", name="预览").click()

    def submit(self, kind: str, **fields: str) -> None:
        """Send a document that is a decision on its way."""
        self._fill(kind, fields)
        self.page.get_by_role("button", name="送审").click()
        expect(self.page.get_by_text("已送审")).to_be_visible()

    def sign(self, verb: str) -> None:
        """Read what waits and pass it on, or issue it."""
        self.page.goto(f"/console/sign/{self.number}")
        self.page.get_by_role("button", name=verb).click()
        expect(self.page.locator(".notice[role=status]")).to_contain_text(verb)

    def seal(self) -> None:
        """Record the seal on the document that was issued."""
        self.open()
        self.page.locator("summary:text-is('用印登记')").click()
        self.page.get_by_role("button", name="登记用印").click()
        expect(self.page.get_by_text("已登记用印 2 份")).to_be_visible()

    def serve(self, kind: str, receiver: str = "王秀英") -> None:
        """Record that a document was taken in person, and make the receipt that proves it."""
        self.open()
        shown = self.page.locator(".document", has=self.page.get_by_role("link", name=KINDS[kind].name)).last
        shown.get_by_role("link", name="制作送达回证").click()
        for name, value in {"recipient": receiver, "address": "玉泉区某小区1号楼"}.items():
            self.page.locator(f"main [name={name}]").fill(value)
        self.page.get_by_role("button", name="预览").click()
        self.page.get_by_role("button", name="制作并编号").click()
        shown.get_by_role("link", name="登记送达").click()
        self.page.locator("main [name=receiver]").fill(receiver)
        self.page.get_by_role("button", name="登记", exact=True).click()
        expect(self.page.get_by_text("直接送达：本人签收。")).to_be_visible()


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding())
    core = replace(house.services.core, policy=Policy(push_channels=frozenset({"wechat"})))
    house.services = replace(house.services, core=core)
    house.clock.at = at("2026-09-14", "09:05")
    return house.take_on(
        zhang=(Role.OFFICER, "welfare", "张敏"), heli=(Role.HEAD, "welfare", "何丽"), batu=(Role.LEADER, "", "巴图"),
        lin=(Role.OFFICER, "law_policy", "林岚"), wuyun=(Role.OFFICE, "general_office", "乌云"),
    )  # fmt: skip


Visit = Callable[[str, str, str], Desk]


@pytest.fixture
def visit(house: House, open_as: Open) -> Visit:
    """Let somebody sit down at a case on a day: signed in anew, for a session does not last for weeks."""

    def sit_down(login: str, number: str, day: str) -> Desk:
        house.clock.at = at(day)
        return Desk(open_as(login), number)

    return sit_down


def test_a_complaint_becomes_a_petition_and_a_request_and_both_are_answered(house: House, visit: Visit) -> None:
    number = house.write(COMPLAINT)
    house.clock.at = at("2026-09-16")
    house.write("补充")
    assert house.write(MORE) == number

    head = visit("heli", number, "2026-09-17")
    expect(head.open()).to_contain_text("系统建议：来信写明信访")
    head.take("确认此途径", "信访", "按“信访”办理", mode="replace", reason="来信人明确提出信访")
    head.take("确认此途径", "依申请公开", "按“依申请公开”办理", mode="alongside", reason="同一封信里申请公开收费文件")
    expect(head.open()).to_contain_text("待双方确认")
    head.take(
        "受理信访", purpose="appeal", no_other_route="1", day="2026-09-17"
    )  # fmt: skip
    head.make("acceptance_notice", petitioner="王秀英")
    visit("heli", number, "2026-09-18").serve("acceptance_notice")

    desk = visit("zhang", number, "2026-09-21")
    desk.take(
        "登记双方确认", identity_given="1", description_given="1", form_given="1", day="2026-09-21",
        proof="电话核对，申请人邮寄了身份证复印件",
    )  # fmt: skip
    expect(desk.open()).to_contain_text("最迟 10月26日")

    head = visit("heli", number, "2026-09-24")
    head.make("inquiry_letter", unit="某养老服务有限公司", matter="2025 年收费审批文件")
    head.take(
        "征求第三方意见", party_kind="third_party", party="某养老服务有限公司", day="2026-09-24", proof="挂号 XA0001"
    )
    expect(head.open()).to_contain_text("从 9月24日 起暂停：征求第三方意见")
    desk = visit("zhang", number, "2026-09-28")
    desk.take("登记对方收到", day="2026-09-25", proof="收发室签收")
    desk = visit("zhang", number, "2026-10-12")
    desk.take("登记对方意见", answer="agrees", day="2026-10-12")
    expect(desk.open()).to_contain_text("最迟 11月5日")
    visit("heli", number, "2026-11-02").make(
        "disclosure_answer", petitioner="王秀英", opinion="您申请的文件予以公开，复印件随本答复书寄出。"
    )
    visit("heli", number, "2026-11-03").serve("disclosure_answer")

    desk = visit("zhang", number, "2026-11-10")
    desk.take("申请延期", units="30", reason="需要调取三年的收费台账逐笔核对")
    leader = visit("batu", number, "2026-11-11")
    leader.page.goto("/console/consents")
    expect(leader.page.get_by_text("需要调取三年的收费台账逐笔核对")).to_be_visible()
    leader.page.get_by_role("button", name="同意延期", exact=True).click()
    expect(leader.page.get_by_text("新的期限是 12月16日")).to_be_visible()
    head = visit("heli", number, "2026-11-12")
    head.make("extension_notice", petitioner="王秀英")
    head.serve("extension_notice")

    desk = visit("zhang", number, "2026-12-07")
    desk.open()
    desk.page.get_by_role("button", name="签收").first.click()
    desk.submit("opinion", petitioner="王秀英")
    for login, verb in (("heli", "审核通过"), ("lin", "审核通过"), ("wuyun", "审核通过"), ("batu", "签发")):
        visit(login, number, "2026-12-08").sign(verb)
    visit("wuyun", number, "2026-12-08").seal()
    head = visit("heli", number, "2026-12-08")
    head.serve("opinion")
    head.page.goto(f"/console/cases/{number}")
    closing = head.page.locator("details").filter(has=head.page.locator("summary:text-is('办结')"))
    closing.locator("summary").click()
    closing.locator("[name=result]").select_option("solved")
    closing.locator("[name=evidence]").fill("两项都已书面答复并送达，多收的费用已退还")
    closing.get_by_role("button", name="办结").click()
    expect(head.page.get_by_text("已办结。")).to_be_visible()
    _all_is_as_it_should_be(house, number)


def _all_is_as_it_should_be(house: House, number: str) -> None:
    core = house.services.core
    with core.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        states = {clock.rule: clock.state for clock in session.scalars(select(Clock).where(Clock.case_id == case.id))}
        assert states == {
            "RX-03": "stopped", "XF-01": "met", "XF-05": "met", "GK-01": "met", "GK-04": "met",
        }  # fmt: skip
        made = session.scalars(select(Document).where(Document.case_id == case.id).order_by(Document.id)).all()
        assert {document.kind for document in made} == {
            "acceptance_notice", "inquiry_letter", "disclosure_answer", "extension_notice", "opinion",
            "service_receipt",
        }  # fmt: skip
        for document in made:
            assert docx.Document(str(house.services.files.path(document.sha256))).paragraphs
        told = [row.text for row in session.scalars(select(Delivery).where(Delivery.purpose == "notice"))]
        assert any("一、您的姓名或单位名称" in text for text in told)
        assert any("因需要调取三年的收费台账逐笔核对，要延到 12月16日" in text for text in told)
        story = [one.text for one in history(session, core.profile(), case.id, house.clock(), reads=False)]
    print("\n" + "\n".join(story))
    _in_this_order(
        story,
        "微信公众号反映，系统收到并编号",
        "看到来信写明信访，建议按“信访”（直接收到）办理，待工作人员确认",
        "看到来信写明申请信息公开，建议按“依申请公开”（网上、聊天或传真提出）办理，待工作人员确认",
        "何丽 确认按“信访”（直接收到）办理：来信人明确提出信访",
        "何丽 “投诉、举报答复”时限（RX-03）停止计算",
        "何丽 确认按“依申请公开”（网上、聊天或传真提出）办理，与“信访”同时办",
        "何丽 受理信访（申诉求决），受理日期 9月17日",
        "“信访事项处理意见”时限（XF-05）从 9月17日 起计算，最迟 11月16日",
        "何丽 “信访告知”时限（XF-01）按时达成",
        "张敏 双方确认申请公开的三项内容齐全，确认日期 9月21日",
        "“依申请公开答复”时限（GK-01）从 9月21日 起计算，最迟 10月26日",
        "“依申请公开答复”时限（GK-01）暂停计算：征求第三方意见",
        "张敏 收到第三方的意见（10月12日）：同意公开",
        "恢复计算：第三方同意公开，9月24日到10月12日不计入，最迟 11月5日",
        "何丽 “依申请公开答复”时限（GK-01）按时达成",
        "张敏 申请把“信访事项处理意见”时限（XF-05）延长30日，请分管领导审批：需要调取三年的收费台账逐笔核对",
        "巴图 同意“信访事项处理意见”时限（XF-05）延长30日",
        "由 11月16日延长到 12月16日",
        "何丽 “信访事项处理意见”时限（XF-05）按时达成",
        "何丽 办结：解决",
    )


def _in_this_order(story: list[str], *wanted: str) -> None:
    """Each sentence occurs, one after the other."""
    left = iter(story)
    for words in wanted:
        assert any(words in sentence for sentence in left), f"not told, or not in its place: {words}"
