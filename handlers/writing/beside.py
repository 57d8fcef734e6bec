"""Beside the draft: similar past cases with their issued answers, and the service guides that fit the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.casework.access import Person, see
from handlers.casework.local import moment
from handlers.core import Core
from handlers.errors import NotFound
from handlers.guides.guide import Guide
from handlers.guides.short import short_form
from handlers.neighbours.part import may_take_part
from handlers.records import Case, CaseContact, Reply
from handlers.records.of_case import rows_of
from handlers.taxonomy import RATINGS
from handlers.understanding.normalise import read
from handlers.writing.earlier import answered
from handlers.writing.lexicon import plain
from handlers.writing.salutation import addressed

SHOWN: Final = 3
_GUIDE_ROOM: Final = 3000


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier case and what it was answered: ``body`` without the letter's frame, names and numbers as fields."""

    reply_id: int
    number: str
    subject: str
    when: str
    rating: str
    body: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A guide that fits, and the text that would be inserted."""

    code: str
    item: str
    text: str
    sample: bool


def earlier_answers(session: Session, core: Core, person: Person, case: Case, now: datetime) -> list[Earlier]:
    """Return the answers to the most similar letters that this person may see; restricted cases take no part."""
    found = answered(session, person, case, SHOWN)
    return [_earlier(session, core, reply, other, now) for reply, other in found]


def guide_excerpts(core: Core, case: Case, letter: str, now: datetime) -> list[Excerpt]:
    """Return the guides in force that fit the letter, the best first, then others of its topic that it names."""
    if core.guides is None or not may_take_part(case):
        return []
    shelf, text = core.guides(now), read(letter).text
    best = shelf.matcher.match(letter).best
    guides = [best] if best else []
    guides += [g for g in shelf.guides if g is not best and g.topic == case.topic and _names(g, text)]
    return [_excerpt(core, guide) for guide in guides[:SHOWN]]


def earlier_text(session: Session, core: Core, person: Person, reply_id: int) -> str:
    """The body of one earlier answer, for insertion. Raises NotFound where the person may not see its case."""
    reply = session.get(Reply, reply_id)
    if reply is None or reply.state != "issued" or reply.purpose != "answer":
        raise NotFound("没有这份答复。")
    case = see(session, person, reply.case_id)
    if not may_take_part(case):
        raise NotFound("没有这份答复。")
    return _as_template(session, core, case, reply)


def guide_text(core: Core, code: str, now: datetime) -> str:
    """What a guide says, for insertion. Raises NotFound."""
    for guide in core.guides(now).guides if core.guides else ():
        if guide.code == code:
            return _excerpt(core, guide).text
    raise NotFound("没有这份生效的指南。")


def _earlier(session: Session, core: Core, reply: Reply, case: Case, now: datetime) -> Earlier:
    at = moment(reply.issued_at or reply.drafted_at, now)
    body = _as_template(session, core, case, reply)
    return Earlier(reply.id, case.number, case.subject, at, RATINGS.get(case.rating, ""), body)


def _as_template(session: Session, core: Core, case: Case, reply: Reply) -> str:
    """The body with what belongs to that case alone turned back into fields, so that it cannot be issued as it is."""
    body = reply.body or _without_frame(reply.text, case.number)
    contact = next((row for row in rows_of(session, CaseContact, case.id) if row.role == "writer"), None)
    for sealed, field in ((contact.name, "{姓名}"), (contact.phone, "{来信人电话}")) if contact else ():
        value = core.vault.open(sealed).strip()
        body = body.replace(value, field) if len(value) > 1 else body
    span = addressed(plain(body))
    if span and not body[span[0] : span[1]].startswith("{"):
        body = f"{body[: span[0]]}{{姓名}}{body[span[1] :]}"
    return body.replace(case.number, "{编号}").strip()


def _without_frame(text: str, number: str) -> str:
    """An answer issued before bodies were kept: without the line that names its case, 经办 and the signature."""
    lines = text.strip().splitlines()
    first = 1 if lines and number in lines[0] else 0
    kept = lines[first:]
    while kept and (kept[-1].startswith(("经办：", "（", "这个答复")) or not kept[-1].strip()):
        kept.pop()
    return "\n".join(kept)


def _names(guide: Guide, text: str) -> bool:
    words = (name.rstrip("~").split("…")[0] for name in (*guide.names, guide.item))
    return any(len(word) > 1 and word in text for word in words)


def _excerpt(core: Core, guide: Guide) -> Excerpt:
    return Excerpt(guide.code, guide.item, short_form(guide, core.profile(), room=_GUIDE_ROOM), guide.sample)
