"""Day-by-day explanations, and the JSON lines of ``huiying due``."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.deadlines.explain import explain
from handlers.deadlines.jsonl import DueDesk
from handlers.deadlines.limits import Rule, load_limits
from handlers.deadlines.seed import seed_calendar
from handlers.deadlines.worktime import SHANGHAI

DESK = DueDesk(load_limits(), seed_calendar())
STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2027, 6, 30)).map(lambda at: at.replace(tzinfo=SHANGHAI))


def ask(**question: object) -> dict[str, object]:
    [line] = DESK.lines([json.dumps(question)])
    answer: dict[str, object] = json.loads(line)
    return answer


def test_a_line_gives_due_dates_source_certainty_and_days() -> None:
    answer = ask(id=7, code="GK-01", start="2026-09-21T10:30:00+08:00")
    days = answer.pop("days")
    assert answer == {
        "id": 7,
        "code": "GK-01",
        "legal_due": "2026-10-26",
        "safe_due": "2026-10-26",
        "provisional": False,
        "source": "《政府信息公开条例》第三十三条、第三十一条",
        "certainty": "P",
    }
    assert isinstance(days, list)
    assert days[0] == {"date": "2026-09-21", "counts": False, "n": None, "why": "起算当日，不计"}
    assert days[1] == {"date": "2026-09-22", "counts": True, "n": 1, "why": "工作日"}
    by_date = {day["date"]: day for day in days}
    assert by_date["2026-10-01"] == {"date": "2026-10-01", "counts": False, "n": None, "why": "国庆节"}
    assert by_date["2026-10-10"] == {"date": "2026-10-10", "counts": True, "n": 9, "why": "周六调休上班"}
    assert days[-1] == {"date": "2026-10-26", "counts": True, "n": 20, "why": "工作日"}


def test_a_line_with_a_pause_and_an_extension() -> None:
    answer = ask(
        id="a", code="GK-01", start="2026-09-21T10:30:00+08:00", pauses=[["2026-09-24", "2026-10-12"]], extend=10
    )
    assert answer["legal_due"] == "2026-11-19"


def test_limits_in_hours_are_instants_with_their_offset() -> None:
    answer = ask(id=1, code="YQ-01a", start="2026-11-22T02:00:00Z")
    assert answer["legal_due"] == answer["safe_due"] == "2026-11-22T15:00:00+08:00"


def test_a_bare_date_or_a_time_without_offset_is_meant_in_shanghai() -> None:
    expected = ask(code="RX-01", start="2026-11-23T00:00:00+08:00")
    assert ask(code="RX-01", start="2026-11-23") == expected
    assert ask(code="RX-01", start="2026-11-23T23:59")["legal_due"] == expected["legal_due"]


@pytest.mark.parametrize(
    "question",
    [
        {"id": 1},
        {"id": 1, "code": "GK-99", "start": "2026-09-21"},
        {"id": 1, "code": "GK-01"},
        {"id": 1, "code": "GK-01", "start": "21 September"},
        {"id": 1, "code": "GK-01", "start": "2026-02-30"},
        {"id": 1, "code": "GK-01", "start": 20260921},
        {"id": 1, "code": "GK-01", "start": "9999-12-31"},
        {"id": 1, "code": "YQ-02", "start": "0001-01-01T00:00:00+08:00"},
        {"id": 1, "code": "GK-01", "start": "2026-09-21", "extend": "ten"},
        {"id": 1, "code": "GK-01", "start": "2026-09-21", "extend": 10**12},
        {"id": 1, "code": "GK-01", "start": "2026-09-21", "extend": -3},
        {"id": 1, "code": "GK-01", "start": "2026-09-21", "extend": True},
        {"id": 1, "code": "GK-01", "start": "2026-09-21", "pauses": "2026-09-24"},
        {"id": 1, "code": "GK-01", "start": "2026-09-21", "pauses": [["2026-09-24"]]},
        {"id": 1, "code": "GK-01", "start": "2026-09-21", "pauses": [["2026-09-24", "2026-09-23"]]},
        {"id": 1, "code": "YQ-02", "start": "2026-09-21", "pauses": [["2026-09-21", "9999-12-31"]]},
    ],
)
def test_a_fault_is_answered_with_its_id_and_words(question: dict[str, object]) -> None:
    answer = ask(**question)
    assert set(answer) == {"id", "error"}
    assert answer["id"] == 1


def test_lines_that_are_no_objects_are_faults_and_the_rest_goes_on() -> None:
    lines = ["{", "3", "", "[" * 100_000, '{"id": 2, "code": "RX-01", "start": "2026-11-23"}']
    answers = [json.loads(line) for line in DESK.lines(lines)]
    assert ["error" in answer for answer in answers] == [True, True, True, False]


def test_the_sentence_reads_like_a_persons_count() -> None:
    explained = explain(DESK.limits.rule("RX-02"), datetime(2026, 9, 29, 9, tzinfo=SHANGHAI), DESK.calendar)
    assert explained.sentence == (
        "9月29日 起算当日，不计；9月30日 第1个工作日；10月1日至7日 国庆节，不计；10月8日至9日 第2至第3个工作日；"
        "10月10日（周六）调休上班，第4个工作日；10月11日 周末，不计；10月12日至16日 第5至第9个工作日；"
        "10月17日至18日 周末，不计；10月19日 第10个工作日"
    )


def test_a_rolled_last_day_and_a_provisional_year_are_explained() -> None:
    explained = explain(DESK.limits.rule("WX-02"), datetime(2026, 11, 30, 9, tzinfo=SHANGHAI), DESK.calendar)
    assert explained.due.provisional
    assert explained.sentence.endswith("2月28日 满3个月；3月1日 末日遇周日（暂定），顺延至此")


@given(st.sampled_from(list(DESK.limits.rules.values())), STARTS, st.integers(0, 5))
def test_an_explanation_always_ends_on_the_due_date_and_counts_every_unit(
    rule: Rule, start: datetime, extend: int
) -> None:
    extend = 0 if rule.unit == "DATE" else extend
    explained = explain(rule, start, DESK.calendar, extend=extend)
    counted = [entry for entry in explained.days if entry.counts]
    assert explained.days[-1].day == explained.due.legal_day
    assert [entry.day for entry in explained.days] == sorted({entry.day for entry in explained.days})
    assert counted[-1].n == (1 if rule.unit == "DATE" else rule.length + extend)
    assert explained.sentence
