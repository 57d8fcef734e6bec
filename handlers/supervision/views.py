"""Supervision slips as the pages show them: lists by what is to be done, one with its turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from handlers.casework.access import KEPT, Person, Staff, may_see, viewer_of
from handlers.core import Core
from handlers.errors import NotFound
from handlers.records import Case, Document, Officer, SlipTurn, SupervisionSlip
from handlers.records.of_case import may_hold
from handlers.supervision.access import may_answer, may_decide, may_see_slip, slips_visible_to
from handlers.supervision.slips import STATES, last_day

TURNS: Final[dict[str, str]] = {
    "urged": "再次督办", "answered": "答复", "returned": "退回", "accepted": "了结", "withdrawn": "撤回",
}  # fmt: skip
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A slip in a list. ``late``: the section owes its answer past the due day."""

    slip: SupervisionSlip
    case_number: str
    subject: str
    section: str
    state: str
    last_day: date
    late: bool


@dataclass(frozen=True, slots=True)
class SlipPage:
    """One slip with everything that its page shows. ``case_open``: whether the person may open the case itself."""

    row: SlipRow
    turns: list[tuple[SlipTurn, str]]
    by: str
    document: Document | None
    case_open: bool
    may_answer: bool
    may_decide: bool


def lists(now: datetime) -> dict[str, tuple[str, ColumnElement[bool]]]:
    """The lists by code: name and condition."""
    going, waiting = SupervisionSlip.state == "open", SupervisionSlip.state == "answered"
    return {
        "open": ("待科室答复", going),
        "late": ("逾期未答", and_(going, SupervisionSlip.due_at <= now)),
        "answered": ("待办公室审核", waiting),
        "settled": ("已了结", SupervisionSlip.state.in_(("accepted", "withdrawn"))),
    }


def slip_rows(session: Session, core: Core, person: Person, which: str, now: datetime) -> list[SlipRow]:
    """One list: what is due soonest first; settled ones latest first."""
    known = lists(now)
    order = SupervisionSlip.id.desc() if which == "settled" else SupervisionSlip.due_at
    wanted = _joined(person).where(known.get(which, known["open"])[1]).order_by(order).limit(_MOST)
    return [_row(core, slip, case, now) for slip, case in session.execute(wanted)]


def slip_counts(session: Session, person: Person, now: datetime) -> dict[str, int]:
    """How many slips stand in each list."""
    counted = _joined(person).with_only_columns(func.count(SupervisionSlip.id))
    return {code: session.scalar(counted.where(which)) or 0 for code, (_, which) in lists(now).items()}


def slips_of_case(session: Session, core: Core, person: Person, case_id: int, now: datetime) -> list[SlipRow]:
    """The slips of one case that this person may see, the latest first."""
    if not may_hold(session, SupervisionSlip, case_id):
        return []
    rows = session.execute(_of_case(viewer_of(person)), {"case_id": case_id})
    return [_row(core, slip, case, now) for slip, case in rows]


def slip_page(session: Session, core: Core, person: Person, slip_id: int, now: datetime) -> SlipPage:
    """One slip. Raises NotFound alike for absent and hidden ones."""
    slip = session.get(SupervisionSlip, slip_id)
    case = session.get(Case, slip.case_id) if slip else None
    if slip is None or case is None or not may_see_slip(person, slip, case):
        raise NotFound("没有这张督办单，或者您无权查看。")
    turns: Sequence[SlipTurn] = session.scalars(
        select(SlipTurn).where(SlipTurn.slip_id == slip.id).order_by(SlipTurn.id)
    ).all()
    names = dict(session.execute(select(Officer.id, Officer.name)).tuples().all())
    made = session.get(Document, slip.document_id) if slip.document_id else None
    document = made if made is not None and made.state == "made" else None
    return SlipPage(
        _row(core, slip, case, now), [(turn, names.get(turn.officer_id, "")) for turn in turns],
        names.get(slip.raised_by or 0, ""), document, may_see(person, case),
        slip.state == "open" and may_answer(person, slip, core.profile()),
        slip.state in ("open", "answered") and may_decide(session, person, slip),
    )  # fmt: skip


def _joined(person: Person) -> Select[tuple[SupervisionSlip, Case]]:
    wanted = select(SupervisionSlip, Case).join(Case, Case.id == SupervisionSlip.case_id)
    return wanted.where(slips_visible_to(person))


@lru_cache(maxsize=KEPT)
def _of_case(viewer: Staff) -> Select[tuple[SupervisionSlip, Case]]:
    of_case = SupervisionSlip.case_id == bindparam("case_id")
    return _joined(viewer).where(of_case).order_by(SupervisionSlip.id.desc())


def _row(core: Core, slip: SupervisionSlip, case: Case, now: datetime) -> SlipRow:
    sections = core.profile().section_names
    late = slip.state == "open" and slip.due_at <= now
    state = "逾期未答" if late else STATES[slip.state]
    section = sections.get(slip.section_code, slip.section_code)
    return SlipRow(slip, case.number, case.subject or "（无文字）", section, state, last_day(slip), late)
