"""拆分 and 移动: which words belong to which case. Moving back undoes a move; merging back undoes a split."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.access import Person, may_see, relations
from handlers.casework.citizen import same_person
from handlers.casework.doing import actor_of, begin, changed, lock, required
from handlers.casework.moves import MOVES
from handlers.casework.numbers import next_numbers
from handlers.casework.states import ENDS
from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.errors import InvalidInput, NotAllowed
from handlers.records import Attachment, Case, CaseContact, Message

#: What a part split off has in common with the case it comes from.
_SHARED = (
    "citizen_id", "channel", "account", "source", "track", "district", "place", "wished_answer", "consent_contact",
    "consent_publish", "confidential", "identity_verified", "outer_number", "registered_by", "restricted",
    "restricted_to", "sensitive", "sensitivity", "sensitive_kinds", "barred", "admitted", "query_code",
)  # fmt: skip
#: What it has in common where it was in the letter that opened the case; a later message has times of its own.
_TIMES = ("received_at", "last_inbound_at", "outer_dispatched_at", "outer_due_at", "outer_return_by")


def split_message(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    message_id: int,
    *,
    subject: str,
    move: bool = False,
    now: datetime,
) -> Case:
    """Open a further case for a second matter in one message; it starts in triage with the message's own date.

    The message stays with its first case too, unless ``move`` says that it is only about the new one. The citizen's
    query code opens both.
    """
    case = begin(session, person, case_id, version, "split_message", now)
    message = own_message(session, case, message_id)
    subject = required(subject, "subject", "拆出的事项（一句话）", 200)
    if move:
        _keep_one(session, case, message)
    part = Case(
        **{name: getattr(case, name) for name in _SHARED},
        **_times(case, message),
        number=next_numbers(session, local_day(now), 1)[0],
        state="triage", subject=subject, kind=case.kind, sentiment=case.sentiment, urgent=False, grade="",
        needs_person=True, opened_at=now, changed_at=now, cooperating=[], repeat_of_id=None,
    )  # fmt: skip
    session.add(part)
    session.flush()
    _copy_contacts(session, case, part)
    if move:
        _move(session, message, part)
    data = {"message": message.id, "into": part.number}
    origin = {"message": message.id, "from_number": case.number}
    origin |= {"track": part.track, "received": local_day(part.received_at).isoformat()}
    core.ledger.append(session, part.id, actor_of(person), "split_opened", now, origin)
    changed(session, core, case, actor_of(person), "split_message", now, data)
    timing.started(session, core, part, now)
    return part


def move_message(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    message_id: int,
    *,
    number: str,
    now: datetime,
) -> Case:
    """Move a message to the case ``number`` it really belongs to (of the same sender); returns that case."""
    case = begin(session, person, case_id, version, "move_message", now)
    message = own_message(session, case, message_id)
    target = other_case(session, person, number, case)
    same_writer(session, case, target)
    _keep_one(session, case, message)
    _move(session, message, target)
    target.unread = True
    changed(session, core, case, actor_of(person), "move_message", now, {"message": message.id, "into": target.number})
    changed(
        session,
        core,
        target,
        actor_of(person),
        "message_moved_in",
        now,
        {"message": message.id, "from_number": case.number},
    )
    return target


def own_message(session: Session, case: Case, message_id: int) -> Message:
    """The message, which must be one of the case's."""
    message = session.get(Message, message_id)
    if message is None or message.case_id != case.id:
        raise InvalidInput("这条留言不属于这件诉求。", "message")
    return message


def other_case(session: Session, person: Person, number: str, case: Case) -> Case:
    """The locked case ``number`` that this person works on too; raises InvalidInput as if it were absent otherwise."""
    found = session.scalar(select(Case.id).where(Case.number == number.strip()))
    other = lock(session, found) if found else None
    if other is None or other.id == case.id or not may_see(person, other):
        raise InvalidInput("没有这个编号的另一件诉求，请核对编号。", "number")
    if not relations(person, other) & MOVES["merge"].who and person.officer_id != other.restricted_to:
        raise NotAllowed("那一件不在您这里办，请交办公室处理。")
    if other.state in ENDS:
        raise InvalidInput("那一件已经办完，请先重办那一件。", "number")
    return other


def same_writer(session: Session, one: Case, other: Case) -> None:
    """Raise unless both cases are the same person's: one citizen must never read another's words."""
    if one.citizen_id is not None and other.citizen_id in same_person(session, one.citizen_id):
        return
    phones = select(CaseContact.phone_index).where(
        CaseContact.case_id.in_((one.id, other.id)), CaseContact.role == "writer", CaseContact.phone_index != ""
    )
    found = list(session.scalars(phones))
    if len(found) == 2 and found[0] == found[1]:
        return
    raise InvalidInput("两件不是同一位群众提出的，不能合到一起。", "number")


def _times(case: Case, message: Message) -> dict[str, datetime | None]:
    if message.id == case.first_message_id:
        return {name: getattr(case, name) for name in _TIMES}
    return {"received_at": message.received_at, "last_inbound_at": message.sent_at}


def _keep_one(session: Session, case: Case, message: Message) -> None:
    others = select(Message.id).where(Message.case_id == case.id, Message.id != message.id).limit(1)
    if session.scalar(others) is None:
        raise InvalidInput("这件只有这一条留言，移走就空了；请用“并入另一件”。", "message")


def _move(session: Session, message: Message, target: Case) -> None:
    message.case_id = target.id
    session.execute(update(Attachment).where(Attachment.message_id == message.id).values(case_id=target.id))


def _copy_contacts(session: Session, case: Case, part: Case) -> None:
    columns = ("role", "relation", "name", "phone", "address", "identity_number", "phone_index")
    for contact in session.scalars(select(CaseContact).where(CaseContact.case_id == case.id)):
        session.add(CaseContact(case_id=part.id, **{name: getattr(contact, name) for name in columns}))
