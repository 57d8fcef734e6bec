"""Gather: cases of many people about one matter in one group; taken in, taken out, represented by at most five.

A group moves nothing: each case keeps its officer, its state, its limits and its own answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, relations, visible_to
from handlers.casework.doing import actor_of, lock, required
from handlers.core import Core
from handlers.errors import InvalidInput, NotAllowed, NotFound
from handlers.neighbours.part import may_take_part
from handlers.records import Case, GroupMember, MatterGroup

#: 信访工作条例 20: many people with one matter who come in person choose representatives, at most five.
REPRESENTATIVES: Final = 5
RULE: Final = "《信访工作条例》第二十条：多人采用走访形式提出共同的信访事项，应当推选代表，代表人数不得超过 5 人"
_SMALLEST: Final = 2
_LARGEST: Final = 500
_WHO: Final = frozenset({"claimer", "section", "head", "office"})


def make_group(
    session: Session, core: Core, person: Person, title: str, numbers: Sequence[str], now: datetime
) -> MatterGroup:
    """Open a group of at least two cases. Raises InvalidInput naming the first case that cannot be in it, and why."""
    title = required(title, "title", "群体件的名称（什么事）", 100)
    if len(set(numbers)) < _SMALLEST:
        raise InvalidInput("请至少选两件：一件不成群体件。", "numbers")
    group = MatterGroup(title=title, made_by=person.officer_id, made_at=now)
    session.add(group)
    session.flush()
    cases = add_cases(session, core, person, group, numbers, now)
    group.section_code = next((case.section_code for case in cases if case.section_code), None)
    return group


def add_cases(
    session: Session, core: Core, person: Person, group: MatterGroup, numbers: Sequence[str], now: datetime
) -> list[Case]:
    """Take cases in by number. Raises InvalidInput for the first that cannot be; then none is taken in."""
    wanted = select(Case.id).where(Case.number.in_(set(numbers)), visible_to(person)).order_by(Case.id)
    cases = [case for case in (lock(session, ident) for ident in session.scalars(wanted).all()) if case is not None]
    missing = sorted(set(numbers) - {case.number for case in cases})
    if missing:
        raise InvalidInput(f"没有编号 {missing[0]} 的诉求，请核对编号。", "numbers")
    if len(members(session, group.id)) + len(cases) > _LARGEST:
        raise InvalidInput(f"一个群体件最多 {_LARGEST} 件。", "numbers")
    for case in cases:
        fault = why_not(session, person, case)
        if fault:
            raise InvalidInput(f"{case.number} {fault}", "numbers")
    for case in cases:
        session.add(GroupMember(case_id=case.id, group_id=group.id, added_by=person.officer_id, added_at=now))
        core.ledger.append(session, case.id, actor_of(person), "group_joined", now, {"group": group.id})
    group.version += 1
    session.flush()
    return cases


def why_not(session: Session, person: Person, case: Case) -> str:
    """Why a case cannot be taken into a group ("" = it can)."""
    if not may_take_part(case):
        return "是受限、敏感的件或举报，不列入群体件。"
    if not relations(person, case) & _WHO:
        return "不在您这里办，请交承办科室或办公室列入。"
    if case.state in ("merged", "withdrawn"):
        return "已并入别的件或已撤回。"
    known = session.get(GroupMember, case.id)
    return f"已在群体件 {known.group_id} 号里。" if known is not None else ""


def remove_case(
    session: Session, core: Core, person: Person, group: MatterGroup, number: str, reason: str, now: datetime
) -> None:
    """Take a case out again: it was about something else. What it was answered stays as it is."""
    reason = required(reason, "reason", "移出的理由", 200)
    member, case = _member(session, person, group, number)
    session.delete(member)
    group.version += 1
    data = {"group": group.id, "reason": reason}
    core.ledger.append(session, case.id, actor_of(person), "group_left", now, data)


def set_representatives(
    session: Session, core: Core, person: Person, group: MatterGroup, numbers: Collection[str], now: datetime
) -> None:
    """Say who speaks for the group: the writers of these cases, at most five."""
    if len(set(numbers)) > REPRESENTATIVES:
        raise InvalidInput(
            f"代表最多 {REPRESENTATIVES} 人（信访工作条例第二十条），现在选了 {len(set(numbers))} 人。",
            "representative",
        )
    for member, case in rows(session, person, group.id):
        chosen = case.number in numbers
        if member.representative == chosen:
            continue
        if not relations(person, case) & _WHO:
            raise NotAllowed(f"{case.number} 不在您这里办，不能改它的代表。")
        member.representative = chosen
        data = {"group": group.id, "on": chosen}
        core.ledger.append(session, case.id, actor_of(person), "group_represents", now, data)
    if sum(member.representative for member in members(session, group.id)) > REPRESENTATIVES:
        raise InvalidInput(f"代表最多 {REPRESENTATIVES} 人，其中有您看不到的件。", "representative")
    group.version += 1


def group_of(session: Session, person: Person, group_id: int, *, lock_it: bool = False) -> MatterGroup:
    """The group, locked when it is to be changed; NotFound unless at least one of its cases may be seen."""
    group = session.get(MatterGroup, group_id, with_for_update=lock_it)
    seen = select(Case.id).join(GroupMember, GroupMember.case_id == Case.id)
    seen = seen.where(GroupMember.group_id == group_id, visible_to(person)).limit(1)
    if group is None or (session.scalar(seen) is None and group.made_by != person.officer_id):
        raise NotFound("没有这个群体件，或者您无权查看。")
    return group


def members(session: Session, group_id: int) -> Sequence[GroupMember]:
    """Every member, seen or not, in the order of their cases."""
    wanted = select(GroupMember).where(GroupMember.group_id == group_id).order_by(GroupMember.case_id)
    return session.scalars(wanted).all()


def rows(session: Session, person: Person, group_id: int) -> list[tuple[GroupMember, Case]]:
    """The members whose cases this person may see. One that became restricted is in no list any more."""
    wanted = select(GroupMember, Case).join(Case, Case.id == GroupMember.case_id)
    wanted = wanted.where(GroupMember.group_id == group_id, visible_to(person)).order_by(GroupMember.case_id)
    return [(member, case) for member, case in session.execute(wanted) if may_take_part(case)]


def _member(session: Session, person: Person, group: MatterGroup, number: str) -> tuple[GroupMember, Case]:
    found = next((row for row in rows(session, person, group.id) if row[1].number == number.strip()), None)
    if found is None:
        raise NotFound("这件不在这个群体件里。")
    case = lock(session, found[1].id)
    if case is None or not relations(person, case) & _WHO:
        raise NotAllowed("群体件的成员由承办科室或办公室调整。")
    return found[0], case
