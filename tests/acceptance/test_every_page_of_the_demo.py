"""Every page that the menus and lists of the demo lead to opens for everybody who is led there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from bot.web.app import create_app
from handlers.demo.seed import seed_demo
from handlers.intake.receive import Intake
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import PASSWORD, build_house, sign_in
from tests.web_client import TestClient

PEOPLE = ("zhangmin", "liuzhiqiang", "liufang", "suhe", "wuyun", "shenji", "guanli")
MOST = 40  # pages of one kind (cases, months, cells of a figure)
LINK = re.compile(r'href="(/[^"#]*)"')


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("demo")
    house = build_house(folder, understanding=RulesUnderstanding(), demo=True, rate_pages_per_minute=100_000)
    seed_demo(house.services.core, Intake(house.services.core), house.clock(), PASSWORD, "gh_demo")
    yield create_app(house.services)
    house.services.core.database.dispose()


@pytest.mark.parametrize("login", PEOPLE)
def test_whatever_a_person_is_led_to_opens(demo: FastAPI, login: str) -> None:
    with TestClient(demo) as client:
        sign_in(client, login)
        waiting, seen, broken = ["/console"], set[str](), {}
        while waiting:
            path = waiting.pop().replace("&amp;", "&")
            kind = _kind(path)
            if path in seen or sum(_kind(known) == kind for known in seen) >= MOST:
                continue
            seen.add(path)
            answer = client.get(path)
            if answer.status_code != 200:
                broken[path] = answer.status_code
            waiting += [link for link in LINK.findall(answer.text) if link.startswith("/console/")]
    assert not broken
    assert len(seen) > 5


def _kind(path: str) -> str:
    return re.sub(r"\d{8}-\d{4,}|\d+", "N", path.partition("?")[0])
