"""The admin keeps people and organisation; sees no case; every edit is checked and takes effect at once."""

from __future__ import annotations

import re
import tomllib

import pytest
from sqlalchemy import select

from handlers.organisation.wording import WORDING
from handlers.records import Case, Officer, StaffSession
from tests.bot.web.house import sign_in, token_of

PAGES = (
    "/console/admin", "/console/admin/sections", "/console/admin/units", "/console/admin/routes",
    "/console/admin/wording", "/console/admin/wording/answer", "/console/admin/ladder", "/console/admin/hours",
    "/console/admin/roster", "/console/admin/bureau", "/console/admin/officers/zhangmin", "/console/admin/export",
)  # fmt: skip


@pytest.fixture
def admin(enter):
    return enter("keeper")


def _send(client, page: str, data: dict, to: str = ""):
    text = client.get(page).text
    seen = re.search(r'name="seen" value="(\d+)"', text)
    given = {"csrf": token_of(text), "seen": seen.group(1) if seen else "", **data}
    return client.post(to or page, data=given, follow_redirects=False)


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_the_admins_alone(enter, admin, page: str) -> None:
    assert admin.get(page).status_code == 200
    assert enter("wuyun").get(page).status_code == 403


def test_an_admin_sees_no_case(admin, write_in) -> None:
    case = write_in()
    for path in (f"/console/cases/{case.number}", "/console/queue/all", "/console/board", "/console/alerts"):
        assert admin.get(path).status_code in (403, 404)


def test_an_officer_is_added_with_a_password_shown_once(admin, house) -> None:
    answer = _send(
        admin, "/console/admin", {"login": "xinren", "name": "新人", "role": "officer", "section": "welfare"},
        to="/console/admin/officers",
    )  # fmt: skip
    password = re.search(r'class="once-only">([^<]+)<', answer.text).group(1)
    assert answer.headers["cache-control"] == "no-store" and password not in admin.get("/console/admin").text
    with house.services.core.database.read() as session:
        assert session.scalars(select(Officer).where(Officer.login == "xinren")).one().must_change_password


def test_a_taken_name_is_said_and_the_form_keeps_its_words(admin) -> None:
    answer = _send(
        admin, "/console/admin", {"login": "wuyun", "name": "另一个", "role": "office", "section": ""},
        to="/console/admin/officers",
    )  # fmt: skip
    assert answer.status_code == 409 and "另一个" in answer.text


def test_a_disabled_officer_is_signed_out_at_once(admin, enter, house) -> None:
    client, page = enter("zhangmin"), "/console/admin/officers/zhangmin"
    assert _send(admin, page, {}, to=f"{page}/disable").status_code == 303
    assert client.get("/console/queue/mine", follow_redirects=False).status_code == 303
    with house.services.core.database.read() as session:
        assert all(
            s.revoked_at for s in session.scalars(select(StaffSession)) if s.officer_id == house.officers["zhangmin"]
        )
    assert _send(admin, page, {}, to=f"{page}/enable").status_code == 303
    sign_in(client, "zhangmin")


def test_the_last_admin_stays(admin) -> None:
    page = "/console/admin/officers/keeper"
    assert _send(admin, page, {}, to=f"{page}/disable").status_code == 409


def test_an_officer_gets_an_address_for_alerts(admin, house) -> None:
    page = "/console/admin/officers/zhangmin"
    given = {"name": "张敏", "role": "officer", "section": "welfare", "wecom": "zm"}
    assert _send(admin, page, given).status_code == 303
    with house.services.core.database.read() as session:
        officer = session.scalars(select(Officer).where(Officer.login == "zhangmin")).one()
        assert officer.addresses == {"wecom": "zm"}


def test_a_new_recipient_gets_the_reports_nobody_could_see(admin, house, write_in) -> None:
    case = write_in(restricted=True, restricted_to=None, section_code=None, state="triage")
    given = {
        name: str(getattr(house.services.profile(), name)) for name in ("name", "short_name", "phone", "duty_phone")
    }
    given |= {"office": "general_office", "report_recipient": "heli"}
    assert _send(admin, "/console/admin/bureau", given).status_code == 303
    with house.services.core.database.read() as session:
        assert session.get_one(Case, case.id).restricted_to == house.officers["heli"]


def test_a_topic_is_given_to_another_section_and_new_messages_follow(admin, house, write_in) -> None:
    given = {"topic": "elderly_care", "lead": "social_affairs", "cooperating": ["finance"], "units": ["tuoketuo"]}
    assert _send(admin, "/console/admin/routes", given).status_code == 303
    assert house.services.profile().route("elderly_care").units == ("tuoketuo",)
    assert write_in().section_code == "social_affairs"


