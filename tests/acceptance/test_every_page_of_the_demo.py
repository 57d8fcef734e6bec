"""Every page that the menus and lists of the demo lead to opens for whoever is led there, and keeps nobody out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from bot.web.app import create_app
from handlers.demo.seed import seed_demo
from handlers.intake.receive import Intake
from handlers.understanding.rules import RulesUnderstanding
from tests.acceptance.barriers import barriers
from tests.acceptance.browsing import picture, visitors
from tests.acceptance.walking import Seen, walk, worth_a_look
from tests.bot.web.house import PASSWORD, build_house, sign_in
from tests.peers.server import serving
from tests.web_client import TestClient

PEOPLE = ("zhangmin", "liuzhiqiang", "liufang", "suhe", "wuyun", "shenji", "guanli")
#: Pages to which no page of the console leads.
ASIDE = ("/console/nowhere", "/console/sign-in", "/api/docs", "/nowhere")

Walked = Callable[[str], dict[str, Seen]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("demo")
    house = build_house(folder, understanding=RulesUnderstanding(), demo=True, rate_pages_per_minute=100_000)
    services = house.services
    seed_demo(services.core, Intake(services.core), services.files, house.clock(), PASSWORD, "gh_demo")
    yield create_app(house.services)
    house.services.core.database.dispose()


@pytest.fixture(scope="module")
def walked(demo: FastAPI) -> Walked:
    """What each person meets, walked once."""

    @cache
    def by(login: str) -> dict[str, Seen]:
        with TestClient(demo) as client:
            sign_in(client, login)
            return walk(client)

    return by


@pytest.mark.parametrize("login", PEOPLE)
def test_whatever_a_person_is_led_to_opens(walked: Walked, login: str) -> None:
    pages = walked(login)
    assert {path: page.status for path, page in pages.items() if page.status != 200} == {}
    assert len(pages) > 5


def test_no_page_keeps_anybody_out(demo: FastAPI, walked: Walked, chromium: Browser) -> None:
    """axe-core on every kind of page, on as many of each as it takes to meet every part it is ever made of."""
    known, found = set[str](), list[str]()
    with serving(demo) as site, visitors(chromium, site) as people:
        for login in PEOPLE:
            page = people.sign_in(login)
            for path in worth_a_look(walked(login), known):
                page.goto(path)
                picture(page, f"{login}{path.replace('/', '-')}"[:80])
                found += barriers(page)
        for path in ASIDE:
            found += barriers(people.open(path))
    assert not found, f"{len(found)} barriers\n" + "\n".join(found)
