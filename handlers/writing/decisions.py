"""What the officer decides about the findings in a reply: kept with a reason, or changed; each choice is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.answer import open_draft
from handlers.casework.doing import actor_of, required
from handlers.casework.page import allowed_moves
from handlers.core import Core
from handlers.errors import Conflict, NotAllowed
from handlers.records import Case, Reply, ReplyFinding
from handlers.writing.finding import Finding
from handlers.writing.looking import Looked, findings_of, key_of, look_at

#: Who may do one of these decides what is kept.
_DECIDING: Final = frozenset({"answer", "draft", "issue", "approve"})


def look(session: Session, core: Core, case: Case, text: str, now: datetime) -> list[Looked]:
    """Check ``text`` as the reply to the case, with what has been decided about the open draft; writes nothing."""
    return look_at(session, core, case, open_draft(session, case.id), text, now)


def note_shown(session: Session, core: Core, person: Person, case: Case, now: datetime, text: str = "") -> list[Looked]:
    """Check the open draft and record which findings its officer was shown, and which of the earlier ones are gone.

    ``text`` is what is about to take the draft's place ("" = the draft itself). The case must be locked.
    """
    reply = open_draft(session, case.id)
    if reply is None:
        return []
    looked = look(session, core, case, text or reply.text, now)
    rows = {key_of(row): row for row in findings_of(session, reply)}
    here = {one.finding.key for one in looked}
    for one in looked:
        row = rows.get(one.finding.key)
        if row is None:
            session.add(_new(case, reply, one.finding, now))
        elif row.state == "changed":
            row.state, row.shown_at, row.decided_by, row.decided_at = "open", now, None, None
    for key, row in rows.items():
        if row.state != "changed" and key not in here:
            _decide(session, core, person, row, "changed", now)
    session.flush()
    return looked


def keep(
    session: Session,
    core: Core,
    person: Person,
    case: Case,
    codes: Sequence[str],
    reason: str,
    now: datetime,
    text: str = "",
) -> int:
    """保留并说明: keep findings of the draft (or of ``text`` that is about to take its place); return how many.

    The case must be locked. Raises NotAllowed for who cannot answer it now, InvalidInput without a reason, Conflict
    when none of the findings stands in the text any more.
    """
    if not _DECIDING & allowed_moves(person, case, now).keys():
        raise NotAllowed("只有现在办这份答复的人可以决定保留。")
    reason = required(reason, "reason", "保留的理由", 300)
    looked = {one.code: one.finding.key for one in note_shown(session, core, person, case, now, text)}
    wanted = {looked[code] for code in codes if code in looked}
    rows = [
        row
        for row in findings_of(session, open_draft(session, case.id))
        if key_of(row) in wanted and row.state == "open"
    ]
    if not rows:
        raise Conflict("这一处已经不在草稿里，或已经决定过了。下面是现在的情况。")
    for row in rows:
        row.reason = reason
        _decide(session, core, person, row, "kept", now)
    session.flush()
    return len(rows)


def _new(case: Case, reply: Reply, finding: Finding, now: datetime) -> ReplyFinding:
    return ReplyFinding(
        case_id=case.id,
        reply_id=reply.id,
        kind=finding.kind,
        about=finding.about,
        words=finding.words[:1000],
        shown_at=now,
    )


def _decide(session: Session, core: Core, person: Person, row: ReplyFinding, state: str, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, person.officer_id, now
    action = "keep_finding" if state == "kept" else "change_finding"
    data = {"finding": row.id, "kind": row.kind} | ({"reason": row.reason} if state == "kept" else {})
    core.ledger.append(session, row.case_id, actor_of(person), action, now, data)
