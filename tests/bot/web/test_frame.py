"""The frame of every page: headers, errors, tokens, bounds."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.app import create_app
from bot.web.limits import Limiter
from bot.web.pages import safe_path
from handlers.errors import RateLimited
from handlers.organisation.profile import Profile
from tests.bot.web.house import House, build_house, settings_of, sign_in, submit, token_of
from tests.web_client import TestClient


def test_every_answer_carries_the_security_headers_and_an_id(client: TestClient) -> None:
    for path in ("/healthz", "/console/sign-in", "/nowhere", "/static/app.css"):
        answer = client.get(path)
        assert "default-src 'self'" in answer.headers["content-security-policy"], path
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])


def test_pages_are_not_cached_and_versioned_files_are(client: TestClient) -> None:
    page = client.get("/console/sign-in")
    assert page.headers["cache-control"] == "no-store"
    stylesheet = re.search(r'href="(/static/app.css\?v=[0-9a-f]+)"', page.text)
    assert stylesheet
    assert "immutable" in client.get(stylesheet.group(1)).headers["cache-control"]


def test_an_error_page_keeps_nobody_else_waiting(house: House) -> None:
    """What the page needs of the database is fetched in a thread, never in the loop that serves everybody."""
    house.officer("zhang")
    profile, asked = house.services.profile(), []

    def in_a_thread() -> Profile:
        asked.append(not _in_the_loop())
        return profile

    async def stumble(_: Request) -> Response:
        raise ZeroDivisionError

    house.services = replace(house.services, core=replace(house.services.core, profile=in_a_thread))
    app = create_app(house.services)
    app.router.routes.append(Route("/stumble", stumble))
    with TestClient(app) as client:
        sign_in(client, "zhang")
        asked.clear()
        statuses = [client.get(path).status_code for path in ("/nowhere", "/console/cases/20260101-0001", "/stumble")]
    assert statuses == [404, 404, 500]
    assert len(asked) >= 3 and all(asked)


def _in_the_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def test_head_is_answered_like_get_without_the_body(client: TestClient) -> None:
    for path in ("/healthz", "/console/sign-in", "/static/app.css"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (client.get(path).status_code, b""), path


def test_over_https_every_cookie_is_marked_secure_once(tmp_path: Path) -> None:
    house = build_house(tmp_path, base_url="https://example.invalid")
    with TestClient(create_app(house.services), base_url="https://testserver") as client:
        for path in ("/display?large=1", "/console/sign-in", "/write/done"):
            cookies = client.get(path, follow_redirects=False).headers.get_list("set-cookie")
            assert cookies and all(cookie.lower().count("secure") == 1 for cookie in cookies), path


def test_a_file_that_is_not_there_yet_is_not_remembered(client: TestClient) -> None:
    assert client.get("/static/to-come.css?v=0123").headers["cache-control"] == "no-store"


def test_an_unknown_page_says_so_in_chinese(client: TestClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.text


def test_an_unknown_api_address_answers_in_json(client: TestClient) -> None:
    answer = client.get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_a_form_without_token_changes_nothing(client: TestClient) -> None:
    answer = client.post("/console/sign-in", data={"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "为安全起见没有处理" in answer.text


def test_a_form_from_another_site_changes_nothing(client: TestClient, house: House) -> None:
    house.officer("zhang")
    answer = submit(
        client, "/console/sign-in", "/console/sign-in", {"login": "zhang"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


def test_a_token_of_another_visitor_is_worth_nothing(house: House) -> None:
    app = create_app(house.services)
    with TestClient(app) as mine, TestClient(app) as other:
        token = token_of(mine.get("/console/sign-in").text)
        other.get("/console/sign-in")
        assert other.post("/console/sign-in", data={"csrf": token}).status_code == 403


def test_a_body_above_the_cap_is_refused_declared_or_not(client: TestClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    too_much = b"a=" + b"x" * 300 * 1024
    assert client.post("/console/sign-in", content=too_much, headers=form).status_code == 413
    pieces = (too_much[i : i + 65536] for i in range(0, len(too_much), 65536))
    assert client.post("/console/sign-in", content=pieces, headers=form).status_code == 413


def test_a_form_that_cannot_be_parsed_is_a_400(client: TestClient) -> None:
    answer = client.post("/console/sign-in", content=b"\x00\xff", headers={"content-type": "multipart/form-data"})
    assert answer.status_code == 400


def test_large_type_is_kept_and_leads_back_to_the_page(client: TestClient) -> None:
    answer = client.get("/display?large=1&back=/console/sign-in", follow_redirects=False)
    assert answer.headers["location"] == "/console/sign-in"
    assert 'class="console bare large"' in client.get("/console/sign-in").text


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb", ""])
def test_no_redirect_leads_away_from_the_site(path: str) -> None:
    assert safe_path(path, "/home") == "/home"


def test_not_ready_says_why_in_plain_words(tmp_path: Path) -> None:
    house = build_house(tmp_path)
    checks = {"database": lambda: None, "heartbeat": lambda: "调度程序 5 分钟没有心跳，请检查 scheduler 是否在运行。"}
    object.__setattr__(house.services, "ready_checks", checks)
    with TestClient(create_app(house.services)) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "heartbeat": checks["heartbeat"]()}


def test_a_broken_check_tells_no_address(tmp_path: Path) -> None:
    def broken() -> str | None:
        raise ConnectionError("postgresql://user:secret@host")

    house = build_house(tmp_path)
    object.__setattr__(house.services, "ready_checks", {"database": broken})
    with TestClient(create_app(house.services)) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "secret" not in answer.text


def test_figures_are_only_for_the_networks_named(house: House) -> None:
    app = create_app(house.services)
    with TestClient(app, client=("127.0.0.1", 1)) as near, TestClient(app, client=("203.0.113.9", 1)) as far:
        near.get("/nowhere/20261123-0001/K7MR-2QXT")
        assert "huiying_http_requests_total" in near.get("/metrics").text
        assert "K7MR" not in near.get("/metrics").text
        assert far.get("/metrics").status_code == 404
        assert near.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 404


def test_a_fault_nobody_foresaw_is_a_page_with_headers_and_no_details(house: House) -> None:
    app = create_app(house.services)

    def broken(_: Request) -> None:
        raise RuntimeError("a citizen's words")

    app.router.add_route("/broken", broken)
    with TestClient(app) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert "a citizen" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "content-security-policy" in answer.headers


def test_a_bucket_empties_and_fills_again() -> None:
    seconds = [0.0]
    limiter = Limiter(settings_of(rate_lookups_per_minute=2), clock=lambda: seconds[0])
    limiter.take("lookup", "a")
    limiter.take("lookup", "a")
    with pytest.raises(RateLimited) as refused:
        limiter.take("lookup", "a")
    assert refused.value.retry_after == 30
    limiter.take("lookup", "b")
    seconds[0] = 31
    limiter.take("lookup", "a")


def test_the_docs_page_is_ours_alone(client: TestClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert not re.search(r'(?:src|href)="https?://', page.text)


@pytest.mark.parametrize(
    "path", ["/%00", "/progress?number=%00", "/console/cases/" + "9" * 23, "/api/v1/cases/%00", "/display?back=%00"]
)
def test_an_address_that_no_database_could_look_up_leads_nowhere(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_last_slash_does_not_matter_and_repeats_no_foreign_host(client: TestClient) -> None:
    answer = client.get("/write/?a=1", headers={"host": "evil.example"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, "/write?a=1")
    doubled = client.get("http://testserver//evil.example/", follow_redirects=False)
    assert doubled.headers["location"] == "/"


def test_head_is_answered_like_get(client: TestClient) -> None:
    assert client.head("/").status_code == 200
    assert client.head("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/nobody", "/webhooks/%00"])
def test_a_webhook_nobody_has_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.put(path).status_code in (404, 405)
