"""Telephone numbers in a reply: found by their look and by the words before them; the ones nobody could dial."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from handlers.writing.finding import Context, Finding
from handlers.writing.numbers import digits_of, is_mobile, is_phone

_SAID: Final = re.compile(
    r"(?:电话|致电|来电|拨打|热线|手机|座机|号码|联系方式|传真|咨询|联系|打|拨)[^0-9,。;!?\n]{0,12}$"
)
#: Numbers of something else, however near a telephone stands.
_NO_PHONE: Final = re.compile(
    r"(?:[Qq]{2}|群|微信|邮编|邮政编码|编号|单号|证号|户号|账号|卡号|号段|代码|身份证)[^0-9]{0,6}$"
)
_SHAPED: Final = re.compile(r"0[0-9]{2,3}\s?[-—－–)]|\(0[0-9]{2,3}\)|[48]00-|1[3-9][0-9]{8,10}$")
_RUN: Final = re.compile(r"(?<![0-9A-Za-z.*〔\[])\(?[0-9](?:[0-9]|[-—－–() ](?=[0-9(]))*[0-9](?![0-9A-Za-z*%‰])")
#: Digits that count, name or date something.
_UNIT: Final = re.compile(
    r"\s*(?:元|号|年|月|日|人|个|天|岁|周|%|块|万|平方|户|点|时|分|次|件|条|栋|楼|室|单元|份|张|套|米|公里|路|届|期|级|本|[.:@]|/[0-9]{1,2}/|[、和到至]?[0-9]*(?:元|小时|个工作日|日))"
)
_CASE_NUMBER: Final = re.compile(
    r"20[0-9]{6}-[0-9]{3,6}|20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}|20[0-9]{2}-20[0-9]{2}|[1-9][0-9]{0,3}[-—–][0-9]{1,4}|0?[0-9]{1,2}[-—–][0-9]{1,2}"
)
#: A number with letters or blanks to be filled in it: 0471-46oo112, 0471-xxxxxxx.
_GARBLED: Final = re.compile(
    r"(?<![0-9A-Za-z])0[0-9]{2,3}[-—–－ ]?[0-9]{0,7}[A-Za-zＯ〇×][0-9A-Za-zＯ〇×]{0,7}(?![0-9A-Za-z])"
)
_LETTER: Final = re.compile(r"[A-Za-zＯ〇×]")
_SEPARATE: Final = re.compile(r"[-—－–() ]")


class Phone(NamedTuple):
    """A telephone number where it stands; ``extension`` (分机) is left out of ``number``."""

    start: int
    end: int
    words: str
    number: str
    fits: bool


def phones_in(text: str, context: Context) -> Iterator[Phone]:
    """Yield everything in a text that is meant as a telephone number, dialled or not."""
    own = {digits_of(one) for one in context.phones}
    for found in _GARBLED.finditer(text):
        if len(digits_of(_LETTER.split(found[0])[0])) > 9:
            continue  # a whole number with a letter behind it: 0471-4600112A座
        yield Phone(found.start(), found.end(), found[0], digits_of(found[0]), False)
    for found in _RUN.finditer(text):
        for start, words in _apart(found):
            number = digits_of(words)
            if number in own or _meant(text, start, words, number):
                fits = is_phone(number, context.phones) or _with_extension(words, context)
                yield Phone(start, start + len(words), words, number, fits)


def check_phones(text: str, context: Context) -> Iterator[Finding]:
    """Yield the numbers that nobody could dial."""
    for phone in phones_in(text, context):
        if not phone.fits:
            advice = (
                f"“{phone.words}”（{len(phone.number)} 位）打不通：座机要有区号和 7 至 8 位号码，手机 11 位，请核对。"
            )
            yield Finding("phone", phone.start, phone.end, phone.words, advice)


def _apart(found: re.Match[str]) -> Iterator[tuple[int, str]]:
    """Two numbers beside each other, parted by a blank: 0471-4600123 0471-4600124."""
    words, start = found[0], found.start()
    parts = words.split(" ")
    if len(parts) > 1 and all(len(digits_of(part)) >= 7 for part in parts):
        for part in parts:
            yield start, part
            start += len(part) + 1
    else:
        yield start, words


def _meant(text: str, start: int, words: str, number: str) -> bool:
    said = bool(_SAID.search(text[max(0, start - 20) : start]))
    ahead = text[max(0, start - 12) : start]
    if _CASE_NUMBER.fullmatch(words) or _UNIT.match(text, start + len(words)) or _NO_PHONE.search(ahead):
        return False
    if len(number) in (15, 18, 19) or (len(number) > 13 and not said):
        return False
    shaped = bool(_SHAPED.match(words)) or (
        number.startswith(("13", "15", "17", "18", "19")) and len(number) in (10, 11, 12)
    )
    return (shaped and len(number) >= 7) or (
        said and (len(number) >= 5 or number in ("110", "119", "120", "122", "114"))
    )


def _with_extension(words: str, context: Context) -> bool:
    head, _, tail = words.rpartition("-")
    return (
        bool(head)
        and 1 <= len(tail) <= 6
        and tail.isdigit()
        and is_phone(digits_of(head), context.phones)
        and not is_mobile(digits_of(head))
        and len(digits_of(head)) >= 5
    )
