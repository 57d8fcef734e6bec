"""axe-core over an open page: what keeps somebody from reading or using it (WCAG 2.2 A and AA, and good practice)."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
#: A desk by day and a telephone at night: each width and each colour scheme is looked at once.
_SCREENS: Final = ((1280, "light"), (390, "dark"))
_UNFOLD: Final = (
    "document.querySelectorAll('details:not([open])').forEach(one => { one.open = one.dataset.shut = true; })"
)
_FOLD: Final = "document.querySelectorAll('details[data-shut]').forEach(one => { one.open = false; })"
_AXE: Final = Axe()


def barriers(page: Page, *more_rules: str) -> list[str]:
    """Say every violation on a page, with everything that can be folded out open; ``more_rules`` are checked, too.

    Each says the page, the screen, the rule, what it asks for, and the element. The page is left as it was.
    """
    rules = {rule: {"enabled": True} for rule in more_rules}
    options = {
        "runOnly": {"type": "tag", "values": list(_TAGS)}, "rules": rules, "resultTypes": ["violations"],
        "preload": False,
    }  # fmt: skip
    page.evaluate(_UNFOLD)
    size, said = page.viewport_size, []
    for width, scheme in _SCREENS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours on their way are no colours
        found = _AXE.run(page, options=options).response["violations"]
        said += [f"{page.url} ({width}, {scheme}) {told}" for violation in found for told in _told(violation)]
    page.evaluate(_FOLD)
    page.set_viewport_size(size or {"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return said


def _told(violation: dict[str, Any]) -> list[str]:
    def where(node: dict[str, Any]) -> str:
        return f"    {' '.join(map(str, node['target']))}\n    {' '.join(node['html'].split())[:200]}"

    return [f"{violation['id']}: {violation['help']}\n{where(node)}" for node in violation["nodes"]]
