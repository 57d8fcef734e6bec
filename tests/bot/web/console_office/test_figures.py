"""统计: who sees which figures, each number a link to its cases, and the same as an Excel file without formulas."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.web.console import figures
from bot.web.console import figures_view as view
from bot.web.console.sheets import safe_text, width_of
from bot.web.console.trend import picture
from handlers.casework.answer import answer
from handlers.casework.claim import claim
from handlers.casework.delivered import record_delivery
from handlers.organisation.store import write_profile
from handlers.records import Case
from handlers.reports.catalogue import FIGURES
from handlers.reports.mark import Mark
from handlers.reports.period import Month
from handlers.reports.tally import Cell, Tally

LINK = re.compile(r'href="(/console/figures[^"]*)"')
NOVEMBER = Month(2026, 11)


@pytest.fixture
def answered(house, write_in, staff):
    """A case of 福利科 that was answered and delivered ``days`` later."""

    def make(days: float = 0) -> Case:
        case, core = write_in(), house.services.core
        house.clock.go_on(days=days)
        now = house.clock()
        with core.database.write() as session:
            row = claim(session, core, staff("zhangmin"), case.id, case.version, now)
            answer(session, core, staff("zhangmin"), case.id, row.version, "请带身份证办理。", now=now)
            told = {"way": "phone", "told_whom": "本人", "gist": "带身份证办理", "now": now}
            if row.state == "to_deliver":
                record_delivery(session, core, staff("zhangmin"), case.id, row.version, **told)
        return case

    return make


class KeptLog:
    """A log that remembers its lines."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def info(self, what: str, **facts: Any) -> None:
        self.lines.append({"what": what, **facts})


def rows(book: Any) -> dict[str, int]:
    """How many rows of figures and cases a book has, as the log says it."""
    return {"rows": sum(sheet.max_row - 1 for sheet in book.worksheets if sheet.title != "口径说明")}


def _book(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return load_workbook(BytesIO(answer.content))


def test_a_month_without_anything_says_so(enter) -> None:
    client = enter("wuyun")
    assert "还没有可以统计的件" in client.get("/console/figures").text
    assert "还没有可以统计的件" in client.get("/console/figures/months").text


def test_every_number_leads_to_its_cases(enter, answered) -> None:
    on_time, late = answered(), answered(days=6)
    client = enter("wuyun")
    page = client.get("/console/figures").text
    assert "50.0%" in page and "按时办结 1 ÷ 应办结 2" in page and "福利科" in page and "每个数字怎么算" in page
    for href in set(LINK.findall(page)):
        assert client.get(href.replace("&amp;", "&")).status_code == 200, href
    missed = client.get("/console/figures/cases?month=2026-11&figure=on_time&part=rest&section=welfare").text
    assert late.number in missed and on_time.number not in missed
    kept = client.get("/console/figures/cases?month=2026-11&figure=on_time&part=good&track=general").text
    assert on_time.number in kept and late.number not in kept
    assert "没有可以列出的件" in client.get("/console/figures/cases?figure=returned&part=good&section=-").text


def test_the_months_stand_in_a_picture_and_a_table(enter, answered) -> None:
    answered()
    page = enter("shen").get("/console/figures/months").text
    assert "<svg" in page and "按时办结率：2026年11月 100.0%" in page and page.count("<tr>") == 13


def test_a_head_sees_the_own_section_only(enter, answered, write_in) -> None:
    case = answered()
    other = write_in("低保怎么办", section_code="social_relief_office")
    page = enter("heli").get("/console/figures").text
    assert "福利科" in page and "100%" in page and "社救办" not in page and "各科室" not in page
    asked = "/console/figures/cases?month=2026-11&figure=returned&section=social_relief_office"
    shown = enter("heli").get(asked).text
    assert case.number not in shown and other.number not in shown and "没有可以列出的件" in shown


def test_a_head_is_told_of_cases_that_have_moved_on_but_does_not_see_them(enter, house, answered) -> None:
    case = answered()
    house.change(case.number, section_code="finance")
    page = enter("heli").get("/console/figures/cases?month=2026-11&figure=days").text
    assert case.number not in page and "1 件现在由其他科室承办" in page


def test_a_restricted_case_leaves_figures_lists_and_file(enter, house, answered) -> None:
    case = answered()
    house.change(case.number, restricted=True, restricted_to=house.officers["suhe"])
    for login in ("wuyun", "heli", "suhe"):
        client = enter(login)
        assert "还没有可以统计的件" in client.get("/console/figures").text
        assert case.number not in client.get("/console/figures/cases?month=2026-11&figure=days").text
        rows = _book(client.get("/console/figures/export"))["件次明细"]
        assert rows.max_row == 1


@pytest.mark.parametrize("login", ["zhangmin", "keeper"])
@pytest.mark.parametrize("path", ["", "/months", "/cases?figure=days", "/export"])
def test_figures_are_not_for_everybody(enter, login: str, path: str) -> None:
    assert enter(login).get(f"/console/figures{path}").status_code == 403


@pytest.mark.parametrize(
    "query", ["?month=2026-13", "?month=x", "/cases?figure=no_such", "/cases?figure=days&part=x", "/export?month=0"]
)
def test_what_does_not_exist_is_said_so(enter, query: str) -> None:
    assert enter("wuyun").get(f"/console/figures{query}").status_code == 404


def test_a_month_to_come_shows_this_one(enter) -> None:
    assert "统计 · 2026年11月" in enter("wuyun").get("/console/figures?month=2031-02").text


def test_the_file_holds_the_same_figures_the_cases_and_the_definitions(enter, answered, monkeypatch) -> None:
    first, late, kept = answered(), answered(days=6), KeptLog()
    monkeypatch.setattr(figures, "log", kept)
    answer = enter("bate").get("/console/figures/export?month=2026-11")
    assert answer.headers["content-disposition"].startswith('attachment; filename="figures-2026-11.xlsx"')
    book = _book(answer)
    assert book.sheetnames == ["总表", "按科室", "按办理途径", "按月", "件次明细", "口径说明"]
    front = dict(zip(*[[cell.value for cell in row] for row in book["总表"].iter_rows(max_row=2)], strict=True))
    assert (front["按时办结率"], front["按时办结（按时办结率）"], front["应办结（按时办结率）"]) == (0.5, 1, 2)
    assert book["总表"]["B2"].number_format == "0.0%"
    assert [row[0] for row in book["按科室"].iter_rows(min_row=2, values_only=True)] == ["福利科"]
    assert book["按月"].max_row == 13 and book["按月"]["A2"].value == "2026年11月"
    listed = {row[1] for row in book["件次明细"].iter_rows(min_row=2, values_only=True)}
    assert listed == {first.number, late.number}
    told = [row[0] for row in book["口径说明"].iter_rows(min_row=2, values_only=True)]
    assert {figure.name for figure in FIGURES.values()} <= set(told)
    assert book["口径说明"].column_dimensions["B"].width > 60
    (said,) = kept.lines
    assert said == {"what": "figures exported", "officer": "bate", "month": "2026-11", "section": "all"} | rows(book)


def test_a_head_exports_the_own_section_only(enter, answered) -> None:
    case = answered()
    book = _book(enter("heli").get("/console/figures/export"))
    assert book["总表"]["A2"].value == "福利科"
    assert {row[1] for row in book["件次明细"].iter_rows(min_row=2, values_only=True)} == {case.number}


def test_nothing_from_the_data_is_calculated_by_excel(enter, house, answered) -> None:
    answered()
    profile = house.services.profile()
    evil = [part.model_copy(update={"name": '=HYPERLINK("http://evil","点我")\x0b'}) for part in profile.sections]
    with house.services.core.database.write() as session:
        write_profile(session, profile.model_copy(update={"sections": tuple(evil)}), house.clock())
    book = _book(enter("wuyun").get("/console/figures/export"))
    assert book["按科室"]["A2"].value == '\'=HYPERLINK("http://evil","点我")\ufffd'
    for sheet in book.worksheets:
        for line in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in line)


