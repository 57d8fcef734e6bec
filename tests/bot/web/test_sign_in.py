"""Staff sign in, are locked out, change their password."""

from __future__ import annotations

from handlers.accounts import officers
from handlers.accounts.roles import Role
from tests.bot.web.house import PASSWORD, House, sign_in, submit
from tests.web_client import TestClient


def test_a_page_of_staff_leads_to_the_sign_in_and_back(client: TestClient, house: House) -> None:
    house.officer("zhang", Role.ADMIN, "")
    answer = client.get("/console/password?x=1", follow_redirects=False)
    assert answer.headers["location"] == "/console/sign-in?next=/console/password%3Fx%3D1"
    back = {"login": "zhang", "password": PASSWORD, "next": "/console/password?x=1"}
    answer = submit(client, "/console/sign-in", "/console/sign-in", back)
    assert answer.headers["location"] == "/console/password?x=1"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_wrong_password_and_an_unknown_name_read_alike(client: TestClient, house: House) -> None:
    house.officer("zhang")
    texts = []
    for login in ("zhang", "nobody"):
        page = submit(client, "/console/sign-in", "/console/sign-in", {"login": login, "password": "wrong"})
        assert page.status_code == 422
        texts.append("登录名或密码不对" in page.text)
    assert texts == [True, True]


def test_signing_out_ends_the_session_on_the_server(client: TestClient, house: House) -> None:
    house.officer("zhang")
    sign_in(client, "zhang")
    kept = client.cookies["hy_session"]
    answer = submit(client, "/console/password", "/console/sign-out", {})
    assert answer.status_code == 303
    client.cookies.set("hy_session", kept)
    assert client.get("/console/password", follow_redirects=False).status_code == 303


def test_a_password_that_was_given_must_be_changed_first(client: TestClient, house: House) -> None:
    house.officer("zhang")
    with house.services.core.database.write() as session:
        first = officers.reset_password(session, "zhang", house.clock())
    sign_in(client, "zhang", first)
    assert client.get("/console", follow_redirects=False).headers["location"] == "/console/password"
    new = {"old": first, "new": "河边的 3 棵老柳树", "again": "河边的 3 棵老柳树"}
    answer = submit(client, "/console/password", "/console/password", new)
    assert answer.headers["location"] == "/console"
    assert client.get("/console", follow_redirects=False).headers["location"] != "/console/password"


def test_two_different_new_passwords_are_pointed_out_at_the_field(client: TestClient, house: House) -> None:
    house.officer("zhang")
    sign_in(client, "zhang")
    page = submit(
        client, "/console/password", "/console/password", {"old": PASSWORD, "new": "河边的3棵柳树啊", "again": "不同"}
    )
    assert page.status_code == 422
    assert 'href="#f-again"' in page.text
