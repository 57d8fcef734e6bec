"""强制报告: suspected harm to a minor goes to the police at once, and stays before people's eyes until it has.

未成年人保护法 第十一条 (2020 年修订): state bodies that find a minor harmed, suspected to be, or in danger must
report it to the police, civil affairs, education and other departments at once. Nothing is sent by machine: a person
telephones, and enters when, to which police unit, and that unit's receipt number.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, relations, visible_to
from handlers.casework.doing import actor_of, changed, lock, required
from handlers.casework.guard import narrow
from handlers.casework.sensitivity import GUARDED
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.escalation.settling import settle
from handlers.escalation.urgent import call_for_report
from handlers.records import Alert, Case, MandatoryReport, Officer
from handlers.records.of_case import rows_of

BY_RULE: Final = "来信提到未成年人可能受到侵害或面临危险"
WAYS: Final[dict[str, str]] = {"110": "拨打 110", "phone": "电话（派出所）", "visit": "当面", "written": "书面"}
#: Reported before the task was opened here: somebody telephoned first and entered it afterwards.
_EARLIER: Final = timedelta(days=30)
_MAY: Final = frozenset({"claimer", "section", "head", "cooperating", "office", "leader", "recipient"})


@dataclass(frozen=True, slots=True)
class Told:
    """What was reported. ``way`` is a code of :data:`WAYS`, ``at`` when, ``gist`` what was said (kept sealed)."""

    way: str
    police_unit: str
    receipt_number: str
    at: datetime
    gist: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open task as the board shows it; ``minutes`` since it was opened."""

    number: str
    opened_at: datetime
    minutes: int
    acknowledged: str


def open_report(session: Session, core: Core, case: Case, why: str, now: datetime, by: int | None = None) -> bool:
    """Open the task and call the duty roster, unless one is open; return whether it was opened."""
    if open_of(session, case.id) is not None:
        return False
    session.add(MandatoryReport(case_id=case.id, why=why[:300], opened_at=now, opened_by=by))
    narrow(session, case, GUARDED, ("minor",))
    session.flush()
    actor = "system" if by is None else f"officer:{by}"
    core.ledger.append(session, case.id, actor, "report_due", now, {})
    call_for_report(session, core, case.id, case.number, now)
    return True


def open_by_rule(session: Session, core: Core, case_ids: Collection[int], now: datetime) -> None:
    """:func:`open_report` for cases that the intake has just written or added to."""
    for case in session.scalars(select(Case).where(Case.id.in_(case_ids))):
        open_report(session, core, case, BY_RULE, now)


def ask_for_report(session: Session, core: Core, person: Person, case_id: int, *, why: str, now: datetime) -> None:
    """A person opens the task by hand, with the reason."""
    case = _held(session, person, case_id)
    if not open_report(session, core, case, required(why, "why", "为什么怀疑", 300), now, person.officer_id):
        raise Conflict("这件已有一项待办的强制报告。")


def record_report(session: Session, core: Core, person: Person, case_id: int, told: Told, *, now: datetime) -> None:
    """Enter that the police were told: who, when, which unit, and the unit's own receipt number."""
    case, task = _open_task(session, person, case_id)
    if told.way not in WAYS:
        raise InvalidInput("请选择怎样报告的。", "way")
    if not now - _EARLIER <= told.at <= now:
        raise InvalidInput("报告的时间不能晚于现在，也不能是一个月以前。", "at")
    task.way, task.reported_at = told.way, told.at
    task.police_unit = required(told.police_unit, "police_unit", "报告给哪个公安机关", 100)
    task.receipt_number = required(told.receipt_number, "receipt_number", "公安机关的接警单号或回执编号", 100)
    _settle(session, core, person, case, task, "reported", told.gist.strip()[:2000], now)


def dismiss_report(session: Session, core: Core, person: Person, case_id: int, *, why: str, now: datetime) -> None:
    """Enter that there is nothing to report after all, and why: a person's decision that stays on record."""
    case, task = _open_task(session, person, case_id)
    why = required(why, "why", "为什么不需要报告", 500)
    if len(why) < 10:
        raise InvalidInput("请写清核实的情况，至少十个字。", "why")
    _settle(session, core, person, case, task, "dismissed", why, now)


def open_of(session: Session, case_id: int) -> MandatoryReport | None:
    """The open task of a case."""
    wanted = select(MandatoryReport).where(MandatoryReport.case_id == case_id, MandatoryReport.state == "open")
    return session.scalars(wanted).first()


def reports_of(session: Session, case_id: int) -> list[MandatoryReport]:
    """All tasks of a case, oldest first."""
    return rows_of(session, MandatoryReport, case_id)


def waiting_for(session: Session, person: Person, now: datetime) -> list[Waiting]:
    """The open tasks of cases this person may see, oldest first."""
    wanted = select(MandatoryReport, Case.number, Case.id).join(Case, Case.id == MandatoryReport.case_id)
    rows = session.execute(
        wanted.where(MandatoryReport.state == "open", visible_to(person)).order_by(MandatoryReport.id)
    ).all()
    taken = select(Alert.case_id, Officer.name).join(Officer, Officer.id == Alert.acknowledged_by)
    names = session.execute(taken.where(Alert.kind == "mandatory", Alert.case_id.in_([row[2] for row in rows])))
    by_case: dict[int | None, str] = dict(names.tuples().all())
    return [
        Waiting(number, task.opened_at, int((now - task.opened_at).total_seconds() // 60), by_case.get(case_id, ""))
        for task, number, case_id in rows
    ]


def may_report(person: Person, case: Case) -> bool:
    """Whether this person may enter or dismiss a report of the case: everybody who works on it."""
    return bool(relations(person, case) & _MAY)


def _settle(
    session: Session,
    core: Core,
    person: Person,
    case: Case,
    task: MandatoryReport,
    state: str,
    told: str,
    now: datetime,
) -> None:
    task.state, task.told = state, core.vault.seal(told)
    task.settled_at, task.settled_by = now, person.officer_id
    settle(session, now, Alert.case_id == case.id, Alert.kind == "mandatory", by=person.officer_id)
    data = {"state": state}
    if task.reported_at is not None:
        data |= {"unit": task.police_unit, "number": task.receipt_number, "at": task.reported_at.isoformat()}
    changed(session, core, case, actor_of(person), "report_settled", now, data)


def _held(session: Session, person: Person, case_id: int) -> Case:
    case = lock(session, case_id)
    if case is None or not relations(person, case):
        raise NotFound("没有这件诉求，或者您无权查看。")
    if not may_report(person, case):
        raise NotAllowed("强制报告由办理这件的同事登记。")
    return case


def _open_task(session: Session, person: Person, case_id: int) -> tuple[Case, MandatoryReport]:
    case = _held(session, person, case_id)
    task = open_of(session, case.id)
    if task is None:
        raise Conflict("这件没有待办的强制报告，可能同事刚刚登记过。")
    return case, task
