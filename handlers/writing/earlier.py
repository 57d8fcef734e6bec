"""Which issued answers help with a case: those to the letters most like its own that this officer may see."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from handlers.casework.access import KEPT, Person, Staff, viewer_of, visible_to
from handlers.neighbours.part import may_take_part, takes_part
from handlers.neighbours.show import SHOWN, alike_to
from handlers.records import Case, Message, MessageSketch, Reply
from handlers.understanding.likeness.measures import SCHEME
from handlers.understanding.likeness.sketch import likenesses, sketch_of

_LOOKED_BACK: Final = 800  # issued answers, the latest
_COMPARED: Final = 24
_ALIKE: Final = 0.12  # an earlier answer to a letter less like it would not help
_ISSUED: Final = and_(Reply.purpose == "answer", Reply.state == "issued")


def answered(session: Session, person: Person, case: Case, most: int) -> list[tuple[Reply, Case]]:
    """Return at most so many answers with their cases, the most helpful first; restricted cases take no part."""
    if not may_take_part(case):
        return []
    near = [one.case_id for one in alike_to(session, person, case)[:SHOWN]]
    found = _answers_to(session, person, case, near)[:most]
    if len(found) < most:
        known = [reply.case_id for reply, _ in found]
        found += _alike_by_topic(session, person, case, known, most - len(found))
    return found


def _answers_to(session: Session, person: Person, case: Case, ids: Sequence[int]) -> list[tuple[Reply, Case]]:
    if not ids:
        return []
    place = {ident: n for n, ident in enumerate(ids)}
    rows = session.execute(_of_cases(viewer_of(person)), {"ids": list(ids), "but": case.id}).tuples()
    return sorted(((reply, other) for reply, other in rows), key=lambda row: place[row[1].id])


def _alike_by_topic(
    session: Session, person: Person, case: Case, known: Sequence[int], most: int
) -> list[tuple[Reply, Case]]:
    """Among the latest answers to cases of the same topic, those to the letters most like this one."""
    own = session.get(Message, case.first_message_id) if case.first_message_id else None
    sketch = sketch_of(own.text) if own else None
    if not sketch or not case.topic:
        return []
    rows = session.execute(_of_topic(viewer_of(person)), {"topic": case.topic, "but": [case.id, *known]}).all()
    cosines = likenesses(sketch, _sketches(session, [(message_id, kept) for _, message_id, kept in rows])).tolist()
    ranked = sorted(zip(cosines, rows, strict=True), key=lambda pair: -pair[0])[:most]
    replies = [row[0] for cosine, row in ranked if cosine >= _ALIKE]
    found = {reply.id: (reply, other) for reply, other in session.execute(_BY_ID, {"ids": replies}).tuples()}
    return [found[ident] for ident in replies if ident in found]


def _sketches(session: Session, letters: Sequence[tuple[int, bytes | None]]) -> list[bytes]:
    """Letters of the last weeks have their sketch kept; of older ones it is made anew."""
    older = [message_id for message_id, kept in letters if kept is None]
    texts = dict(session.execute(_TEXTS, {"ids": older}).tuples().all()) if older else {}
    return [sketch_of(texts[message_id]).pack() if kept is None else kept for message_id, kept in letters]


def _among(name: str) -> Any:
    return bindparam(name, expanding=True)


_TEXTS: Final = select(Message.id, Message.text).where(Message.id.in_(_among("ids")))
_BY_ID: Final = select(Reply, Case).join(Case, Case.id == Reply.case_id).where(Reply.id.in_(_among("ids")))


@lru_cache(maxsize=KEPT)
def _of_cases(viewer: Staff) -> Select[tuple[Reply, Case]]:
    wanted = select(Reply, Case).join(Case, Case.id == Reply.case_id).where(Reply.case_id.in_(_among("ids")), _ISSUED)
    return wanted.where(Case.id != bindparam("but"), takes_part(), visible_to(viewer))


@lru_cache(maxsize=KEPT)
def _of_topic(viewer: Staff) -> Select[tuple[int, int, bytes | None]]:
    latest = select(Reply.id, Reply.case_id).where(_ISSUED).order_by(Reply.id.desc()).limit(_LOOKED_BACK).subquery()
    kept = and_(MessageSketch.message_id == Case.first_message_id, MessageSketch.scheme == SCHEME)
    return (
        select(latest.c.id, Case.first_message_id, MessageSketch.features)
        .join(Case, Case.id == latest.c.case_id)
        .outerjoin(MessageSketch, kept)
        .where(Case.topic == bindparam("topic"), Case.id.not_in(_among("but")), Case.first_message_id.is_not(None))
        .where(takes_part(), visible_to(viewer))
        .order_by(latest.c.id.desc())
        .limit(_COMPARED)
    )
