"""What stands outside the ordinary and wants a person: parked messages, texts that did not arrive, open alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, String, cast, or_, select, true
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from handlers.casework.access import Person, sees_all, visible_to
from handlers.casework.alert_reasons import reasons
from handlers.casework.board import settled_by_hand
from handlers.casework.lines import CaseLine, lines
from handlers.casework.queues import due_soon, late
from handlers.core import Core
from handlers.errors import NotFound
from handlers.records import Alert, Case, Delivery, Message, Officer
from handlers.taxonomy import SOURCES

_MOST: Final = 100
_WORST_FIRST: Final = ("red", "notice", "orange", "yellow")
PURPOSES: Final[dict[str, str]] = {
    "receipt": "受理回执",
    "answer": "答复",
    "question": "请补充",
    "notice": "通知",
    "follower": "给关注人的通知",
    "alert": "给工作人员的提醒",
}
#: What is taken note of one by one, because it goes on to the next person until somebody does.
AT_ONCE: Final = ("urgent", "mandatory")
ALERT_KINDS: Final[dict[str, str]] = {
    "ladder": "时限",
    "urgent": "紧急",
    "today": "当日过问",
    "parked": "处理出错",
    "delivery": "送达",
    "unit": "交办催办",
    "calendar": "日历",
    "report": "举报",
    "mandatory": "强制报告",
    "attachment": "附件",
    "similar": "相似来信",
    "mention": "提到我",
    "handover": "移交",
    "claim": "久未办理",
    "opinion": "协办",
    "returns": "多次退转",
    "signing": "审签",
    "sent_back": "退回修改",
    "seal": "待用印",
    "extension": "延期审批",
    "extension_decided": "延期结果",
    "slip": "督办",
}
#: Where a notice leads whom it is meant for, when it is not dealt with on the case's own page.
_PAGES: Final[dict[str, str]] = {"signing": "/console/sign/{number}", "extension": "/console/consents"}


@dataclass(frozen=True, slots=True)
class Parked:
    """A message whose reading failed; ``error`` names the fault, never the message's words."""

    message_id: int
    number: str
    source: str
    received_at: datetime
    attempts: int
    retry_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A text that failed for good, or of which nobody can say whether it arrived."""

    delivery_id: int
    number: str
    purpose: str
    to: str
    state: str
    attempts: int
    created_at: datetime
    finished_at: datetime | None
    vendor_code: str
    error: str


@dataclass(frozen=True, slots=True)
class AlertLine:
    """A notice to staff. ``by`` and ``acknowledged_at`` are set once somebody has taken note.

    ``page`` is where it leads; ``why`` is the reason in the words of whoever gave it ("" = none).
    """

    alert_id: int
    kind: str
    kind_name: str
    colour: str
    text: str
    number: str
    created_at: datetime
    turn: int
    state: str
    by: str
    acknowledged_at: datetime | None
    page: str
    why: str


def parked_messages(session: Session, person: Person) -> list[Parked]:
    """The parked messages this person may know of, oldest first."""
    wanted = select(Message, Case.number).outerjoin(Case, Case.id == Message.case_id)
    wanted = wanted.where(Message.state == "parked", or_(Message.case_id.is_(None), visible_to(person)))
    return [
        Parked(
            message.id,
            number or "",
            SOURCES.get(message.channel, message.channel),
            message.received_at,
            message.attempts,
            message.retry_at,
            message.error,
        )
        for message, number in session.execute(wanted.order_by(Message.id).limit(_MOST))
    ]


def undelivered(session: Session, person: Person) -> list[Undelivered]:
    """The failed and unknown texts that nobody has decided about, oldest first."""
    wanted = _with_case(person).where(Delivery.state.in_(("failed", "unknown")), ~settled_by_hand())
    return [
        Undelivered(
            row.id,
            number or "",
            PURPOSES.get(row.purpose, row.purpose),
            SOURCES.get(row.channel, row.channel),
            row.state,
            row.attempts,
            row.created_at,
            row.finished_at,
            row.vendor_code,
            row.error,
        )
        for row, number in session.execute(wanted.order_by(Delivery.id).limit(_MOST))
    ]


def check_delivery(session: Session, person: Person, delivery_id: int) -> None:
    """Raise NotFound unless the person may decide about this delivery."""
    if session.execute(_with_case(person).where(Delivery.id == delivery_id)).first() is None:
        raise NotFound("没有这条送达记录，或者您无权处理。")


def check_parked(session: Session, person: Person, message_id: int) -> None:
    """Raise NotFound unless the person may bring this message's next try forward."""
    wanted = select(Message.id).outerjoin(Case, Case.id == Message.case_id)
    known = or_(Message.case_id.is_(None), visible_to(person))
    if session.scalar(wanted.where(Message.id == message_id, Message.state == "parked", known)) is None:
        raise NotFound("这条留言已经处理好了，或者您无权处理。")