@pytest.mark.parametrize("given", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\ufeff=1"])
def test_a_text_that_looks_like_a_formula_gets_a_quote(given: str) -> None:
    assert safe_text(given).startswith("'")


def test_a_text_for_excel_loses_only_what_excel_cannot_hold() -> None:
    assert safe_text("福利科\x00\x0b\ud800\uffff 2-1=1") == "福利科\ufffd\ufffd\ufffd\ufffd 2-1=1"
    assert len(safe_text("字" * 40_000)) < 32_767
    assert (width_of("福利科ab"), width_of("a\n福利"), width_of("")) == (8, 4, 0)


@pytest.mark.parametrize(
    ("good", "of", "words"),
    [(0, 0, "—"), (0, 3, "0%"), (3, 3, "100%"), (2999, 3000, "99.9%"), (1, 3000, "0.1%"), (2, 3, "66.7%")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(good: int, of: int, words: str) -> None:
    assert view.percent(good, of) == words


def test_the_change_since_last_month_is_said_in_words() -> None:
    place, figure = view.Place(NOVEMBER), FIGURES["on_time"]
    assert view.compared(figure, Cell(9, 10), Cell(19, 20), place).change == "降 5.0 个百分点"
    assert view.compared(figure, Cell(9, 10), Cell(9, 10), place).change == "相同"
    assert view.compared(figure, Cell(9, 10), Cell(), place).before == "—"


def test_the_line_breaks_where_a_month_has_no_base() -> None:
    months = [NOVEMBER.before(n) for n in range(12)]
    found = Tally(months)
    for month in (months[0], months[1], months[4]):
        found.add(month.code, "on_time", Mark(month.start, "welfare", "general", counts=True))
    drawn = picture(found).lines[0]
    assert len(drawn.points) == 3 and len(drawn.strokes) == 1
    assert all(0 <= point.x <= 640 and 0 <= point.y <= 260 for point in drawn.points)
