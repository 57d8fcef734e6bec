"""Chinese telephone, identity and bank card numbers: whether a string of digits can be one. Pure functions.

Sources: GB 11643 (identity number, ISO 7064 MOD 11-2), ISO/IEC 7812-1 (card number, Luhn), the numbering plan of the
telecommunications network (two- and three-digit area codes behind 0, mobiles 1[3-9] with eleven digits, services 1xx,
1xxxx, 95xxx, 96xxx, 400 and 800).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_SERVICE: Final = re.compile(r"1[0-2][0-9]|11[0-9]|1[0-2][0-9]{3}|95[0-9]{3,4}|96[0-9]{3,4}|[48]00[0-9]{7}")
_TWO_DIGITS: Final = re.compile(r"(010|02[0-57-9])([0-9]{8})")
_THREE_DIGITS: Final = re.compile(r"(0[3-9][0-9]{2})([0-9]{7,8})")
_AREA_AND_SERVICE: Final = re.compile(r"0(?:10|2[0-57-9]|[3-9][0-9]{2})(?:12[0-9]{3}|96[0-9]{3,4}|95[0-9]{3})")
_LOCAL: Final = re.compile(r"[2-9][0-9]{6,7}")
#: Area codes in use, by their first three figures and what may follow (numbering plan, as of the merged cities).
_AREAS: Final = re.compile(
    r"031[0-9]|0335|0349|035[0-9]|037[0-9]|039[1-68]|041[1-9]|042[1-9]|043[1-9]|044[08]|045[1-9]|046[4-9]|047[0-9]|048[23]"
    r"|051[0-9]|052[37]|053[0-9]|054[36]|055[0-9]|056[1-6]|057[0-9]|0580|059[1-9]|063[1-5]|066[0238]|069[12]|0701"
    r"|071[0-9]|072[248]|073[0-9]|074[3-6]|075[0-9]|076[02-9]|077[0-9]|079[0-9]|081[2-9]|082[5-7]|083[0-9]"
    r"|085[1-9]|087[0-9]|088[36-8]|089[1-9]|090[1-9]|091[1-9]|093[0-9]|094[13]|095[1-5]|097[0-79]|099[0-9]"
)


def digits_of(text: str) -> str:
    """Return the digits of a number without blanks, strokes and brackets."""
    return re.sub(r"[^0-9]", "", text)


def is_phone(number: str, own: Iterable[str] = ()) -> bool:
    """Whether ``number`` (digits only) can be dialled in China; ``own`` are the bureau's numbers, which always can.

    A number in the bureau's own area must be as long as its own numbers.
    """
    known = {digits_of(one) for one in own}
    if number in known or _MOBILE.fullmatch(number) or _SERVICE.fullmatch(number):
        return True
    landline = _TWO_DIGITS.fullmatch(number) or _THREE_DIGITS.fullmatch(number)
    if landline:
        area = landline[1]
        same_area = {len(one) for one in known if one.startswith(area) and len(one) > 9}
        blank = not landline[2].strip("0")  # a number that was never filled in
        in_use = len(area) == 3 or bool(_AREAS.fullmatch(area))
        return in_use and not blank and (not same_area or len(number) in same_area)
    return bool(_LOCAL.fullmatch(number) or _AREA_AND_SERVICE.fullmatch(number))


def is_mobile(number: str) -> bool:
    """Whether ``number`` is a person's mobile."""
    return bool(_MOBILE.fullmatch(number))


def is_identity_number(number: str) -> bool:
    """Whether ``number`` (18 characters) is an identity number: its date exists and its check character fits."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9Xx]", number) or not _is_date(number[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()


def is_card(number: str) -> bool:
    """Whether ``number`` can be a bank card: 15 to 19 digits with a Luhn check digit, begun as cards are."""
    if not re.fullmatch(r"[3-9][0-9]{14,18}", number):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_date(eight: str) -> bool:
    try:
        return 1850 < date(int(eight[:4]), int(eight[4:6]), int(eight[6:])).year < 2100
    except ValueError:
        return False
