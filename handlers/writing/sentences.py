"""A reply cut into sentences and clauses, and how much of substance a stretch of it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_SENTENCE: Final = re.compile(r"[^。!?;\n]+[。!?;\n]*")
_BRACKETED: Final = re.compile(r"\([^()]{1,40}\)")
#: What somebody can act on: when, how much, whom, with what, after which paper, with which result.
_SUBSTANCE: Final = re.compile(
    r"[0-9]+月[0-9]+[日号]|[0-9]+个?(?:工作日|日内|天内|个月|小时|周岁|元)|[0-9]{3,4}-[0-9]{7,8}|(?<![0-9])1[0-9]{4}(?![0-9])"
    r"|[0-9.]+万?元|《[^》]{2,60}》|身份证|户口[本簿页]|申请[书表]|复印件|银行卡"
    r"|[^,。;!?的由到向在请和与]{2,8}(?:社区|街道|苏木|民政局|[镇乡旗县区]政府|办事大厅|服务中心|派出所|居委会|村委会|福利院|殡仪馆|登记处)"
    r"|经(?:查|核实|核查|调查|了解)|符合|不属于|已(?:于|发放|到账|办结|补发|完成|整改|修|安装|清理|退)|因为|由于|原因"
)
#: What makes even a stock phrase mean something: until when, after which paper, by whom.
_ANCHOR: Final = re.compile(
    r"[0-9]+月[0-9]*[日号底末]?|[0-9]+个?(?:工作日|日|天|周|月|小时)|《[^》]{2,60}》|第[0-9一二三四五六七八九十百]+条|本?周[一二三四五六日]"
    r"|由[^,。;!?]{2,14}(?:局|科|站|中心|办|处|所|街道|社区|委|队|院)"
)


class Span(NamedTuple):
    """A stretch of the text: code points, half-open."""

    start: int
    end: int
    text: str


def sentences(text: str) -> Iterator[Span]:
    """Yield the sentences of a text in one width."""
    return (Span(found.start(), found.end(), found[0]) for found in _SENTENCE.finditer(text))


def sentence_at(text: str, place: int) -> Span:
    """Return the sentence in which ``place`` lies."""
    start = max(text.rfind(mark, 0, place) for mark in "。!?;\n") + 1
    ends = [at for at in (text.find(mark, place) for mark in "。!?;\n") if at >= 0]
    end = min(ends) + 1 if ends else len(text)
    return Span(start, end, text[start:end])


def clause_at(text: str, place: int) -> Span:
    """Return the clause in which ``place`` lies."""
    start = max(text.rfind(mark, 0, place) for mark in ",。!?;:\n") + 1
    ends = [at for at in (text.find(mark, place) for mark in ",。!?;:\n") if at >= 0]
    end = min(ends) + 1 if ends else len(text)
    return Span(start, end, text[start:end])


def substance(text: str) -> int:
    """How many things a stretch says that somebody can act on."""
    return len({found[0] for found in _SUBSTANCE.finditer(text)})


def anchored(text: str) -> bool:
    """Whether a stretch says until when, after which paper or by whom."""
    return bool(_ANCHOR.search(text))


def named_in_brackets(text: str, end: int) -> bool:
    """Whether what ends at ``end`` is named right behind it: 有关部门（市医保局）."""
    return bool(_BRACKETED.match(text, end))
