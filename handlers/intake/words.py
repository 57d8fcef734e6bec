"""The citizens' words (进度, 满意, 补充, 撤回, 人工, 帮助) read from free text or a menu, tolerantly.

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
    (r"(?:查|看|查询|查看|我的|办理)?(?:进度|进展)", "progress"),
    (r"(?:非常|很|十分|比较)?满意", "satisfied"),
    (r"一般(?:般)?", "fair"),
    (r"(?:很|非常|十分)?不(?:太)?满意", "dissatisfied"),
    (r"补充(?:内容|材料|说明|留言)?", "supplement"),
    (r"(?:确认|我要|申请)?撤回(?:诉求|留言)?", "withdraw"),
    (r"(?:转|找|要)?人工(?:服务|客服)?", "person"),
    (r"帮助|使用说明|菜单|我要留言|怎么留言|help", "help"),
)
_NUMBER: Final = re.compile(r"(20\d{6})\s*[-—–_－]?\s*(\d{4,})")
_EDGE: Final = r"[\s,，.。:：;；!！?？~、…\-—“”\"'‘’「」【】()（）]"
_COMMANDS: Final = tuple((re.compile(rf"{_EDGE}*(?:{word})(?:{_EDGE}+|$)", re.I), code) for word, code in _WORDS)
#: A rating may be followed by words of any length; the others only by a number or a short remark.
_TAKES_WORDS: Final = {"satisfied", "fair", "dissatisfied", "supplement"}


@dataclass(frozen=True, slots=True)
class Command:
    """One of the citizens' words, the case number named with it ("" = none), and the words behind it (verbatim)."""

    word: str
    number: str = ""
    words: str = ""


def read_command(text: str) -> Command | None:
    """Return the command that ``text`` is, or ``None`` when it is a message like any other."""
    folded = fold(text)
    for pattern, code in _COMMANDS:
        match = pattern.match(folded)
        if match is None:
            continue
        rest = folded[match.end() :]
        number = find_number(rest)
        words = _NUMBER.sub("", rest).strip() if number else rest.strip()
        if code in _TAKES_WORDS:
            return Command(code, number, _verbatim_tail(text, words) if words else "")
        if not words.strip("号编 号:：的"):
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
