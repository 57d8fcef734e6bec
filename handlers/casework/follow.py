"""他人关注: a daughter follows her mother's case with consent, under a query code of her own that only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, relations, see
from handlers.casework.citizen import plain_number
from handlers.casework.doing import actor_of, lock, required
from handlers.casework.numbers import new_query_code, same_query_code
from handlers.core import Core
from handlers.errors import InvalidInput, NotAllowed, NotFound
from handlers.records import Case, CaseFollower
from handlers.records.of_case import rows_of

CONSENTS: Final[dict[str, str]] = {
    "said": "本人当面或电话里同意",
    "written": "本人书面同意",
    "guardian": "监护人或代理人，已核对证明",
}
_MAY: Final = frozenset({"claimer", "section", "head", "office", "recipient"})
_MOST: Final = 5
_NOT_FOUND: Final = "没有找到。请核对受理编号和查询码，两样都要对。"


@dataclass(frozen=True, slots=True)
class FollowerView:
    """A follower as staff see them; ``code`` is their query code, to be told to them alone.

    ``notices``: the consent covers telling them unasked; ``linked``: they have said where.
    """

    follower_id: int
    name: str
    phone: str
    relation: str
    consent: str
    consent_at: datetime
    code: str
    active: bool
    withdrawn_at: datetime | None
    notices: bool
    linked: bool


def may_add(person: Person, case: Case) -> bool:
    """Whoever works on the case may enter the consent that they were given."""
    return bool(relations(person, case) & _MAY)


def add_follower(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    *,
    name: str,
    phone: str,
    relation: str,
    consent: str,
    consent_note: str,
    notices: bool = False,
    now: datetime,
) -> CaseFollower:
    """Let somebody follow the case. Nobody follows without consent, and how it was given is kept.

    ``notices``: the person concerned agreed that progress be sent to the follower unasked, too.
    """
    see(session, person, case_id)
    case = lock(session, case_id)
    assert case is not None
    if not may_add(person, case):
        raise NotAllowed("关注人由办理这件的同事登记。")
    if consent not in CONSENTS:
        raise InvalidInput("请选择本人怎样同意的；没有本人同意，不能让他人查看。", "consent")
    if len(_active(session, case.id)) >= _MOST:
        raise InvalidInput(f"一件最多 {_MOST} 位关注人，请先停止不再需要的。", "name")
    plain = "".join(c for c in phone if c.isdigit())
    follower = CaseFollower(
        case_id=case.id,
        relation=required(relation, "relation", "与本人的关系", 60),
        name=core.vault.seal(required(name, "name", "关注人的姓名", 60)),
        phone=core.vault.seal(phone.strip()[:40]),
        phone_index=core.vault.index(plain),
        query_code=core.vault.seal(new_query_code()),
        consent=consent,
        consent_note=core.vault.seal(consent_note.strip()[:500]),
        consent_at=now,
        notices=notices,
        added_by=person.officer_id,
        added_at=now,
    )
    session.add(follower)
    core.ledger.append(session, case.id, actor_of(person), "add_follower", now, {"relation": follower.relation})
    return follower


def drop_follower(session: Session, core: Core, case_id: int, follower_id: int, by: str, now: datetime) -> bool:
    """End it: the code opens nothing from now on. ``by`` is ``citizen``, ``follower`` or ``officer:<id>``."""
    case = lock(session, case_id)
    follower = session.get(CaseFollower, follower_id)
    if case is None or follower is None or follower.case_id != case.id:
        raise NotFound("没有这位关注人。")
    if follower.state != "active":
        return False
    follower.state, follower.withdrawn_at, follower.withdrawn_by = "withdrawn", now, by
    follower.citizen_id = None
    actor = by if by.startswith("officer:") else "citizen"
    core.ledger.append(session, case.id, actor, "drop_follower", now, {"by": by.partition(":")[0]})
    return True


def link_here(session: Session, core: Core, follower: CaseFollower, citizen_id: int, now: datetime) -> bool:
    """Tell the follower of progress where this sender writes; False when the recorded consent does not cover it."""
    if not follower.notices:
        return False
    lock(session, follower.case_id)
    session.refresh(follower)
    if follower.state != "active":
        raise NotFound(_NOT_FOUND)
    if follower.citizen_id != citizen_id:
        follower.citizen_id = citizen_id
        core.ledger.append(
            session, follower.case_id, "citizen", "follower_linked", now, {"relation": follower.relation}
        )
    return True


def unlink_here(session: Session, core: Core, number: str, citizen_id: int, now: datetime) -> None:
    """Tell this sender of the case no more. Says the same whether or not they were told: a number betrays nothing."""
    case_id = session.scalar(select(Case.id).where(Case.number == plain_number(number)))
    if case_id is None or not any(row.citizen_id == citizen_id for row in _active(session, case_id)):
        return
    lock(session, case_id)
    for row in _active(session, case_id):
        if row.citizen_id == citizen_id:
            row.citizen_id = None
            core.ledger.append(session, case_id, "citizen", "follower_unlinked", now, {"relation": row.relation})


def followers_of(session: Session, core: Core, case_id: int) -> list[FollowerView]:
    """The case's followers, oldest first, withdrawn ones included."""
    return [_view(core, row) for row in rows_of(session, CaseFollower, case_id)]


def following(session: Session, core: Core, number: str, code: str) -> CaseFollower:
    """Return the active follower whose code this is; NotFound says the same for an absent number and a wrong code."""
    case_id = session.scalar(select(Case.id).where(Case.number == plain_number(number))) if number else None
    given = code.strip()
    for row in _active(session, case_id or 0):
        if given and same_query_code(given, core.vault.open(row.query_code)):
            return row
    raise NotFound(_NOT_FOUND)


def still_following(session: Session, follower_id: int) -> CaseFollower:
    """The follower, as long as the consent stands; raises NotFound afterwards."""
    row = session.get(CaseFollower, follower_id)
    if row is None or row.state != "active":
        raise NotFound("对这件诉求的关注已经停止。")
    return row


def _active(session: Session, case_id: int) -> Sequence[CaseFollower]:
    wanted = select(CaseFollower).where(CaseFollower.case_id == case_id, CaseFollower.state == "active")
    return session.scalars(wanted.order_by(CaseFollower.id)).all()


def _view(core: Core, row: CaseFollower) -> FollowerView:
    opened = core.vault.open
    return FollowerView(
        row.id,
        opened(row.name),
        opened(row.phone),
        row.relation,
        CONSENTS.get(row.consent, row.consent),
        row.consent_at,
        opened(row.query_code),
        row.state == "active",
        row.withdrawn_at,
        row.notices,
        row.citizen_id is not None,
    )
