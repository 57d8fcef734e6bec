"""What the reply check is told of a case, gathered from the tables and the organisation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.organisation import wording
from handlers.organisation.profile import Profile
from handlers.records import BureauWord, Case, CaseContact, Message, Reply
from handlers.writing.finding import Context
from handlers.writing.lexicon import lexicon

_HERE: Final = "\x00"
_INSTANT: Final = timedelta(microseconds=1)


def context_for(session: Session, core: Core, case: Case, now: datetime) -> Context:
    """Return the context of ``case`` as it stands now; the letter is what was written since the last answer."""
    profile = core.profile()
    name, gender = _writer(session, core, case)
    before, _, after = _letter_round(profile, case).partition(_HERE)
    due = local_day(case.next_due_at - _INSTANT) if case.next_due_at else None
    today = local_day(now)
    return Context(
        issued_on=today,
        message=_letter(session, case),
        citizen_name=name,
        gender=gender,
        kind=case.kind or "",
        topic=case.topic or "",
        legal_due=due if due and due >= today else None,
        section=case.section_code or "",
        phones=house_phones(profile),
        before=before,
        after=after,
        own_words=words_in_use(session),
    )


def house_phones(profile: Profile) -> tuple[str, ...]:
    """Every number that the profile knows: the bureau's, its sections' and its units'."""
    phones = (
        profile.phone,
        profile.duty_phone,
        *(s.phone for s in profile.sections),
        *(u.phone for u in profile.units),
    )
    return tuple(dict.fromkeys(phone for phone in phones if phone))


def words_in_use(session: Session) -> dict[str, str]:
    """The shipped list with the bureau's own changes: word → what to write instead."""
    words = dict(lexicon().bureau)
    for row in session.scalars(select(BureauWord)):
        words.pop(row.word, None)
        if row.used:
            words[row.word] = row.instead
    return words


def _letter(session: Session, case: Case) -> str:
    answered = select(func.max(Reply.issued_at)).where(Reply.case_id == case.id, Reply.purpose == "answer")
    last = session.scalar(answered)
    wanted = select(Message.text, Message.received_at).where(Message.case_id == case.id, Message.command == "")
    rows = session.execute(wanted.order_by(Message.received_at, Message.id)).all()
    latest = [text for text, at in rows if last is None or at > last]
    return "\n".join(latest or [text for text, _ in rows])


def _writer(session: Session, core: Core, case: Case) -> tuple[str, str]:
    contact = session.scalars(
        select(CaseContact).where(CaseContact.case_id == case.id, CaseContact.role == "writer")
    ).one_or_none()
    if contact is None:
        return "", ""
    identity = core.vault.open(contact.identity_number)
    digit = identity[16:17] if len(identity) == 18 else identity[14:15] if len(identity) == 15 else ""
    gender = ("female", "male")[int(digit) % 2] if digit.isdigit() else ""
    return core.vault.open(contact.name).strip(), gender


def _letter_round(profile: Profile, case: Case) -> str:
    return wording.render(profile, "answer", number=case.number, text=_HERE, officer_section="", note="")
