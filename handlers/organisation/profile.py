"""The organisation as data: one bureau's sections, units, routes, wording, hours and ladder, checked when read.

A profile is a TOML file (``profiles/*.toml``) or a snapshot of the tables; both have this shape, so that what an admin
edits in the console can be exported and loaded elsewhere.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from handlers.organisation.approvals import Approvals
from handlers.organisation.pieces import brace_faults
from handlers.taxonomy import TOPICS

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]


#: As long as the tables hold.
Name = Annotated[str, Field(max_length=100)]
Phone = Annotated[str, Field(max_length=60)]
Address = Annotated[str, Field(max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Section(_Part):
    """A section (科室). ``attested`` tells whether the bureau's own document names it (else it is a usual one)."""

    code: Code
    name: Name
    phone: Phone = ""
    attested: bool = False


class Unit(_Part):
    """A body outside the sections that can receive a case (单位)."""

    code: Code
    name: Name
    kind: Literal["district", "street", "affiliated", "department", "hotline"]
    phone: Phone = ""
    address: Address = ""


class TopicRoute(_Part):
    """Which section leads a topic, which cooperate, and which units are told at once or suggested."""

    topic: str
    lead: Code
    cooperating: tuple[Code, ...] = ()
    units: tuple[Code, ...] = ()
    transfer_to: str = ""  # code of the unit that owns the topic after a reform ("" = ours)


class WorkingHours(_Part):
    """Office hours of a working day, local time."""

    morning_start: time = time(8, 30)
    morning_end: time = time(12, 0)
    afternoon_start: time = time(14, 30)
    afternoon_end: time = time(17, 30)


class QuietHours(_Part):
    """No alert is sent between ``start`` and ``end`` (local time) nor on rest days."""

    start: time = time(22, 0)
    end: time = time(8, 0)


class LadderStep(_Part):
    """One rung of the ladder of warnings.

    ``when`` is measured in working days against ``against`` for limits counted in days (negative = before), and as the
    share of time elapsed for limits counted in hours (``hours_share``, ``None`` = the rung has no hour form).
    """

    code: Code
    colour: Literal["yellow", "orange", "red", "notice"]
    against: Literal["safe_due", "legal_due"]
    working_days: int
    hours_share: float | None = None
    recipients: tuple[Literal["officer", "head", "office", "leader"], ...]


class LimitOverride(_Part):
    """What the bureau sets otherwise in one rule of the time-limit table (:mod:`handlers.deadlines.local`).

    ``length`` and ``extension`` are in the rule's unit; ``None``, "" and ``True`` leave things as they ship, an
    ``extension`` of 0 takes it away. ``confirmed``: the bureau has seen the source itself.
    """

    rule: Annotated[str, Field(max_length=40)]
    length: Annotated[int, Field(gt=0, le=3650)] | None = None
    extension: Annotated[int, Field(ge=0, le=3650)] | None = None
    approver: Literal["", "head", "office", "leader"] = ""
    name: Annotated[str, Field(max_length=60)] = ""
    active: bool = True
    confirmed: bool = False
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=300)]


class DutyTurn(_Part):
    """One name on the duty roster (值班表), asked in ``order``; ``officer`` is a sign-in name."""

    order: int
    officer: str


#: What the words of a notice's fields may hold; see :class:`NoticeTemplate`.
NOTICE_WORDS = frozenset({"number", "state", "date", "section", "name", "phone"})


class NoticeTemplate(_Part):
    """A notice of the platform for when its window is shut: 模板消息 (``template``) or 订阅通知 (``subscription``).

    ``fields`` maps the template's own field names to texts with ``{number}``, ``{state}``, ``{date}``, ``{section}``,
    ``{name}``, ``{phone}``. Notices are tried in the order in which they stand.
    """

    channel: Code = "wechat"
    way: Literal["template", "subscription"]
    template_id: Annotated[str, Field(min_length=1, max_length=100)]
    fields: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,40}$")], Annotated[str, Field(max_length=200)]]

    @model_validator(mode="after")
    def _fields_are_known(self) -> Self:
        for name, text in self.fields.items():
            faults, _ = brace_faults(text, NOTICE_WORDS)
            if faults:
                raise ValueError(f"notice {self.template_id}, field {name!r}: {'; '.join(faults)}")
        return self


class Profile(_Part):
    """Everything about one bureau that is not code."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]{2,40}$")]
    name: Name
    short_name: Annotated[str, Field(max_length=40)]
    phone: Phone
    duty_phone: Phone
    address: Address = ""
    office: Code  # the section that leads the response as a whole (办公室)
    report_recipient: Annotated[str, Field(max_length=60)] = ""  # sign-in name of the 举报受理人
    sections: tuple[Section, ...]
    units: tuple[Unit, ...] = ()
    routes: tuple[TopicRoute, ...]
    wording: dict[str, str]
    hours: WorkingHours = WorkingHours()
    quiet: QuietHours = QuietHours()
    ladder: tuple[LadderStep, ...] = ()
    duty_roster: tuple[DutyTurn, ...] = ()
    notices: tuple[NoticeTemplate, ...] = ()
    limits: tuple[LimitOverride, ...] = ()
    approvals: Approvals = Approvals()

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        sections, units = {s.code for s in self.sections}, {u.code for u in self.units}
        if len(sections) != len(self.sections) or len(units) != len(self.units):
            raise ValueError("two sections or two units share a code: give each its own")
        if self.office not in sections:
            raise ValueError(f"office = {self.office!r} is not one of the sections")
        if self.approvals.legal_section and self.approvals.legal_section not in sections:
            raise ValueError(f"approvals: legal_section = {self.approvals.legal_section!r} is not one of the sections")
        routed = [r.topic for r in self.routes]
        if sorted(routed) != sorted(TOPICS):
            wrong = set(routed) ^ set(TOPICS) or {t for t in routed if routed.count(t) > 1}
            raise ValueError(f"every topic needs exactly one route; look at {sorted(wrong)}")
        for route in self.routes:
            for code in (route.lead, *route.cooperating):
                if code not in sections:
                    raise ValueError(f"route {route.topic}: section {code!r} does not exist")
            for code in (*route.units, *filter(None, (route.transfer_to,))):
                if code not in units:
                    raise ValueError(f"route {route.topic}: unit {code!r} does not exist")
        return self

    def route(self, topic: str) -> TopicRoute:
        """Return the route of ``topic`` (every topic code has one)."""
        return next(r for r in self.routes if r.topic == topic)

    @property
    def legal_section(self) -> str:
        """The section that checks legality ("" = the bureau has none)."""
        return self.approvals.legal_section or next((s.code for s in self.sections if s.code == "law_policy"), "")

    def section(self, code: str) -> Section:
        """Return the section ``code``; raises ``KeyError`` when there is none."""
        for section in self.sections:
            if section.code == code:
                return section
        raise KeyError(code)

    @property
    def section_names(self) -> dict[str, str]:
        """The sections' names by code. A code of the past may be missing: ``.get(code, code)``."""
        return {section.code: section.name for section in self.sections}

    def unit(self, code: str) -> Unit:
        """Return the unit ``code``; raises ``KeyError`` when there is none."""
        for unit in self.units:
            if unit.code == code:
                return unit
        raise KeyError(code)
