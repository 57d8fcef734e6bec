"""Situations that change how a message is treated whatever else is unsure: an accusation, a minor or violence, a person
who may harm themselves, a text in another language. Every one of them errs on the careful side."""

from __future__ import annotations

import re
from typing import Final

from handlers.understanding.labels import Labels

_ACCUSES: Final = re.compile(r"(我要|实名|匿名|现|特此|向您|向贵局|联名)\S{0,4}(举报|检举|控告)|^\W*(举报|检举|控告)")
_NO_ACCUSATION: Final = re.compile(
    r"(怎么|如何|哪里|哪儿|什么地方|电话|渠道|方式|流程)\S{0,6}(举报|检举)|举报(电话|渠道|方式|流程|奖励)"
)
_SENSITIVE: Final = re.compile(
    r"家暴|家庭暴力|性侵|猥亵|强奸|强暴|虐待|拐卖|被打|打我|殴打|毒打|领养|收养|弃婴|未成年|艾滋"
)
_SELF_HARM: Final = re.compile(
    r"(不想活|活不下去|活着没(什么)?意思|不如死|想死|去死算了|寻死|自杀|轻生|跳楼|跳河|喝药|喝农药|割腕|上吊|了结(自己|生命|此生)"
    r"|结束(自己的)?生命|一死了之|遗书|安眠药|没有活路|来生再|下辈子再|这是我最后)"
)
_NO_SELF_HARM: Final = re.compile(
    r"(别|不要|不会|预防|防止|劝阻|宣传|讲座|培训|热线)\S{0,6}(自杀|轻生|跳楼)|(自杀|轻生)\S{0,4}(干预|预防|宣传)"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_OTHER_LETTERS: Final = re.compile(r"[A-Za-z\u0400-\u04ff\u0600-\u06ff\u0f00-\u0fff\u1800-\u18af\uac00-\ud7af]")


def is_report(text: str, labels: Labels) -> bool:
    """Whether the message must be restricted as an accusation (举报), also when its kind is not sure."""
    if labels.kind == "report":
        return True
    return labels.kind in (None, "complaint") and bool(_ACCUSES.search(text)) and not _NO_ACCUSATION.search(text)


def is_sensitive(text: str, labels: Labels) -> bool:
    """Whether texts to the citizen must name neither matter nor section: minors, adoption, violence (phones are shared)."""
    return labels.topic == "child_welfare" or bool(_SENSITIVE.search(text))


def is_self_harm(text: str) -> bool:
    """Whether the writer may be about to harm themselves (help-line words go out at once)."""
    return bool(_SELF_HARM.search(text)) and not _NO_SELF_HARM.search(text)


def is_other_language(text: str) -> bool:
    """Whether a text is written in a script that is not Chinese."""
    return len(_OTHER_LETTERS.findall(text)) > 2 * len(_HAN.findall(text))
