"""处理意见书、不予受理告知书: documents that are a decision, from the form through their way to the numbered Word file.

What is read at every step is the whole document as text. Issuing puts in the number and the day of signing, which
nobody can know before, and nothing else: the file is made from the very values that were read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, keep_claim
from handlers.casework.issue import final_turn
from handlers.deadlines.worktime import local_day
from handlers.delivery.outbox import text_sha256
from handlers.documents.fill import Filled, check_values, fill_document
from handlers.documents.series import next_number
from handlers.documents.store import Desk, kind_of, may_make, write
from handlers.errors import Conflict, InvalidInput, MoveNotAllowed
from handlers.records import Case, Document, Reply
from handlers.signing.again import check_other_officer
from handlers.signing.drafted import open_act
from handlers.signing.notices import tell_next
from handlers.signing.rounds import Turn, check_turn, issued, pass_on, set_out, told, under_way
from handlers.signing.ways import ACTS


def submit_act(
    session: Session, desk: Desk, person: Person, case_id: int, version: int, code: str, given: Mapping[str, str],
    now: datetime,
) -> Reply:  # fmt: skip
    """送审: the document as typed sets out; a draft of the same kind that was sent back goes on as the next round.

    Raises NotAllowed, Conflict, MoveNotAllowed, InvalidInput naming the field at fault; then nothing has changed.
    """
    case = begin(session, person, case_id, version, "submit_act", now)
    kind = may_make(person, case, code)
    if code not in ACTS:
        raise InvalidInput(f"《{kind.name}》不用送审，可以直接制作。", "kind")
    check_other_officer(session, case, person.officer_id)
    _check_first(session, case, code)
    values, filled = _filled(desk, case, code, given, now)
    reply = open_act(session, case.id, code)
    if reply is None:
        reply = Reply(case_id=case.id, purpose="act", act=code, text="", drafted_by=person.officer_id, drafted_at=now)
        session.add(reply)
    reply.text, reply.entered = filled.text, _sealed(desk, values)
    reply.drafted_by, reply.drafted_at = person.officer_id, now
    keep_claim(case, person, desk.core, now)
    session.flush()
    state = set_out(session, desk.core, case, reply, person, now)
    if not state:
        _issue(session, desk, case, reply, person, None, now)
        return reply
    changed(session, desk.core, case, actor_of(person), "submit_act", now, told(reply), to=state)
    tell_next(session, desk.core, case, reply, now)
    return reply


def revise_act(
    session: Session, desk: Desk, person: Person, case_id: int, version: int, given: Mapping[str, str], now: datetime
) -> Reply:
    """审核通过 with own changes in the form: the changed document goes round again, unless this is the first step."""
    case = begin(session, person, case_id, version, "approve", now)
    reply = under_way(session, case)
    turn = check_turn(session, desk.core, case, reply, person, now)
    if not reply.act:
        raise MoveNotAllowed("这不是一份文书。")
    values, filled = _filled(desk, case, reply.act, given, now)
    if filled.text == reply.text:
        raise InvalidInput("没有改动：请直接审核通过或签发。", "day")
    if turn.last and turn.position == 0:
        # Nobody else stands on this way: what is issued must be what its drafter can still answer for.
        raise MoveNotAllowed("只有您一步审签，不能自己改了自己签：请写明修改意见退回拟稿人。")
    reply.entered = _sealed(desk, values)
    data = told(reply, turn) | {"changed": True}
    state = pass_on(session, desk.core, case, reply, person, turn, filled.text, now)
    data |= {"again": True} if reply.round != data["round"] else {}
    changed(session, desk.core, case, actor_of(person), "approve", now, data, to=state)
    tell_next(session, desk.core, case, reply, now)
    return reply


def issue_act(
    session: Session, desk: Desk, person: Person, case_id: int, version: int, now: datetime, *, shown: str = ""
) -> Document:
    """签发: number and day of signing are put in, the Word file is made, its text hashed; it then wants its seal.

    ``shown`` is the hash of the text that the issuer had before them ("" = not checked).
    """
    case = begin(session, person, case_id, version, "issue", now)
    reply = under_way(session, case)
    if not reply.act:
        raise MoveNotAllowed("这不是一份文书。")
    turn = final_turn(session, desk.core, case, reply, person, now)
    check_shown(reply, shown)
    return _issue(session, desk, case, reply, person, turn, now)


def check_shown(reply: Reply, shown: str) -> None:
    """Raise Conflict when the words before the reader (their hash) are not the ones that would be signed."""
    if shown and shown != text_sha256(reply.text):
        raise Conflict("这份文字刚刚有改动，您看到的不是现在的。请看过新的文字再决定。")


def typed(desk: Desk, reply: Reply) -> dict[str, str]:
    """What was typed into the form of a document on its way."""
    opened = desk.core.vault.open(reply.entered)
    values: dict[str, str] = json.loads(opened) if opened else {}
    return values


def _issue(
    session: Session, desk: Desk, case: Case, reply: Reply, person: Person, turn: Turn | None, now: datetime
) -> Document:
    values, template, profile = typed(desk, reply), desk.templates[reply.act], desk.core.profile()
    kind = kind_of(reply.act)
    if fill_document(kind, template, profile, case.number, values).text != reply.text:
        raise Conflict("送审以后文书模板或机构资料有改动，做出来的已不是审过的文字。请退回拟稿人重新送审。")
    if turn is not None:
        issued(session, case, reply, person, turn, reply.text, now)
    values["day"] = local_day(now).isoformat()
    numbered = next_number(session, kind.code, template.number_word, local_day(now).year)
    filled = fill_document(kind, template, profile, case.number, values, numbered.number)
    document = write(session, desk, person, case, kind, values, filled, numbered, now)
    document.reply_id = reply.id
    reply.body, reply.text = reply.text, filled.text
    reply.sha256, reply.entered = text_sha256(reply.text), _sealed(desk, values)
    reply.state, reply.issued_by, reply.issued_at = "issued", person.officer_id, now
    reply.version += 1
    data = told(reply, turn) | {"sha256": reply.sha256, "document": document.id, "number": document.number}
    data |= {"issued": True} | ({"alone": True} if turn is None and reply.steps else {})
    session.flush()
    action = "issue" if turn is not None else "submit_act"
    changed(session, desk.core, case, actor_of(person), action, now, data, to="to_deliver")
    tell_next(session, desk.core, case, reply, now)
    return document


def _filled(
    desk: Desk, case: Case, code: str, given: Mapping[str, str], now: datetime
) -> tuple[dict[str, str], Filled]:
    kind, today = kind_of(code), local_day(now)
    values = check_values(kind, {**given, "day": today.isoformat()}, local_day(case.received_at), today)
    filled = fill_document(kind, desk.templates[code], desk.core.profile(), case.number, values)
    if code == "opinion":
        _check_review_right(filled, values)
    return values, filled


def _check_first(session: Session, case: Case, code: str) -> None:
    """One decision of a kind holds; another takes its place only after it was taken back."""
    wanted = select(Document.number).where(
        Document.case_id == case.id, Document.kind == code, Document.state == "made", Document.reply_id.is_not(None)
    )
    number = session.scalar(wanted.limit(1))
    if number is not None:
        raise Conflict(f"这件已签发{number}。送达以前要改，请用“收回重拟”；已经送达的不能再改。")


def _check_review_right(filled: Filled, values: Mapping[str, str]) -> None:
    """A 处理意见书 says within how many days, and of which organ, review can be asked for (条例 35)."""
    text = filled.text.replace(" ", "")
    if not (values["review_organ"] in text and "复查" in text and ("30日" in text or "三十日" in text)):
        raise InvalidInput(
            "处理意见书必须写明：自收到之日起30日内可以向哪个机关申请复查。请改文书模板。", "review_organ"
        )


def _sealed(desk: Desk, values: Mapping[str, str]) -> str:
    return desk.core.vault.seal(json.dumps(dict(values), ensure_ascii=False))
