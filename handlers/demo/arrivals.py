"""The demo's messages as their channels would have handed them in."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Final

from handlers.demo.moments import REGISTERED
from handlers.demo.samples import Sample, samples
from handlers.messages import Contact, InboundMessage, MediaRef, MessageKind, Particulars

#: Two of the simulator's citizens (bot/simulator/personas.py) have written before; their matters are settled, so that
#: what a visitor writes as one of them opens a case of its own.
PERSONAS: Final[dict[str, str]] = {
    "zhang-yun": "oDemoHuiyingCitizenZhan00004",
    "couple-1": "oDemoHuiyingCitizenLiti00003",
}
#: The accounts of the channels that the demo does not open by itself.
ACCOUNTS: Final[dict[str, str]] = {"web": "portal", "telegram": "bot", "rest": "demo-platform"}
#: What staff enter comes over a channel of their own, whatever its source (bot/web/console/register.py).
_DESK: Final = "registration"


def openid(sender: str) -> str:
    """Return who the sender is to the official account: the same at every start."""
    return PERSONAS.get(sender) or f"oDemo{hashlib.sha256(sender.encode()).hexdigest()[:23]}"


def inbound(
    sample: Sample, received_at: datetime, wechat_account: str, registrar: int, phone_index: Callable[[str], str]
) -> InboundMessage:
    """Return the sample as its channel received it at ``received_at``.

    ``registrar`` is the officer's id who enters calls and letters; ``phone_index`` the keyed digest of a number, by
    which the same caller is known again.
    """
    channel, account, sender = sample.channel, ACCOUNTS.get(sample.channel, ""), f"form:demo-{sample.id}"
    if sample.channel == "wechat":
        account, sender = wechat_account, openid(sample.sender)
    elif sample.channel in REGISTERED:
        channel = _DESK
        sender = f"phone:{phone_index(sample.phone)[:32]}" if sample.phone else f"once:demo-{sample.id}"
    elif sample.channel == "telegram":
        sender = str(int(openid(sample.sender)[5:14], 16))
    elif sample.channel == "rest":
        sender = f"user:demo-{sample.sender}"
    return InboundMessage(
        channel=channel,
        account=account,
        external_id=external_id(sample, received_at),
        sender_id=sender,
        sent_at=received_at,
        received_at=received_at,
        kind=sample.form,
        text=sample.text,
        media=_media(sample),
        particulars=_particulars(sample, registrar if sample.channel in REGISTERED else None),
    )


def external_id(sample: Sample, received_at: datetime) -> str:
    """Return what makes the message one of a kind; on WeChat as the platform's own messages have it."""
    if sample.channel != "wechat":
        return f"demo-{sample.id}"
    number = 1 + samples().index(sample)
    return f"{openid(sample.sender)}:{int(received_at.timestamp())}:{24_000_000_000_000_000 + number}"


def _particulars(sample: Sample, registrar: int | None) -> Particulars:
    contact = Contact(name=sample.name, phone=sample.phone)
    return Particulars(
        source=sample.channel if registrar is not None else "",
        contact=contact,
        district=sample.district,
        consent_contact=bool(sample.phone),
        wished_answer="phone" if registrar is not None and sample.phone else "",
        registered_by=registrar,
    )


def _media(sample: Sample) -> tuple[MediaRef, ...]:
    if sample.form is not MessageKind.IMAGE:
        return ()
    return (MediaRef(MessageKind.IMAGE, filename="photo.png", content_type="image/png", data=picture()),)


def picture(width: int = 300, height: int = 200) -> bytes:
    """Return a small PNG: a house on a snowy evening, drawn here so that no file of anybody's is needed."""
    rows = b"".join(b"\x00" + b"".join(_colour(x / width, y / height) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _colour(x: float, y: float) -> bytes:
    if 0.58 < x < 0.66 and 0.5 < y < 0.62:
        return b"\xff\xd9\x7a"
    if (0.3 < x < 0.72 and 0.45 < y < 0.8) or (0.25 < y < 0.45 and abs(x - 0.51) < (y - 0.2) * 1.05):
        return b"\x8a\x5a\x44" if y > 0.45 else b"\x5b\x3a\x35"
    return bytes((232, 236, 244)) if y > 0.74 else bytes((40 + int(60 * y), 58 + int(80 * y), 96 + int(90 * y)))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
