"""What the stand-in platform remembers, in memory and bounded: conversations, allowances, files, its token."""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.simulator.personas import Persona

MAX_BUBBLES: Final = 300
MAX_LOG: Final = 30
MAX_FILES: Final = 60
MAX_FILE_BYTES: Final = 40 * 1024 * 1024

MESSAGE_WINDOW: Final = timedelta(hours=48)
MESSAGE_QUOTA: Final = 5
EVENT_WINDOW: Final = timedelta(minutes=1)
EVENT_QUOTA: Final = 3


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing shown on the phone. ``side``: ``mine``, ``theirs`` or ``note`` (the platform's own words)."""

    id: int
    at: datetime
    side: str
    kind: str
    text: str
    media_id: str = ""


@dataclass(frozen=True, slots=True)
class File:
    data: bytes
    content_type: str


@dataclass(slots=True)
class Allowance:
    """How many customer-service messages the account may still send to one person, and until when."""

    until: datetime
    left: int


@dataclass(slots=True)
class Conversation:
    """One person's chat with the account."""

    persona: Persona
    followed: bool = True
    bubbles: deque[Bubble] = field(default_factory=lambda: deque(maxlen=MAX_BUBBLES))
    allowance: Allowance | None = None
    pending: int = 0
    trouble: int = 0  # the code with which the platform answers every call for this person (0 = as the rules say)

    def heard(self, at: datetime, *, message: bool) -> None:
        """A message opens the long window; a click, scan or follow the short one, unless the long one is better."""
        current = self.allowance
        if message:
            self.allowance = Allowance(at + MESSAGE_WINDOW, MESSAGE_QUOTA)
        elif current is None or current.until <= at + EVENT_WINDOW or not current.left:
            self.allowance = Allowance(at + EVENT_WINDOW, EVENT_QUOTA)


class State:
    """All of it. Used from one event loop only, hence without locks."""

    def __init__(self, personas: tuple[Persona, ...]) -> None:
        self.conversations = {persona.openid: Conversation(persona) for persona in personas}
        self.by_code = {persona.code: self.conversations[persona.openid] for persona in personas}
        self.log: deque[str] = deque(maxlen=MAX_LOG)
        self._files: OrderedDict[str, File] = OrderedDict()
        self._last_id = 0
        self._token = ""
        self._token_until: datetime | None = None

    def say(self, to: Conversation, at: datetime, side: str, kind: str, text: str, media_id: str = "") -> None:
        self._last_id += 1
        to.bubbles.append(Bubble(self._last_id, at, side, kind, text, media_id))

    def note(self, at: datetime, line: str) -> None:
        """Add a line to the record of what went over the wire (shown beside the phone)."""
        self.log.appendleft(f"{at.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M:%S} {line}")

    def keep(self, data: bytes, content_type: str) -> str:
        """Keep a file and return its media id; the oldest go when there are too many."""
        media_id = "sim-" + secrets.token_urlsafe(24)
        self._files[media_id] = File(data, content_type)
        while len(self._files) > MAX_FILES or sum(len(file.data) for file in self._files.values()) > MAX_FILE_BYTES:
            self._files.popitem(last=False)
        return media_id

    def file(self, media_id: str) -> File | None:
        return self._files.get(media_id)

    def token(self, now: datetime, *, force: bool) -> tuple[str, int]:
        """Return the access token and the seconds it has left; the same one while it lives, unless forced."""
        if force or self._token_until is None or self._token_until <= now:
            self._token = "sim_" + secrets.token_urlsafe(48)
            self._token_until = now + timedelta(seconds=7200)
        assert self._token_until is not None
        return self._token, int((self._token_until - now).total_seconds())

    def token_verdict(self, given: str, now: datetime) -> int:
        """0 for the token that is valid now, 42001 for one that has run out, 41001 for none, 40001 for any other."""
        if not given:
            return 41001
        if not self._token or not secrets.compare_digest(given.encode(), self._token.encode()):
            return 40001
        return 0 if self._token_until is not None and now < self._token_until else 42001
