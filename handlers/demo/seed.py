"""Plays the demo's past: staff, sixty messages in the order of time, and what became of each, by the ordinary rooms."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.accounts import officers, passwords
from handlers.accounts.roles import Role
from handlers.attachments.store import AttachmentStore
from handlers.casework.access import Staff, staff_of
from handlers.core import Core
from handlers.demo.arrivals import ACCOUNTS, inbound, openid
from handlers.demo.fates import steps
from handlers.demo.haste import waiting_for_no_disk
from handlers.demo.moments import Moments
from handlers.demo.moves import OFFICE
from handlers.demo.officers import OFFICERS, DemoOfficer
from handlers.demo.samples import Fate, Sample, samples
from handlers.demo.stage import PastSender, Stage, Stumbling
from handlers.documents.store import Desk
from handlers.documents.templates import shipped_templates
from handlers.errors import Conflict
from handlers.guides.load import sample_guides
from handlers.guides.store import approve, entries, load_samples
from handlers.intake.reading import Reader
from handlers.intake.receive import Intake
from handlers.intake.retry import retry_now
from handlers.records import Alert, Case, Delivery, Message, Officer

Progress = Callable[[int, int], object]
Play = Callable[[datetime], None]

#: Added when everything has been played: without this person the seeding was not finished.
_LAST: Final = next(officer for officer in OFFICERS if officer.role == "admin")
_FIRST_DAY: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What stands afterwards; ``numbers`` are the case numbers by sample id."""

    officers: int
    messages: int
    cases: int
    sent: int
    alerts: int
    numbers: dict[str, str]


def is_seeded(session: Session) -> bool:
    """Return whether the demo's past was played to its end in this database."""
    return _begun(session) and session.scalar(select(Officer.id).where(Officer.login == _LAST.sign_in)) is not None


def seed_demo(
    core: Core,
    intake: Intake,
    files: AttachmentStore,
    now: datetime,
    password: str,
    wechat_account: str,
    progress: Progress = lambda done, total: None,
) -> SeedReport:
    """Play the past up to ``now`` (aware) with one ``password`` for all staff; ``progress`` gets (played, 60).

    Texts to citizens go through the real outbox into senders of the past, so no vendor is called. Raises
    :class:`Conflict` when the past was played before, or broken off.
    """
    with core.database.read() as session:
        if _begun(session):
            raise Conflict("这个数据库里已经有示例数据，或上次没有写完：请换一个目录，或删除演示目录后重新开始。")
    channels = core.policy.push_channels | {"wechat", "telegram"}
    past = replace(core, policy=replace(core.policy, push_channels=channels))
    one_hash = passwords.hashed(password)  # slow on purpose; one password needs it once
    staff = _add_staff(core, [o for o in OFFICERS if o is not _LAST], one_hash, now)
    _approve_guides(core, staff[OFFICE], now - _FIRST_DAY)
    with waiting_for_no_disk(core.database), _stage(past, files, staff, wechat_account) as stage:
        _play_all(stage, intake, now, wechat_account, progress)
        _park_until_later(stage, now)
    _add_staff(core, [_LAST], one_hash, now)
    return _report(core, stage)


def _begun(session: Session) -> bool:
    first = next(sample for sample in samples() if sample.channel == "web")
    known = select(Message.id).where(Message.channel == "web", Message.external_id == f"demo-{first.id}")
    return session.scalar(known) is not None


def _add_staff(core: Core, people: Sequence[DemoOfficer], one_hash: str, now: datetime) -> dict[str, Staff]:
    sections = [section.code for section in core.profile().sections]
    with core.database.write() as session:
        added = [
            officers.add(
                session, login=one.sign_in, name=one.name, role=Role(one.role), section=one.section,
                sections=sections, now=now - _FIRST_DAY, receives_reports=one.receives_reports, password_hash=one_hash,
            )[0]
            for one in people
        ]  # fmt: skip
        return {officer.login: staff_of(officer) for officer in added}


def _approve_guides(core: Core, office: Staff, at: datetime) -> None:
    """The office has read the guides that ship; they stay marked as samples."""
    with core.database.write() as session:
        load_samples(session, sample_guides(), at)
        for entry in entries(session):
            if entry.draft is not None:
                entry.draft.row.written_at = min(entry.draft.row.written_at, at)
                approve(session, core, office, entry.draft.row.id, entry.draft.row.revision, at)


@contextmanager
def _stage(core: Core, files: AttachmentStore, staff: dict[str, Staff], wechat_account: str) -> Iterator[Stage]:
    refused = frozenset(openid(sample.sender) for sample in samples() if sample.fate is Fate.UNDELIVERED)
    senders = {
        ("wechat", wechat_account): PastSender(refused),
        ("telegram", ACCOUNTS["telegram"]): PastSender(),
    }
    reader = Reader(Stumbling(), core.policy.understanding_seconds)
    try:
        yield Stage(core, staff, senders, reader, Desk(core, files, shipped_templates()))
    finally:
        reader.close()


def _play_all(stage: Stage, intake: Intake, now: datetime, wechat_account: str, progress: Progress) -> None:
    """Everything in the order of time, what goes on by itself in between."""
    moments = Moments(stage.core.calendar(), stage.core.profile().hours, now)
    received = {sample.id: moments.received(sample) for sample in samples()}
    stage.open_the_office(min(received.values()))
    order, ahead = count(), list[tuple[datetime, int, Play]]()
    played = count(1)

    def arrive(sample: Sample) -> Play:
        def play(at: datetime) -> None:
            _arrive(stage, intake, sample, at, wechat_account)
            progress(next(played), len(received))

        return play

    def move(sample: Sample, make: Callable[[Stage, Sample, datetime], None]) -> Play:
        return lambda at: make(stage, sample, at)

    for sample in samples():
        came = received[sample.id]
        heapq.heappush(ahead, (came, next(order), arrive(sample)))
        for at, make in steps(sample, came, moments, now):
            heapq.heappush(ahead, (at, next(order), move(sample, make)))
    while ahead:
        at, _, play = heapq.heappop(ahead)
        stage.until(at)
        play(at)
    stage.until(now)


def _arrive(stage: Stage, intake: Intake, sample: Sample, at: datetime, wechat_account: str) -> None:
    registrar, phone_index = stage.staff[OFFICE].officer_id, stage.core.vault.index
    message = inbound(sample, at, wechat_account, registrar, phone_index)
    if sample.fate is Fate.PARKED:
        stumbling = Intake(replace(stage.core, understanding=Stumbling()))
        try:
            receipt = stumbling.receive(message, at)
        finally:
            stumbling.close()
    else:
        receipt = intake.receive(message, at)
    with stage.core.database.read() as session:
        stage.cases[sample.id] = session.scalars(select(Case.id).where(Case.number == receipt.number)).one()
    stage.numbers[sample.id] = receipt.number


def _park_until_later(stage: Stage, now: datetime) -> None:
    """A last try just now: the parked message stands on the board for a while before the next one succeeds."""
    just_now = now - timedelta(seconds=30)
    with stage.core.database.write() as session:
        for message_id in session.scalars(select(Message.id).where(Message.state == "parked")).all():
            retry_now(session, message_id, just_now)
    stage.until(now)


def _report(core: Core, stage: Stage) -> SeedReport:
    with core.database.read() as session:

        def counted(what: type[Officer | Message | Case | Alert]) -> int:
            return session.scalar(select(func.count()).select_from(what)) or 0

        sent = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "sent")) or 0
        return SeedReport(counted(Officer), counted(Message), counted(Case), sent, counted(Alert), dict(stage.numbers))
