"""Show: the page of a group — who is in it, who speaks for it, and how far each person's own answer has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, visible_to
from handlers.casework.lines import CaseLine, lines
from handlers.casework.local import moment
from handlers.casework.states import DELIVERY_STATES, DELIVERY_WAYS
from handlers.core import Core
from handlers.groups.gather import members, rows
from handlers.neighbours.part import may_take_part
from handlers.neighbours.show import further, similar_to
from handlers.records import Case, Delivery, GroupMember, MatterGroup, Officer, Reply
from handlers.records.of_case import may_hold

_REPLY: Final = {"draft": "退回修改", "in_review": "待审核", "superseded": "已作废"}


@dataclass(frozen=True, slots=True)
class MemberView:
    """One person's case. ``answer`` says in words how far the answer is; ``arrived`` that it is with them."""

    line: CaseLine
    representative: bool
    answer: str
    when: str
    arrived: bool
    trouble: bool


@dataclass(frozen=True, slots=True)
class GroupPage:
    """``hidden`` counts members that this reader may not see; they are in no list and no other figure."""

    group: MatterGroup
    decided: str
    members: list[MemberView]
    hidden: int

    @property
    def arrived(self) -> int:
        """How many have their answer."""
        return sum(one.arrived for one in self.members)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the list; ``size`` counts what the reader may see."""

    group_id: int
    title: str
    size: int
    arrived: int
    made: str
    decided: bool


def group_page(session: Session, core: Core, person: Person, group: MatterGroup, now: datetime) -> GroupPage:
    """Gather the page; the words of the cases are read on their own pages."""
    found = rows(session, person, group.id)
    shown = lines(session, core, [case for _, case in found], now)
    sent = _replies(session, group.id)
    views = [
        _view(member, case, line, sent.get(member.reply_id or 0, (None, None)), now)
        for (member, case), line in zip(found, shown, strict=True)
    ]
    by = session.scalar(select(Officer.name).where(Officer.id == group.decided_by)) if group.decided_by else ""
    decided = f"{by} {moment(group.decided_at, now)}" if group.decided_at else ""
    return GroupPage(group, decided, views, len(members(session, group.id)) - len(found))


def group_list(session: Session, person: Person, now: datetime, limit: int = 100) -> list[GroupLine]:
    """The groups with cases that this person may see, latest first."""
    seen = (
        select(GroupMember.group_id, func.count().label("size"), func.max(MatterGroup.id))
        .join(Case, Case.id == GroupMember.case_id)
        .join(MatterGroup, MatterGroup.id == GroupMember.group_id)
        .where(visible_to(person), Case.restricted.is_(False))
        .group_by(GroupMember.group_id)
        .order_by(GroupMember.group_id.desc())
        .limit(limit)
    )
    sizes = {row.group_id: row.size for row in session.execute(seen)}
    groups = session.scalars(select(MatterGroup).where(MatterGroup.id.in_(sizes)).order_by(MatterGroup.id.desc()))
    answered = _arrived(session, person, list(sizes))
    return [
        GroupLine(g.id, g.title, sizes[g.id], answered.get(g.id, 0), moment(g.made_at, now), bool(g.decision))
        for g in groups
    ]


def group_of_case(session: Session, case: Case) -> MatterGroup | None:
    """The group a case is in, for its own page."""
    asked = may_take_part(case) and may_hold(session, GroupMember, case.id)
    member = session.get(GroupMember, case.id) if asked else None
    return session.get(MatterGroup, member.group_id) if member is not None else None


def suggested(session: Session, core: Core, person: Person, case: Case, now: datetime) -> list[tuple[CaseLine, str]]:
    """Cases similar to one, with how alike in words ("" = by way of a similar one); those in a group are left out."""
    near = similar_to(session, person, case)
    rest = further(session, person, case, [one.case.id for one in near])
    words = {one.case.id: one.words for one in near}
    found = [*(one.case for one in near), *rest]
    taken = set(session.scalars(select(GroupMember.case_id).where(GroupMember.case_id.in_([c.id for c in found]))))
    left = [one for one in found if one.id not in taken]
    return [(line, words.get(line.case_id, "")) for line in lines(session, core, left, now)]


def _replies(session: Session, group_id: int) -> dict[int, tuple[Reply | None, Delivery | None]]:
    """Each member's reply with its best delivery (one that arrived, else the latest), in one query for all."""
    wanted = (
        select(Reply, Delivery)
        .join(GroupMember, GroupMember.reply_id == Reply.id)
        .outerjoin(Delivery, Delivery.reply_id == Reply.id)
        .where(GroupMember.group_id == group_id)
        .order_by(Reply.id, Delivery.state == "sent", Delivery.id)
    )
    return {reply.id: (reply, delivery) for reply, delivery in session.execute(wanted)}


def _view(
    member: GroupMember, case: Case, line: CaseLine, sent: tuple[Reply | None, Delivery | None], now: datetime
) -> MemberView:
    reply, delivery = sent
    words, when, arrived, trouble = "未答复", "", False, False
    if reply is not None and reply.state != "issued":
        words = _REPLY.get(reply.state, reply.state)
    elif reply is not None:
        words, when, arrived, trouble = _sent(delivery, now)
    elif case.answered_at is not None:
        words, when, arrived = "已单独答复", moment(case.answered_at, now), True
    return MemberView(line, member.representative, words, when, arrived, trouble)


def _sent(delivery: Delivery | None, now: datetime) -> tuple[str, str, bool, bool]:
    if delivery is None:
        return "已签发，等工作人员告知", "", False, False
    if delivery.state == "sent":
        when = moment(delivery.finished_at or delivery.created_at, now)
        return f"已送达（{DELIVERY_WAYS.get(delivery.way, delivery.way)}）", when, True, False
    return f"已签发，{DELIVERY_STATES[delivery.state]}", "", False, delivery.state in ("failed", "unknown")


def _arrived(session: Session, person: Person, group_ids: list[int]) -> dict[int, int]:
    wanted = (
        select(GroupMember.group_id, func.count())
        .join(Case, Case.id == GroupMember.case_id)
        .where(GroupMember.group_id.in_(group_ids), visible_to(person), Case.restricted.is_(False))
        .where(Case.answered_at.is_not(None))
        .group_by(GroupMember.group_id)
    )
    return dict(session.execute(wanted).tuples().all())
