"""Fields of a saved reply: {姓名} and the like, filled from the case; one left unfilled can never be issued."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from handlers.errors import InvalidInput

#: The fields that a case fills by itself, and what they become.
FIELDS: Final[Mapping[str, str]] = {
    "姓名": "来信人的姓名（登记了才有）",
    "编号": "受理编号",
    "期限": "最迟答复的日期",
    "科室": "承办科室",
    "电话": "承办科室的电话，没有就用本局的",
    "经办人": "写答复的人",
    "日期": "插入那天的日期",
}
_FIELD: Final = re.compile(r"[{｛]([^{}｛｝\n]{0,20})[}｝]")
_BRACE: Final = re.compile(r"[{}｛｝]")


def fields_in(text: str) -> list[str]:
    """Return the names of the fields of a text, each once."""
    return list(dict.fromkeys(found[1].strip() for found in _FIELD.finditer(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with every field filled whose value is known; the others stay to be filled by hand."""
    return _FIELD.sub(lambda found: values.get(found[1].strip()) or found[0], text)


def check_filled(text: str) -> None:
    """Raise InvalidInput while a field of the text is not filled."""
    left = [found[0] for found in _FIELD.finditer(text)]
    if left:
        raise InvalidInput(f"还有没填的内容：{'、'.join(dict.fromkeys(left))}。填好才能签发。", "text")


def check_fields(text: str) -> None:
    """Raise InvalidInput when the braces of a saved reply do not hold together or hold no name."""
    if _BRACE.search(_FIELD.sub("", text)):
        raise InvalidInput("花括号要成对，写成 {姓名} 的样子，名称最多 20 字。", "text")
    if "" in fields_in(text):
        raise InvalidInput("花括号里要写名称，如 {姓名}、{金额}。", "text")
