"""Find: the newest cases that hold the words and fit the filters, within the rights of whoever asks.

The index is walked from the newest case down and stops when the page is full; nothing is counted, so that neither a
total nor the number of pages nor the time taken tells of a case that may not be known. Restricted cases are not in the
index at all: their recipient's own are read and compared one by one, for the recipient only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_READERS
from handlers.casework.access import Person, sections_of, sees_all, visible_to
from handlers.casework.lines import CaseLine, lines
from handlers.casework.queues import QUEUES, Filters, narrowed
from handlers.core import Core
from handlers.records import Case
from handlers.records.fulltext import newest
from handlers.records.fulltext_parts import BLOCKS, All, Some
from handlers.records.ids import in_round_number
from handlers.search.document import CaseText, gather, name_people
from handlers.search.tokens import facet
from handlers.search.words import Excerpt, Words, excerpts, holds, marks, pieces, said

PAGE: Final = 50
_AT_ONCE: Final = 200
_NEAR: Final = 2000  # case ids may run ahead of one another by so many when several processes open cases


@dataclass(frozen=True, slots=True)
class Hit:
    """A case found: its line, its subject in pieces (text, whether looked for), and where else it was found."""

    line: CaseLine
    subject: tuple[tuple[str, bool], ...]
    excerpts: list[Excerpt]


@dataclass(frozen=True, slots=True)
class Found:
    """One page, newest first; ``older`` is where the next one begins (``None`` = this is the last)."""

    hits: list[Hit] = field(default_factory=list)
    older: int | None = None


def find(
    session: Session, core: Core, person: Person, words: Words, filters: Filters, now: datetime, *,
    before: int | None = None, size: int = PAGE,
) -> Found:  # fmt: skip
    """One page of what the person may see, older than the case id ``before``."""
    texts = dict[int, CaseText]()
    ids = list(islice(walk(session, core, person, words, filters, now, before, texts), size + 1))
    shown = ids[:size]
    if words.terms:
        texts |= _texts(session, core, [case_id for case_id in shown if case_id not in texts], words)
    rows = {case.id: case for case in session.scalars(select(Case).where(Case.id.in_(in_round_number(shown))))}
    found = lines(session, core, [rows[case_id] for case_id in shown if case_id in rows], now)
    hits = [_hit(line, texts.get(line.case_id), words) for line in found]
    return Found(hits, shown[-1] if len(ids) > size else None)


def walk(
    session: Session, core: Core, person: Person, words: Words, filters: Filters, now: datetime,
    before: int | None = None, texts: dict[int, CaseText] | None = None,
) -> Iterator[int]:  # fmt: skip
    """The ids of everything found, newest first; the texts that had to be read for it are left in ``texts``."""
    if person.role not in CASE_READERS:
        return
    low, high = _reach(session, filters, before)
    conditions = [visible_to(person), *narrowed(filters, person, now)]
    own = _own_restricted(session, core, person, words, conditions, low, high)
    for case_id in _indexed(session, core, words, _wanted(person, words, filters), conditions, low, high, texts):
        while own and own[0] > case_id:
            yield own.pop(0)
        yield case_id
    yield from own


def _indexed(
    session: Session, core: Core, words: Words, wanted: All, conditions: Sequence[ColumnElement[bool]], low: int,
    high: int, texts: dict[int, CaseText] | None,
) -> Iterator[int]:  # fmt: skip
    for first, last in _stretches(low, high):
        while last >= first:
            ids = newest(session, wanted, first, last, _AT_ONCE) if wanted.parts else _any(session, first, last)
            yield from _checked(session, core, words, ids, conditions, texts)
            if len(ids) < _AT_ONCE:
                break
            last = ids[-1] - 1


def _any(session: Session, first: int, last: int) -> list[int]:
    """The newest cases of a stretch where nothing is looked for: the index would gather all of a block for each few."""
    ids = select(Case.id).where(Case.id.between(first, last)).order_by(Case.id.desc()).limit(_AT_ONCE)
    return list(session.scalars(ids))


def _checked(
    session: Session, core: Core, words: Words, ids: list[int], conditions: Sequence[ColumnElement[bool]],
    read: dict[int, CaseText] | None,
) -> Iterator[int]:  # fmt: skip
    """Those of ``ids`` (highest first) that the conditions let through and whose texts hold every word."""
    if not ids:
        return
    # The conditions stand beside the number and not behind WHERE: a planner would take one of them for the better way
    # in and read a million closed cases instead of these few.
    fits = and_(Case.restricted.is_(False), *conditions)
    allowed = dict(session.execute(select(Case.id, fits).where(Case.id.in_(in_round_number(ids)))).tuples().all())
    kept = [case_id for case_id in ids if allowed.get(case_id)]
    if all(term.exact for term in words.terms):  # the index has said it all
        yield from kept
        return
    for start in range(0, len(kept), PAGE):
        part = kept[start : start + PAGE]
        texts = _texts(session, core, part, words)
        if read is not None:
            read |= texts
        yield from (case_id for case_id in part if case_id in texts and holds(texts[case_id], words))


def _texts(session: Session, core: Core, ids: list[int], words: Words) -> dict[int, CaseText]:
    """The cases' texts; the people only of those whose texts do not say every word."""
    found = gather(session, core, ids, people=False)
    if any(term.person for term in words.terms):
        name_people(session, core, {n: text for n, text in found.items() if not said(text, words)})
    return found


