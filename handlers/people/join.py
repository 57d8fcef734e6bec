"""同一人认定: two senders are one person — by a code, a call or a decision — and parted again. Nothing else moves.

What follows from it: their cases are shown as one person's, may be merged and counted as repeats. Each case keeps its
state, officer, limits and number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from handlers.casework.access import KEPT, Person, Staff, relations, viewer_of, visible_to
from handlers.casework.doing import actor_of, lock, officer_name, required
from handlers.casework.local import moment
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.neighbours.part import may_take_part, takes_part
from handlers.records import Case, CaseContact, Citizen, PersonLink
from handlers.records.of_case import may_hold

HOW: Final[dict[str, str]] = {
    "code": "本人报出核对码",
    "call": "打电话向本人核实",
    "staff": "工作人员认定",
}
#: Who of the case's staff may decide that.
_WHO: Final = frozenset({"claimer", "section", "head", "office"})
_AMONG: Final[Any] = bindparam("ids", expanding=True)
_JOINED: Final = select(PersonLink.one_id, PersonLink.other_id).where(
    PersonLink.undone_at.is_(None), or_(PersonLink.one_id.in_(_AMONG), PersonLink.other_id.in_(_AMONG))
)
_CASE_ID: Final[Any] = bindparam("case_id")
_LINKS: Final = (
    select(PersonLink)
    .where(PersonLink.undone_at.is_(None), or_(PersonLink.case_id == _CASE_ID, PersonLink.other_case_id == _CASE_ID))
    .order_by(PersonLink.id)
)


@dataclass(frozen=True, slots=True)
class Joined:
    """One recognition, in words; ``number`` is the other case's."""

    link_id: int
    number: str
    how: str
    who: str
    when: str
    reason: str


def join(
    session: Session, core: Core, person: Person, case_id: int, number: str, *, how: str, reason: str, now: datetime
) -> PersonLink:
    """Record that the senders of two cases are one person; ``reason`` says how that is known (who, when, what).

    Raises InvalidInput, NotAllowed (no officer of the case), NotFound. A restricted case or report takes no part.
    """
    if how not in HOW:
        raise InvalidInput("请选择是怎样核实的。", "how")
    reason = required(reason, "reason", "核实经过", 200)
    case, other = both(session, person, case_id, number)
    return link_people(session, core, (case, other), how, reason, person.officer_id, actor_of(person), now)


def link_people(
    session: Session, core: Core, cases: tuple[Case, Case], how: str, reason: str, made_by: int, actor: str,
    now: datetime,
) -> PersonLink:  # fmt: skip
    """Join the senders of two locked cases that :func:`not_joinable` lets through; Conflict when they are one."""
    case, other = cases
    assert case.citizen_id is not None and other.citizen_id is not None
    if other.citizen_id in _component(session, {case.citizen_id}):
        raise Conflict("这两件已经是同一位群众的，不必再认定。")
    link = PersonLink(
        one_id=case.citizen_id, other_id=other.citizen_id, case_id=case.id, other_case_id=other.id, how=how,
        reason=core.vault.seal(reason), made_by=made_by, made_at=now, undone_why="",
    )  # fmt: skip
    session.add(link)
    session.flush()
    _renumber(session, {case.citizen_id, other.citizen_id})
    for one, two in ((case, other), (other, case)):
        data = {"other_number": two.number, "how": how, "link": link.id}
        core.ledger.append(session, one.id, actor, "join_people", now, data)
    return link


def part(session: Session, core: Core, person: Person, case_id: int, link_id: int, *, why: str, now: datetime) -> None:
    """Undo a recognition that was wrong; whom other recognitions still join stays joined."""
    why = required(why, "why", "撤销的理由", 200)
    link = session.get(PersonLink, link_id, with_for_update=True)
    if link is None or link.undone_at is not None or case_id not in (link.case_id, link.other_case_id):
        raise NotFound("没有这条同一人认定，或者已经撤销。")
    cases = [lock(session, ident) for ident in sorted((link.case_id, link.other_case_id))]
    mine = next((case for case in cases if case is not None and case.id == case_id), None)
    if mine is None or not relations(person, mine) & _WHO:
        raise NotAllowed("同一人认定由承办科室或办公室撤销。")
    link.undone_by, link.undone_at, link.undone_why = person.officer_id, now, core.vault.seal(why)
    session.flush()
    _renumber(session, {link.one_id, link.other_id})
    numbers = {case.id: case.number for case in cases if case is not None}
    for case in cases:
        if case is not None:
            other = link.other_case_id if case.id == link.case_id else link.case_id
            data = {"other_number": numbers.get(other, ""), "link": link.id}
            core.ledger.append(session, case.id, actor_of(person), "part_people", now, data)


