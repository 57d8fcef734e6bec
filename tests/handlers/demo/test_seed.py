"""The demo's played past: sixty messages, every fate as promised, by the ordinary rooms and without a gap."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bot.simulator.personas import PERSONAS as PHONES
from handlers.accounts import passwords
from handlers.attachments.store import AttachmentStore
from handlers.casework.access import staff_of
from handlers.casework.history import history
from handlers.casework.states import OWING_STATES
from handlers.casework.trouble import alerts
from handlers.core import Core, Policy
from handlers.deadlines.workdays import WorkCalendar
from handlers.demo.arrivals import PERSONAS
from handlers.demo.officers import OFFICERS
from handlers.demo.samples import Fate, Sample, samples
from handlers.demo.seed import SeedReport, is_seeded, seed_demo
from handlers.errors import Conflict
from handlers.guides.shelf import GuideShelf
from handlers.intake.receive import Intake
from handlers.organisation.load import shipped
from handlers.records import (
    Alert,
    Attachment,
    Case,
    CaseEvent,
    Clock,
    Delivery,
    GuideAnswer,
    Message,
    Note,
    Officer,
    Reply,
    SupervisionSlip,
)
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from handlers.records.vault import Vault, new_key
from handlers.signing.waiting import waiting_for
from handlers.understanding.factory import build
from tests.conftest import NOW

_ACCOUNT = "gh_demo"
_PASSWORD = "demo-password"
_ENDS: dict[Fate, set[str]] = {
    Fate.UNTOUCHED: {"triage", "assigned"},
    Fate.FOLLOWUP: {"in_progress"},
    Fate.CLAIMED: {"in_progress"},
    Fate.URGENT_CLAIMED: {"in_progress"},
    Fate.AWAITING_CITIZEN: {"awaiting_citizen"},
    Fate.CONSULTING: {"consulting"},
    Fate.IN_REVIEW: {"in_review"},
    Fate.SENT_BACK: {"in_progress"},
    Fate.AT_LEGALITY: {"in_review"},
    Fate.AT_LEADER: {"to_issue"},
    Fate.TRANSFERRED: {"assigned"},
    Fate.ASSIGNED_DOWN: {"with_unit"},
    Fate.FORWARDED: {"forwarded"},
    Fate.ANSWERED: {"answered", "closed"},  # closed once the time for asking again was over
    Fate.RATED: {"answered", "closed"},
    Fate.DISSATISFIED: {"reopened"},
    Fate.CLOSED: {"closed"},
    Fate.UNDELIVERED: {"to_deliver"},
    Fate.NEARLY_LATE: {"in_progress"},
    Fate.LATE: {"in_progress"},
    Fate.GUIDED: {"closed"},
    Fate.WITHDRAWN: {"withdrawn"},
    Fate.PARKED: {"triage"},
}


@dataclass
class Seeded:
    """A demo database just after its first start."""

    core: Core
    intake: Intake
    report: SeedReport
    progress: list[tuple[int, int]]

    def case(self, session: Session, sample: Sample) -> Case:
        number = self.report.numbers[sample.id]
        return session.scalars(select(Case).where(Case.number == number)).one()


@pytest.fixture(scope="module")
def demo(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, work_calendar: WorkCalendar
) -> Iterator[Seeded]:
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(sqlite_template, folder / "huiying.db")
    database, profile = Database(f"sqlite:///{folder / 'huiying.db'}"), shipped("hohhot-2018")
    core = Core(
        database,
        Vault(new_key()),
        Ledger(new_key()),
        lambda: profile,
        lambda: work_calendar,
        build("rules"),
        Policy(base_url="https://mz.example", push_channels=frozenset({"wechat"})),
        guides=GuideShelf(database),
    )
    intake = Intake(core, AttachmentStore(folder).keep)
    progress: list[tuple[int, int]] = []
    report = seed_demo(
        core,
        intake,
        AttachmentStore(folder),
        NOW,
        _PASSWORD,
        _ACCOUNT,
        progress=lambda done, total: progress.append((done, total)),
    )
    yield Seeded(core, intake, report, progress)
    intake.close()
    database.dispose()


@pytest.fixture
def session(demo: Seeded) -> Iterator[Session]:
    with demo.core.database.read() as session:
        yield session


def test_sixty_messages_are_stored_and_each_has_its_case(demo: Seeded, session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Message)) == 60 == demo.report.messages
    assert set(demo.report.numbers) == {sample.id for sample in samples()}
    assert session.scalar(select(func.count()).select_from(Message).where(Message.case_id.is_(None))) == 0
    assert demo.progress == [(n, 60) for n in range(1, 61)]


def test_every_fate_ends_in_the_state_it_promises(demo: Seeded, session: Session) -> None:
    wrong = [
        (sample.id, str(sample.fate), state)
        for sample in samples()
        if (state := demo.case(session, sample).state) not in _ENDS[sample.fate]
    ]
    assert wrong == []


def test_whoever_acts_by_the_data_has_the_case(demo: Seeded, session: Session) -> None:
    logins = {officer.id: officer.login for officer in session.scalars(select(Officer))}
    working = (Fate.CLAIMED, Fate.URGENT_CLAIMED, Fate.NEARLY_LATE, Fate.LATE, Fate.CONSULTING, Fate.IN_REVIEW)
    holders = {s.id: demo.case(session, s).officer_id for s in samples() if s.fate in working}
    assert {key: logins.get(holder or 0) for key, holder in holders.items()} == {
        s.id: s.officer for s in samples() if s.fate in working
    }


def test_cases_that_are_worked_on_carry_the_labels_of_a_good_reader(demo: Seeded, session: Session) -> None:
    found = {s.id: demo.case(session, s) for s in samples() if s.officer}
    assert [s.id for s in samples() if s.officer and found[s.id].kind != s.kind] == []
    assert [s.id for s in samples() if s.officer and found[s.id].topic != s.topic] == []


def test_late_ones_are_late_and_red_and_nearly_late_ones_soon_due(demo: Seeded, session: Session) -> None:
    for sample in samples():
        due = demo.case(session, sample).next_due_at
        if sample.fate is Fate.LATE:
            assert due is not None and due <= NOW and demo.case(session, sample).colour == "red"
        if sample.fate is Fate.NEARLY_LATE:
            assert due is not None and NOW < due <= NOW + timedelta(days=5)


def test_no_owing_case_is_without_a_due_date_and_a_running_clock(session: Session) -> None:
    owing = session.scalars(select(Case).where(Case.state.in_(OWING_STATES))).all()
    running = set(session.scalars(select(Clock.case_id).where(Clock.state == "running")))
    assert len(owing) > 25
    assert [case.number for case in owing if case.next_due_at is None or case.id not in running] == []


def test_the_chain_of_every_case_verifies_and_its_events_are_in_order(demo: Seeded, session: Session) -> None:
    events = session.scalars(select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq)).all()
    assert list(demo.core.ledger.verify(events)) == []
    latest: dict[int, datetime] = {}
    for event in events:
        assert latest.get(event.case_id, event.at) <= event.at <= NOW, (event.case_id, event.seq, event.action)
        latest[event.case_id] = event.at


def test_every_event_reads_as_a_sentence_without_codes(demo: Seeded, session: Session) -> None:
    profile = demo.core.profile()
    told = [s.what for (case_id,) in session.execute(select(Case.id)) for s in history(session, profile, case_id, NOW)]
    assert [what for what in told if re.search(r"[a-z]_[a-z]|None", what)] == []


def test_the_signed_act_is_seen_at_work(demo: Seeded, session: Session) -> None:
    """The leader finds a decision to sign, the legality section one to check, an officer an answer that came back."""
    waits = {"wuyun": "dibao-stopped", "linlan": "association-fee"}
    for login, sample in waits.items():
        person = staff_of(session.scalars(select(Officer).where(Officer.login == login)).one())
        number = demo.case(session, _sample(sample)).number
        (one,) = waiting_for(session, demo.core, person, NOW)
        assert (one.line.number, one.title) == (number, "信访事项处理意见书")
        assert [line.page for line in alerts(session, person) if line.kind == "signing"] == [f"/console/sign/{number}"]
    back = _sample("funeral-attitude")
    drafter = staff_of(session.scalars(select(Officer).where(Officer.login == back.officer)).one())
    why = [line.why for line in alerts(session, drafter) if line.kind == "sent_back"]
    assert len(why) == 1 and why[0].endswith(f"：{back.reason}")


def test_the_longest_overdue_case_is_under_supervision(demo: Seeded, session: Session) -> None:
    by_hand = select(Case.number).join(Note, Note.case_id == Case.id).where(Note.kind == "supervision")
    assert session.scalars(by_hand).all() == [demo.report.numbers["dibao-checked"]]
    missed = select(Case.id).join(Alert, Alert.case_id == Case.id)
    missed = missed.where(Alert.kind == "ladder", Alert.colour == "red", Case.restricted.is_(False))
    slips = session.scalars(select(SupervisionSlip)).all()
    assert {slip.case_id for slip in slips} >= set(session.scalars(missed))
    assert sorted(slip.serial for slip in slips) == list(range(1, len(slips) + 1))


def test_numbers_are_of_the_day_the_message_came_and_without_gaps(session: Session) -> None:
    numbers = sorted(session.scalars(select(Case.number)))
    series = Counter(number[:8] for number in numbers)
    assert numbers == sorted(f"{day}-{n:04d}" for day, last in series.items() for n in range(1, last + 1))
    assert len(series) > 10


def test_the_follow_up_stands_unread_on_the_case_it_belongs_to(demo: Seeded, session: Session) -> None:
    assert demo.report.numbers["allowance-late-again"] == demo.report.numbers["allowance-late"]
    assert session.scalars(select(Case).where(Case.number == demo.report.numbers["allowance-late"])).one().unread


def test_one_answer_was_refused_by_the_platform_and_calls_for_a_person(demo: Seeded, session: Session) -> None:
    failed = session.scalars(select(Delivery).where(Delivery.state != "sent")).all()
    assert [(row.state, row.vendor_code, row.case_id) for row in failed] == [
        ("failed", "45015", demo.case(session, _sample("undelivered")).id)
    ]
    assert session.scalar(select(Alert.id).where(Alert.kind == "delivery", Alert.state == "open")) is not None


def test_every_issued_answer_was_delivered_letter_by_letter(session: Session) -> None:
    answers = session.scalars(select(Reply).where(Reply.state == "issued", Reply.purpose == "answer")).all()
    told = set(session.scalars(select(Delivery.sha256).where(Delivery.purpose == "answer")))
    assert len(answers) > 15
    assert {reply.sha256 for reply in answers} <= told


def test_one_message_is_parked_and_not_tried_again_at_once(session: Session) -> None:
    parked = session.scalars(select(Message).where(Message.state == "parked")).one()
    assert parked.attempts > 3
    assert parked.retry_at is not None and parked.retry_at > NOW + timedelta(minutes=50)


def test_the_report_is_seen_by_its_recipient_alone(demo: Seeded, session: Session) -> None:
    case = demo.case(session, _sample("fake-dibao"))
    recipient = session.scalars(select(Officer).where(Officer.login == "suhe")).one()
    assert (case.restricted, case.restricted_to, case.section_code) == (True, recipient.id, None)


def test_an_urgent_case_still_calls_and_the_others_were_acknowledged(demo: Seeded, session: Session) -> None:
    calling = session.scalars(select(Alert.case_id).where(Alert.kind == "urgent", Alert.state == "open")).all()
    assert calling == [demo.case(session, _sample("quiet-despair")).id]


def test_warnings_stand_at_the_instants_at_which_they_fell_due(session: Session) -> None:
    ladder = session.scalars(select(Alert).where(Alert.kind == "ladder")).all()
    assert len({alert.created_at for alert in ladder}) > 8
    assert {"yellow", "orange", "red"} <= {alert.colour for alert in ladder}


def test_the_dissatisfied_citizen_is_heard_again_under_new_limits(demo: Seeded, session: Session) -> None:
    case = demo.case(session, _sample("cemetery-fee"))
    assert (case.reopened, case.rating, case.unread) == (1, "dissatisfied", True)
    assert case.next_due_at is not None and case.next_due_at > NOW


def test_one_citizen_found_the_guide_enough_and_others_said_nothing_of_theirs(demo: Seeded, session: Session) -> None:
    outcomes = Counter(session.scalars(select(GuideAnswer.outcome)))
    assert outcomes["solved"] == 1
    assert demo.case(session, _sample("marriage-booking")).rating == ""


def test_the_picture_is_a_file_that_can_be_shown(session: Session) -> None:
    picture = session.scalars(select(Attachment)).one()
    assert (picture.state, picture.content_type) == ("stored", "image/png")


def test_all_staff_sign_in_with_the_one_password(session: Session) -> None:
    staff = session.scalars(select(Officer)).all()
    assert {officer.login for officer in staff} == {officer.sign_in for officer in OFFICERS}
    assert len({officer.password_hash for officer in staff}) == 1
    assert passwords.matches(staff[0].password_hash, _PASSWORD)
    assert not any(officer.must_change_password for officer in staff)


def test_citizens_of_the_simulator_have_settled_matters_only(demo: Seeded, session: Session) -> None:
    assert set(PERSONAS.values()) <= {persona.openid for persona in PHONES}
    states = {s.sender: demo.case(session, s).state for s in samples() if s.sender in PERSONAS}
    assert set(states) == set(PERSONAS)
    assert set(states.values()) <= {"answered", "closed"}


def test_a_second_start_does_not_seed_again(demo: Seeded, session: Session) -> None:
    assert is_seeded(session)
    with pytest.raises(Conflict):
        seed_demo(demo.core, demo.intake, AttachmentStore(Path()), NOW, _PASSWORD, _ACCOUNT)


def test_afterwards_every_write_waits_for_the_disk_again(demo: Seeded, session: Session) -> None:
    assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2  # FULL
    log = Path(f"{demo.core.database.url.database}-wal")
    assert not log.exists() or log.stat().st_size < 200_000


def test_an_empty_database_is_not_seeded(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.read() as session:
        assert not is_seeded(session)
    database.dispose()


def _sample(code: str) -> Sample:
    return next(sample for sample in samples() if sample.id == code)