def _stretches(low: int, high: int) -> Iterator[tuple[int, int]]:
    """``low``–``high`` in stretches from the top, each within one block of the index, growing."""
    level = 0
    while high >= low:
        bits = BLOCKS[level]
        first = max(low, high >> bits << bits)
        yield first, high
        high, level = first - 1, min(level + 1, len(BLOCKS) - 1)


def _reach(session: Session, filters: Filters, before: int | None) -> tuple[int, int]:
    """The lowest and highest case id that can be meant; a time span is narrowed by its index first."""
    top = session.scalar(select(func.max(Case.id))) or 0
    low, high = 1, top if before is None else min(top, before - 1)
    if filters.opened_until is not None:
        at = select(Case.id).where(Case.opened_at < filters.opened_until).order_by(Case.opened_at.desc()).limit(1)
        high = min(high, (session.scalar(at) or 0) + _NEAR)
    if filters.opened_from is not None:
        at = select(Case.id).where(Case.opened_at >= filters.opened_from).order_by(Case.opened_at).limit(1)
        low = max(low, (session.scalar(at) or top + 1) - _NEAR)
    return low, high


def _wanted(person: Person, words: Words, filters: Filters) -> All:
    parts: list[str | All | Some] = [term.wanted() for term in words.terms]
    exact = {
        "kind": filters.kind, "topic": filters.topic, "lead": filters.section, "source": filters.source,
        "state": filters.state, "channel": filters.channel,
    }  # fmt: skip
    # Nearly every case is closed: looking that up in the index narrows nothing, the conditions say it anyway.
    parts += [facet(name, value) for name, value in exact.items() if value and value != "closed"]
    parts += [facet("urgent", "")] if filters.urgent else []
    queue = QUEUES.get(filters.queue)
    parts += [facet("open", "")] if (queue and not queue.closed) or filters.colour or filters.due else []
    if not sees_all(person):
        sections = [facet("section", section) for section in sections_of(person)]
        parts.append(Some((*sections, facet("named", str(person.officer_id)))))
    return All(tuple(parts))


def _own_restricted(
    session: Session, core: Core, person: Person, words: Words, conditions: Sequence[ColumnElement[bool]], low: int,
    high: int,
) -> list[int]:  # fmt: skip
    """The person's own restricted cases that fit, newest first."""
    mine = (Case.restricted_to == person.officer_id, Case.restricted.is_(True), Case.id.between(low, high))
    ids = list(session.scalars(select(Case.id).where(*mine, *conditions).order_by(Case.id.desc())))
    needed = {token for term in words.terms for token in term.pairs}
    found = list[int]()
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        texts = gather(session, core, part) if words.terms else {}
        found += [case_id for case_id in part if not words.terms or _has(texts.get(case_id), words, needed)]
    return found


def _has(text: CaseText | None, words: Words, needed: set[str]) -> bool:
    if text is None or not holds(text, words):
        return False
    there = text.words()
    return all(term.person in there or there.issuperset(term.pairs) for term in words.terms)


def _hit(line: CaseLine, text: CaseText | None, words: Words) -> Hit:
    spans = marks(line.subject, words.terms)
    return Hit(line, pieces(line.subject, spans), excerpts(text, words) if text is not None else [])
