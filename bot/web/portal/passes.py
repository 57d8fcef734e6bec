"""A pass: proof that number and query code were right, carried in the page itself, so that nobody has to log in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Final

from bot.services import Services
from handlers.errors import SettingFault

LASTS: Final = timedelta(hours=2)


def issue(house: Services, case_id: int) -> str:
    """Return a pass for a case that was opened with its code."""
    return house.core.vault.seal(json.dumps(["pass", case_id, (house.now() + LASTS).isoformat()]))


def case_of(house: Services, given: str) -> int | None:
    """Return the case behind a pass, or ``None`` when it is no pass or too old."""
    if not given or len(given) > 500:
        return None
    try:
        kind, case_id, until = json.loads(house.core.vault.open(given))
        return int(case_id) if kind == "pass" and datetime.fromisoformat(until) > house.now() else None
    except (ValueError, TypeError, SettingFault):
        return None
