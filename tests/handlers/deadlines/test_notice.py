"""A year's notice is read from a simple table; what is wrong with it is said, all at once."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.deadlines.notice import Notice, read_notice
from handlers.deadlines.seed import official_days, statutory_days
from handlers.errors import CalendarFault, InvalidInput
from tests.handlers.deadlines.notices import NUMBER, TABLE

TODAY = date(2026, 11, 23)


def read(text: str, year: int = 2027, number: str = NUMBER) -> Notice:
    return read_notice(text, year, number, TODAY)


def refusal(text: str) -> str:
    with pytest.raises(CalendarFault) as caught:
        read(text)
    return str(caught.value)


def test_a_table_is_read_as_pasted_from_a_sheet_or_written_by_hand() -> None:
    plain = read(TABLE)
    assert len(plain.days) == 31 and plain.advice == ()
    assert plain.days[0].day == date(2027, 1, 1) and plain.days[0].source == NUMBER and not plain.days[0].provisional
    heading = "日期\t休/班\t名称\n"
    for text in (
        TABLE.replace(" ", ","), TABLE.replace(" ", "，"), heading + TABLE.replace(" ", "\t"),
        "\ufeff" + TABLE.replace("\n", "\r\n\r\n"), TABLE.replace("2027-01-01 休", "1月1日（周五） 放假"),
        TABLE.replace("2027-02-05", "2027/2/5").replace("2027-02-06", "2027年2月6日（星期六）"),
        TABLE.replace("2027-02-20 班", "2027.2.20 上班 调休"), "\n".join(reversed(TABLE.splitlines())),
    ):  # fmt: skip
        assert read(text) == plain


def test_the_days_of_every_published_notice_since_2020_are_accepted_as_a_table() -> None:
    for year in range(2025, 2027):
        days = [special for special in official_days() if special.day.year == year]
        text = "\n".join(f"{d.day} {'班' if d.working else '休'} {d.name}" for d in days)
        notice = read_notice(text, year, "国办发明电〔2025〕7号", date(year, 1, 2))
        assert (len(notice.days), notice.advice) == (len(days), ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2027-10-02 休 国庆节\n", "", "缺少 2027-10-02（国庆节）"),
        ("2027-02-05 休 春节\n", "", "缺少 2027-02-05（除夕）"),
        ("2027-02-10 休 春节\n", "", "春节中间缺少 2027-02-10"),
        ("2027-10-02 休 国庆节\n", "2027-10-02 休 国庆节\n2027-10-02 班\n", "2027-10-02 又休又班"),
        ("2027-01-01 休 元旦\n", "2027-01-01 休 元旦\n" * 2, "2027-01-01 写了两次"),
        ("2027-02-20 班", "2027-02-19 班", "2027-02-19 是周五，本来就上班"),
        ("2027-02-20 班", "2027-02-30 班", "没有“2027-02-30”这一天"),
        ("2027-02-20 班", "2028-02-19 班", "2028-02-19 不在 2027 年"),
        ("2027-02-20 班", "2026-12-19 班", "2026-12-19 不在 2027 年"),
        ("2027-02-20 班", "下个周六 班", "“下个周六”不是日期"),
        ("2027-02-20 班", "2027-02-20（周五） 班", "2027-02-20 是周六，不是周五"),
        ("2027-02-20 班", "2027-02-20 加班", "应写“休”或“班”，现在是“加班”"),
        ("2027-02-20 班", "2027-02-20", "应写“休”或“班”"),
        ("2027-01-03 休 元旦", "2027-01-03 休", "2027-01-03 没有写节日名称"),
        ("2027-01-03 休 元旦", "2027-01-03 休 " + "元" * 61, "名称太长"),
    ],
)  # fmt: skip
def test_a_fault_in_the_table_is_named_with_its_day(old: str, new: str, said: str) -> None:
    assert old in TABLE
    assert said in refusal(TABLE.replace(old, new))


def test_an_empty_table_is_refused_and_faults_are_told_together() -> None:
    assert "表是空的" in refusal("  \n")
    said = refusal("2027-02-30 休 春节\n2027-01-01 放 元旦")
    assert "第 1 行" in said and "第 2 行" in said and "什么都没有改" in said
    assert "还有 12 处" in refusal("\n".join(["2027-13-01 休 无"] * 20))


@pytest.mark.parametrize(
    ("year", "number", "field", "said"),
    [
        (2025, NUMBER, "year", "2025 年已经过去"),
        (2028, NUMBER, "year", "还没有发布"),
        (2027, "", "number", "文号"),
        (2027, "国办通知", "number", "文号"),
    ],
)
def test_a_past_year_a_far_one_and_a_notice_without_a_number_are_refused(
    year: int, number: str, field: str, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        read(TABLE, year, number)
    assert caught.value.field == field


def test_a_table_that_gives_too_few_days_is_advised_on_but_may_be_meant() -> None:
    assert "应为 13 天（法定节日的天数），表中是 12 天" in read(TABLE + "\n2027-06-12 班").advice[0]


def test_the_law_gives_thirteen_days() -> None:
    for year in (2025, 2026, 2027):
        assert len(statutory_days(year)) == 13
    assert statutory_days(2028)[date(2028, 10, 3)] == "中秋节、国庆节"
