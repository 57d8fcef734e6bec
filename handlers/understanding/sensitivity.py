"""What a text touches that decides how its receipt may speak: self-harm, violence, minors, adoption."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from handlers.understanding import urgency
from handlers.understanding.normalise import read
from handlers.understanding.sentences import Sentences

_MINOR: Final = re.compile(
    r"未成年|孩子|小孩|儿童|婴儿|女儿|儿子|孙女|孙子|小女孩|小男孩|女童|男童|学生|孤儿|弃婴|幼儿|\d{1,2}岁的[男女]孩"
)
_HARM: Final = re.compile(r"虐待|打骂|性侵|猥亵|强奸|遗弃|拐卖|欺凌|体罚|挨打|毒打|不给饭|没人管|关在|锁在|离家出走")
_ADOPTION: Final = re.compile(r"收养|送养|领养|抱养|弃婴|弃儿|捡[^。!?]{0,8}(?:婴儿|孩子)")
_VIOLENCE: Final = re.compile(r"家暴|家庭暴力|殴打|毒打|打伤|性侵|强奸|猥亵|虐待|绑架|拐卖|恐吓")


class Sensitive(StrEnum):
    """A ground for speaking guardedly: phones are shared, and a receipt may be read by the one it is about."""

    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    MINOR = "minor"
    ADOPTION = "adoption"


def sensitivities(text: str) -> frozenset[Sensitive]:
    """Return what ``text`` touches; rather once too often, for the receipt only says less."""
    reading = read(text)
    situations = urgency.guess(reading, Sentences(reading.text)).situations
    found = set()
    if "self_harm" in situations:
        found.add(Sensitive.SELF_HARM)
    violent = "violence" in situations or _VIOLENCE.search(reading.text) is not None
    if violent:
        found.add(Sensitive.VIOLENCE)
    if _MINOR.search(reading.text) and (violent or "helpless" in situations or _HARM.search(reading.text)):
        found.add(Sensitive.MINOR)
    if _ADOPTION.search(reading.text):
        found.add(Sensitive.ADOPTION)
    return frozenset(found)
