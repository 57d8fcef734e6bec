"""Times, sizes and headings as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.web import formats


def test_an_instant_is_told_in_shanghai() -> None:
    evening = datetime(2026, 11, 24, 16, 5, tzinfo=UTC)
    assert formats.moment(evening) == "11月25日 0:05"
    assert formats.day(evening) == "11月25日（周三）"
    assert formats.long_day(date(2027, 1, 1)) == "2027年1月1日（周五）"
    assert formats.iso(evening) == "2026-11-25T00:05:00+08:00"


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        formats.moment(datetime(2026, 11, 24))


def test_nothing_is_a_dash() -> None:
    assert {formats.day(None), formats.moment(None), formats.long_day(None)} == {"—"}


def test_a_heading_keeps_its_letters_and_loses_marks_that_turn_the_writing() -> None:
    assert formats.plain("低保\u202egpj.exe\u2069") == "低保gpj.exe"


def test_a_long_text_is_cut_on_one_line() -> None:
    assert formats.clipped("一二三\n四五六", 5) == "一二三…"


def test_the_ladder_is_never_colour_alone() -> None:
    assert formats.badge("red", "已超期 2 天") == formats.Badge("red", "●", "红", "已超期 2 天")


def test_an_alert_on_a_page_does_not_spell_out_its_address() -> None:
    told = "【黄色】诉求件 20261123-0001 快到期"
    for address in ("https://mz.example/console/cases/20261123-0001", "/console/cases/20261123-0001"):
        assert formats.unlinked(f"{told}：{address}") == told
    assert formats.unlinked("时限：明天 / 后天") == "时限：明天 / 后天"
