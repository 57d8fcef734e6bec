"""After the window: which notice of the platform (模板消息, 订阅通知) is tried next, and what stands in it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.casework.local import day
from handlers.core import Core
from handlers.delivery.senders import Sender
from handlers.messages import Notice
from handlers.organisation.pieces import fill
from handlers.organisation.profile import NoticeTemplate
from handlers.records import Case, Delivery

#: What a notice says that there is, by the purpose of the text; a receipt is told again with "进度".
STATES: Final = {"answer": "已答复，请查看", "question": "需要您补充情况", "notice": "有新的进展"}


def next_notice(session: Session, core: Core, delivery: Delivery, sender: Sender, now: datetime) -> Notice | None:
    """The notice to try now, ``None`` when the profile has no (further) one for this text's channel."""
    tried = delivery.tried_ways.split(",")
    if delivery.purpose not in STATES or not delivery.case_id:
        return None
    for template in core.profile().notices:
        usable = template.channel == delivery.channel and template.way in sender.capabilities.notice_ways
        if usable and template.way not in tried:
            return _filled(core, session.get_one(Case, delivery.case_id), template, STATES[delivery.purpose], now)
    return None


def mark_tried(delivery: Delivery) -> None:
    """The notice that the row carries has failed; the next one is tried, or the text is not delivered."""
    if delivery.way in delivery.tried_ways.split(","):
        return
    delivery.tried_ways = ",".join(filter(None, (delivery.tried_ways, delivery.way)))


def _filled(core: Core, case: Case, template: NoticeTemplate, state: str, now: datetime) -> Notice:
    profile = core.profile()
    # Others may look at the telephone: of a sensitive matter not even the section is named.
    open_to_all = bool(case.section_code) and not case.sensitive and not case.restricted
    words = {
        "number": case.number,
        "state": state,
        "date": day(now),
        "section": profile.section(case.section_code or "").name if open_to_all else profile.short_name,
        "name": profile.short_name,
        "phone": profile.phone,
    }
    fields = {name: fill(template.template_id, text, words) for name, text in template.fields.items()}
    return Notice(template.way, template.template_id, fields)
