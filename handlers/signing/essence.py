"""One reply as the signing page shows it: its words, what was asked, by when, and what was said on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.directory import names
from handlers.casework.access import Person
from handlers.casework.lines import CaseLine, lines
from handlers.core import Core
from handlers.delivery.outbox import text_sha256
from handlers.records import Case, Message, Reply
from handlers.signing.line import WayView, legal_opinion, title_of, way_view
from handlers.signing.rounds import Turn, my_turn, reply_under_way, steps_taken


@dataclass(frozen=True, slots=True)
class Essence:
    """``shown`` is the hash of ``reply.text``: what is signed must be what was read. ``asked`` are the first words."""

    case: Case
    line: CaseLine
    reply: Reply
    title: str
    shown: str
    asked: str
    drafter: str
    legal: str
    way: WayView | None
    turn: Turn

    @property
    def letter(self) -> bool:
        """Whether the words go out in a letter's frame (number, section, telephone), which is put on by itself."""
        return not self.reply.act


def essence(session: Session, core: Core, person: Person, case: Case, now: datetime) -> Essence | None:
    """Gather it for a case that the caller has checked; ``None`` when nothing waits for this person there."""
    reply = reply_under_way(session, case.id)
    turn = my_turn(session, core, case, reply, person, now) if reply else None
    if reply is None or turn is None:
        return None
    acts = steps_taken(session, reply.id)
    people = names(session, [reply.drafted_by, *(act.officer_id for act in acts)])
    asked = session.scalar(select(Message.text).where(Message.id == case.first_message_id)) or ""
    return Essence(
        case=case, line=lines(session, core, [case], now)[0], reply=reply, title=title_of(reply),
        shown=text_sha256(reply.text), asked=asked, drafter=people.get(reply.drafted_by, ""),
        legal=legal_opinion(acts, people, now), way=way_view(session, core, case, now), turn=turn,
    )  # fmt: skip
