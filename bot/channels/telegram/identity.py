"""Numbers that must not travel abroad: found and masked in what comes in, refused in what goes out."""

from __future__ import annotations

import re
from typing import Any, Final

MASK: Final = "＊"

_HALF_WIDTH: Final = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")  # one for one: places agree
_GAP: Final = r"[ \-]?"


def _spaced(*digits: str) -> str:
    return _GAP.join(digits)


_MONTH_DAY: Final = rf"(?:0{_GAP}[1-9]|1{_GAP}[0-2]){_GAP}(?:0{_GAP}[1-9]|[12]{_GAP}\d|3{_GAP}[01])"
_REGION: Final = _spaced("[1-9]", *[r"\d"] * 5)
_SERIAL: Final = _spaced(*[r"\d"] * 3)
_YEAR: Final = rf"(?:1{_GAP}[89]|2{_GAP}0){_GAP}\d{_GAP}\d"
#: 居民身份证: 18 characters since 1999, 15 digits before. Checked by shape only: a mistyped number is personal too.
_IDENTITY: Final = re.compile(
    rf"(?<!\d)(?:{_REGION}{_GAP}{_YEAR}{_GAP}{_MONTH_DAY}{_GAP}{_SERIAL}{_GAP}[\dXx]"
    rf"|{_REGION}{_GAP}\d{_GAP}\d{_GAP}{_MONTH_DAY}{_GAP}{_SERIAL})(?!\d)"
)
_MOBILE: Final = re.compile(r"(?<!\d)(?:\+?86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}(?!\d)")
_BANK_CARD: Final = re.compile(r"(?<!\d)62\d{2}(?:[ \-]?\d{4}){3}(?:[ \-]?\d{1,3})?(?!\d)")


def has_identity_number(text: str) -> bool:
    """Return whether ``text`` holds what looks like a Chinese identity number."""
    return _IDENTITY.search(text.translate(_HALF_WIDTH)) is not None


def mask_identity_numbers(text: str) -> str:
    """Return ``text`` with every identity number but its first two characters starred; the length stays."""
    pieces, end = [], 0
    for found in _IDENTITY.finditer(text.translate(_HALF_WIDTH)):
        keep = found.start() + 2
        pieces += [text[end:keep], MASK * (found.end() - keep)]
        end = found.end()
    return "".join((*pieces, text[end:]))


def masked(value: Any) -> Any:
    """Return a JSON value in which every text is masked."""
    if isinstance(value, str):
        return mask_identity_numbers(value)
    if isinstance(value, list):
        return [masked(item) for item in value]
    if isinstance(value, dict):
        return {name: masked(item) for name, item in value.items()}
    return value


def has_personal_numbers(text: str) -> bool:
    """Return whether ``text`` holds an identity number, a mobile telephone number or a bank card's number."""
    plain = text.translate(_HALF_WIDTH)
    return any(pattern.search(plain) for pattern in (_IDENTITY, _MOBILE, _BANK_CARD))
