"""送达: one attempt chain of getting one text to one recipient (the outbox)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class Delivery(Base):
    """States: ``pending``, ``sending``, ``retry``, ``sent``, ``failed``, ``unknown`` (a person decides).

    ``purpose``: ``receipt``, ``answer``, ``question``, ``notice``, ``alert``. ``way``: ``push`` (through a channel),
    ``read`` (the citizen reads it on the web; the channel cannot push), ``template``/``subscription`` (a notice of the
    platform that says where to read it), or ``phone``/``visit``/``post``/``sms``/``platform`` as staff record it.
    ``lease_until`` bounds a claim: after it, a row still ``sending`` becomes ``unknown``.
    ``dedup_key`` (unique, nullable) makes a text that several processes may queue a single row.
    ``parts_sent`` of ``parts_total`` of the platform's messages have provably gone out. ``tried_ways`` lists the
    notices that failed (a comma between); ``vendor_ref`` is the platform's number of a notice whose result it tells
    later. ``told_number`` (sealed) and ``attempt`` say where and with what result staff tried.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("dedup_key"),
        Index("ix_delivery_state_purpose_next_at", "state", "purpose", "next_at"),
        Index("ix_delivery_case_id", "case_id"),
        Index("ix_delivery_recipient_state", "recipient", "state"),  # who else waits in line for this person
        Index("ix_delivery_vendor_ref", "vendor_ref"),
    )

    id: Mapped[Id]
    dedup_key: Mapped[str | None] = mapped_column(String(120))
    purpose: Mapped[Code]
    way: Mapped[Code] = mapped_column(default="push")
    case_id: Mapped[int | None] = mapped_column(Big, ForeignKey("cases.id"))
    reply_id: Mapped[int | None] = mapped_column(Big, ForeignKey("reply.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(Big, ForeignKey("alert.id"))
    citizen_id: Mapped[int | None] = mapped_column(Big, ForeignKey("citizen.id"))
    officer_id: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    channel: Mapped[Code]
    account: Mapped[str] = mapped_column(String(100), default="")
    recipient: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[LongText]
    link: Mapped[str] = mapped_column(String(300), default="")
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[Code] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    proof: Mapped[str] = mapped_column(String(500), default="")
    vendor_code: Mapped[str] = mapped_column(String(40), default="")
    error: Mapped[str] = mapped_column(String(500), default="")
    told_whom: Mapped[str] = mapped_column(String(300), default="")  # sealed: to whom a spoken answer was given
    parts_sent: Mapped[int] = mapped_column(default=0)
    parts_total: Mapped[int] = mapped_column(default=0)
    tried_ways: Mapped[str] = mapped_column(String(60), default="")
    vendor_ref: Mapped[str | None] = mapped_column(String(80))
    told_number: Mapped[str] = mapped_column(String(300), default="")
    attempt: Mapped[str] = mapped_column(String(40), default="")
    recorded_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
