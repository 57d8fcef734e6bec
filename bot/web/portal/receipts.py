"""What the confirmation page shows, kept for half an hour in a sealed cookie of the browser that sent the form."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web_form import ACCOUNT, CODE
from bot.services import Services
from handlers.errors import SettingFault
from handlers.records import Message

COOKIE: Final = "hy_receipt"
PATH: Final = "/write"
KEPT_FOR: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Shown:
    """A receipt that may be shown again. ``number`` is empty for words that open no case (“进度”)."""

    number: str
    query_code: str
    text: str


def keep(house: Services, response: Response, number: str, query_code: str, external_id: str) -> None:
    """Put the receipt into the browser's cookie."""
    until = (house.now() + KEPT_FOR).isoformat()
    sealed = house.core.vault.seal(json.dumps(["receipt", number, query_code, external_id, until]))
    response.set_cookie(
        COOKIE, sealed, max_age=int(KEPT_FOR.total_seconds()), path=PATH, httponly=True, secure=house.settings.https,
        samesite="lax",
    )  # fmt: skip


def read(house: Services, request: Request) -> Shown | None:
    """Return the receipt of this browser, or ``None`` when there is none (any more)."""
    try:
        kind, number, code, external_id, until = json.loads(house.core.vault.open(request.cookies.get(COOKIE, "")))
        if kind != "receipt" or datetime.fromisoformat(until) < house.now():
            return None
    except (ValueError, TypeError, InvalidTag, SettingFault):
        return None
    wanted = select(Message.receipt_text).where(
        Message.channel == CODE, Message.account == ACCOUNT, Message.external_id == external_id
    )
    with house.core.database.read() as session:
        text = session.scalar(wanted)
    return None if text is None else Shown(number, code, text)
