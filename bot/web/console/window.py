"""送达 on the case page: how the writer can still be reached, what went out, what staff told by hand and the proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from bot.services import Services
from handlers.accounts.directory import names
from handlers.casework.attempts import result_name
from handlers.casework.page import CasePage
from handlers.casework.reach import Reach, reaches
from handlers.casework.states import DELIVERY_STATES, DELIVERY_WAYS
from handlers.casework.trouble import PURPOSES
from handlers.core import Core
from handlers.delivery.senders import parts_of
from handlers.messages import OutboundContent
from handlers.records import Delivery

#: Characters that the letter's frame adds to the officer's words.
_FRAME: Final = 120
_NOT_YET: Final = ("failed", "unknown")


@dataclass(frozen=True, slots=True)
class Outlook:
    """How the writer's chat stands; ``parts`` are the draft's messages; ``after`` names the notices that come later."""

    reach: Reach
    parts: int
    after: str

    @property
    def fits(self) -> bool:
        """Whether the draft fits into what is left."""
        return not self.parts or self.parts <= self.reach.left


@dataclass(frozen=True, slots=True)
class SentLine:
    """One delivery as its officers may see it, opened."""

    what: str
    way: str
    state: str
    state_name: str
    told: str
    why: str
    proof: str
    at: datetime


def outlook(house: Services, session: Session, page: CasePage) -> Outlook | None:
    """What the officer should know of the window, ``None`` where the channel has none or nothing is owed."""
    reach = reaches(session, house.core, [page.case], house.now()).get(page.case.id)
    if reach is None:
        return None
    sender = (
        house.rooms["doors"].senders.get((page.case.channel, page.case.account)) if "doors" in house.rooms else None
    )
    parts = 0
    if sender is not None and page.draft is not None and page.draft.text:
        parts = parts_of(sender, OutboundContent(page.draft.text + "字" * _FRAME))
    ways = sender.capabilities.notice_ways if sender is not None else ()
    notices = [n.way for n in house.profile().notices if n.channel == page.case.channel and n.way in ways]
    return Outlook(reach, parts, "、".join(DELIVERY_WAYS[way] for way in dict.fromkeys(notices)))


def sent_lines(session: Session, core: Core, page: CasePage) -> list[SentLine]:
    """Every delivery of the case, oldest first."""
    people = names(session, [row.recorded_by for row in page.deliveries])
    return [_line(core, row, people) for row in page.deliveries]


def _line(core: Core, row: Delivery, people: dict[int, str]) -> SentLine:
    told = [result_name(row.way, row.attempt), core.vault.open(row.told_whom), core.vault.open(row.told_number)]
    if row.recorded_by:
        told.append(f"{people.get(row.recorded_by, '工作人员')}登记")
    if row.parts_total > 1:
        told.insert(0, f"共 {row.parts_total} 条，已发 {row.parts_sent} 条")
    unfinished = row.state in _NOT_YET and row.vendor_code != "superseded"
    return SentLine(
        what=PURPOSES.get(row.purpose, row.purpose),
        way=DELIVERY_WAYS.get(row.way, row.way),
        state=row.state if unfinished or row.state not in _NOT_YET else "superseded",
        state_name=_state_name(row),
        told=" · ".join(filter(None, told)),
        why=row.error if row.state in _NOT_YET and not row.attempt else "",
        proof=row.proof if row.recorded_by else "",
        at=row.finished_at or row.created_at,
    )


def _state_name(row: Delivery) -> str:
    if row.state == "sending" and row.vendor_ref:
        return "平台已收下，等它告知结果"
    if row.vendor_code == "superseded":
        return "已由其他方式代替"
    return DELIVERY_STATES.get(row.state, row.state)
