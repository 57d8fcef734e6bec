"""Guides from TOML: the samples that ship, or a bureau's own file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from handlers.errors import InvalidInput
from handlers.guides.check import check_guide
from handlers.guides.guide import LISTS, Guide, Material

_TEXTS: Final = ("code", "item", "topic", "section", "summary", "place", "hours", "phone", "limit", "fee", "source")
_KNOWN: Final = {*_TEXTS, *LISTS, "materials", "valid_from", "valid_until", "sample"}


@cache
def sample_guides() -> tuple[Guide, ...]:
    """Return the guides that ship, each marked as a sample to be confirmed."""
    text = files("handlers.guides").joinpath("samples.toml").read_text("utf-8")
    return read_guides(text, sample=True)


def read_guides(text: str, *, sample: bool = False) -> tuple[Guide, ...]:
    """Return the guides of a TOML text, checked; raises :class:`InvalidInput` naming the guide and what is wrong.

    ``sample`` marks those that do not say themselves whether they are samples.
    """
    try:
        rows = tomllib.loads(text).get("guide")
    except tomllib.TOMLDecodeError as fault:
        raise InvalidInput(f"不是有效的 TOML：{fault}") from fault
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput("文件里没有 [[guide]]。")
    guides = tuple(_guide(row, sample) for row in rows)
    codes = [guide.code for guide in guides]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise InvalidInput(f"代码重复：{'、'.join(twice)}。")
    return guides


def _guide(row: Mapping[str, Any], sample: bool) -> Guide:
    named = f"指南 {row.get('code', '（没有代码）')}："
    unknown = sorted(set(row) - _KNOWN)
    if unknown:
        raise InvalidInput(f"{named}不认识的字段 {'、'.join(unknown)}。")
    try:
        return check_guide(_read(row, sample))
    except InvalidInput as fault:
        raise InvalidInput(f"{named}{fault}", fault.field) from fault


def _read(row: Mapping[str, Any], sample: bool) -> Guide:
    if not isinstance(row.get("valid_from"), date):
        raise InvalidInput("valid_from 请写成日期，如 2026-01-01。", "valid_from")
    texts: dict[str, Any] = {name: _text(row.get(name, ""), name) for name in _TEXTS}
    lists: dict[str, Any] = {name: tuple(_text(line, name) for line in _list(row, name)) for name in LISTS}
    materials = tuple(_material(entry) for entry in _list(row, "materials"))
    until = row.get("valid_until")
    return Guide(
        **texts,
        **lists,
        materials=materials,
        valid_from=row["valid_from"],
        valid_until=until if isinstance(until, date) else None,
        sample=bool(row.get("sample", sample)),
    )


def _list(row: Mapping[str, Any], name: str) -> list[Any]:
    found = row.get(name, [])
    if not isinstance(found, list):
        raise InvalidInput(f"{name} 应是列表。", name)
    return found


def _material(entry: Any) -> Material:
    if isinstance(entry, str):
        return Material(entry.strip())
    if not isinstance(entry, dict) or set(entry) - {"name", "note"}:
        raise InvalidInput("材料请写成 { name = …, note = … }。", "materials")
    return Material(_text(entry.get("name", ""), "materials"), _text(entry.get("note", ""), "materials"))


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{name} 应是文字。", name)
    return value.strip()
