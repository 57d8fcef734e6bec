"""What every page keeps to: nothing inline, nothing from elsewhere, enough contrast, nothing too new for browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.web.pages import STATIC, environment

BOT = Path(__file__).parents[2] / "bot"
TEMPLATES = sorted(BOT.rglob("templates/**/*.html"))
STYLES = sorted(BOT.rglob("static/**/*.css"))
SCRIPTS = sorted(BOT.rglob("static/**/*.js"))

TOO_NEW_CSS = re.compile(
    r":is\(|:where\(|:has\(|@layer|@container|color-mix|\binset:|aspect-ratio|accent-color|\d(?:dvh|svh|lvh|cqw)\b|"
    r"(?:margin|padding)-(?:inline|block):|text-wrap|\brgb\([^)]*/|scrollbar-gutter|overflow:\s*clip"
)
TOO_NEW_JS = re.compile(
    r"\.at\(|Object\.hasOwn|structuredClone|\.findLast|\.toSorted|static \{|#\w+ in |\.replaceWith\b"
)
INLINE = re.compile(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)


def _name(path: Path) -> str:
    return str(path.relative_to(BOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_has_nothing_inline_and_nothing_from_another_host(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not INLINE.search(text), INLINE.search(text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text)


@pytest.mark.parametrize("path", [path for path in TEMPLATES if "web" in path.parts], ids=_name)
def test_every_form_that_changes_something_carries_a_token(path: Path) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text("utf-8"), re.DOTALL | re.IGNORECASE):
        assert re.search(r"csrf_field\(\)|\{\{ ?field ?\}\}|csrf", form), form[:200]


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_a_stylesheet_is_fit_for_chromium_86_and_self_contained(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not TOO_NEW_CSS.search(text), TOO_NEW_CSS.search(text)
    assert "@import" not in text
    assert "url(http" not in text


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_a_script_is_fit_for_chromium_86(path: Path) -> None:
    found = TOO_NEW_JS.search(path.read_text("utf-8"))
    assert not found, found


def test_every_template_of_ours_compiles_and_every_icon_it_names_exists() -> None:
    for name in environment().list_templates():
        environment().get_template(name)
        text = (BOT / "web" / "templates" / name).read_text("utf-8")
        for icon in re.findall(r'icon\("([a-z-]+)"\)', text):
            assert (STATIC / "icons" / f"{icon}.svg").is_file(), f"{name} names the icon {icon}"


def _tokens(theme: str) -> dict[str, str]:
    css = (STATIC / "app.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    found = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", light))
    return found if theme == "light" else found | dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", dark))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _pairs() -> Iterator[tuple[str, str]]:
    for ground in ("paper", "surface", "sunken"):
        yield from ((text, ground) for text in ("ink", "ink-soft", "accent"))
    yield from (("on-accent", "accent"), ("on-accent", "accent-strong"), ("accent-strong", "accent-soft"))
    yield from (("ink", "accent-soft"), ("ink", "mark"), ("ink", "red-soft"), ("ink", "yellow-soft"))
    yield from ((colour, f"{colour}-soft") for colour in ("red", "orange", "yellow"))
    yield from (("red", "surface"), ("red", "paper"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_at_least_seven_to_one(theme: str) -> None:
    tokens = _tokens(theme)
    weak = {f"{a} on {b}": round(contrast(tokens[a], tokens[b]), 2) for a, b in _pairs()
            if contrast(tokens[a], tokens[b]) < 7}  # fmt: skip
    assert not weak, weak
