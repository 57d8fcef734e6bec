"""审签程序 in the console: read as sentences, set after a preview, refused with the reason; replies under way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.records import Case, ProfileHead, Reply
from handlers.signing.rounds import steps_of
from tests.bot.web.house import token_of

PAGE = "/console/admin/ways"


@pytest.fixture
def send(enter):
    """Post steps for a matter, as its page's form would."""
    admin = enter("keeper")

    def post(matter: str, *steps: str, do: str = "apply", **more: Any):
        text = admin.get(f"{PAGE}/{matter}").text
        given = {"csrf": token_of(text), "seen": re.search(r'name="seen" value="(\d+)"', text)[1], "do": do}
        given |= {f"step-{n}": step for n, step in enumerate(steps, 1)}
        return admin.post(f"{PAGE}/{matter}", data=given | more, follow_redirects=False)

    return post


def _way(house, matter: str) -> tuple[str, ...]:
    return house.services.profile().approvals.ways[matter]


def _under_way(house, case: Case, *steps: str, step: str = "head") -> None:
    """A reply of this case is being read, and waits at the first of its steps."""
    with house.services.core.database.write() as session:
        session.get_one(Case, case.id).step = step
        session.add(
            Reply(
                case_id=case.id, state="in_review", text="您好", drafted_by=house.officers["zhangmin"],
                drafted_at=house.clock(), steps=list(steps), round=1, position=0,
            )
        )  # fmt: skip


def test_every_way_stands_there_as_a_sentence_with_who_can_take_each_step(enter) -> None:
    text = enter("keeper").get(PAGE).text
    assert "经办拟稿并签发 → 送达" in text
    assert "经办拟稿 → 科室负责人审核并签发 → 送达" in text
    assert "经办拟稿 → 科室负责人审核 → 合法性审核 → 办公室审核 → 领导审定并签发 → 用印 → 送达" in text
    assert "1 个科室有；没有的：" in text and "乌云" in text and "巴特" in text
    assert "没有人" in text  # nobody of this house checks legality
    assert "本单位另定" not in text


def test_a_way_is_looked_at_first_and_then_set(send, house, enter) -> None:
    seen = send("ordinary", "head", "office", do="preview")
    assert seen.status_code == 200 and _way(house, "ordinary") == ("head",)
    assert "投诉、求助、建议等：经办拟稿 → 科室负责人审核 → 办公室审核并签发 → 送达" in seen.text
    assert send("ordinary", "head", "", "office").status_code == 303
    assert _way(house, "ordinary") == ("head", "office")
    after = enter("keeper").get(PAGE).text
    assert "本单位另定" in after


def test_setting_a_way_makes_a_new_version_that_an_older_page_cannot_undo(send, house) -> None:
    def version() -> int:
        with house.services.core.database.read() as session:
            return session.scalars(select(ProfileHead.version)).one()

    before = version()
    assert send("ordinary", "head", "office").status_code == 303 and version() == before + 1
    late = send("ordinary", "head", seen=str(before))
    assert late.status_code == 409 and "另一位管理员" in late.text
    assert _way(house, "ordinary") == ("head", "office")


@pytest.mark.parametrize("do", ["preview", "apply"])
@pytest.mark.parametrize(
    ("matter", "steps", "reason"),
    [
        ("opinion", ("head", "office", "leader"), "必须由法规科作合法性审核"),
        ("opinion", ("head", "legal", "office"), "由本局领导签发"),
        ("refusal", ("leader", "legal", "office"), "由本局领导签发"),
        ("refusal", ("legal", "leader"), "由办公室审核"),
        ("opinion", (), "不能由经办人自己拟、自己发"),
        ("ordinary", (), "自己审自己的文字"),
        ("ordinary", ("head", "office", "head"), "不能再审自己通过的文字"),
        ("pressed", ("head",), "科室以外的人"),
        ("plain", ("head", "legal"), "不能放在最后"),
        ("plain", ("mayor",), "请从列表中选择"),
    ],
)
def test_a_way_that_must_not_be_is_refused_with_the_reason(
    send, house, do: str, matter: str, steps: tuple[str, ...], reason: str
) -> None:
    before = _way(house, matter)
    answer = send(matter, *steps, do=do)
    assert answer.status_code == 422 and reason in answer.text and _way(house, matter) == before


def test_replies_under_way_keep_their_steps_and_take_only_what_comes_behind_them(send, house, write_in) -> None:
    case = write_in(kind="complaint", state="in_review", section_code="welfare")
    _under_way(house, case, "head")
    assert "正在审签的 1 件走完原来的几步，再走后面加的" in send("ordinary", "head", "leader", do="preview").text
    assert "正在审签的 1 件照送审时的几步走完" in send("ordinary", "office", do="preview").text
    assert "现在没有正在审签的这类答复" in send("plain", "head", do="preview").text

    def steps() -> tuple[str, ...]:
        with house.services.core.database.read() as session:
            reply = session.scalars(select(Reply).where(Reply.case_id == case.id)).one()
            return steps_of(house.services.core, session.get_one(Case, case.id), reply)

    send("ordinary", "office")
    assert steps() == ("head",)
    send("ordinary", "head", "leader")
    assert steps() == ("head", "leader")


def test_another_section_that_checks_legality_sees_at_once_what_waits_for_it(enter, house, write_in) -> None:
    house.officer("lawyer", Role.OFFICER, "social_relief_office", name="李法")
    case = write_in(kind="complaint", state="in_review", section_code="welfare")
    _under_way(house, case, "legal", "leader", step="legal:law_policy")
    assert enter("lawyer").get(f"/console/cases/{case.number}").status_code == 404
    admin = enter("keeper")
    text = admin.get(PAGE).text
    given = {"csrf": token_of(text), "seen": re.search(r'name="seen" value="(\d+)"', text)[1]}
    saved = admin.post(f"{PAGE}/legal", data=given | {"legal_section": "social_relief_office"})
    assert "已保存" in saved.text and "李法" in saved.text
    assert house.services.profile().legal_section == "social_relief_office"
    assert enter("lawyer").get(f"/console/cases/{case.number}").status_code == 200


def test_a_section_that_is_none_cannot_check_legality(enter, house) -> None:
    admin = enter("keeper")
    text = admin.get(PAGE).text
    given = {"csrf": token_of(text), "seen": re.search(r'name="seen" value="(\d+)"', text)[1]}
    answer = admin.post(f"{PAGE}/legal", data=given | {"legal_section": ""})
    assert answer.status_code == 422 and "请选择作合法性审核的科室" in answer.text


def test_only_the_admin_sets_ways(enter) -> None:
    assert enter("wuyun").get(PAGE).status_code == 403
    assert enter("keeper").get(f"{PAGE}/nothing").status_code == 404
