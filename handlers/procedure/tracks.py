"""确认办理途径: a person decides which procedures a case follows; confirming, changing, ending one moves the clocks."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, required
from handlers.casework.post import can_push, tell
from handlers.core import Core
from handlers.deadlines.limits import usual_form
from handlers.deadlines.tracks import GENERAL, LIVE_TRACKS, tracks_of
from handlers.deadlines.worktime import instant_of, local_day
from handlers.errors import Conflict, InvalidInput
from handlers.records import Case, CaseTrack
from handlers.taxonomy import TRACK_FORMS, TRACKS


def confirm_track(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    track: str,
    reason: str,
    form: str = "",
    alongside: bool = False,
    since: date | None = None,
    now: datetime,
) -> CaseTrack | None:
    """Decide that the case follows ``track``: instead of its present one, or ``alongside`` it.

    Its limits run from the original receipt, or from ``since`` where what it is about came later. A request for
    information that came in a chat starts none yet: its writer is asked for what article 29 wants. Returns the track
    (``None`` for the general one, which keeps no row).
    """
    case = begin(session, person, case_id, version, "confirm_track", now)
    if track not in TRACKS:
        raise InvalidInput("请选择一种办理途径。", "track")
    if form and form not in TRACK_FORMS.get(track, {}):
        raise InvalidInput("请选择这种途径的提出方式。", "form")
    reason = required(reason, "reason", "理由", 300)
    rows = {row.track: row for row in tracks_of(session, case.id) if row.state in LIVE_TRACKS}
    before, actor = case.track, actor_of(person)
    if track == GENERAL:
        row = None
        for other in rows.values():
            _close(other, "按一般诉求办理", person, now)
    else:
        row = _confirmed(session, case, rows.get(track), track, form, reason, person, now)
        if since is not None:
            row.since = _received(core, case, since, now)
    if not alongside and track != before:
        if row is not None and before in rows:
            _close(rows[before], f"改为{TRACKS[track]}", person, now)
        case.track = track
    if case.track == track:
        case.track_reason = reason
    data: dict[str, str | bool] = {"before": before, "track": case.track, "confirmed": track, "reason": reason}
    data |= {"form": row.form} if row is not None and row.form else {}
    asked = row is not None and row.stage == "awaiting" and _ask_particulars(session, core, case, row, now)
    data |= {"alongside": True} if alongside else {}
    data |= {"asked": True} if asked else {}
    changed(session, core, case, actor, "confirm_track", now, data)
    timing.relabelled(session, core, case, now, f"按{TRACKS[track]}办理", actor)
    return row


def refuse_track(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, track: str, reason: str, now: datetime
) -> CaseTrack:
    """不按此途径办理: a proposal was wrong; its limits stop as if they had never been."""
    case = begin(session, person, case_id, version, "refuse_track", now)
    row = _live(session, case, track, "proposed", "这件没有待确认的这种途径。")
    return _leave(session, core, person, case, row, "refuse_track", "refused", reason, now)


def end_track(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, track: str, reason: str, now: datetime
) -> CaseTrack:
    """结束此途径: what was confirmed is no longer followed; its limits stop, the remaining tracks' run."""
    case = begin(session, person, case_id, version, "end_track", now)
    row = _live(session, case, track, "open", "这件没有正在办理的这种途径。")
    return _leave(session, core, person, case, row, "end_track", "ended", reason, now)


def _confirmed(
    session: Session,
    case: Case,
    row: CaseTrack | None,
    track: str,
    form: str,
    reason: str,
    person: Person,
    now: datetime,
) -> CaseTrack:
    form = form or (row.form if row else "") or usual_form(track, case.source)
    if row is None:
        row = CaseTrack(case_id=case.id, track=track, form=form, proposed_at=now)
        session.add(row)
    elif row.state == "open" and row.form == form:
        raise Conflict(f"这件已经按“{TRACKS[track]}”办理，不用再确认；要改提出方式请另选，要结束请用“结束此途径”。")
    elif row.state == "open" and row.stage:
        raise Conflict(f"“{TRACKS[track]}”的程序已经开始，不能再改提出方式。")
    row.form, row.reason, row.state = form, reason, "open"
    row.decided_at, row.decided_by = now, person.officer_id
    if track == "information_request" and not row.stage:
        row.stage = "awaiting"
    session.flush()
    return row


def _received(core: Core, case: Case, since: date, now: datetime) -> datetime:
    if not local_day(case.received_at) <= since <= local_day(now):
        first, today = local_day(case.received_at), local_day(now)
        raise InvalidInput(
            f"收到日期应在 {first.month}月{first.day}日 和今天（{today.month}月{today.day}日）之间，计时没有改变。",
            "since",
        )
    return instant_of(since, now, core.profile().hours)


def _leave(
    session: Session,
    core: Core,
    person: Person,
    case: Case,
    row: CaseTrack,
    action: str,
    state: str,
    reason: str,
    now: datetime,
) -> CaseTrack:
    reason = required(reason, "reason", "理由", 300)
    _close(row, reason, person, now, state)
    session.flush()
    if case.track == row.track:
        others = [other for other in tracks_of(session, case.id) if other.state in LIVE_TRACKS]
        case.track, case.track_reason = (others[0].track, others[0].reason) if others else (GENERAL, "")
    data = {"left": row.track, "track": case.track, "reason": reason}
    changed(session, core, case, actor_of(person), action, now, data)
    if state == "ended":
        timing.track_over(session, core, case, row.track, now, f"结束{TRACKS[row.track]}", actor_of(person))
    timing.relabelled(session, core, case, now, "办理途径已更改", actor_of(person))
    return row


def _close(row: CaseTrack, why: str, person: Person, now: datetime, state: str = "") -> None:
    row.state = state or ("refused" if row.state == "proposed" else "ended")
    row.decided_at, row.decided_by = now, person.officer_id
    row.ended_at, row.ended_why = now, why[:300]


def _live(session: Session, case: Case, track: str, state: str, missing: str) -> CaseTrack:
    for row in tracks_of(session, case.id):
        if row.track == track and row.state == state:
            return row
    raise InvalidInput(missing, "track")


def _ask_particulars(session: Session, core: Core, case: Case, row: CaseTrack, now: datetime) -> bool:
    """Ask what article 29 wants, where the channel can say it; a sensitive matter is named on no telephone."""
    if row.form == "written" or case.sensitive or case.restricted or not can_push(core, case):
        return False
    return tell(session, core, case, "information_particulars", now, number=case.number) is not None