def alerts(
    session: Session, person: Person, *, state: str = "open", everyone: bool = False, limit: int = _MOST
) -> list[AlertLine]:
    """The alerts meant for this person, or (``everyone``) all that they may know of: urgent first, then red, orange."""
    wanted = select(Alert, Case.number, Officer.name).outerjoin(Case, Case.id == Alert.case_id)
    wanted = wanted.outerjoin(Officer, Officer.id == Alert.acknowledged_by)
    wanted = wanted.where(Alert.state == state, _alerted(person))
    if not everyone:
        wanted = wanted.where(
            or_(_told(person), Alert.kind.in_(("urgent", "report", "mandatory")), Alert.case_id.is_(None))
        )
    worst = when(*((Alert.colour == colour, rank) for rank, colour in enumerate(_WORST_FIRST)), else_=9)
    order = (Alert.kind.not_in(AT_ONCE), worst, Alert.id.desc())
    rows = session.execute(wanted.order_by(*order).limit(limit)).tuples().all()
    why = reasons(session, (alert for alert, _, _ in rows))
    return [
        AlertLine(
            alert.id,
            alert.kind,
            ALERT_KINDS.get(alert.kind, alert.kind),
            alert.colour or ("red" if alert.kind in AT_ONCE else ""),
            alert.text.rpartition("：http")[0] or alert.text,
            number or "",
            alert.created_at,
            alert.turn,
            alert.state,
            name or "",
            alert.acknowledged_at,
            _page(person, alert, number or ""),
            why.get(alert.id, ""),
        )
        for alert, number, name in rows
    ]


def _page(person: Person, alert: Alert, number: str) -> str:
    own = _PAGES.get(alert.kind) if person.officer_id in alert.recipients else None
    return (own or "/console/cases/{number}").format(number=number) if number else ""


def check_alert(session: Session, person: Person, alert_id: int) -> None:
    """Raise NotFound unless the person may take note of this alert."""
    wanted = select(Alert.id).outerjoin(Case, Case.id == Alert.case_id).where(Alert.id == alert_id, _alerted(person))
    if session.scalar(wanted) is None:
        raise NotFound("没有这条提醒，或者它不是发给您的。")


def pressing(session: Session, core: Core, person: Person, now: datetime, limit: int = 12) -> list[CaseLine]:
    """What is late or about to be, the worst first: where the office supervises."""
    wanted = select(Case).where(visible_to(person), or_(late(person, now), due_soon(person, now)))
    rows = session.scalars(wanted.order_by(Case.next_due_at, Case.id).limit(limit))
    return lines(session, core, rows, now)


def _with_case(person: Person) -> Select[tuple[Delivery, str]]:
    wanted = select(Delivery, Case.number).outerjoin(Case, Case.id == Delivery.case_id)
    return wanted.where(or_(Delivery.case_id.is_(None), visible_to(person)))


def _told(person: Person) -> ColumnElement[bool]:
    """Whether the person is among the recipients (a JSON list of ids, searched as text on any database)."""
    listed, me = cast(Alert.recipients, String), person.officer_id
    return or_(*(listed.contains(part) for part in (f"[{me}]", f"[{me},", f" {me},", f" {me}]")))


def _alerted(person: Person) -> ColumnElement[bool]:
    """Of a case: whoever may see the case. Of the house itself (calendar, parked): the office, and whoever was told."""
    general = true() if sees_all(person) else _told(person)
    return or_(visible_to(person), Alert.case_id.is_(None) & general)
