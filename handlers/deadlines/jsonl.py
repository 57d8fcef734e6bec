"""The lines of ``huiying due``: one JSON object in, one out, faults as ``{"id", "error"}``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from handlers.deadlines.counting import DEFAULT_HOURS, Pause
from handlers.deadlines.explain import Explanation, explain
from handlers.deadlines.limits import Limits, Rule
from handlers.deadlines.workdays import WorkCalendar
from handlers.deadlines.worktime import SHANGHAI
from handlers.errors import HuiyingError, InvalidInput
from handlers.organisation.profile import WorkingHours


@dataclass(frozen=True)
class DueDesk:
    """Answers due questions from one table of limits and one calendar."""

    limits: Limits
    calendar: WorkCalendar
    hours: WorkingHours = DEFAULT_HOURS

    def answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to ``{"id", "code", "start", "pauses", "extend"}`` as INTERFACES.md shapes it.

        Raises :class:`HuiyingError` for anything that cannot be counted.
        """
        code = question.get("code")
        if not isinstance(code, str):
            raise InvalidInput("缺少 code（时限规则的代码，如 GK-01）。", field="code")
        extend = question.get("extend") or 0
        if not isinstance(extend, int) or isinstance(extend, bool):
            raise InvalidInput(f"extend 应为整数，现在是 {extend!r}。", field="extend")
        rule, start = self.limits.rule(code), parse_start(question.get("start"))
        pauses = parse_pauses(question.get("pauses"))
        return {"id": question.get("id"), **as_json(self.explain(rule, start, pauses, extend))}

    def explain(self, rule: Rule, start: datetime, pauses: Sequence[Pause] = (), extend: int = 0) -> Explanation:
        """Return the explained due date; dates beyond what a computer can write are :class:`InvalidInput`."""
        try:
            return explain(rule, start, self.calendar, self.hours, pauses, extend)
        except OverflowError:
            raise InvalidInput("日期超出可计算的范围。", field="start") from None

    def line(self, line: str) -> dict[str, Any]:
        """Return the answer to one line of JSON; a fault is an answer too."""
        identity = None
        try:
            question = json.loads(line)
            if not isinstance(question, dict):
                raise InvalidInput("每行应是一个 JSON 对象。")
            identity = question.get("id")
            return self.answer(question)
        except HuiyingError as fault:
            return {"id": identity, "error": str(fault)}
        except RecursionError:
            return {"id": identity, "error": "这一行 JSON 嵌套过深，读不了。"}
        except ValueError as fault:
            return {"id": identity, "error": f"这一行不是可读的 JSON：{fault}"}

    def lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield one line of JSON for each non-empty line."""
        for line in lines:
            if line.strip():
                yield json.dumps(self.line(line), ensure_ascii=False)


def parse_start(value: object) -> datetime:
    """Read a start: an ISO instant with offset; without one, or a bare date, it is meant in Shanghai."""
    if not isinstance(value, str):
        raise InvalidInput("缺少 start（起算时刻，如 2026-09-21T10:30:00+08:00）。", field="start")
    try:
        start = datetime.fromisoformat(value.strip())
    except ValueError:
        raise InvalidInput(f"start {value!r} 不是日期时刻，请写成 2026-09-21T10:30:00+08:00。", field="start") from None
    return start if start.tzinfo else start.replace(tzinfo=SHANGHAI)


def parse_pauses(value: object) -> list[Pause]:
    """Read ``[["2026-09-24", "2026-10-12"], …]``, inclusive at both ends; ``None`` is no pause."""
    if value is None:
        return []
    try:
        if not isinstance(value, list):
            raise TypeError
        return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in value]
    except (TypeError, ValueError):
        raise InvalidInput('pauses 应为日期对的列表，如 [["2026-09-24", "2026-10-12"]]。', field="pauses") from None


def as_json(explained: Explanation) -> dict[str, Any]:
    """Return an explanation in the shape of INTERFACES.md "Due dates" (without ``id``)."""
    rule, due = explained.rule, explained.due
    return {
        "code": rule.code,
        "legal_due": _shown(due.legal_due if due.in_hours else due.legal_day),
        "safe_due": _shown(due.safe_due if due.in_hours else due.safe_day),
        "provisional": due.provisional,
        "source": rule.source_words,
        "certainty": rule.certainty,
        "days": [
            {"date": entry.day.isoformat(), "counts": entry.counts, "n": entry.n, "why": entry.why}
            for entry in explained.days
        ],
    }


def _shown(value: date | datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat() if isinstance(value, datetime) else value.isoformat()
