"""诉求件: what one citizen asks, from the first message to the closing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_, literal_column, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText

#: Columns that few cases fill: indexed where they are filled.
_FEW = {
    "restricted_to": text("restricted_to IS NOT NULL"),
    "outer_number": text("outer_number <> ''"),
    "merged_into_id": text("merged_into_id IS NOT NULL"),
}


INDEXED_ENDS = ("closed", "forwarded", "merged", "withdrawn", "not_accepted")
_OPEN = text(f"state NOT IN ({', '.join(repr(end) for end in INDEXED_ENDS)})")
#: What queues and counts read of open cases: one case in a hundred is open, and that index alone is read. The lists of
#: names are only carried along: PostgreSQL cannot order by them.
_QUEUED = (
    "state", "section_code", "officer_id", "urgent", "grade", "next_due_at", "next_safe_due_at", "colour", "unread",
    "result", "restricted", "restricted_to", "sensitivity", "claim_until",
)  # fmt: skip
_CARRIED = ("cooperating", "barred", "admitted")


class Case(Base):
    """One case. ``version`` counts every change; whoever changes it names the version they saw.

    ``next_*`` repeat the earliest running clock so that the queue needs no join. ``restricted_to`` names the only
    officer who may see the case (举报); ``sensitive`` keeps matter and section out of texts to the citizen.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_section_code_state_next_due_at", "section_code", "state", "next_due_at"),
        Index("ix_cases_state_next_due_at", "state", "next_due_at"),
        Index("ix_cases_officer_id_state", "officer_id", "state"),
        Index("ix_cases_citizen_id_opened_at", "citizen_id", "opened_at"),
        Index("ix_cases_changed_at", "changed_at"),
        Index("ix_cases_opened_at", "opened_at"),
        Index("ix_cases_open_sqlite", *_QUEUED, *_CARRIED, sqlite_where=_OPEN, info={"only": "sqlite"}).ddl_if(
            "sqlite"
        ),
        Index(
            "ix_cases_open_postgresql",
            *_QUEUED,
            postgresql_include=(*_CARRIED, "id"),  # so that a list is put in order without a look at its cases
            postgresql_where=_OPEN,
            info={"only": "postgresql"},
        ).ddl_if("postgresql"),
        *(Index(f"ix_cases_{name}", name, sqlite_where=only, postgresql_where=only) for name, only in _FEW.items()),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    query_code: Mapped[str] = mapped_column(String(200))  # sealed: the receipt must be able to show it again
    citizen_id: Mapped[int | None] = mapped_column(Big, ForeignKey("citizen.id"))
    first_message_id: Mapped[int | None] = mapped_column(Big, unique=True)  # one message opens one case, once
    channel: Mapped[Code]
    account: Mapped[str] = mapped_column(String(100), default="")
    source: Mapped[Code]
    track: Mapped[Code] = mapped_column(default="general")
    track_reason: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[Code]
    subject: Mapped[str] = mapped_column(String(200), default="")

    kind: Mapped[str | None] = mapped_column(String(40))
    topic: Mapped[str | None] = mapped_column(String(40))
    topic_2: Mapped[str | None] = mapped_column(String(40))
    sentiment: Mapped[str | None] = mapped_column(String(40))
    urgent: Mapped[bool] = mapped_column(default=False)
    grade: Mapped[str] = mapped_column(String(10), default="", server_default="")  # of urgent: now, today
    needs_person: Mapped[bool] = mapped_column(default=True)
    labels_checked: Mapped[bool] = mapped_column(default=False)  # a person has looked at the labels

    section_code: Mapped[str | None] = mapped_column(String(40))
    cooperating: Mapped[list[Any]] = mapped_column(default=list)
    unit_code: Mapped[str | None] = mapped_column(String(40))
    officer_id: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    claim_until: Mapped[datetime | None]
    restricted_to: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    restricted: Mapped[bool] = mapped_column(default=False)
    sensitive: Mapped[bool] = mapped_column(default=False)
    accused_type: Mapped[str] = mapped_column(String(40), default="")
    sensitivity: Mapped[str] = mapped_column(String(40), default="")  # a level of handlers.casework.sensitivity
    sensitive_kinds: Mapped[list[Any]] = mapped_column(default=list)  # why: minor, violence, adoption, self_harm
    barred: Mapped[list[Any]] = mapped_column(default=list)  # who must not know of it: "officer:3", "section:welfare"
    admitted: Mapped[list[Any]] = mapped_column(default=list)  # let in by name: "officer:3"
    supervised: Mapped[bool] = mapped_column(default=False)

    repeat_of_id: Mapped[int | None] = mapped_column(Big)
    merged_into_id: Mapped[int | None] = mapped_column(Big, ForeignKey("cases.id"))
    district: Mapped[str] = mapped_column(String(60), default="")
    place: Mapped[str] = mapped_column(String(300), default="")
    wished_answer: Mapped[str] = mapped_column(String(40), default="")
    consent_contact: Mapped[bool] = mapped_column(default=False)
    consent_publish: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)
    identity_verified: Mapped[bool] = mapped_column(default=False)
    outer_number: Mapped[str] = mapped_column(String(100), default="")
    outer_dispatched_at: Mapped[datetime | None]
    outer_due_at: Mapped[datetime | None]
    outer_return_by: Mapped[datetime | None]  # until when the platform takes it back as not ours (退回时限)
    registered_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))

    opened_at: Mapped[datetime]
    received_at: Mapped[datetime]  # the instant the legal clocks count from (a letter's arrival, a call's time)
    promised_at: Mapped[datetime | None]  # the exclusive end of what the receipt promised
    next_due_at: Mapped[datetime | None]
    next_safe_due_at: Mapped[datetime | None]
    next_due_rule: Mapped[str | None] = mapped_column(String(20))
    colour: Mapped[str] = mapped_column(String(20), default="")
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(40), default="")
    result_evidence: Mapped[LongText] = mapped_column(default="")
    rating: Mapped[str] = mapped_column(String(20), default="")
    rating_words: Mapped[LongText] = mapped_column(default="")
    rated_at: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(default=0)
    reopened_at: Mapped[datetime | None]  # the last time it was opened again (重办), by whomever
    step: Mapped[str] = mapped_column(String(60), default="", server_default="")  # whose step its reply waits at
    returns: Mapped[int] = mapped_column(default=0)
    guide_code: Mapped[str] = mapped_column(String(40), default="")  # the guide (办事指南) it was sent at once
    last_inbound_at: Mapped[datetime | None]  # when the citizen last wrote, by their own clock
    unread: Mapped[bool] = mapped_column(default=False)  # the citizen wrote again since staff last looked
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    @hybrid_property
    def calls(self) -> bool:
        """Whether a person is called at any hour: urgent, and not of the grade that can wait for the day."""
        return bool(self.urgent) and self.grade != "today"

    @calls.inplace.expression
    @classmethod
    def _calls(cls) -> ColumnElement[bool]:
        return and_(cls.urgent.is_(True), cls.grade != "today")


#: Open, in the very words of the index of open cases; the ends are those of :mod:`handlers.casework.states`.
IS_OPEN: Final[ColumnElement[bool]] = Case.state.not_in([literal_column(repr(end)) for end in INDEXED_ENDS])
