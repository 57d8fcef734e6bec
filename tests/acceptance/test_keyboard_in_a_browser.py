"""A whole answer with the keyboard alone: sign in, queue, case, writing, issuing; one always sees where one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browsing import Open, Visitors
from tests.bot.web.house import PASSWORD, QUESTION, House

ANSWER = "请带身份证和户口本到户籍所在的社区申请高龄津贴。"
#: Whether an outline shows what has the focus (round a whole row of a queue it is drawn by its link).
SEEN = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect();
  const outlined = [getComputedStyle(here), getComputedStyle(here, '::after')].some(
    style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
  return outlined && box.width > 0 && box.height > 0;
}"""
LAST = """() => {
  const stops = 'main a, main button, main input, main select, main textarea';
  const all = [...document.querySelectorAll(stops)].filter(one => one.offsetParent && !one.disabled);
  return document.activeElement === all[all.length - 1];
}"""
HERE = "() => document.activeElement.innerText || document.activeElement.getAttribute('name') || ''"


def tab_to(page: Page, wanted: str, most: int = 80) -> None:
    """Press Tab until what has the focus is called ``wanted``, seeing each time where one is."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), f"nothing shows that {page.evaluate(HERE)!r} has the focus"
        if re.fullmatch(wanted, str(page.evaluate(HERE)).strip()):
            return
    raise AssertionError(f"{most} times Tab did not lead to {wanted}")


def test_an_answer_is_written_and_issued_by_the_keyboard_alone(house: House, people: Visitors) -> None:
    number = house.write(QUESTION)
    page = people.open("/console/sign-in", width=1280)
    tab_to(page, "login")
    page.keyboard.type("li")
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/queue/**")
    tab_to(page, r"待签收\s*1", 20)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/queue/unclaimed")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    page.keyboard.press("Enter")
    tab_to(page, re.escape(QUESTION), 20)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/cases/{number}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(page, "签收", 20)
    page.keyboard.press("Enter")
    expect(page.get_by_text("已签收，由您办理。")).to_be_visible()
    tab_to(page, "text")
    page.keyboard.type(ANSWER)
    tab_to(page, "签发并送达", 20)
    page.keyboard.press("Enter")
    expect(page.get_by_text("答复已签发，正在送达。")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_holds_the_keyboard_fast(house: House, open_as: Open, width: int) -> None:
    """Going on with Tab one comes to the end of every page, and each stop on the way is seen."""
    number = house.write(QUESTION)
    page = open_as("li", width=width)
    for path in (f"cases/{number}", "queue/section", "search", "register"):
        page.goto(f"/console/{path}")
        stops = 0
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        while not page.evaluate(LAST) and stops < 300:
            page.keyboard.press("Tab")
            stops += 1
            assert page.evaluate(SEEN), f"{path}: nothing shows that {page.evaluate(HERE)!r} has the focus"
        assert stops < 300, f"{path} holds the keyboard at {page.evaluate(HERE)!r}"