def joined(session: Session, core: Core, person: Person, case: Case, now: datetime) -> list[Joined]:
    """The recognitions in force that were made on this case, as far as the other case may be seen."""
    if not may_hold(session, PersonLink, case.id):
        return []
    links = session.scalars(_LINKS, {"case_id": case.id}).all()
    ids = {ident for link in links for ident in (link.case_id, link.other_case_id)} - {case.id}
    seen = select(Case.id, Case.number).where(Case.id.in_(ids), visible_to(person), takes_part())
    numbers = dict(session.execute(seen).tuples().all())
    found = []
    for link in links:
        other = link.other_case_id if link.case_id == case.id else link.case_id
        if other in numbers:
            who, when = officer_name(session, link.made_by), moment(link.made_at, now)
            found.append(Joined(link.id, numbers[other], HOW[link.how], who, when, core.vault.open(link.reason)))
    return found


def candidates(session: Session, person: Person, case: Case, limit: int = 5) -> list[Case]:
    """Cases of other senders with the same telephone, latest first: to be asked about, not joined by themselves."""
    if case.citizen_id is None or not may_take_part(case):
        return []
    asked = {"case_id": case.id, "known": list(_component(session, {case.citizen_id})), "most": limit}
    return list(session.scalars(_same_phone(viewer_of(person)), asked))


@lru_cache(maxsize=KEPT)
def _same_phone(viewer: Staff) -> Select[tuple[Case]]:
    phone = select(CaseContact.phone_index).where(
        CaseContact.case_id == bindparam("case_id"), CaseContact.role == "writer", CaseContact.phone_index != ""
    )
    wanted = (
        select(Case)
        .join(CaseContact, CaseContact.case_id == Case.id)
        .where(CaseContact.phone_index.in_(phone), CaseContact.role == "writer", Case.id != bindparam("case_id"))
        .where(Case.citizen_id.not_in(bindparam("known", expanding=True)), takes_part(), visible_to(viewer))
    )
    return wanted.order_by(Case.id.desc()).limit(bindparam("most"))


def both(session: Session, person: Person, case_id: int, number: str) -> tuple[Case, Case]:
    """The two cases, locked in their order, after the checks of right, restriction and sender."""
    other_id = session.scalar(select(Case.id).where(Case.number == number.strip(), visible_to(person)))
    found = {ident: lock(session, ident) for ident in sorted({case_id, other_id or case_id})}
    case, other = found.get(case_id), found.get(other_id or 0)
    if case is None or not relations(person, case) & _WHO:
        raise NotAllowed("同一人认定由承办科室或办公室来做。")
    if other is None or other.id == case.id:
        raise InvalidInput("没有这个编号的另一件诉求，请核对编号。", "number")
    if fault := not_joinable(case, other):
        raise InvalidInput(fault, "number")
    return case, other


def not_joinable(case: Case, other: Case) -> str:
    """Why the senders of two cases cannot be joined, in words ("" = they can)."""
    if not (may_take_part(case) and may_take_part(other)):
        return "受限、敏感的件和举报不参加同一人认定。"
    if case.citizen_id is None or other.citizen_id is None:
        return "其中一件的来信人资料已按保存期限删除，不能认定。"
    return ""


def _component(session: Session, start: set[int]) -> set[int]:
    """Everybody whom recognitions in force join with ``start``, over as many steps as it takes."""
    known, ring = set(start), set(start)
    while ring:
        ring = {ident for row in session.execute(_JOINED, {"ids": list(ring)}) for ident in row} - known
        known |= ring
    return known


def _locked(session: Session, start: int) -> tuple[set[int], Sequence[Citizen]]:
    """Whom ``start`` is one person with, locked: somebody may have joined one of them while we waited for the lock."""
    together: set[int] = set()
    citizens: Sequence[Citizen] = ()
    while (now_joined := _component(session, {start})) != together:
        together = now_joined
        rows = select(Citizen).where(Citizen.id.in_(together)).order_by(Citizen.id).with_for_update()
        citizens = session.scalars(rows, execution_options={"populate_existing": True}).all()
    return together, citizens


def _renumber(session: Session, touched: Iterable[int]) -> None:
    """``person_id`` as the links say now: the first sender of each person stands for all of them."""
    left = set(touched)
    while left:
        together, citizens = _locked(session, left.pop())
        left -= together
        for citizen in citizens:
            citizen.person_id = citizens[0].id if citizen.id != citizens[0].id else None
    session.flush()
