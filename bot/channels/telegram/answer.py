"""What goes back to a chat for one update: the notices first, then the receipt, with nothing personal in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from bot.channels.telegram.identity import has_personal_numbers
from bot.channels.telegram.split import LONGEST, parts, units
from bot.channels.telegram.updates import NO_FILES_ALONE, Arrived
from handlers.messages import Receipt

#: A text of the profile by its key (:mod:`handlers.organisation.wording`), filled in.
Say = Callable[[str], str]

WITHHELD: Final = "telegram_withheld"
_CUT_SHORT: Final = "……（内容较长，请凭编号和查询码在网页上看全文）"


class Answers:
    """Composes answers. ``own_phones`` are the bureau's numbers, which may be said anywhere."""

    def __init__(self, say: Say, own_phones: Callable[[], Iterable[str]] = tuple) -> None:
        self._say = say
        self._own_phones = own_phones

    def personal(self, text: str) -> bool:
        """Return whether ``text`` holds a number that must not travel abroad."""
        for phone in filter(None, self._own_phones()):
            text = text.replace(phone, " ")
        return has_personal_numbers(text)

    def receipt(self, receipt: Receipt) -> str:
        """Return the receipt as one message of at most 4,096 characters; ``""`` when it says nothing."""
        text = receipt.text.strip()
        if self.personal(text):
            return self._say(WITHHELD)
        return _shortened(text, LONGEST)

    def whole(self, arrived: Arrived, receipt: Receipt) -> str:
        """Return everything that answers ``arrived``; ``""`` when nothing does."""
        text = self.receipt(receipt)
        notices = [self._say(key) for key in arrived.notices if key != NO_FILES_ALONE or not text]
        return _shortened("\n\n".join(filter(None, (*notices, text))), LONGEST)


def _shortened(text: str, longest: int) -> str:
    if units(text) <= longest:
        return text
    return parts(text, longest - units(_CUT_SHORT))[0] + _CUT_SHORT
