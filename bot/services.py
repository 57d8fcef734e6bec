"""What the doors (web pages, REST, command line) are handed by the wiring: one frozen bundle, nothing global."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute

from bot.channels.base import Now, Receive
from bot.settings import Settings
from handlers.accounts.sessions import Accounts
from handlers.attachments.store import AttachmentStore
from handlers.core import Core
from handlers.documents.store import Desk
from handlers.documents.templates import Templates, shipped_templates
from handlers.organisation.profile import Profile


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """The holder of an API key: ``code`` its source (来源), ``account`` the channel account whose cases it may see."""

    code: str
    name: str
    account: str


#: One check of readiness: ``None`` when fine, else what is wrong and how to mend it, in plain words.
ReadyCheck = Callable[[], str | None]


def _nobody(_: str) -> ApiCaller | None:
    return None


def _calm() -> AbstractAsyncContextManager[None]:
    return nullcontext()


@dataclass(frozen=True)
class Services:
    """Everything a page may use.

    ``core`` is the rooms' common equipment (database, vault, ledger, profile, calendar). ``receive`` stores one
    message, ``files`` keeps attachments, ``templates`` are the texts of documents in force. ``channel_routes`` are
    webhooks, each verified by its own channel. ``ready_checks`` are named. ``rooms`` holds what single pages need and
    the wiring binds (documented where used).
    """

    settings: Settings
    now: Now
    core: Core
    receive: Receive
    accounts: Accounts
    files: AttachmentStore
    templates: Templates = field(default_factory=shipped_templates)
    api_caller: Callable[[str], ApiCaller | None] = _nobody
    channel_routes: Sequence[BaseRoute] = ()
    demo_routes: Sequence[BaseRoute] = ()
    ready_checks: Mapping[str, ReadyCheck] = field(default_factory=dict)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    lifespan: Callable[[], AbstractAsyncContextManager[None]] = _calm
    rooms: Mapping[str, Any] = field(default_factory=dict)

    def profile(self) -> Profile:
        """The organisation as it stands now."""
        return self.core.profile()

    @property
    def desk(self) -> Desk:
        """What making documents takes."""
        return Desk(self.core, self.files, self.templates)
