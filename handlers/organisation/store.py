"""The profile in the tables: written whole, read back as one :class:`Profile`, cached by its version."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from handlers.casework.states import UNDER_REVIEW
from handlers.errors import ProfileFault
from handlers.fresh import Fresh
from handlers.organisation.load import standard_wording
from handlers.organisation.overrides import overrides_in_force, replace_overrides
from handlers.organisation.profile import Profile
from handlers.records import (
    Case,
    DutyTurnRow,
    LadderStepRow,
    NoticeTemplateRow,
    ProfileHead,
    SectionRow,
    TopicRouteRow,
    UnitRow,
    WordingRow,
)
from handlers.records.database import Database
from handlers.signing.ways import legal_mark

#: The single row of the bureau itself.
_HEAD: Final = 1
_HEAD_FIELDS: Final = (
    "code", "name", "short_name", "phone", "duty_phone", "address", "office", "report_recipient",
)  # fmt: skip


def write_profile(session: Session, profile: Profile, now: datetime) -> int:
    """Put ``profile`` in place of what the tables hold; return its new version."""
    head = session.get(ProfileHead, _HEAD, with_for_update=True)
    if head is None:
        head = ProfileHead(id=_HEAD, version=0)
        session.add(head)
    for name in _HEAD_FIELDS:
        setattr(head, name, getattr(profile, name))
    head.hours = profile.hours.model_dump(mode="json")
    head.quiet = profile.quiet.model_dump(mode="json")
    _set_approvals(head, profile)
    head.version, head.changed_at = head.version + 1, now
    for table, rows in _rows(profile):
        session.execute(delete(table))
        if rows:
            session.execute(insert(table), rows)
    if "limits" in profile.model_fields_set:  # an older profile file says nothing of limits
        replace_overrides(session, profile.limits, now)
    session.flush()
    _follow_legal_section(session, read_profile(session).legal_section)
    return head.version


def _set_approvals(head: ProfileHead, profile: Profile) -> None:
    """An older profile file says nothing of the ways: those in force stay, as far as they fit the new sections."""
    if "approvals" in profile.model_fields_set:
        head.approvals = profile.approvals.model_dump(mode="json")
    elif (head.approvals or {}).get("legal_section", "") not in {"", *(section.code for section in profile.sections)}:
        head.approvals = {}


def _follow_legal_section(session: Session, section: str) -> None:
    """What waits for the legality check waits for whom checks it now: its mark is what lets them see the case."""
    waiting = Case.state.in_(UNDER_REVIEW), Case.step.startswith(legal_mark("")), Case.step != legal_mark(section)
    if section:
        session.execute(update(Case).where(*waiting).values(step=legal_mark(section)))


def touch(session: Session, now: datetime) -> None:
    """Let every process read the profile again: what belongs to it was written beside it."""
    head = session.get_one(ProfileHead, _HEAD, with_for_update=True)
    head.version, head.changed_at = head.version + 1, now


def read_profile(session: Session) -> Profile:
    """Return the profile that the tables hold. Raises :class:`ProfileFault` when none was loaded."""
    head = session.get(ProfileHead, _HEAD)
    if head is None:
        raise ProfileFault("No organisation is loaded: run `huiying init` or `huiying profile load FILE`.")
    data: dict[str, Any] = {name: getattr(head, name) for name in _HEAD_FIELDS}
    data |= {"hours": head.hours, "quiet": head.quiet, "approvals": head.approvals}
    data["sections"] = _read(session, SectionRow, ("code", "name", "phone", "attested"))
    data["units"] = _read(session, UnitRow, ("code", "name", "kind", "phone", "address"))
    data["routes"] = _read(session, TopicRouteRow, ("topic", "lead", "cooperating", "units", "transfer_to"))
    ladder = ("code", "colour", "against", "working_days", "hours_share", "recipients")
    data["ladder"] = _read(session, LadderStepRow, ladder)
    turns = session.scalars(select(DutyTurnRow).order_by(DutyTurnRow.position))
    data["duty_roster"] = [{"order": turn.position, "officer": turn.officer} for turn in turns]
    data["notices"] = _read(session, NoticeTemplateRow, ("channel", "way", "template_id", "fields"))
    # A text that came with a later release is not in the tables yet.
    data["wording"] = standard_wording() | {row.key: row.text for row in session.scalars(select(WordingRow))}
    data["limits"] = overrides_in_force(session)
    return Profile.model_validate(data)


def _read(session: Session, table: Any, fields: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {name: getattr(row, name) for name in fields} for row in session.scalars(select(table).order_by(table.position))
    ]


def _rows(profile: Profile) -> list[tuple[type[Any], list[dict[str, Any]]]]:
    def numbered(parts: tuple[Any, ...]) -> list[dict[str, Any]]:
        return [part.model_dump(mode="json") | {"position": i} for i, part in enumerate(parts)]

    return [
        (SectionRow, numbered(profile.sections)),
        (UnitRow, numbered(profile.units)),
        (TopicRouteRow, numbered(profile.routes)),
        (LadderStepRow, numbered(profile.ladder)),
        (DutyTurnRow, [{"position": t.order, "officer": t.officer} for t in profile.duty_roster]),
        (NoticeTemplateRow, numbered(profile.notices)),
        (WordingRow, [{"key": key, "text": text} for key, text in profile.wording.items()]),
    ]


class ProfileStore:
    """Gives the profile as it stands now (a :class:`handlers.core.ProfileSource`); kept :class:`Fresh`."""

    def __init__(
        self, database: Database, fresh_seconds: float = 5.0, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._fresh = Fresh(self._look, fresh_seconds, ticks)

    def __call__(self) -> Profile:
        """Return the profile; raises :class:`ProfileFault` when none was loaded."""
        return self._fresh()[1]

    def forget(self) -> None:
        """Look at the tables again on the next call (after an edit)."""
        self._fresh.forget()

    def _look(self, known: tuple[int, Profile] | None) -> tuple[int, Profile]:
        with self._database.read() as session:
            version = session.scalar(select(ProfileHead.version).where(ProfileHead.id == _HEAD)) or 0
            return known if known is not None and known[0] == version else (version, read_profile(session))
