"""The matter a reply announces (现就骨灰寄存的收费说明如下) against the letter: whether it speaks of what was asked."""

from __future__ import annotations

import re
from typing import Final

from handlers.writing.sentences import Span

_ANNOUNCED: Final = re.compile(
    r"(?:^|(?<=[,。:;!\n]))(?:关于|现将|现就|现把)(?P<matter>[^,。:;《》]{2,26}?)"
    r"(?:,|:|如下|告诉您|向您|说明|答复|回复)"
)
#: Words that name no matter: 关于来信反映的问题.
_NAMELESS: Final = re.compile(r"(?:的)?(?:有关|相关|具体)*(?:问题|情况|事宜|诉求|事项|一事|的事|反映|建议|疑问|办理)+$")
_OF_THE_LETTER: Final = re.compile(r"来信|留言|[您此这该两几各]|反映|咨询|规定|要求|结果|核查|调查")
_LOOKED_AT: Final = 2


def announced_elsewhere(text: str, letter: str) -> Span | None:
    """Return the matter that a reply announces and no word of the letter touches, if there is one.

    What counts is the last part of it: 重度残疾人护理补贴的申办材料 is about 申办材料.
    """
    for found in list(_ANNOUNCED.finditer(text))[:_LOOKED_AT]:
        matter = _NAMELESS.sub("", found["matter"])
        last = matter.rsplit("的", 1)[-1]
        if len(last) < 2 or _OF_THE_LETTER.search(found["matter"]):
            continue
        if not any(last[at : at + 2] in letter for at in range(len(last) - 1)):
            return Span(found.start("matter"), found.end("matter"), found["matter"])
    return None
