"""Real browsers before a real server: who sits at them, and what their pages complained of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.bot.web.house import PASSWORD

CHROMIUM = os.environ.get("HUIYING_TEST_CHROMIUM", "")
#: Where pages that a test looks at are kept as pictures, for a person to look, too.
PICTURES = os.environ.get("HUIYING_TEST_PICTURES", "")

Open = Callable[..., Page]


class Visitors:
    """People before one site, each with cookies of their own."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser, self._site = browser, site
        #: What scripts threw and what the content policy refused; a test that leaves any fails.
        self.complaints: list[str] = []

    def open(self, path: str = "/", width: int = 390, height: int = 800, script: bool = True) -> Page:
        """Let a new visitor come to a page."""
        context = self._browser.new_context(
            base_url=self._site, viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=script
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    def sign_in(self, login: str, width: int = 1280, script: bool = True, password: str = PASSWORD) -> Page:
        """Let an officer come and sign in; gives the first page that is shown then."""
        page = self.open("/console/sign-in", width=width, script=script)
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda address: "/console/sign-in" not in address)
        return page


@contextmanager
def visitors(browser: Browser, site: str) -> Iterator[Visitors]:
    """Let people come to a site; what their pages complained of is an error at the end."""
    before, people = set(browser.contexts), Visitors(browser, site)
    try:
        yield people
    finally:
        for context in set(browser.contexts) - before:
            context.close()
    assert not people.complaints


def spills(page: Page) -> int:
    """By how many pixels a page is wider than its screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page, if somebody wants to look."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
