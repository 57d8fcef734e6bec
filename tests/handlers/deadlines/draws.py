"""Random questions for the oracle, and where it and the product disagree."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from handlers.deadlines.counting import due
from handlers.deadlines.limits import load_limits
from handlers.deadlines.seed import seed_calendar
from tests.handlers.deadlines import oracle

_FIRST, _DAYS = date(2020, 1, 1), (date(2026, 12, 31) - date(2020, 1, 1)).days
_CODES = sorted([*oracle.RULES, *oracle.YEARLY])


def disagreements(seed: int, wanted: int) -> list[str]:
    """Compare ``wanted`` draws that end by 2026; return a line for each that differs."""
    dice, compared, found = random.Random(seed), 0, []
    calendar, limits = seed_calendar(), load_limits()
    while compared < wanted:
        code, start, pauses, extend = _draw(dice)
        try:
            theirs = oracle.due(code, start, pauses, extend)
        except oracle.TooLate:
            continue
        result = due(limits.rule(code), start, calendar, pauses=pauses, extend=extend)
        ours = (result.legal_due, result.safe_due) if result.in_hours else (result.legal_day, result.safe_day)
        compared += 1
        if ours != theirs or result.provisional:
            found.append(f"{code} from {start} pauses {pauses} extended {extend}: ours {ours}, the oracle's {theirs}")
    return found


def _draw(dice: random.Random) -> tuple[str, datetime, list[oracle.Pause], int]:
    code = dice.choice(_CODES)
    first = _FIRST + timedelta(days=dice.randint(0, _DAYS))
    start = datetime(
        first.year, first.month, first.day, dice.randint(0, 23), dice.randint(0, 59), tzinfo=oracle.SHANGHAI
    )
    if code in oracle.YEARLY:
        return code, start, [], 0
    pauses = []
    for _ in range(dice.choice((0, 0, 0, 1, 1, 2, 3))):
        begin = first + timedelta(days=dice.randint(-3, 40))
        pauses.append((begin, begin + timedelta(days=dice.choice((0, 1, 4, 9, 20)))))
    return code, start, pauses, dice.choice((0, 0, 0, 1, 2, 5, 10, 20, 30))
