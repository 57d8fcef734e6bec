"""What the system understood, as a reader needs it: each label in words, how sure, and the words that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from handlers.casework.grading import choice_of, grade_name
from handlers.organisation.profile import Profile
from handlers.records import Case, Label, Message
from handlers.taxonomy import LABEL_CODES, LABEL_NAMES, TOPICS

_FIRST_MESSAGE: Final = select(Message.id).where(Message.case_id == bindparam("case_id")).order_by(Message.id).limit(1)
_NEWEST: Final = select(Label).where(Label.message_id == bindparam("message_id")).order_by(Label.id.desc()).limit(1)
_LIKELY: Final = 0.8
_MORE_THAN_NOT: Final = 0.5


@dataclass(frozen=True, slots=True)
class LabelView:
    """One label as it stands now; ``said`` is what the machine said when a person has changed it since.

    ``sure`` is 很可能, 不确定 or "" (a person decided, or not scored); ``evidence`` the deciding (start, end, words).
    """

    label: str
    title: str
    code: str
    name: str
    sure: str
    said: str
    evidence: tuple[tuple[int, int, str], ...]
    message_id: int


@dataclass(frozen=True, slots=True)
class Suggested:
    """One topic worth choosing: its code and name, and whom the case would go to by the profile."""

    code: str
    name: str
    goes_to: str
    words: str


def suggested(session: Session, case: Case, profile: Profile) -> list[Suggested]:
    """The likeliest topics for the person who is asked, the likeliest first; none once a person has looked."""
    if case.labels_checked or case.restricted or not case.needs_person:
        return []
    read = _reading(session, case)
    likely = [(code, float(p)) for code, p in (read.suggested if read is not None else ()) if code in TOPICS]
    return [
        Suggested(code, TOPICS[code], _goes_to(code, profile), _words(place, probability))
        for place, (code, probability) in enumerate(likely)
    ]


def _words(place: int, probability: float) -> str:
    if place == 0:
        return "多半是" if probability >= _MORE_THAN_NOT else "可能是"
    return "也可能是"


def _goes_to(topic: str, profile: Profile) -> str:
    if topic == "not_ours":
        return "转送其他单位"
    route = profile.route(topic)
    return f"转 {profile.unit(route.transfer_to).name}" if route.transfer_to else profile.section(route.lead).name


def understood(session: Session, case: Case) -> tuple[list[LabelView], str]:
    """The five labels of the case with the reading of its first message, and the model that read it."""
    message_id, read = _first_message(session, case), _reading(session, case)
    return [_view(case, read, label, message_id or 0) for label in LABEL_NAMES], read.model if read else ""


def _first_message(session: Session, case: Case) -> int | None:
    return case.first_message_id or session.scalar(_FIRST_MESSAGE, {"case_id": case.id})


def _reading(session: Session, case: Case) -> Label | None:
    return session.scalars(_NEWEST, {"message_id": _first_message(session, case)}).first()


def _view(case: Case, read: Label | None, label: str, message_id: int) -> LabelView:
    value = getattr(case, label)
    said = getattr(read, label) if read is not None else None
    changed = read is not None and said != value
    if label == "urgent":  # of one of two grades
        value, said = (grade_name(one.urgent, one.grade) if one is not None else "" for one in (case, read))
        changed = read is not None and said != value
    confidence = (read.confidence if read is not None else {}).get(label)
    sure = "" if changed or case.labels_checked or confidence is None else _sure(confidence)
    return LabelView(
        label=label,
        title=LABEL_NAMES[label],
        code=choice_of(case) if label == "urgent" else str(value) if value is not None else "",
        name=_name(label, value),
        sure=sure,
        said=_name(label, said) if changed else "",
        evidence=_evidence((read.evidence if read is not None else {}).get(label, ())),
        message_id=message_id,
    )


def _sure(confidence: float) -> str:
    return "很可能" if confidence >= _LIKELY else "不确定"


def _name(label: str, value: Any) -> str:
    if label == "urgent":
        return str(value) or LABEL_CODES[label]["0"]
    return LABEL_CODES[label].get(str(value), "") if value else "未判断"


def _evidence(found: Any) -> tuple[tuple[int, int, str], ...]:
    return tuple((int(e["start"]), int(e["end"]), str(e["text"])) for e in found)
