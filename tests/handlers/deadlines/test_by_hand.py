"""Due dates counted by hand from the State Council's holiday notices, each with its count written down.

The notices (off; worked weekends). 2020: 24 January–2 February (prolonged on 27 January); Sunday 19 January worked.
2024: 10–17 February; Sundays 4 and 18 February worked. 2026: 1–3 January, Sunday 4 January worked · 15–23 February,
Saturdays 14 and 28 February worked · 4–6 April · 1–5 May, Saturday 9 May worked · 19–21 June · 25–27 September ·
1–7 October, Sunday 20 September and Saturday 10 October worked.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from handlers.deadlines.counting import Pause, due
from handlers.deadlines.limits import load_limits
from handlers.deadlines.seed import seed_calendar
from handlers.deadlines.worktime import SHANGHAI

# (rule, start, pause "first/last" or "", extension, legal last day, safe last day, the count)
DAYS = [
    # Mid-Autumn and National Day 2026
    ("GK-01", "2026-09-21", "", 0, "2026-10-26", "2026-10-26",
     "22 23 24 are days 1–3; 25–27 Mid-Autumn; 28 29 30 are 4–6; 1–7 October off; 8 9 and Saturday the 10th are 7–9; "
     "12–16 are 10–14; 19–23 are 15–19; Monday the 26th is day 20."),
    ("GK-01", "2026-09-21", "2026-09-24/2026-10-12", 0, "2026-11-05", "2026-11-05",
     "22 23 are days 1–2; paused from the 24th to 12 October; 13–16 are 3–6; 19–23 are 7–11; 26–30 are 12–16; "
     "2–5 November are 17–20."),
    ("GK-01", "2026-09-21", "", 20, "2026-11-23", "2026-11-23",
     "Day 20 is 26 October; 27–30 are 21–24; 2–6 November 25–29; 9–13 are 30–34; 16–20 are 35–39; the 23rd is day 40."),
    ("RX-01", "2026-09-19", "", 0, "2026-09-21", "2026-09-21",
     "A Saturday; Sunday the 20th is worked for National Day and is day 1, Monday the 21st day 2."),
    ("RX-01", "2026-09-24", "", 0, "2026-09-29", "2026-09-29",
     "Thursday; 25–27 Mid-Autumn; Monday the 28th is day 1, Tuesday the 29th day 2."),
    ("RX-01", "2026-09-30", "", 0, "2026-10-09", "2026-10-09",
     "1–7 October off; Thursday the 8th is day 1, Friday the 9th day 2."),
    ("XF-03", "2026-09-24", "", 0, "2026-10-09", "2026-10-09",
     "25–27 off; 28 29 30 are days 1–3; 1–7 October off; the 8th is day 4, the 9th day 5."),
    ("RX-02", "2026-09-30", "", 0, "2026-10-20", "2026-10-20",
     "1–7 October off; 8 9 and Saturday the 10th are days 1–3; 12–16 are 4–8; 19 and 20 are 9 and 10."),
    ("GK-03", "2026-09-17", "", 0, "2026-09-28", "2026-09-28",
     "Friday the 18th is day 1; Sunday the 20th, worked, day 2; 21–24 are 3–6; 25–27 off; Monday the 28th is day 7."),
    ("XF-01", "2026-09-18", "", 0, "2026-10-08", "2026-09-30",
     "Twelve days to 30 September and three in October end on the 3rd, in the holiday: on to Thursday the 8th; the "
     "last working day before is 30 September."),
    ("XF-05", "2026-08-05", "", 0, "2026-10-08", "2026-09-30",
     "26 days to the end of August, 30 in September, 4 in October: Sunday 4 October, in the holiday: on to the 8th."),
    ("XF-05", "2026-08-05", "", 30, "2026-11-03", "2026-11-03",
     "The extension counts from the unrolled 4 October: 27 days to 31 October, 3 in November: Tuesday the 3rd."),
    ("XF-05", "2026-08-12", "", 0, "2026-10-12", "2026-10-10",
     "19 days to the end of August, 30 in September, 11 in October: Sunday the 11th, on to Monday the 12th; on the "
     "safe side Saturday the 10th, which is worked."),
    ("XF-09", "2026-09-20", "2026-10-05/2026-10-09", 0, "2026-10-26", "2026-10-23",
     "Days 1–10 end on 30 September, 11–14 on 4 October; a hearing from the 5th to the 9th; the 10th is day 15, the "
     "25th day 30, a Sunday: on to Monday the 26th; the last working day before is Friday the 23rd."),
    ("WX-02", "2026-07-03", "", 0, "2026-10-08", "2026-09-30",
     "Three months on is Saturday 3 October, in the holiday: on to the 8th."),
    # Spring Festival 2026
    ("RX-01", "2026-02-13", "", 0, "2026-02-24", "2026-02-24",
     "Friday; Saturday the 14th is worked and is day 1; 15–23 off; Tuesday the 24th is day 2."),
    ("NB-02", "2026-02-14", "", 0, "2026-02-24", "2026-02-24",
     "Saturday, worked, is the starting day; 15–23 off; the 24th is day 1."),
    ("WX-01", "2026-02-12", "", 0, "2026-02-26", "2026-02-26",
     "Friday the 13th and Saturday the 14th are days 1–2; 15–23 off; 24 25 26 are 3–5."),
    ("RX-03", "2026-02-09", "", 0, "2026-03-06", "2026-03-06",
     "10–14, Saturday worked, are days 1–5; 15–23 off; 24–28, Saturday worked, are 6–10; 2–6 March are 11–15."),
    ("GK-01", "2026-02-02", "", 0, "2026-03-06", "2026-03-06",
     "3–6 are days 1–4; 9–14, Saturday worked, 5–10; 15–23 off; 24–28, Saturday worked, 11–15; 2–6 March 16–20."),
    ("GK-01", "2026-02-09", "2026-02-12/2026-02-25", 0, "2026-03-20", "2026-03-20",
     "10 11 are days 1–2; paused from the 12th to the 25th, over the holiday; 26 27 28, Saturday worked, are 3–5; 2–6 "
     "March 6–10; 9–13 are 11–15; 16–20 are 16–20."),
    ("XF-01", "2026-02-03", "", 0, "2026-02-24", "2026-02-14",
     "Fifteen days end on Wednesday the 18th, in the holiday: on to the 24th; on the safe side Saturday the 14th, "
     "which is worked."),
    ("XF-08", "2026-01-20", "", 0, "2026-02-24", "2026-02-14",
     "11 days in January and 19 in February end on the 19th, in the holiday: on to the 24th."),
    ("JT-01b", "2025-08-17", "", 0, "2026-02-24", "2026-02-14",
     "Six months on is 17 February, New Year's Day of the old calendar: on to the 24th."),
    # Month ends, leap days, turns of the year, other holidays
    ("WX-02", "2025-11-30", "", 0, "2026-02-28", "2026-02-28",
     "February has no 30th: it ends with the 28th, a Saturday that is worked."),
    ("JT-01a", "2026-03-31", "", 0, "2026-06-30", "2026-06-30", "June has no 31st: Tuesday the 30th."),
    ("WX-02", "2023-11-30", "", 0, "2024-02-29", "2024-02-29",
     "February 2024 has no 30th, but a 29th, a Thursday."),
    ("XF-07", "2024-01-30", "", 0, "2024-02-29", "2024-02-29",
     "31 January is day 1, the 29 days of February are 2–30: Thursday the 29th."),
    ("RX-02", "2024-02-19", "", 0, "2024-03-04", "2024-03-04",
     "20–23 are days 1–4; 26–29, the leap day too, 5–8; 1 March is 9; Monday the 4th is day 10."),
    ("WZ-01b", "2025-12-31", "", 0, "2026-01-06", "2026-01-06",
     "1–3 January off; Sunday the 4th is worked and is day 1; Monday and Tuesday are 2 and 3."),
    ("WX-01", "2026-04-30", "", 0, "2026-05-11", "2026-05-11",
     "1–5 May off; 6 7 8 are days 1–3; Saturday the 9th is worked and is 4; Monday the 11th is day 5."),
    ("GK-04", "2020-01-17", "", 0, "2020-02-14", "2020-02-14",
     "Sunday the 19th is worked and is day 1; 20–23 are 2–5; 24 January–2 February off; 3–7 February are 6–10; 10–14 "
     "are 11–15."),
]  # fmt: skip

# (rule, start, end, the count)
INSTANTS = [
    ("NB-01", "2026-09-24T17:00", "2026-09-28T12:00",
     "Half an hour on Thursday; 25–27 Mid-Autumn; the three and a half hours of Monday morning."),
    ("YQ-02", "2026-10-01T22:00", "2026-10-03T22:00", "Forty-eight hours run through the holiday."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "start", "pause", "extend", "legal", "safe", "count"), DAYS)
def test_a_limit_in_days_ends_where_the_hand_count_does(
    code: str, start: str, pause: str, extend: int, legal: str, safe: str, count: str
) -> None:
    first, _, last = pause.partition("/")
    pauses: list[Pause] = [(date.fromisoformat(first), date.fromisoformat(last))] if pause else []
    instant = datetime.fromisoformat(f"{start}T10:30").replace(tzinfo=SHANGHAI)
    result = due(load_limits().rule(code), instant, seed_calendar(), pauses=pauses, extend=extend)
    assert (result.legal_day.isoformat(), result.safe_day.isoformat()) == (legal, safe), count


@pytest.mark.parametrize(("code", "start", "end", "count"), INSTANTS)
def test_a_limit_in_hours_ends_where_the_hand_count_does(code: str, start: str, end: str, count: str) -> None:
    instant = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    result = due(load_limits().rule(code), instant, seed_calendar())
    assert result.legal_due == datetime.fromisoformat(end).replace(tzinfo=SHANGHAI), count


def test_there_are_thirty_of_them() -> None:
    assert len(DAYS) + len(INSTANTS) >= 30
