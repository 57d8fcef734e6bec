"""关注 and 停止关注: a follower asks to be told of progress where they write, with number and their own query code."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from handlers.casework.follow import following, link_here, unlink_here
from handlers.core import Core
from handlers.errors import MoveNotAllowed
from handlers.intake.arrival import Arrival
from handlers.organisation.wording import render
from handlers.records import Message

#: So many tries an hour and sender: a code has 36 bits, guessing must not pay.
_TRIES: Final = 10


def follow(session: Session, core: Core, arrival: Arrival) -> str:
    """Tell them from now on, as far as the consent covers it; the code is not kept in what was written."""
    command = arrival.command
    assert command is not None
    tried = select(func.count(Message.id)).where(
        Message.citizen_id == arrival.citizen.id, Message.command == "follow",
        Message.received_at > arrival.now - timedelta(hours=1),
    )  # fmt: skip
    if (session.scalar(tried) or 0) >= _TRIES:
        raise MoveNotAllowed("试的次数太多了，请过一小时再发；也可以凭编号和查询码在网页上查。")
    follower = following(session, core, command.number, command.code)
    plain = {"text": f"关注 {command.number}", "raw": b""}
    session.execute(update(Message).where(Message.id == arrival.message_id).values(**plain))
    agreed = link_here(session, core, follower, arrival.citizen.id, arrival.now)
    return render(core.profile(), "follow_done" if agreed else "follow_not_agreed", number=command.number)


def unfollow(session: Session, core: Core, arrival: Arrival) -> str:
    """Tell them no more; their query code still reads on the web."""
    command = arrival.command
    assert command is not None
    unlink_here(session, core, command.number, arrival.citizen.id, arrival.now)
    return render(core.profile(), "follow_ended", number=command.number)
