"""Data of other people in a reply: identity numbers, bank cards, phones of persons, where somebody lives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon, plain
from handlers.writing.numbers import digits_of, is_card, is_identity_number, is_mobile
from handlers.writing.phones import phones_in

_LONG: Final = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){13,18}[Xx]?(?![0-9A-Za-z])")
_OLD_IDENTITY: Final = re.compile(r"[1-9][0-9]{5}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}")
_IDENTITY_SAID: Final = re.compile(r"身份证(?:件)?(?:号码?)?[^0-9]{0,6}$|公民身份号码[^0-9]{0,4}$")
_CARD_SAID: Final = re.compile(r"(?:账号|账户|帐号|帐户|卡|存折)[^0-9]{0,8}$")
#: A disability certificate: the identity number, then a digit for the kind and one for the degree.
_CERTIFICATE: Final = re.compile(r"(?<![0-9A-Za-z])([1-9][0-9]{16}[0-9Xx])[1-7][1-4](?![0-9A-Za-z])")
#: Somebody's door: a building and a room, not the desk of an office.
_HOME: Final = re.compile(
    r"[\u4e00-\u9fff0-9]{0,16}?(?:小区|花园|家园|嘉园|公寓|苑|新村|里|院|村|路|街|巷|[0-9]+号)[^,。;!?\s()]{0,8}?"
    r"[0-9]{1,3}(?:号楼|栋|幢|座)[^,。;!?\s]{0,4}?(?:[0-9]{1,2}单元)?[^,。;!?\s]{0,3}?[0-9]{2,4}(?:室|号|户|房)?"
    r"|[\u4e00-\u9fff0-9]{2,16}[0-9]{1,2}单元[0-9]{2,4}(?:室|号|户)?"
)
#: Words with which a reply gives its own number.
_CALL: Final = re.compile(r"(?:联系|咨询|拨打|致电|请打|服务|值班)")
_RURAL_HOME: Final = re.compile(
    r"(?:家住|住在|住址(?:是|为|:)?|现住|家庭住址(?:是|为|:)?|租住(?:在|于)?)(?P<home>[^,。;!?]{2,24}?(?:村|嘎查|屯|组|队|胡同|巷|路|街)[^,。;!?]{0,8}?[0-9]{1,4}号(?!楼))"
)


def check_personal_data(text: str, context: Context) -> Iterator[Finding]:
    """Yield what of other people should not stand in a reply."""
    yield from _numbers(text)
    yield from _phones(text, context)
    yield from _homes(text, context)


def _numbers(text: str) -> Iterator[Finding]:
    for found in _CERTIFICATE.finditer(text):
        yield _finding(found, "identity", "残疾人证号里有身份证号，不能写进答复，请删去，或只留后四位。")
    for found in _LONG.finditer(text):
        number, ahead = re.sub(r"[ -]", "", found[0]), text[max(0, found.start() - 16) : found.start()]
        said = bool(_IDENTITY_SAID.search(ahead))
        if (
            is_identity_number(number)
            or (said and len(number) in (15, 18))
            or (_OLD_IDENTITY.fullmatch(number) and not is_card(number))
        ):
            yield _finding(found, "identity", "身份证号不能写进答复，请删去，或只留后四位。")
        elif is_card(number) or (15 < len(number) < 20 and _is_called_card(text, found, ahead)):
            yield _finding(found, "card", "银行卡号不能写进答复，请删去，或只留后四位。")


def _is_called_card(text: str, found: re.Match[str], ahead: str) -> bool:
    """A number that is no card by its check digit, but is called one or written as one."""
    if found[0][0] not in "3456789":
        return False  # an account of an office
    behind = text[found.end() : found.end() + 6]
    in_fours = found[0].startswith("62") and " " in found[0]
    return bool(_CARD_SAID.search(ahead) or re.match(r"[^,。;!?]{0,3}(?:账户|帐户|账号|卡)", behind) or in_fours)


def _phones(text: str, context: Context) -> Iterator[Finding]:
    known = {digits_of(one) for one in context.phones}
    letter = plain(context.message)
    for phone in phones_in(text, context):
        if phone.number in known or not phone.fits:
            continue
        ahead = text[max(0, phone.start - 14) : phone.start]
        ahead = ahead[max(ahead.rfind(mark) for mark in "。!?;\n") + 1 :]
        whose = _whose(ahead)
        own = phone.number in letter and whose != "others"
        possessive = lexicon().of("persons", "possessive").search(ahead)
        said = _CALL.search(ahead)
        at_home = lexicon().of("persons", "home_phone").search(ahead)
        personal = at_home or (
            is_mobile(phone.number) and (whose == "others" or (not whose and (possessive or not said)))
        )
        if personal and not own:
            advice = f"“{phone.words}”像是个人的电话，不能写给别人，请删去，或换成办公电话。"
            yield Finding("personal_data", phone.start, phone.end, phone.words, advice, "phone")


def _whose(ahead: str) -> str:
    """Whose number follows: of the words before it the last one says."""
    last = ("", -1)
    for name in ("others", "offices"):
        for found in lexicon().of("persons", name).finditer(ahead):
            if found.end() > last[1]:
                last = (name, found.end())
    return last[0]


def _homes(text: str, context: Context) -> Iterator[Finding]:
    letter = plain(context.message)
    advice = "这是具体到门牌的住址，不能写进答复，请写到社区或街道为止。"
    for found in _HOME.finditer(text):
        around = text[max(0, found.start() - 8) : found.end() + 10]
        lives = lexicon().of("substance", "lives").search(text[max(0, found.start() - 12) : found.end()])
        if (
            ("单元" in found[0] or lives)
            and not lexicon().of("substance", "desk").search(around)
            and not (letter and found[0] in letter)
        ):
            yield _finding(found, "home", advice)
    for found in _RURAL_HOME.finditer(text):
        if found["home"] not in letter and not lexicon().of("substance", "desk").search(found[0]):
            yield Finding("personal_data", found.start("home"), found.end("home"), found["home"], advice, "home")


def _finding(found: re.Match[str], about: str, advice: str) -> Finding:
    return Finding("personal_data", found.start(), found.end(), found[0], advice, about)