def test_a_section_in_use_cannot_be_removed_and_a_new_one_can(admin, house) -> None:
    page = "/console/admin/sections"
    assert _send(admin, page, {"code": "welfare"}, to=f"{page}/remove").status_code == 422
    assert _send(admin, page, {"code": "Ageing", "name": "老龄科"}).status_code == 422
    assert _send(admin, page, {"code": "ageing", "name": "老龄科"}).status_code == 303
    assert house.services.profile().section("ageing").name == "老龄科"
    assert _send(admin, page, {"code": "ageing"}, to=f"{page}/remove").status_code == 303


def test_a_unit_is_added_and_changed(admin, house) -> None:
    page = "/console/admin/units"
    assert _send(admin, page, {"code": "court", "name": "市中院", "kind": "department"}).status_code == 303
    assert (
        _send(admin, page, {"code": "court", "name": "市中级法院", "kind": "department", "phone": "1"}).status_code
        == 303
    )
    assert house.services.profile().unit("court").phone == "1"
    assert _send(admin, page, {"code": "tuoketuo"}, to=f"{page}/remove").status_code == 422


def test_two_admins_do_not_undo_each_other(admin, house) -> None:
    old = {"seen": "0", "code": "ageing", "name": "老龄科"}
    answer = _send(admin, "/console/admin/sections", old)
    assert answer.status_code == 409 and "另一位管理员" in answer.text


def test_a_text_is_previewed_checked_saved_and_put_back(admin, house) -> None:
    page = "/console/admin/wording/withdraw_done"
    wrong = _send(admin, page, {"text": "收回了。{signature}", "do": "save"})
    assert wrong.status_code == 422 and "{number}" in wrong.text and "收回了。" in wrong.text
    shown = _send(admin, page, {"text": "编号 {number} 收回了。\n{signature}", "do": "preview"})
    assert "编号 20261123-0007 收回了。" in shown.text
    assert "收回了" not in house.services.profile().wording["withdraw_done"]
    assert _send(admin, page, {"text": "编号 {number} 收回了。\n{signature}", "do": "save"}).status_code == 303
    assert house.services.profile().wording["withdraw_done"].startswith("编号 {number} 收回了。")
    assert "本局改过" in admin.get("/console/admin/wording").text
    assert _send(admin, page, {"text": "", "do": "standard"}).status_code == 303
    assert "收回了。" not in house.services.profile().wording["withdraw_done"]


@pytest.mark.parametrize("key", sorted(WORDING)[::8])
def test_every_text_has_its_page(admin, key: str) -> None:
    assert admin.get(f"/console/admin/wording/{key}").status_code == 200


def test_the_hours_and_the_roster_are_edited(admin, house) -> None:
    times = {"morning_start": "09:00", "morning_end": "12:00", "afternoon_start": "13:30", "afternoon_end": "17:00"}
    assert _send(admin, "/console/admin/hours", times | {"start": "21:00", "end": "07:30"}).status_code == 303
    assert _send(admin, "/console/admin/hours", times | {"start": "21:00", "end": "7"}).status_code == 422
    assert _send(admin, "/console/admin/roster", {"officer": ["heli", "", "wuyun"]}).status_code == 303
    assert [turn.officer for turn in house.services.profile().duty_roster] == ["heli", "wuyun"]


def test_the_export_is_a_profile_file(admin, house) -> None:
    answer = admin.get("/console/admin/export")
    assert 'filename="hohhot-2018.toml"' in answer.headers["content-disposition"]
    assert tomllib.loads(answer.text)["name"] == "呼和浩特市民政局"


@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("sections", {"code": "welfare", "name": "长" * 101}),
        ("units", {"code": "somebody", "name": "长" * 101, "kind": "street"}),
        ("routes", {"topic": "welfare", "lead": "²"}),
        ("bureau", {"name": "长" * 101}),
        ("bureau", {"report_recipient": "a" * 61}),
    ],
)
def test_what_the_tables_cannot_hold_is_refused_in_words(admin, page: str, data: dict) -> None:
    answer = _send(admin, f"/console/admin/{page}", data)
    assert answer.status_code == 422


def test_a_name_too_long_for_the_table_is_refused(admin) -> None:
    data = {"login": "newone", "name": "长" * 61, "role": "leader"}
    answer = _send(admin, "/console/admin", data, "/console/admin/officers")
    assert answer.status_code == 422 and "最多 60 个字" in answer.text
