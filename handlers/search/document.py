"""What of a case can be found: its texts, its people as digests, its properties; gathered for many cases at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, load_only

from handlers.casework.sensitivity import officer_mark
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.records import Case, CaseContact, CaseEvent, Message, Note, Reply, UnitReferral
from handlers.records.ids import in_round_number
from handlers.retention.erase_case import ERASED_TEXT
from handlers.search.tokens import facet, person_tokens, tokens


@dataclass(slots=True)
class CaseText:
    """One case: ``parts`` are (where, text), ``people`` the digests of names and telephones."""

    case: Case
    parts: list[tuple[str, str]] = field(default_factory=list)
    people: set[str] = field(default_factory=set)

    def say(self, where: str, text: str) -> None:
        """Add a text that is there."""
        if text and text != ERASED_TEXT:
            self.parts.append((where, text))

    def words(self) -> set[str]:
        """Every token of the case's row in the index."""
        found = set(self.people)
        for _, text in self.parts:
            found |= tokens(text)
        return found | set(facets(self.case))


def facets(case: Case) -> list[str]:
    """The tokens of a case's properties: what lists are narrowed by, and what rights are checked by first."""
    plain = {"state": case.state, "kind": case.kind, "source": case.source, "channel": case.channel}
    found = [facet(name, value) for name, value in plain.items() if value]
    found += [facet("topic", topic) for topic in (case.topic, case.topic_2) if topic]
    found += [facet("section", section) for section in {case.section_code, *case.cooperating} if section]
    found += [facet("lead", case.section_code)] if case.section_code else []
    # Whom a case is given to by name may see it whatever their section.
    named = {officer_mark(case.officer_id)} if case.officer_id else set()
    found += [facet("named", mark.partition(":")[2]) for mark in sorted({*named, *(case.admitted or ())})]
    marks = {"urgent": case.urgent, "open": case.state in OPEN_STATES}
    return [*found, *(facet(name, "") for name, set_ in marks.items() if set_)]


#: What :func:`_own` reads.
_TEXTS: Final = (
    Case.number, Case.subject, Case.outer_number, Case.district, Case.place, Case.result_evidence, Case.rating_words,
)  # fmt: skip


def gather(session: Session, core: Core, ids: Sequence[int], *, people: bool = True) -> dict[int, CaseText]:
    """The texts of the cases that exist, by case id; ``people``: their names and telephones, too (unsealed here)."""
    ids = in_round_number(ids)
    cases = select(Case).where(Case.id.in_(ids))
    if not people:  # to be compared, not to be indexed: that needs the case's texts only
        cases = cases.options(load_only(*_TEXTS))
    found = {case.id: _own(case) for case in session.scalars(cases)}
    for row in _rows(session, (Message.case_id, Message.text), Message.case_id.in_(ids), Message.id):
        found[row[0]].say("来信", row[1])
    for case_id, text in _shared_letters(session, ids):
        found[case_id].say("来信", text)
    wanted = Reply.case_id.in_(ids) & (Reply.state != "superseded")
    for row in _rows(session, (Reply.case_id, Reply.text), wanted, Reply.id):
        found[row[0]].say("答复", row[1])
    for row in _rows(session, (Note.case_id, Note.text), Note.case_id.in_(ids), Note.id):
        found[row[0]].say("备注", row[1])
    referral = (UnitReferral.case_id, UnitReferral.demand, UnitReferral.result, UnitReferral.outer_number)
    for row in _rows(session, referral, UnitReferral.case_id.in_(ids), UnitReferral.id):
        for text in row[1:]:
            found[row[0]].say("交办", text or "")
    if people:
        name_people(session, core, found)
    return found


def name_people(session: Session, core: Core, found: dict[int, CaseText]) -> None:
    """Add the digests of the cases' people: each name and telephone is unsealed for it, which takes its time."""
    columns = (CaseContact.case_id, CaseContact.name, CaseContact.phone)
    for case_id, name, phone in _rows(
        session, columns, CaseContact.case_id.in_(in_round_number(found)), CaseContact.id
    ):
        found[case_id].people.update(person_tokens(core.vault, core.vault.open(name), core.vault.open(phone)))


def _own(case: Case) -> CaseText:
    made = CaseText(case)
    made.say("编号", case.number)
    made.say("主题", case.subject)
    made.say("原编号", case.outer_number)
    made.say("地点", f"{case.district} {case.place}".strip())
    made.say("办理结果", case.result_evidence)
    made.say("评价", case.rating_words)
    return made


def _rows(session: Session, columns: Sequence[Any], condition: Any, order: Any) -> Sequence[Any]:
    return session.execute(select(*columns).where(condition).order_by(order)).tuples().all()


def _shared_letters(session: Session, ids: Sequence[int]) -> list[tuple[int, str]]:
    """The letter that a case was split off, which stays with the case it came with."""
    split = select(CaseEvent.case_id, CaseEvent.data).where(
        CaseEvent.case_id.in_(ids), CaseEvent.action == "split_opened"
    )
    origin = {case_id: int(data["message"]) for case_id, data in session.execute(split).tuples()}
    if not origin:
        return []
    wanted = select(Message.id, Message.text).where(
        Message.id.in_(origin.values()), or_(Message.case_id.is_(None), Message.case_id.not_in(origin))
    )
    texts = dict(session.execute(wanted).tuples().all())
    return [(case_id, texts[message]) for case_id, message in origin.items() if message in texts]
