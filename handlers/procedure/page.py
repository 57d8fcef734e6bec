"""办理期限与程序: what the case page shows of tracks, their clocks, what is waited for, and what can be done next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.clock_lines import ClockLine
from handlers.casework.moves import Move
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.limits import UNIT_NAMES
from handlers.deadlines.tracks import GENERAL, LIVE_TRACKS, tracks_of
from handlers.documents.kinds import KINDS as DOCUMENT_KINDS
from handlers.procedure.choices import ANSWERS, APPROVERS, PARTIES, STAGE_DOCUMENTS, STAGES
from handlers.procedure.consents import Asked, asked_words, may_decide
from handlers.procedure.request import inquiries_of, last_day_of
from handlers.procedure.table import Step, load_steps
from handlers.procedure.take import offered
from handlers.records import Case, CaseTrack, Clock, Consent, Document, Officer
from handlers.records.of_case import may_hold, rows_of
from handlers.taxonomy import PETITION_PURPOSES, TRACK_FORMS, TRACKS

_ASKED: Final = (
    select(Consent, Clock, Officer.name)
    .join(Clock, Clock.id == Consent.clock_id)
    .join(Officer, Officer.id == Consent.asked_by)
    .where(Consent.case_id == bindparam("case_id"), Consent.state == "asked")
    .order_by(Consent.id)
)


@dataclass(frozen=True, slots=True)
class InquiryView:
    """One opinion that was asked for; ``last`` is the party's last day, once it has the letter."""

    ident: int
    kind: str
    party: str
    sent_on: date
    received_on: date | None
    last: date | None
    answer: str

    @property
    def words(self) -> str:
        """How a list of choices names it."""
        return f"{self.sent_on.month}月{self.sent_on.day}日 {self.party}"


@dataclass(frozen=True, slots=True)
class Offered:
    """A document that belongs here; ``made`` is one of the case's that stands already."""

    code: str
    name: str
    made: Document | None


@dataclass(frozen=True, slots=True)
class TrackView:
    """One track with its clocks and next steps; ``state`` as the row's, ``implied`` when the case has no row for it."""

    code: str
    name: str
    form: str
    purpose: str
    state: str
    stage: str
    stage_code: str
    reason: str
    evidence: str
    main: bool
    clocks: list[ClockLine]
    steps: list[Step]
    documents: list[Offered]
    inquiries: list[InquiryView]
    ended_why: str


