"""What the acceptance tests share: one browser a process, a server before the module's own house, people at both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from bot.web.app import create_app
from handlers.understanding.rules import RulesUnderstanding
from tests.acceptance.browsing import CHROMIUM, Open, Visitors, visitors
from tests.bot.web.conftest import cheap_passwords
from tests.bot.web.house import SECTION, House, build_house
from tests.conftest import NOTHING_SKIPPED
from tests.peers.server import serving

__all__ = ["cheap_passwords"]

#: The files that take longest go first: with two processes nobody waits for one that was begun last.
_LONGEST: Final = ("test_ten_thousand", "test_kills", "test_vendor", "test_malformed_bodies", "test_many_processes")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser: whatever asks for one. Bring the longest files to the front."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: _LONGEST.index(item.path.stem) if item.path.stem in _LONGEST else len(_LONGEST))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this process, started once. Its driver keeps an event loop running in this thread."""
    if not CHROMIUM:
        (pytest.fail if NOTHING_SKIPPED else pytest.skip)("no browser (HUIYING_TEST_CHROMIUM is not set)")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A section at work: its head and two officers. A module whose story needs other people has a house of its own."""
    house = build_house(tmp_path, understanding=RulesUnderstanding())
    return house.take_on(**SECTION)


@pytest.fixture
def site(house: House) -> Iterator[str]:
    """The address of the module's ``house``, served."""
    with serving(create_app(house.services), lifespan="auto") as address:
        yield address


@pytest.fixture
def people(chromium: Browser, site: str) -> Iterator[Visitors]:
    """Whoever comes to the site."""
    with visitors(chromium, site) as coming:
        yield coming


@pytest.fixture
def open_page(people: Visitors) -> Open:
    """Let a citizen come."""
    return people.open


@pytest.fixture
def open_as(people: Visitors) -> Open:
    """Let an officer come and sign in."""
    return people.sign_in
