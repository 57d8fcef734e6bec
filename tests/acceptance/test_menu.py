"""The console's menu, walked: every entry a role is offered opens, none is offered twice, each is marked when open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.web.app import create_app
from bot.web.console.menu import PLACES
from handlers.accounts.roles import Role
from tests.bot.web.house import build_house, sign_in
from tests.web_client import TestClient

_NAV = re.compile(r'<nav class="scroller".*?</nav>', re.DOTALL)


@pytest.mark.parametrize("role", list(Role))
def test_every_entry_of_the_menu_opens_and_is_offered_once(tmp_path: Path, role: Role) -> None:
    house = build_house(tmp_path)
    house.officer("me", role, "" if role in (Role.AUDITOR, Role.ADMIN) else "social_affairs")
    with TestClient(create_app(house.services)) as client:
        sign_in(client, "me")
        nav = _menu(client.get("/console").text)
        entries = re.findall(r'<a href="(/console/[^"]+)"', nav)
        names = re.findall(r"<li><a [^>]*>.*?<span>(.*?)</span>", nav)
        assert entries and len({*entries}) == len(entries)
        assert len({*names}) == len(names)
        for entry in entries:
            page = client.get(entry)
            assert page.status_code == 200, entry
            if entry != "/console/password":  # a page by itself, as at the first sign-in
                assert re.findall(r'href="([^"]+)" aria-current="page"', _menu(page.text)) == [entry]


def test_places_stand_in_groups_short_enough_to_read() -> None:
    assert all(len(places) <= 8 for places in PLACES.values())


def _menu(page: str) -> str:
    found = _NAV.search(page)
    assert found
    return found.group()