@dataclass(frozen=True, slots=True)
class Extendable:
    """A limit for which more time may be asked."""

    clock_id: int
    words: str
    most: int
    unit: str
    approver: str


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent that is waited for, and what this reader may do with it."""

    asked: Asked
    approver: str
    may_decide: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Procedure:
    """Everything the part 办理期限与程序 shows to one reader."""

    tracks: list[TrackView]
    over: list[TrackView]
    house: list[ClockLine]
    stopped: list[ClockLine]
    consents: list[ConsentView]
    extendable: list[Extendable]
    steps: list[Step] = field(default_factory=list)
    waiting: list[InquiryView] = field(default_factory=list)


def procedure_page(
    session: Session,
    core: Core,
    person: Person,
    case: Case,
    lines: Sequence[ClockLine],
    moves: Mapping[str, Move],
    now: datetime,
) -> Procedure:
    """Gather it for a case that the caller has checked; ``lines`` are its clocks, ``moves`` what this person may do."""
    rows = tracks_of(session, case.id)
    inquiries = _inquiries(session, core, case)
    documents = _documents(session, case)
    open_rows = {row.track: row for row in rows if row.state == "open"}
    steps = [step for step in load_steps().values() if step.code in moves and offered(step, open_rows)]
    steps = [step for step in steps if _sensible(step, case, lines, inquiries, open_rows)]
    views = [_view(case, row, lines, steps, documents, inquiries) for row in _shown(case, rows)]
    live = [view for view in views if view.state in LIVE_TRACKS]
    placed = {line.clock.id for view in live for line in view.clocks}
    others = [line for line in lines if line.clock.id not in placed and line.live]
    stopped = [line for line in lines if not line.counts]
    consents = _consents(session, core, person, case, moves)
    asked = {consent.asked.clock.id for consent in consents}
    return Procedure(
        tracks=live,
        over=[view for view in views if view.state not in LIVE_TRACKS],
        house=others,
        stopped=stopped,
        consents=consents,
        extendable=_extendable(case, lines, asked, now) if "ask_extension" in moves else [],
        steps=[step for step in steps if not step.track],
        waiting=[inquiry for inquiry in inquiries if not inquiry.answer],
    )


def _shown(case: Case, rows: Sequence[CaseTrack]) -> list[CaseTrack]:
    """The rows, and first the main track where it has none (the general one)."""
    if any(row.track == case.track for row in rows):
        shown = list(rows)
        if all(row.state == "proposed" for row in rows if row.track == case.track):
            shown.append(CaseTrack(track=GENERAL, state="open", form="", purpose="", stage="", reason="", evidence="",
                                   ended_why=""))  # fmt: skip
        return shown
    implied = CaseTrack(
        track=case.track, state="open", form="", purpose="", stage="", reason=case.track_reason, evidence="",
        ended_why="",
    )  # fmt: skip
    return [implied, *rows]


def _view(
    case: Case,
    row: CaseTrack,
    lines: Sequence[ClockLine],
    steps: Sequence[Step],
    documents: Mapping[str, Document],
    inquiries: Sequence[InquiryView],
) -> TrackView:
    live = row.state in LIVE_TRACKS
    own = [line for line in lines if live and line.rule.track == row.track and not line.rule.house and line.counts]
    wanted = list(STAGE_DOCUMENTS.get((row.track, row.stage), ())) if row.state == "open" or row.stage else []
    asked = row.track == "information_request" and inquiries
    wanted += ["inquiry_letter"] if asked and any(not inquiry.answer for inquiry in inquiries) else []
    wanted += ["extension_notice"] if row.track != GENERAL and any(line.extended for line in own) else []
    return TrackView(
        code=row.track,
        name=TRACKS.get(row.track, row.track),
        form=TRACK_FORMS.get(row.track, {}).get(row.form, ""),
        purpose=PETITION_PURPOSES.get(row.purpose, ""),
        state=row.state,
        stage=STAGES.get(row.stage, ""),
        stage_code=row.stage,
        reason=row.reason,
        evidence=row.evidence,
        main=row.track == case.track,
        clocks=own,
        steps=[step for step in steps if row.state == "open" and step.track == row.track],
        documents=[Offered(code, DOCUMENT_KINDS[code].name, documents.get(code)) for code in wanted],
        inquiries=list(inquiries) if row.track == "information_request" else [],
        ended_why=row.ended_why,
    )


def _sensible(
    step: Step,
    case: Case,
    lines: Sequence[ClockLine],
    inquiries: Sequence[InquiryView],
    rows: Mapping[str, CaseTrack],
) -> bool:
    """Whether a step that the table offers has something to work on in this very case."""
    states = {line.rule.code: line.state for line in lines if line.live}
    waiting = [inquiry for inquiry in inquiries if not inquiry.answer]
    request = rows.get("information_request")
    wanted: dict[str, bool] = {
        "waive_notice": bool({"XF-01", "XF-02"} & set(states)),
        "object_transfer": "XF-03" in states,
        "report_grave": "XF-10" not in states,
        "take_review": "XF-08" not in states,
        "take_recheck": "XF-09" not in states,
        "hold_hearing": states.get("XF-09") == "running",
        "end_hearing": states.get("XF-09") == "paused",
        "ask_correction": request is not None and not request.corrected and not waiting and "GK-01" in states,
        "ask_party": "GK-01" in states,
        "party_received": any(inquiry.received_on is None for inquiry in waiting),
        "party_answer": bool(waiting),
        "contacted": "NB-01" in states and case.state != "triage",
    }
    return wanted.get(step.code, True)


def _inquiries(session: Session, core: Core, case: Case) -> list[InquiryView]:
    return [
        InquiryView(
            row.id, PARTIES.get(row.kind, ""), core.vault.open(row.party) or "（已删除）", row.sent_on, row.received_on,
            last_day_of(core, row), ANSWERS.get(row.answer, ""),
        )
        for row in inquiries_of(session, case.id)
    ]  # fmt: skip


def _documents(session: Session, case: Case) -> dict[str, Document]:
    return {document.kind: document for document in rows_of(session, Document, case.id) if document.state == "made"}


def _extendable(case: Case, lines: Sequence[ClockLine], asked: set[int], now: datetime) -> list[Extendable]:
    found = []
    for line in lines:
        allowed, clock = line.rule.extension, line.clock
        over = now >= clocks.ends_at(clock)
        if allowed is None or over or not line.live or clock.id in asked or case.restricted:
            continue
        most = min(allowed.length, allowed.length * allowed.times - clock.extended_by)
        if most > 0 and not (clock.extended_by and allowed.times == 1):
            words = f"{line.rule.name}（{line.rule.code}，最迟 {line.ends}）"
            found.append(Extendable(clock.id, words, most, UNIT_NAMES[line.rule.unit], APPROVERS[allowed.approver]))
    return found


def _consents(session: Session, core: Core, person: Person, case: Case, moves: Mapping[str, Move]) -> list[ConsentView]:
    found: list[ConsentView] = []
    if not may_hold(session, Consent, case.id):
        return found
    for consent, clock, who in session.execute(_ASKED, {"case_id": case.id}).tuples():
        mine = consent.asked_by == person.officer_id
        right = may_decide(person, case, consent) and "approve_extension" in moves
        asked = asked_words(core, consent, case, clock, who)
        may_withdraw = mine and "withdraw_extension" in moves
        found.append(ConsentView(asked, APPROVERS[consent.approver], right, may_withdraw))
    return found
