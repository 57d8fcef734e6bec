"""What a citizen writes: read from the form, checked in words, and turned into a message."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from bot.channels.web_form import ACCOUNT, CODE, LONGEST
from bot.web.forms import Posted
from handlers.messages import Contact, InboundMessage, MediaRef, MessageKind, Particulars
from handlers.organisation.profile import Profile

_ONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,40}")
_WISHES: Final = ("online", "phone", "post")  # of handlers.taxonomy.WISHED_ANSWERS
_PHONE: Final = re.compile(r"\+?\d{7,15}(?:转\d{1,6})?")
_BOUNDS: Final[Mapping[str, int]] = {
    "place": 300, "name": 100, "phone": 40, "address": 300, "affected_name": 100, "relation": 60,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of the form as typed (trimmed, but for the text). ``once`` makes a double sending one message."""

    once: str
    text: str = ""
    district: str = ""
    place: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    affected_name: str = ""
    relation: str = ""
    wished_answer: str = "online"
    consent_contact: bool = False
    consent_publish: bool = False
    confidential: bool = False

    @classmethod
    def fresh(cls) -> Draft:
        """An empty form."""
        return cls(secrets.token_urlsafe(18))

    @classmethod
    def read(cls, form: Posted) -> Draft:
        """The form as posted; what is impossible there is replaced by its default."""
        once, wish = form.text("once"), form.text("wished_answer")
        return cls(
            once=once if _ONCE.fullmatch(once) else secrets.token_urlsafe(18),
            text=form.raw("text"),
            district=form.text("district")[:60],
            **{name: form.text(name) for name in _BOUNDS},
            wished_answer=wish if wish in _WISHES else "online",
            consent_contact=form.flag("consent_contact"),
            consent_publish=form.flag("consent_publish"),
            confidential=form.flag("confidential"),
        )

    def faults(self, profile: Profile) -> dict[str, str]:
        """Return what must be mended: field → what is wrong and what to do."""
        found = {"text": text_fault(self.text)} | {
            name: f"最多 {longest} 个字。" for name, longest in _BOUNDS.items() if len(getattr(self, name)) > longest
        }
        if self.district and self.district not in districts(profile):
            found["district"] = "请从列表中选一个旗县区，或选“不清楚”。"
        if self.phone and not _PHONE.fullmatch(plain_phone(self.phone)):
            found["phone"] = "这个电话号码好像不对，请检查，例如 0471-1234567 或 11 位手机号。"
        if not self.phone and self.wished_answer == "phone":
            found["phone"] = "您希望电话答复，请留下电话号码。"
        elif not self.phone and self.consent_contact:
            found["phone"] = "您同意联系，请留下电话号码；不想留电话就去掉“可以联系我”。"
        if not self.address and self.wished_answer == "post":
            found["address"] = "您希望寄信答复，请留下能收信的地址。"
        return {name: text for name, text in found.items() if text}

    def message(self, media: tuple[MediaRef, ...], now: datetime) -> InboundMessage:
        """The message for the intake. Other words under the same ``once`` are another message: nothing is swallowed."""
        digest = hashlib.sha256(repr((asdict(self), [part.filename for part in media])).encode()).hexdigest()[:16]
        external_id = f"{self.once}.{digest}"
        return InboundMessage(
            channel=CODE,
            account=ACCOUNT,
            external_id=external_id,
            sender_id=f"form:{external_id}",
            sent_at=now,
            received_at=now,
            kind=MessageKind.TEXT,
            text=self.text.strip("\n"),
            media=media,
            particulars=self._particulars(),
        )

    def _particulars(self) -> Particulars:
        return Particulars(
            source=CODE,
            contact=Contact(name=self.name, phone=self.phone, address=self.address),
            affected=Contact(name=self.affected_name),
            relation=self.relation,
            district=self.district,
            place=self.place,
            wished_answer=self.wished_answer,
            consent_contact=self.consent_contact,
            consent_publish=self.consent_publish,
            confidential=self.confidential,
        )


def districts(profile: Profile) -> list[str]:
    """The districts (旗县区) of the profile, by the names of their bureaus."""
    return [unit.name.removesuffix("民政局") for unit in profile.units if unit.kind == "district"]


def text_fault(text: str) -> str:
    """Return what is wrong with a citizen's words ("" = nothing)."""
    if not any(character.isalnum() for character in text):
        return "请写下您要说的事。"
    if len(text) > LONGEST:
        return f"最多 {LONGEST} 个字，现在多了 {len(text) - LONGEST} 个。请删减，或把详细材料作为附件。"
    return ""


def plain_phone(phone: str) -> str:
    """A telephone number without what people put between its digits."""
    return re.sub(r"[\s\-–—()（）]", "", unicodedata.normalize("NFKC", phone))
