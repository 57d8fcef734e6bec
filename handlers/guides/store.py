"""The guides in the tables: drafts, approval by another person, versions; only what is approved is ever in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import required
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotFound
from handlers.guides.check import check_guide
from handlers.guides.content import from_content, to_content
from handlers.guides.guide import Guide
from handlers.guides.rights import check_approver, check_writer
from handlers.guides.short import section_of
from handlers.records import GuideRow, GuideVersion


@dataclass(frozen=True, slots=True)
class Kept:
    """One version with its content."""

    row: GuideVersion
    guide: Guide


@dataclass(frozen=True, slots=True)
class Entry:
    """One guide of the list: what is in force and what waits for approval (either may be missing)."""

    code: str
    in_force: Kept | None
    draft: Kept | None
    latest: Kept

    @property
    def shown(self) -> Guide:
        """The guide as it holds now, else the draft, else how it stood last."""
        return (self.in_force or self.draft or self.latest).guide


def load_samples(session: Session, guides: Iterable[Guide], now: datetime) -> list[str]:
    """Bring guides in as drafts written by nobody, leaving alone the codes that are there; return the new codes."""
    known = set(session.scalars(select(GuideRow.code)))
    new = [guide for guide in guides if guide.code not in known]
    for guide in new:
        row = GuideRow(code=guide.code, made_at=now)
        session.add(row)
        session.flush()
        _add_version(session, row, check_guide(guide), [], now)
    return [guide.code for guide in new]


def save_draft(
    session: Session, core: Core, person: Person, guide: Guide, now: datetime, *, seen: tuple[int, int] | None
) -> GuideVersion:
    """Save an edit. What is in force stays so until another person approves the draft.

    ``seen`` is (version id, revision) of what the editor looked at; ``None`` makes a new guide. Raises InvalidInput,
    NotAllowed, Conflict when somebody changed it in between or the code of a new guide is taken.
    """
    profile = core.profile()
    check_guide(guide, profile)
    check_writer(person, section_of(guide, profile))
    row = session.scalars(select(GuideRow).where(GuideRow.code == guide.code).with_for_update()).one_or_none()
    if row is None:
        if seen is not None:
            raise NotFound("没有这份指南。")
        row = GuideRow(code=guide.code, made_at=now)
        session.add(row)
        session.flush()
        return _add_version(session, row, guide, [person.officer_id], now)
    if seen is None:
        raise InvalidInput("已经有用这个代码的指南，请换一个代码。", "code")
    latest = _latest(session, row)
    if (latest.id, latest.revision) != seen:
        raise Conflict("这份指南刚刚有人改过。请看过新的内容再改；您写的没有丢。")
    check_writer(person, section_of(from_content(row.code, latest.content), profile))
    if latest.state != "draft":
        return _add_version(session, row, guide, [person.officer_id], now)
    latest.content, latest.item = to_content(guide), guide.item
    latest.editors = sorted({*latest.editors, person.officer_id})
    latest.revision, latest.written_at, latest.changed_at = latest.revision + 1, now, now
    return latest


def approve(session: Session, core: Core, person: Person, version_id: int, revision: int, now: datetime) -> Kept:
    """Put a draft in force in place of the earlier version. Raises NotAllowed for whoever wrote it, Conflict."""
    row, version = _locked(session, version_id)
    kept = _kept(row, version)
    check_approver(person, section_of(kept.guide, core.profile()), version.editors)
    _draft_as_seen(version, revision)
    before = session.get(GuideVersion, row.in_force_id) if row.in_force_id else None
    if before is not None:
        before.state, before.ended_by, before.ended_at, before.changed_at = "superseded", person.officer_id, now, now
    version.state, version.approved_by = "approved", person.officer_id
    version.approved_at = version.changed_at = now
    row.in_force_id = version.id
    session.flush()
    return kept


def discard(session: Session, core: Core, person: Person, version_id: int, revision: int, now: datetime) -> None:
    """Drop a draft; what is in force stays."""
    row, version = _locked(session, version_id)
    check_writer(person, section_of(_kept(row, version).guide, core.profile()))
    _draft_as_seen(version, revision)
    version.state, version.ended_by, version.ended_at, version.changed_at = "discarded", person.officer_id, now, now


def withdraw(session: Session, core: Core, person: Person, code: str, why: str, now: datetime) -> None:
    """Take a guide out of force at once: it answers nobody and leaves the portal, its versions stay readable."""
    row = session.scalars(select(GuideRow).where(GuideRow.code == code).with_for_update()).one_or_none()
    version = session.get(GuideVersion, row.in_force_id) if row is not None and row.in_force_id else None
    if row is None or version is None:
        raise Conflict("这份指南现在没有生效的版本。")
    check_approver(person, section_of(_kept(row, version).guide, core.profile()), ())
    version.ended_why = required(why, "why", "停用的原因", 300)
    version.state, version.ended_by, version.ended_at, version.changed_at = "withdrawn", person.officer_id, now, now
    row.in_force_id = None
    session.flush()


def in_force(session: Session) -> list[Kept]:
    """Every approved version that holds, in the order of their codes; whether it is valid today the caller asks."""
    wanted = select(GuideRow, GuideVersion).join(GuideVersion, GuideVersion.id == GuideRow.in_force_id)
    return [_kept(row, version) for row, version in session.execute(wanted.order_by(GuideRow.id)).tuples()]


def entries(session: Session) -> list[Entry]:
    """Every guide with what is in force and what waits, in the order in which they were made."""
    versions: dict[int, list[GuideVersion]] = {}
    for version in session.scalars(select(GuideVersion).order_by(GuideVersion.version)):
        versions.setdefault(version.guide_id, []).append(version)
    rows = session.scalars(select(GuideRow).order_by(GuideRow.id)).all()
    return [_entry(row, versions[row.id]) for row in rows]


def entry(session: Session, code: str) -> Entry:
    """One guide. Raises NotFound."""
    row = session.scalars(select(GuideRow).where(GuideRow.code == code)).one_or_none()
    if row is None:
        raise NotFound("没有这份指南。")
    return _entry(row, history(session, code))


def history(session: Session, code: str) -> Sequence[GuideVersion]:
    """The versions of a guide, oldest first."""
    wanted = select(GuideVersion).join(GuideRow, GuideRow.id == GuideVersion.guide_id).where(GuideRow.code == code)
    return session.scalars(wanted.order_by(GuideVersion.version)).all()


def version_of(session: Session, code: str, number: int) -> Kept:
    """One version of a guide by its number. Raises NotFound."""
    for version in history(session, code):
        if version.version == number:
            return Kept(version, from_content(code, version.content))
    raise NotFound("没有这个版本。")


def stamp(session: Session) -> tuple[int, datetime | None]:
    """What differs when any version has changed."""
    count, latest = session.execute(select(func.count(), func.max(GuideVersion.changed_at))).one()
    return count, latest


def _entry(row: GuideRow, versions: Sequence[GuideVersion]) -> Entry:
    kept = [_kept(row, version) for version in versions]
    held = next((one for one in kept if one.row.id == row.in_force_id), None)
    draft = kept[-1] if kept[-1].row.state == "draft" else None
    return Entry(row.code, held, draft, kept[-1])


def _kept(row: GuideRow, version: GuideVersion) -> Kept:
    return Kept(version, from_content(row.code, version.content))


def _latest(session: Session, row: GuideRow) -> GuideVersion:
    wanted = select(GuideVersion).where(GuideVersion.guide_id == row.id).order_by(GuideVersion.version.desc())
    return session.scalars(wanted.limit(1)).one()


def _add_version(session: Session, row: GuideRow, guide: Guide, editors: list[int], now: datetime) -> GuideVersion:
    last = session.scalar(select(func.max(GuideVersion.version)).where(GuideVersion.guide_id == row.id)) or 0
    version = GuideVersion(
        guide_id=row.id, version=last + 1, item=guide.item, content=to_content(guide), editors=editors,
        written_at=now, changed_at=now,
    )  # fmt: skip
    session.add(version)
    session.flush()
    return version


def _locked(session: Session, version_id: int) -> tuple[GuideRow, GuideVersion]:
    version = session.get(GuideVersion, version_id)
    if version is None:
        raise NotFound("没有这个版本。")
    row = session.scalars(select(GuideRow).where(GuideRow.id == version.guide_id).with_for_update()).one()
    session.refresh(version)
    return row, version


def _draft_as_seen(version: GuideVersion, revision: int) -> None:
    if version.state != "draft":
        raise Conflict("这一稿已经处理过了，请看现在的情况。")
    if version.revision != revision:
        raise Conflict("这一稿刚刚又有改动。请看过新的内容再决定。")
