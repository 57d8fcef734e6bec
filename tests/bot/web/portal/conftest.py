"""A citizen's browser before a house whose messages really are received."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.web.app import create_app
from tests.bot.web.house import token_of
from tests.bot.web.live import LiveHouse, build_live
from tests.web_client import TestClient

TEXT = "我母亲今年八十二岁，户口在玉泉区，高龄津贴怎么申请？"


def inputs(page: str) -> dict[str, list[str]]:
    """The hidden fields and text fields of a page with their values, as a browser would post them again."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        if name and kind and kind[1] == "hidden":
            found.setdefault(name[1], []).append(html.unescape(value[1] if value else ""))
    return found


@dataclass
class Browser:
    """Fills in forms as a person does."""

    client: TestClient
    live: LiveHouse

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def write(self, step: str = "check", files: Any = None, **fields: Any) -> Any:
        """Fill in the empty form and press a button."""
        page = self.client.get("/write").text
        hidden = inputs(page)
        data = {"csrf": token_of(page), "once": hidden["once"][0], "text": TEXT, "step": step} | fields
        return self.client.post("/write", data=data, files=files, follow_redirects=False)

    def again(self, page: Any, step: str, **fields: Any) -> Any:
        """Press a button on the page that came back, with everything it holds."""
        data = {"csrf": token_of(page.text)} | inputs(page.text) | {"step": step} | fields
        return self.client.post("/write", data=data, follow_redirects=False)

    def hand_in(self, **fields: Any) -> tuple[str, str]:
        """Write and send; return number and query code."""
        sent = self.again(self.write(**fields), "send")
        assert sent.status_code == 303, sent.text
        page = self.client.get("/write/done").text
        number, code = re.findall(r'class="reference">([^<]+)<', page)
        return number, code

    def look_up(self, number: str, code: str, **fields: Any) -> Any:
        page = self.client.get("/progress").text
        return self.client.post("/progress", data={"csrf": token_of(page), "number": number, "code": code} | fields)

    def do(self, page: Any, what: str, files: Any = None, **fields: Any) -> Any:
        """Send one of the forms of a case's page."""
        hidden = inputs(page.text)
        data: Mapping[str, Any] = {
            "csrf": token_of(page.text), "pass": hidden["pass"][0], "do": what, "once": hidden.get("once", [""])[0],
        } | fields  # fmt: skip
        return self.client.post("/progress", data=data, files=files)


@pytest.fixture
def live(tmp_path: Path) -> LiveHouse:
    return build_live(tmp_path, rate_lookups_per_minute=100)


@pytest.fixture
def browser(live: LiveHouse) -> Iterator[Browser]:
    with TestClient(create_app(live.services)) as client:
        yield Browser(client, live)
