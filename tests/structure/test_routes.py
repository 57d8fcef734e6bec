"""Every route of the application says who may use it."""

from __future__ import annotations

from pathlib import Path

from bot.web.access import Access, declared
from bot.web.app import create_app
from tests.bot.web.house import build_house


def test_every_route_declares_exactly_one_kind_of_access(tmp_path: Path) -> None:
    app = create_app(build_house(tmp_path, demo=True).services)
    wrong = {}
    for route in app.router.routes:
        kinds: list[Access] = list(declared(route))
        if len(kinds) != 1:
            wrong[getattr(route, "path", repr(route))] = [kind.label for kind in kinds]
    assert not wrong, f"declare one access (bot/web/access.py) on: {wrong}"


def test_no_page_of_staff_or_of_the_interface_is_public_by_mistake(tmp_path: Path) -> None:
    app = create_app(build_house(tmp_path, demo=True).services)
    for route in app.router.routes:
        path = getattr(route, "path", "")
        label = next(declared(route)).label
        if path.startswith("/console") and path != "/console/sign-in":
            assert label.startswith("staff"), path
        if path.startswith("/api/v1"):
            assert label == "api key", path


def test_no_two_routes_share_a_method_and_a_path(tmp_path: Path) -> None:
    app = create_app(build_house(tmp_path, demo=True).services)
    seen = set()
    for route in app.router.routes:
        for method in getattr(route, "methods", None) or ():
            place = (method, getattr(route, "path", ""))
            assert place not in seen, place
            seen.add(place)
