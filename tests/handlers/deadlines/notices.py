"""A holiday notice for 2027 as it might come: made up for the tests, whole and balanced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

NUMBER = "国办发明电〔2026〕99号"
OFF = (
    ("元旦", "2027-01-01", 3), ("春节", "2027-02-05", 7), ("清明节", "2027-04-03", 3), ("劳动节", "2027-05-01", 5),
    ("端午节", "2027-06-09", 1), ("中秋节", "2027-09-15", 1), ("国庆节", "2027-10-01", 7),
)  # fmt: skip
ON = ("2027-02-20", "2027-05-08", "2027-09-26", "2027-10-09")


def _lines() -> Iterator[str]:
    for name, first, days in OFF:
        for n in range(days):
            yield f"{date.fromisoformat(first) + timedelta(days=n)} 休 {name}"
    for day in ON:
        yield f"{day} 班"


TABLE = "\n".join(_lines())
