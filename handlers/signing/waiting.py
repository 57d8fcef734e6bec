"""What waits for somebody's step: as a condition on cases for queues, and as the list of the signing page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import Person, standings_of, visible_to
from handlers.casework.lines import CaseLine, lines
from handlers.casework.moves import MOVES
from handlers.casework.states import UNDER_REVIEW
from handlers.core import Core
from handlers.records import Case, Document, Reply, ReplyStep, SealRecord
from handlers.records.case import IS_OPEN
from handlers.signing.line import title_of
from handlers.signing.rounds import my_turn, reply_under_way
from handlers.signing.ways import legal_mark

_MOST: Final = 200
#: Who puts the seal on, as :data:`handlers.casework.moves.MOVES` has it.
SEALERS: Final = frozenset({Role.HEAD, Role.OFFICE, Role.LEADER})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case whose reply waits for this person; ``title`` says what it is, ``verb`` what their step does."""

    line: CaseLine
    title: str
    step: str
    verb: str
    round: int


def at_my_step(person: Person, now: datetime) -> ColumnElement[bool]:
    """Cases whose reply waits at a step of this person (or of whom they stand in for) and not at their own text."""
    mine = [_of(role, section) for role, section in standings_of(person)]
    return and_(Case.state.in_(UNDER_REVIEW), or_(false(), *mine), ~_acted_on(person))


def waiting_for(session: Session, core: Core, person: Person, now: datetime) -> list[Waiting]:
    """What waits for this person, what is due next first."""
    wanted = select(Case).where(visible_to(person), at_my_step(person, now), IS_OPEN)
    order = (Case.urgent.desc(), Case.grade, Case.next_due_at.is_(None), Case.next_due_at, Case.id)
    found = []
    for case in session.scalars(wanted.order_by(*order).limit(_MOST)).all():
        reply = reply_under_way(session, case.id)
        turn = my_turn(session, core, case, reply, person, now) if reply else None
        if reply is not None and turn is not None:
            found.append((case, reply, turn))
    shown = lines(session, core, [case for case, _, _ in found], now)
    return [
        Waiting(line, title_of(reply), turn.step, "签发" if turn.last else "审核", reply.round)
        for line, (_, reply, turn) in zip(shown, found, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class ToSeal:
    """A signed document without its seal (待用印)."""

    line: CaseLine
    name: str
    number: str


def wants_seal(person: Person, now: datetime) -> ColumnElement[bool]:
    """Cases with a signed document that has no seal yet, as long as it can be put on."""
    # The states first, by a plain column: only of those few cases the documents are looked at.
    return and_(Case.state.in_(sorted(MOVES["seal"].froms)), _unsealed(Document.case_id == Case.id).exists())


def to_seal(session: Session, core: Core, person: Person, now: datetime) -> list[ToSeal]:
    """Every document that waits for its seal, to those who may put it on; what is due next first."""
    if not {role for role, _ in standings_of(person)} & SEALERS:
        return []
    wanted = select(Case).where(visible_to(person), wants_seal(person, now), IS_OPEN)
    order = (Case.next_due_at.is_(None), Case.next_due_at, Case.id)
    cases = session.scalars(wanted.order_by(*order).limit(_MOST)).all()
    shown = {line.case_id: line for line in lines(session, core, cases, now)}
    papers = session.scalars(_unsealed(Document.case_id.in_(shown)).order_by(Document.id)).all()
    return [
        ToSeal(line, paper.name, paper.number)
        for case_id, line in shown.items() for paper in papers if paper.case_id == case_id
    ]  # fmt: skip


def _unsealed(which: ColumnElement[bool]) -> Select[tuple[Document]]:
    sealed = select(SealRecord.id).where(SealRecord.document_id == Document.id)
    return select(Document).where(which, Document.state == "made", Document.reply_id.is_not(None), ~sealed.exists())


def _of(role: Role, section: str) -> ColumnElement[bool]:
    if role in (Role.OFFICE, Role.LEADER):
        own = Case.step == str(role)
    elif role is Role.HEAD:
        own = and_(Case.step == "head", Case.section_code == section)
    else:
        own = false()
    checks = bool(section) and role in (Role.OFFICER, Role.HEAD)
    return or_(own, Case.step == legal_mark(section)) if checks else own


def _acted_on(person: Person) -> ColumnElement[bool]:
    """Whether this person has had a hand in the case's reply, and somebody else is there to take the step."""
    taken = select(ReplyStep.id).where(
        ReplyStep.reply_id == Reply.id, ReplyStep.round == Reply.round, ReplyStep.officer_id == person.officer_id,
        ReplyStep.action.in_(("draft", "approve")),
    )  # fmt: skip
    hand = or_(Reply.drafted_by == person.officer_id, taken.exists())
    own = Reply.case_id == Case.id, Reply.state == "in_review", Reply.alone.is_(False)
    return select(Reply.id).where(*own, hand).exists()
