"""The citizens' words (进度, 满意, 补充, 撤回, 人工, 帮助, 解决了, 关注) read from free text or a menu, tolerantly.

A word counts only when it stands alone or is set off from what follows; "满意度调查什么时候" is no rating. Digits alone
are never a command.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_TRADITIONAL: Final = str.maketrans("進詢詢滿補內幫員務復編號終", "进询询满补内帮员务复编号终")
_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("进度 进展 查进度 查进展 查看进度 查询进度 我的进度 办理进度 进度查询 进度怎么样了 进度如何 进展如何", "progress"),
    ("满意 很满意 非常满意 十分满意 比较满意", "satisfied"),
    ("一般 一般般", "fair"),
    ("不满意 很不满意 非常不满意 十分不满意 不太满意", "dissatisfied"),
    ("补充 补充内容 补充材料 补充说明 补充留言", "supplement"),
    ("撤回 撤回诉求 撤回留言 我要撤回 申请撤回 确认撤回", "withdraw"),
    ("人工 转人工 找人工 要人工 人工服务 人工客服 转人工服务", "person"),
    ("解决了 已解决 已经解决 已经解决了 问题解决了 问题已解决 问题已经解决 都解决了 解决啦", "solved"),
    ("帮助 使用说明 菜单 我要留言 怎么留言 help", "help"),
)
_NUMBER: Final = re.compile(r"(20\d{6})\s*[-—–_－]?\s*(\d{4,})")
#: 关注 counts with a number and a code only: about anything else people write that they 关注 it.
_ANY_NUMBER: Final = r"(20\d{6}\s*[-—–_－]?\s*\d{4,})"
_FOLLOW: Final = re.compile(
    rf"关注\W*(?:编号\W*)?{_ANY_NUMBER}\W+(?:查询码\W*)?([0-9A-Za-z]{{4}}[-—–_\s]?[0-9A-Za-z]{{4}})\W*"
)
_UNFOLLOW: Final = re.compile(rf"(?:停止|取消|不再)关注\W*(?:编号\W*)?{_ANY_NUMBER}\W*")
_EDGE: Final = r"[\s,，.。:：;；!！?？~、…\-—“”\"'‘’「」【】()（）]"


def _tolerant(words: str) -> str:
    """Match any of the words, longest first, with white space between their characters (进 度) allowed."""
    longest_first = sorted(words.split(), key=len, reverse=True)
    return "|".join(r"\s*".join(word) for word in longest_first)


_COMMANDS: Final = tuple(
    (re.compile(rf"{_EDGE}*(?:{_tolerant(words)})(?:{_EDGE}+|(?=20\d{{6}})|$)", re.I), code) for words, code in _WORDS
)
#: A rating may be followed by words of any length; the others only by a number or a short remark.
_FILLERS: Final = set("编号的:： ")
#: Thanks belong to 解决了; anything else behind it is something still to be said.
_THANKS: Final = set("谢感多非常好您你们啦了哦啊,.!~，。！～、")
_TAKES_WORDS: Final = {"satisfied", "fair", "dissatisfied", "supplement"}


@dataclass(frozen=True, slots=True)
class Command:
    """One of the citizens' words, the case number named with it ("" = none), and the words behind it (verbatim).

    ``code`` is the query code that came with 关注.
    """

    word: str
    number: str = ""
    words: str = ""
    code: str = ""


def read_command(text: str) -> Command | None:
    """Return the command that ``text`` is, or ``None`` when it is a message like any other."""
    folded = fold(text)
    if (match := _FOLLOW.fullmatch(folded)) is not None:
        return Command("follow", find_number(match[1]), code=match[2])
    if (match := _UNFOLLOW.fullmatch(folded)) is not None:
        return Command("unfollow", find_number(match[1]))
    for pattern, code in _COMMANDS:
        match = pattern.match(folded)
        if match is None:
            continue
        rest = folded[match.end() :]
        number = find_number(rest)
        words = _NUMBER.sub("", rest).strip() if number else rest.strip()
        if code in _TAKES_WORDS:
            return Command(code, number, _verbatim_tail(text, words) if words else "")
        if code == "solved" and "?" in folded:
            return None  # 解决了？ asks
        if not set(words) - (_FILLERS | _THANKS if code == "solved" else _FILLERS):
            return Command(code, number)
        return None
    return None


def find_number(text: str) -> str:
    """Return the first case number in ``text`` as we write it (``20261122-0007``), or ""."""
    match = _NUMBER.search(unicodedata.normalize("NFKC", text))
    return f"{match[1]}-{match[2]}" if match else ""


def fold(text: str) -> str:
    """Full-width → half-width, the command words' traditional characters → simplified, outer space removed."""
    return unicodedata.normalize("NFKC", text).translate(_TRADITIONAL).strip()


def _verbatim_tail(text: str, folded_words: str) -> str:
    """The words behind a command as they were written; folding keeps the length of all but rare characters."""
    return text.strip()[-len(folded_words) :] if len(fold(text)) == len(text.strip()) else folded_words
