"""The only place that builds the house: core, channels, intake, timetable, services. Nothing is built at import."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from bot import readiness
from bot.anchoring import anchor_folder
from bot.channels.telegram import TelegramChannel
from bot.channels.wechat.channel import WeChatChannel
from bot.clamd import Clamd
from bot.doors import Doors, build_channels, kept_for_a_while
from bot.measures import IntakeMeasures, watch_house
from bot.services import Services
from bot.settings import Settings
from bot.web.api.callers import api_callers
from handlers.accounts.sessions import Accounts, SignInPolicy
from handlers.attachments.fetch import fetch_due
from handlers.attachments.scan import scan_due
from handlers.attachments.store import AttachmentStore
from handlers.casework.sweep import settle_answered
from handlers.core import Core, Policy
from handlers.deadlines.calendar_store import CalendarStore
from handlers.deadlines.recompute import recount_open
from handlers.delivery.reachable import send_when_reachable
from handlers.delivery.sweep import sweep_stuck
from handlers.delivery.worker import run_once
from handlers.documents.templates import load_templates
from handlers.escalation.duty import duty_reachable, sweep_duty
from handlers.escalation.same_day import tell_same_day
from handlers.escalation.sweep import sweep
from handlers.escalation.watch import alert_calendar, alert_parked, remind_paused, remind_units
from handlers.exchange.take_in import take_in
from handlers.guides.shelf import GuideShelf
from handlers.intake.batcher import Batcher
from handlers.intake.reading import Reader
from handlers.intake.receive import Intake
from handlers.intake.retry import finish_stored, retry_parked
from handlers.learning.asked import learn_asked
from handlers.learning.following import FollowingUnderstanding
from handlers.learning.retrain import retrain_if_taught
from handlers.messages import InboundMessage, Receipt
from handlers.neighbours.alert import alert_similar
from handlers.neighbours.compare import find_similar
from handlers.neighbours.forget import forget_old
from handlers.organisation.store import ProfileStore
from handlers.procedure.sweep import move_procedures
from handlers.records.anchors import export_anchor
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from handlers.records.vault import Vault
from handlers.retention.job import erase_due
from handlers.retention.periods import Periods
from handlers.search.index import index_due, tidy_up
from handlers.supervision.sweep import recount_slips, sweep_slips
from handlers.supervision.weekly import list_week
from handlers.together.colleagues import push_notices
from handlers.together.idle import offer_claims
from handlers.together.opinions import remind_opinions
from handlers.understanding.factory import build as build_understanding
from handlers.understanding.labels import Understanding
from scheduler.runner import Runner
from scheduler.timetable import JobTable


def utc_now() -> datetime:
    """The clock of the program; everything else is handed the instant."""
    return datetime.now(UTC)


@dataclass
class House:
    """Everything one process is built of. ``close`` gives back what it holds."""

    settings: Settings
    core: Core
    files: AttachmentStore
    doors: Doors
    intake: Intake
    now: Callable[[], datetime]
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def close(self) -> None:
        """Close channels, threads and connections."""
        self.intake.close()
        for channel in self.doors.channels:
            close = getattr(channel, "close", None)
            if close is not None:
                close()
        self.core.database.dispose()


def build_house(settings: Settings, now: Callable[[], datetime] = utc_now) -> House:
    """Build the house over a database that is migrated and initialised."""
    database = Database(settings.database_url)
    vault = Vault(*settings.data_keys)
    profile = ProfileStore(database)
    doors = build_channels(settings, database, vault, profile, now)
    core: Core = Core(
        database,
        vault,
        Ledger(settings.audit_key.get_secret_value()),
        profile,
        CalendarStore(database),
        _understanding(settings, database),
        _policy(settings, doors),
        # `core` is read when the question is asked, not now.
        kept_for_a_while(lambda: bool(doors.staff) and duty_reachable(core, now(), doors.staff)),
        GuideShelf(database),
    )
    scanned = bool(settings.clamd)
    files = AttachmentStore(settings.data_dir, settings.attachment_mib * 1024 * 1024, scanned_only=scanned)
    return House(settings, core, files, doors, Intake(core, files.keep), now)


def _understanding(settings: Settings, database: Database) -> Understanding:
    if settings.understanding == "learned":
        return FollowingUnderstanding(database, build_understanding("rules"))
    return build_understanding(settings.understanding)


def _policy(settings: Settings, doors: Doors) -> Policy:
    return Policy(
        claim_expires=timedelta(hours=settings.claim_expiry_hours),
        pass_limit=settings.pass_limit,
        reopen_within=timedelta(days=settings.reopen_days),
        guide_confirm_within=timedelta(days=settings.guide_confirm_days),
        understanding_seconds=settings.understanding_seconds,
        push_channels=frozenset(c.code for c in doors.citizens if c.capabilities.can_push),
        window_channels=frozenset(
            c.code for c in doors.citizens if c.capabilities.can_push and c.capabilities.window_hours is not None
        ),
        base_url=settings.base_url,
    )


def build_jobs(house: House) -> JobTable:
    """Bind the timetable's rows to the rooms that do the work."""
    core, staff = house.core, house.doors.staff
    senders: Mapping[tuple[str, str], Any] = house.doors.senders
    # Readers of their own: waiting behind the messages that come in now would count as taking too long.
    reader = Reader(core.understanding, core.policy.understanding_seconds)
    finisher = Intake(core, house.files.keep)
    scanner = Clamd(house.settings.clamd) if house.settings.clamd else None
    return JobTable(
        sweep_ladder=lambda now: sweep(core, now, staff).taken,
        sweep_duty=lambda now: sweep_duty(core, now, staff),
        deliver=lambda _now: dict(run_once(core, senders, house.now)),
        sweep_sending=lambda now: {"unknown": sweep_stuck(core, now), "again": send_when_reachable(core, now)},
        finish_stored=lambda now: finish_stored(core, finisher, now),
        retry_parked=lambda now: retry_parked(core, reader, now),
        alert_parked=lambda now: alert_parked(core, now, staff),
        fetch_media=lambda _now: dict(fetch_due(core, house.files, senders, house.now)),
        scan_files=lambda _now: dict(scan_due(core, house.files, scanner, house.now)),
        remind_units=lambda now: remind_units(core, now, staff),
        remind_paused=lambda now: remind_paused(core, now, staff),
        move_procedures=lambda now: _in_transaction(core, move_procedures, now),
        settle_answered=lambda now: _in_transaction(core, settle_answered, now),
        erase=lambda now: dict(erase_due(core, house.files, _periods(house.settings), now)),
        check_calendar=lambda now: alert_calendar(core, now, staff),
        learn=lambda now: _learn(house, now),
        learn_asked=lambda _now: learn_asked(house.core.database, house.settings.model_dir, house.now),
        recount_clocks=lambda now: recount_open(core, now) + recount_slips(core, now),
        find_similar=lambda now: find_similar(core, now),
        tell_same_day=lambda now: tell_same_day(core, now, staff),
        alert_similar=lambda now: alert_similar(core, now, staff),
        forget_similar=lambda now: forget_old(core, now),
        push_notices=lambda now: push_notices(core, now, staff),
        offer_claims=lambda now: offer_claims(core, now),
        remind_opinions=lambda now: remind_opinions(core, now),
        anchor_events=lambda now: export_anchor(core.database, core.ledger, anchor_folder(house.settings), now),
        index_search=lambda _now: index_due(core),
        tidy_search=lambda now: tidy_up(core, now),
        take_in_lists=lambda _now: take_in(core, finisher, house.now),
        sweep_slips=lambda now: sweep_slips(core, now, staff),
        list_week=lambda now: list_week(core, now),
    )


