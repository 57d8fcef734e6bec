"""The plain data that crosses rooms: what a channel hands in, what it is told, what it is given to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from handlers.text import storable


class MessageKind(StrEnum):
    """What a citizen sent (the form, not the meaning)."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file that belongs to a message.

    ``reference`` is the vendor's media id or address, fetched by the channel; ``data`` is set instead when the
    channel already holds the bytes (web form, REST, registration).
    """

    kind: MessageKind
    reference: str = ""
    filename: str = ""
    content_type: str = ""
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person can be reached (stored encrypted; every field may be empty)."""

    name: str = ""
    phone: str = ""
    address: str = ""
    identity_number: str = ""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a form, an interface or a registering officer knows beyond the text.

    ``source`` is a code of :data:`handlers.taxonomy.SOURCES`; ``affected``/``relation`` name the person concerned
    (当事人) when it is not the writer; ``outer_*`` come from another platform (12345, petition office), as do its
    dispatch, due and return instants (aware datetimes). ``registered_by`` is an officer's id. ``joins`` is the number
    of the case that the words are added to (补充); whoever sets it has proved that the writer may.
    """

    source: str = ""
    title: str = ""
    contact: Contact = Contact()
    affected: Contact = Contact()
    relation: str = ""
    district: str = ""
    place: str = ""
    wished_answer: str = ""
    consent_contact: bool = False
    consent_publish: bool = False
    confidential: bool = False
    identity_verified: bool = False
    outer_number: str = ""
    outer_dispatched_at: datetime | None = None
    outer_due_at: datetime | None = None
    outer_return_by: datetime | None = None
    registered_by: int | None = None
    joins: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message as a channel received it, free of any vendor's types.

    Identity is (``channel``, ``account``, ``external_id``), see :mod:`handlers.intake`. ``sent_at`` is the sender's
    clock, ``received_at`` ours; both are aware. ``text`` is verbatim, made storable (control characters that XML or
    PostgreSQL cannot hold and lone surrogates become U+FFFD). ``event`` names a platform event (``subscribe`` …).
    """

    channel: str
    account: str
    external_id: str
    sender_id: str
    sent_at: datetime
    received_at: datetime
    kind: MessageKind
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    raw: bytes = b""
    event: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    particulars: Particulars = Particulars()

    def __post_init__(self) -> None:
        if self.sent_at.tzinfo is None or self.received_at.tzinfo is None:
            raise ValueError("sent_at and received_at must be aware datetimes")
        object.__setattr__(self, "text", storable(self.text))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told at once (受理回执).

    ``text`` is complete and ready to send; it is empty for events that deserve no answer. ``number`` and
    ``query_code`` are empty when the message opened or joined no case (a greeting event, a command).
    ``repeated`` says that this message was stored before and this is the receipt given then.
    """

    text: str
    number: str = ""
    query_code: str = ""
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A platform's own form for telling somebody that there is something to read (模板消息, 订阅通知).

    ``way`` is ``template`` or ``subscription``; ``fields`` are the template's own names with their texts.
    """

    way: str
    template_id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OutboundContent:
    """One text for one recipient; the channel splits it to its own limits.

    ``link`` is an absolute address shown behind the text where the channel can. Of a long text the first ``skip`` of
    the platform's messages have gone out before, and at most ``most`` may go out now (``None`` = all).
    With a ``notice`` that is sent instead of the text.
    """

    text: str
    link: str = ""
    skip: int = 0
    most: int | None = None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a vendor gave back as evidence of sending: its own message id(s), or its plain answer.

    ``parts`` of its messages were sent (``None``: all that were to go). ``ref`` is set when the vendor only took the
    text and tells later, under this number, whether it arrived.
    """

    vendor_id: str = ""
    note: str = ""
    parts: int | None = None
    ref: str = ""
