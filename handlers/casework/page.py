"""The case page: everything about one case that its reader may see, gathered once; the reading itself is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from handlers.accounts.directory import names
from handlers.casework.access import KEPT, Person, Staff, relations, viewer_of, visible_to
from handlers.casework.answer import may_issue_alone, open_draft
from handlers.casework.clock_lines import ClockLine, clock_lines
from handlers.casework.conversation import Entry, conversation
from handlers.casework.doing import actor_of, held_by_other
from handlers.casework.history import Sentence, history
from handlers.casework.lines import CaseLine, lines
from handlers.casework.local import moment
from handlers.casework.moves import MOVES, Move
from handlers.casework.post import answer_way
from handlers.casework.reading import record_reading
from handlers.casework.states import ACCUSED_TYPES, OPEN_STATES, UNDER_REVIEW
from handlers.casework.understood import LabelView, Suggested, suggested, understood
from handlers.casework.written import written_rules
from handlers.core import Core
from handlers.records import Attachment, Case, CaseContact, Delivery, Note, Reply, UnitReferral
from handlers.records.of_case import merged_into, rows_of
from handlers.signing.drafted import open_act
from handlers.signing.line import WayView, way_view
from handlers.signing.rounds import Turn, my_turn, reply_under_way
from handlers.taxonomy import TRACKS

#: What only whoever's turn it is may do with a reply on its way.
_STEPS: Final = ("approve", "issue", "send_back")


@dataclass(frozen=True, slots=True)
class NoteView:
    """``kind``: note 备注, supervision 督办, consult 请协办, opinion 协办意见."""

    kind: str
    text: str
    who: str
    when: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A 交办 or 转送 with the unit's name and what came back."""

    referral_id: int
    way: str
    unit: str
    state: str
    demand: str
    outer_number: str
    return_by: datetime | None
    result: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ContactView:
    """Opened contact data; never written anywhere else."""

    role: str
    relation: str
    name: str
    phone: str
    address: str
    identity_number: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything of one case. ``moves`` are what this reader may do now; ``held_by`` names another claim's holder."""

    case: Case
    line: CaseLine
    track: str
    conversation: list[Entry]
    labels: list[LabelView]
    model: str
    clocks: list[ClockLine]
    deliveries: list[Delivery]
    notes: list[NoteView]
    referrals: list[ReferralView]
    attachments: list[Attachment]
    contacts: list[ContactView]
    history: list[Sentence]
    moves: dict[str, Move]
    held_by: str
    claim_until: str
    draft: Reply | None
    issues_alone: bool
    way: WayView | None
    turn: Turn | None
    act: Reply | None
    answer_way: str
    related: list[CaseLine] = field(default_factory=list)
    accused: str = ""
    suggested: list[Suggested] = field(default_factory=list)


def read_case(session: Session, core: Core, person: Person, case_id: int, now: datetime) -> CasePage:
    """Record the reading and gather the page in one transaction; needs a *write* session. Raises NotFound."""
    case = record_reading(session, core, person, case_id, now)
    return case_page(session, core, person, case, now)


def case_page(session: Session, core: Core, person: Person, case: Case, now: datetime) -> CasePage:
    """Gather the page of a case that the caller has checked and recorded."""
    profile = core.profile()
    merged = merged_into(session, case.id)
    notes = rows_of(session, Note, case.id)
    people = names(session, [case.officer_id, *(note.officer_id for note in notes)])
    labels, model = understood(session, case)
    reading = reply_under_way(session, case.id) if case.state in UNDER_REVIEW else None
    turn = my_turn(session, core, case, reading, person, now) if reading else None
    units = {unit.code: unit.name for unit in profile.units}
    return CasePage(
        case=case,
        line=lines(session, core, [case], now)[0],
        track=TRACKS.get(case.track, case.track),
        conversation=conversation(session, core, case, merged, now),
        labels=labels,
        model=model,
        clocks=clock_lines(session, core, case, now),
        deliveries=rows_of(session, Delivery, case.id),
        notes=[NoteView(n.kind, n.text, people.get(n.officer_id or 0, ""), moment(n.at, now), n.at) for n in notes],
        referrals=[_referral(row, units) for row in rows_of(session, UnitReferral, case.id)],
        attachments=rows_of(session, Attachment, case.id),
        contacts=_contacts(session, core, case),
        history=history(session, profile, case.id, now, reader=actor_of(person)),
        moves=_moves_here(session, person, case, turn, now),
        held_by=people.get(case.officer_id or 0, "") if held_by_other(person, case, now) else "",
        claim_until=moment(case.claim_until, now) if case.claim_until else "",
        draft=open_draft(session, case.id),
        issues_alone=may_issue_alone(core, case),
        way=way_view(session, core, case, now),
        turn=turn,
        act=open_act(session, case.id),
        answer_way=answer_way(core, case),
        related=_related(session, core, person, case, merged, now),
        accused=ACCUSED_TYPES.get(case.accused_type, "") if case.restricted else "",
        suggested=suggested(session, case, profile),
    )


def allowed_moves(person: Person, case: Case, now: datetime) -> dict[str, Move]:
    """What this person may do with the case now, in the table's order."""
    standing = relations(person, case)
    blocked = held_by_other(person, case, now)
    return {
        move.code: move
        for move in MOVES.values()
        if case.state in move.froms and standing & move.who and not (blocked and (move.claimed or move.code == "claim"))
    }


def _moves_here(session: Session, person: Person, case: Case, turn: Turn | None, now: datetime) -> dict[str, Move]:
    """The allowed moves that make sense on this very case."""
    moves = allowed_moves(person, case, now)
    if "serve_notice" in moves and not written_rules(session, case):
        del moves["serve_notice"]
    for code in _STEPS if turn is None else ("approve",) if turn.last else ("issue",):
        moves.pop(code, None)
    moves.pop("mark_repeat" if case.repeat_of_id else "unmark_repeat", None)
    return moves


def _referral(row: UnitReferral, units: dict[str, str]) -> ReferralView:
    name = units.get(row.unit_code, row.unit_code)
    return ReferralView(
        row.id, row.way, name, row.state, row.demand, row.outer_number, row.return_by, row.result, row.created_at
    )


def _contacts(session: Session, core: Core, case: Case) -> list[ContactView]:
    unseal = core.vault.open
    return [
        ContactView(
            row.role,
            row.relation,
            unseal(row.name),
            unseal(row.phone),
            unseal(row.address),
            unseal(row.identity_number),
        )
        for row in rows_of(session, CaseContact, case.id)
    ]


def _related(
    session: Session, core: Core, person: Person, case: Case, merged: list[int], now: datetime
) -> list[CaseLine]:
    """Merged ones, the one repeated, and the same sender's other open cases — as far as this person may see them."""
    tied = [*merged, *filter(None, (case.repeat_of_id, case.merged_into_id))]
    asked = {"case_id": case.id, "tied": tied, "citizen_id": case.citizen_id}
    return lines(session, core, session.scalars(_related_to(viewer_of(person)), asked), now)


@lru_cache(maxsize=KEPT)
def _related_to(viewer: Staff) -> Select[tuple[Case]]:
    writer = and_(Case.citizen_id == bindparam("citizen_id"), Case.state.in_(OPEN_STATES))
    wanted = select(Case).where(or_(Case.id.in_(bindparam("tied", expanding=True)), writer))
    return wanted.where(Case.id != bindparam("case_id"), visible_to(viewer)).order_by(Case.id.desc()).limit(20)
