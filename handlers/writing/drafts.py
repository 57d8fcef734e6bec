"""Drafts that lose no words: saving, what happens when two people write at once, and settling it.

The shared draft is the open reply of the case; its ``version`` grows with every change. Whoever saves names the version
they had before them. Did somebody else save in between, or may the writer not change the draft any more, their text is
kept beside it and both are shown. What another person's text takes the place of is kept, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, may_see, relations
from handlers.casework.answer import open_draft
from handlers.casework.doing import actor_of, begin, keep_claim, lock, officer_name
from handlers.casework.local import moment
from handlers.casework.states import UNDER_REVIEW
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.records import Case, DraftVersion, Reply
from handlers.records.of_case import may_hold
from handlers.signing.rounds import my_turn

#: Characters; twice what may be issued, so that cutting down is possible.
LONGEST: Final = 20_000
#: A text that shrinks below this share of itself is kept as it was: more was lost than a sentence.
_SHRUNK: Final = 0.5
WAYS: Final = ("take", "join", "leave")


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a text: in the shared draft (``version`` is its new one), or ``aside`` with ``why`` in words.

    ``clash``: somebody else saved in between (else the case does not allow its writer to change the draft now).
    """

    version: int
    aside: int | None = None
    why: str = ""
    clash: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """A kept text as the page shows it."""

    ident: int
    state: str
    text: str
    who: str
    officer_id: int
    when: str


def save(
    session: Session, core: Core, person: Person, case_id: int, text: str, seen: int | None, now: datetime
) -> Saved:
    """Keep ``text`` as the draft of the answer, or beside it; the case's own version does not matter for that.

    ``seen`` is the version of the draft that the writer had before them (0 = there was none, ``None`` = the one that
    holds now). Raises NotFound, NotAllowed for who has no part in the case, InvalidInput when it is far too long.
    """
    case = lock(session, case_id)
    if case is None or not may_see(person, case):
        raise NotFound("没有这件诉求，或者您无权查看。")
    if not relations(person, case):
        raise NotAllowed("只有经办这件诉求的人可以写答复。")
    text = text.strip()
    if len(text) > LONGEST:
        raise InvalidInput(f"草稿最多 {LONGEST} 字，现在有 {len(text)} 字。", "text")
    reply = open_draft(session, case.id)
    held = reply.version if reply else 0
    if reply is None and not text:
        return Saved(0)
    if reply is not None and reply.text == text:
        _taken(session, case, person, text, now)
        return Saved(held)
    if reply is not None and seen is not None and seen != held:
        who = officer_name(session, reply.drafted_by) if reply.drafted_by != person.officer_id else "您在另一个窗口"
        why = f"{who} {moment(reply.drafted_at, now)} 也改了这份草稿。两份都留着，请对照后决定用哪一份。"
        return Saved(held, _put_aside(session, case, person, text, seen, now), why, clash=True)
    if case.state in UNDER_REVIEW:
        return _in_review(session, core, case, person, reply, text, seen, now)
    try:
        begin(session, person, case.id, case.version, "draft", now)
    except (Conflict, NotAllowed) as fault:
        return Saved(
            held, _put_aside(session, case, person, text, seen or 0, now), f"{fault}您写的另存了一份，没有丢。"
        )
    return Saved(_write(session, core, case, person, reply, text, now))


def versions(session: Session, case_id: int, states: Sequence[str], now: datetime) -> list[Version]:
    """Return the kept texts of a case in these states, latest first."""
    if not may_hold(session, DraftVersion, case_id):
        return []
    wanted = select(DraftVersion).where(DraftVersion.case_id == case_id, DraftVersion.state.in_(states))
    return [
        Version(row.id, row.state, row.text, officer_name(session, row.officer_id), row.officer_id, moment(row.at, now))
        for row in session.scalars(wanted.order_by(DraftVersion.id.desc()).limit(20))
    ]


