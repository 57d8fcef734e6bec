"""What the system understood, as a reader needs it: each label in words, how sure, and the words that decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.records import Case, Label, Message
from handlers.taxonomy import KINDS, SENTIMENTS, TOPICS

_LIKELY: Final = 0.8
_TITLES: Final[dict[str, str]] = {
    "kind": "诉求类型",
    "topic": "业务类别",
    "topic_2": "第二类别",
    "sentiment": "情感",
    "urgent": "紧急",
}
_NAMES: Final[dict[str, Mapping[str, str]]] = {
    "kind": KINDS,
    "topic": TOPICS,
    "topic_2": TOPICS,
    "sentiment": SENTIMENTS,
}


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


def understood(session: Session, case: Case) -> tuple[list[LabelView], str]:
    """The five labels of the case with the reading of its first message, and the model that read it."""
    message_id = case.first_message_id or session.scalar(
        select(Message.id).where(Message.case_id == case.id).order_by(Message.id).limit(1)
    )
    read = session.scalars(
        select(Label).where(Label.message_id == message_id).order_by(Label.id.desc()).limit(1)
    ).first()
    return [_view(case, read, label, message_id or 0) for label in _TITLES], read.model if read else ""


def _view(case: Case, read: Label | None, label: str, message_id: int) -> LabelView:
    value = getattr(case, label)
    said = getattr(read, label) if read is not None else None
    changed = read is not None and bool(said) != bool(value) if label == "urgent" else said != value
    confidence = (read.confidence if read is not None else {}).get(label)
    sure = "" if changed or case.labels_checked or confidence is None else _sure(confidence)
    return LabelView(
        label=label,
        title=_TITLES[label],
        code=str(value) if value is not None else "",
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
        return "紧急" if value else "不紧急"
    return _NAMES[label].get(str(value), "") if value else "未判断"


def _evidence(found: Any) -> tuple[tuple[int, int, str], ...]:
    return tuple((int(e["start"]), int(e["end"]), str(e["text"])) for e in found)
