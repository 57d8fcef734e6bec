"""Situations that change how a message is treated whatever else is unsure: an accusation, a minor or violence, a person
who may harm themselves, a text in another language. Every one of them errs on the careful side.
"""

from __future__ import annotations

import re
from typing import Final

from handlers.understanding.labels import Labels
from handlers.understanding.normalise import read
from handlers.understanding.rules import urgency_of
from handlers.understanding.script import Script, script_of

_ACCUSES: Final = re.compile(r"(我要|实名|匿名|现|特此|向您|向贵局|联名)\S{0,4}(举报|检举|控告)|^\W*(举报|检举|控告)")
_NO_ACCUSATION: Final = re.compile(
    r"(怎么|如何|哪里|哪儿|什么地方|电话|渠道|方式|流程)\S{0,6}(举报|检举)|举报(电话|渠道|方式|流程|奖励)"
)
_SENSITIVE: Final = re.compile(
    r"家暴|家庭暴力|性侵|猥亵|强奸|强暴|虐待|拐卖|被打|打我|殴打|毒打|打伤|绑架|恐吓|领养|收养|送养|抱养|弃婴|弃儿|未成年|艾滋"
)
_MINOR: Final = re.compile(r"孩子|小孩|儿童|婴儿|女儿|儿子|孙女|孙子|小女孩|小男孩|女童|男童|学生|孤儿|幼儿|女孩|男孩")
_HARM: Final = re.compile(r"打骂|遗弃|欺凌|体罚|挨打|不给饭|没人管|关在|锁在|离家出走|身上都是伤|身上有伤")
_VIOLENT: Final = re.compile(
    r"家暴|家庭暴力|性侵|猥亵|强奸|强暴|虐待|拐卖|被\S{0,6}打|打我|打伤|打得|殴打|毒打|挨打|绑架|恐吓|遗弃"
)
_ADOPTION: Final = re.compile(r"领养|收养|送养|抱养|弃婴|弃儿")
#: Whom the law on minors protects. 儿子 and 女儿 may be grown up, so they count only beside a word of childhood or age.
_CHILD: Final = re.compile(
    r"孩子|小孩|儿童|婴儿|孙女|孙子|女孩|男孩|女童|男童|学生|孤儿|幼儿|娃娃|未成年|[一二三四五六七八九十\d]{1,3}岁的?(?:女儿|儿子|娃)"
)
_NO_HARM: Final = re.compile(
    r"(防止|预防|防范|反对|宣传|讲座|培训|知识|政策|法律|规定)\S{0,8}(家暴|虐待|性侵|欺凌|拐卖)|(家暴|虐待|性侵|欺凌|拐卖)\S{0,4}(预防|宣传|讲座|培训|政策)"
)
_NO_SELF_HARM: Final = re.compile(
    r"(别|不要|不会|预防|防止|劝阻|宣传|讲座|培训|热线)\S{0,6}(自杀|轻生|跳楼)|(自杀|轻生)\S{0,4}(干预|预防|宣传)"
)
#: Read as one of these, words of accusation (我要举报) still restrict.
_MAY_ACCUSE: Final = (None, "complaint", "help")
_OTHER_LANGUAGE: Final = frozenset({Script.MONGOLIAN, Script.CYRILLIC, Script.OTHER})


#: A kind read with less than this is more likely wrong than right (19 of 50 right, of 844 by writers held out).
SURE_KIND: Final = 0.5


def sure_kind(labels: Labels) -> str | None:
    """The kind that clocks, receipts and closing may go by; ``None`` = a person decides it.

    That it may be an accusation counts however unsure, because it hides the message from sections.
    """
    unsure = labels.confidence.get("kind", 1.0) < SURE_KIND
    return None if unsure and labels.kind != "report" else labels.kind


def is_report(text: str, labels: Labels) -> bool:
    """Whether the message must be restricted as an accusation (举报), also when its kind is not sure."""
    if labels.kind == "report":
        return True
    plain = read(text).text
    return sure_kind(labels) in _MAY_ACCUSE and bool(_ACCUSES.search(plain)) and not _NO_ACCUSATION.search(plain)


def is_sensitive(text: str, labels: Labels) -> bool:
    """Whether texts to the citizen must name neither matter nor section: minors, adoption, violence (shared phones)."""
    plain = read(text).text
    if labels.topic == "child_welfare" or _SENSITIVE.search(plain):
        return True
    return bool(_MINOR.search(plain) and _HARM.search(plain))


def sensitive_kinds(text: str, labels: Labels) -> tuple[str, ...]:
    """What makes the view of a case narrower, as codes of ``sensitivity.toml``: violence, adoption, despair …

    A child named in passing, or a plain question about an allowance for children, does not.
    """
    plain = read(text).text
    violent, minor = bool(_VIOLENT.search(plain)), is_minor_harmed(text)
    found = {
        "minor": minor,
        "violence": violent,
        "adoption": bool(_ADOPTION.search(plain)),
        "self_harm": is_self_harm(text),
    }
    return tuple(sorted(code for code, holds in found.items() if holds))


def is_minor_harmed(text: str) -> bool:
    """Whether a minor may be harmed or in danger: the police must be told at once (未成年人保护法 第十一条)."""
    plain = read(text).text
    if _NO_HARM.search(plain):
        return False
    child = _CHILD.search(plain)
    return bool(child and (_HARM.search(plain) or _VIOLENT.search(plain)))


def is_self_harm(text: str) -> bool:
    """Whether the writer may be about to harm themselves (help-line words go out at once), also when told quietly."""
    reading = read(text)
    if _NO_SELF_HARM.search(reading.text):
        return False
    return "self_harm" in urgency_of(reading).grave


def is_other_language(text: str) -> bool:
    """Whether a text is written in a script that is not Chinese."""
    return script_of(text) in _OTHER_LANGUAGE