def settle(
    session: Session, core: Core, person: Person, case_id: int, version_id: int, way: str, seen: int, now: datetime
) -> int:
    """Decide about a text kept aside: ``take`` it as the draft, ``join`` it behind the draft, or ``leave`` it.

    Nothing is deleted either way. Returns the version of the shared draft. Raises Conflict when the draft has changed
    since ``seen`` or somebody has decided already, and whatever forbids changing the draft.
    """
    if way not in WAYS:
        raise InvalidInput("请选择用哪一份。", "way")
    case = lock(session, case_id)
    if case is None or not may_see(person, case):
        raise NotFound("没有这件诉求，或者您无权查看。")
    begin(session, person, case.id, case.version, "draft", now)
    row = session.get(DraftVersion, version_id)
    if row is None or row.case_id != case.id or row.state not in ("aside", "earlier"):
        raise Conflict("这个版本已经处理过了，请看现在的草稿。")
    reply = open_draft(session, case.id)
    held = reply.version if reply else 0
    if held != seen:
        raise Conflict("草稿刚刚又有改动。请看过新的内容再决定；两份都还在。")
    if way != "leave":
        text = row.text if way == "take" or reply is None else f"{reply.text}\n\n{row.text}"
        if reply is not None:
            keep_earlier(session, reply)
        held = _write(session, core, case, person, reply, text, now)
    row.state = "left" if way == "leave" else "taken"
    row.settled_by, row.settled_at = person.officer_id, now
    core.ledger.append(session, case.id, actor_of(person), "settle_draft", now, {"version": row.id, "way": way})
    return held


def _in_review(
    session: Session, core: Core, case: Case, person: Person, reply: Reply | None, text: str, seen: int | None,
    now: datetime,
) -> Saved:  # fmt: skip
    """Whose turn it is may change the words (the drafter stays who they were); anybody else's are kept beside them."""
    if reply is None or my_turn(session, core, case, reply, person, now) is None:
        why = "答复正在审签，现在不能改。您写的另存了一份，没有丢。"
        return Saved(reply.version if reply else 0, _put_aside(session, case, person, text, seen or 0, now), why)
    keep_earlier(session, reply)
    reply.text, reply.version = text, reply.version + 1
    session.flush()
    return Saved(reply.version)


def _write(
    session: Session, core: Core, case: Case, person: Person, reply: Reply | None, text: str, now: datetime
) -> int:
    keep_claim(case, person, core, now)
    if reply is None:
        reply = Reply(case_id=case.id, text=text, drafted_by=person.officer_id, drafted_at=now)
        session.add(reply)
    else:
        shrunk = len(text) < len(reply.text) * _SHRUNK
        if reply.drafted_by != person.officer_id or shrunk:
            keep_earlier(session, reply)
        reply.text, reply.drafted_by, reply.drafted_at = text, person.officer_id, now
        reply.version += 1
    _taken(session, case, person, text, now)
    session.flush()
    return reply.version


def keep_earlier(session: Session, reply: Reply) -> None:
    """Keep what the draft says before another text takes its place."""
    if not reply.text.strip():
        return
    same = select(DraftVersion.id).where(
        DraftVersion.case_id == reply.case_id, DraftVersion.state == "earlier", DraftVersion.text == reply.text
    )
    if session.scalar(same.limit(1)) is None:
        session.add(
            DraftVersion(
                case_id=reply.case_id, officer_id=reply.drafted_by, state="earlier", text=reply.text,
                seen=reply.version, at=reply.drafted_at,
            )
        )  # fmt: skip
        session.flush()


def _put_aside(session: Session, case: Case, person: Person, text: str, seen: int, now: datetime) -> int:
    """One text aside per writer and version seen: what is saved again while writing on takes its own place."""
    wanted = select(DraftVersion).where(
        DraftVersion.case_id == case.id, DraftVersion.officer_id == person.officer_id,
        DraftVersion.state == "aside", DraftVersion.seen == seen,
    )  # fmt: skip
    row = session.scalars(wanted.order_by(DraftVersion.id.desc()).limit(1)).first()
    if row is None:
        row = DraftVersion(case_id=case.id, officer_id=person.officer_id, state="aside", seen=seen, text=text, at=now)
        session.add(row)
    else:
        row.text, row.at = text, now
    session.flush()
    return row.id


def _taken(session: Session, case: Case, person: Person, text: str, now: datetime) -> None:
    """What its writer has saved as the draft after all waits for no decision any more."""
    wanted = select(DraftVersion).where(
        DraftVersion.case_id == case.id, DraftVersion.officer_id == person.officer_id, DraftVersion.state == "aside"
    )
    for row in session.scalars(wanted):
        if row.text == text:
            row.state, row.settled_by, row.settled_at = "taken", person.officer_id, now