def _learn(house: House, now: datetime) -> str:
    """Train anew when staff have taught something; the rules and SnowNLP do not learn."""
    if house.settings.understanding != "learned":
        return ""
    done = retrain_if_taught(house.core.database, house.settings.model_dir, now)
    return "" if done is None else done.words


def _in_transaction(core: Core, work: Callable[..., int], now: datetime) -> int:
    with core.database.write() as session:
        return work(session, core, now)


def _periods(settings: Settings) -> Periods:
    return Periods(
        raw_days=settings.retain_raw_days,
        contact_days=settings.retain_contact_days,
        attachments_days=settings.retain_attachments_days,
        closed_days=settings.retain_closed_days,
        sessions_days=settings.retain_sessions_days,
    )


def build_runner(house: House) -> Runner:
    """The scheduler of this process."""
    return Runner(house.core.database, build_jobs(house), clock=house.now)


def build_services(house: House, *, with_scheduler: bool, demo_routes: tuple[Any, ...] = ()) -> Services:
    """What the web pages are handed; its lifespan starts and stops intake, channels and (``serve``) the scheduler."""
    batcher = Batcher(house.intake, house.now)
    measures = IntakeMeasures(house.registry, batcher)
    runner = build_runner(house) if with_scheduler else None
    settings = house.settings
    policy = SignInPolicy(
        session=timedelta(hours=settings.session_hours),
        idle=timedelta(minutes=settings.session_idle_minutes),
        tries=settings.sign_in_tries,
        lock=timedelta(minutes=settings.sign_in_lock_minutes),
    )

    async def receive(message: InboundMessage) -> Receipt:
        with measures.one(message.channel):
            return await asyncio.wrap_future(batcher.submit(message))

    watch_house(house.registry, house.core.database)
    return Services(
        settings=settings,
        now=house.now,
        core=house.core,
        receive=receive,
        accounts=Accounts(house.core.database, house.now, policy),
        files=house.files,
        templates=load_templates(Path(settings.document_templates) if settings.document_templates else None),
        api_caller=api_callers(house.core.database),
        channel_routes=_webhooks(house, receive),
        demo_routes=demo_routes if settings.demo else (),
        ready_checks=_ready_checks(house),
        registry=house.registry,
        lifespan=partial(_lifespan, house, batcher, runner, receive),
        rooms={"doors": house.doors, "intake": house.intake},
    )


def _webhooks(house: House, receive: Any) -> list[Any]:
    takers = [c for c in house.doors.channels if isinstance(c, WeChatChannel | TelegramChannel)]
    return [route for channel in takers for route in channel.routes(receive)]


def _ready_checks(house: House) -> dict[str, Callable[[], str | None]]:
    return dict(readiness.ready_checks(house))


def _lifespan(house: House, batcher: Batcher, runner: Runner | None, receive: Any) -> AbstractAsyncContextManager[None]:
    @asynccontextmanager
    async def live() -> AsyncIterator[None]:
        batcher.start()
        telegram = [c for c in house.doors.channels if isinstance(c, TelegramChannel)]
        for channel in telegram:
            await channel.start(receive)
        if runner is not None:
            await asyncio.to_thread(runner.start)
        try:
            yield
        finally:
            for channel in telegram:
                await channel.stop()
            await asyncio.to_thread(batcher.stop)
            if runner is not None:
                await asyncio.to_thread(runner.stop)
            await asyncio.to_thread(house.close)

    return live()
