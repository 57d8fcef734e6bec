"""Promises: an answer or a result for a day after the case's limit, and guarantees nobody can give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from handlers.writing.calendar_words import month_ends, spans, written_dates
from handlers.writing.finding import Context, Finding
from handlers.writing.sentences import Span, clause_at, sentence_at

#: What the limit is about: our answer and our result, not what others pay out or the citizen hands in.
_OURS: Final = re.compile(
    r"答复|回复|回话|回音|办结|办完|办理完毕|处理完毕|处理结果|办理结果|核查结果|调查结果|核实结果|结果告|告知(?:您|你)|告诉(?:您|你)|通知(?:您|你)|反馈"
    r"|解决|说法|给(?:您|你)(?:们)?(?:一个)?(?:结果|办|处理|补|说|换|修|装|建|发|解|回)|为(?:您|你)(?:办|解决|处理|补|核)|办好|办妥|办理到位|整改|调查(?:清楚|完)|核(?:实|查)(?:清楚|完)|[处换修装建做弄]理?好|落实(?:到位|好)|结果"
)
_PROMISING: Final = re.compile(
    r"将|(?<![社委协工议])会(?!议|计)|保证|承诺|争取|力争|预计|计划|一定|拟|我们|我局|我科|本局|最迟|之?前|内|才能"
)
#: 30个工作日内办结 alone is how long a procedure takes; 我们, 将, 给您 make it a promise.
_OURSELVES: Final = re.compile(
    r"我们|我局|我科|本局|将|(?<![社委协工议])会(?!议|计)|保证|承诺|争取|力争|一定|[给为答复知诉][您你]"
)
_NOT_OURS: Final = re.compile(
    r"规定|法定|审批(?:时限|期限)|自受理之日|自收到|受理后|提交后|申请后|收到(?:材料|申请|您的(?:材料|申请))后|公示|请(?:您|你)(?:于|在|最迟|尽)|可(?:在|于|向|以)"
    r"|之日起|已(?:于|经)|曾|不服|复查|复议|起诉|逾期|有效期|办理时限|承诺时限|审核通过|每年|每月|需要?(?:您|你)"
)
_LATE_WORDS: Final = re.compile(
    r"(?:明年|年后|春节后|年底|下(?:个)?季度|下半年|明春|来年|下(?:一)?年度|过完年|过了年|开春)"
)
_GUARANTEE: Final = re.compile(
    r"(?:(?:(?<!低)保证|担保|打包票|保准|(?:我们?|我局|我科|本局)(?:向您|郑重)?承诺)(?!金|书|人|质量|安全|生活|权益|资金|供应|公平|公正|基本)[^,。;!?]{0,14}?(?:内|前|解决|批|办|给|让|满意|通过|到账|能|会)"
    r"|(?:百分之?百|100%)(?:的)?(?:能|会|可以|解决|通过|满意|没|给|保证|批)|包(?:您|你)|绝对(?:能|会|可以|没问题|不会|给)"
    r"|(?:一定|肯定|必定|绝对|保准|铁定)(?:能|会|可以|给|让|帮|为)(?:您|你|够|把)?[^,。;!?]{0,10}?(?:批|通过|办成|办下来|解决|满意|满足|享受|补上|补发|领到|拿到|审过|成功|发放|恢复|到账|纳入|追回|安排)"
    r"|(?:没|没有)任何问题|(?:肯定|绝对|一定)没(?:有)?问题|不管(?:符不符合|够不够)|破例|特批|(?:我|我们)说了算|全额(?:给您|给你|为您)[^,。;!?]{0,6}补)"
)
_NEGATED: Final = re.compile(
    r"(?:不能|无法|不敢|不会|难以|不好|不)(?:向您)?$|(?:材料|生活|质量|资金|安全|权益)[^,。;!?]{0,2}$"
)


def check_promises(text: str, context: Context) -> Iterator[Finding]:
    """Yield promises that run beyond the limit of the case, and guarantees."""
    for found in _GUARANTEE.finditer(text):
        if not _NEGATED.search(text[max(0, found.start() - 8) : found.start()]):
            advice = f"“{found[0]}”是打包票：结果要等审核或核查，请改成什么时候、由谁、办到哪一步。"
            yield Finding("promise", found.start(), found.end(), found[0], advice, "guarantee")
    if context.legal_due is not None:
        yield from _late(text, context)


def _late(text: str, context: Context) -> Iterator[Finding]:
    today, due = context.issued_on, context.legal_due
    assert due is not None
    told = f"{due.month}月{due.day}日"
    dated = ((written, _PROMISING) for written in chain(written_dates(text, today), month_ends(text, today)))
    for written, saying in chain(dated, ((written, _OURSELVES) for written in spans(text, today))):
        sentence = sentence_at(text, written.start)
        if written.day and written.day > due and _is_promise(text, sentence, written.start, saying):
            advice = f"“{written.words}”超过了本件的期限（{told}），请写期限以内的日期；确需更久的，先办延期再告知。"
            yield Finding("promise", written.start, written.end, written.words, advice, "late")
    for found in _LATE_WORDS.finditer(text):
        late = due.year == today.year and (found[0] != "年底" or (due.month, due.day) < (12, 25))
        if late and _is_promise(text, sentence_at(text, found.start()), found.start(), _PROMISING):
            advice = f"“{found[0]}”超过了本件的期限（{told}），请写期限以内的日期。"
            yield Finding("promise", found.start(), found.end(), found[0], advice, "late")


def _is_promise(text: str, sentence: Span, place: int, saying: re.Pattern[str]) -> bool:
    near = text[max(sentence.start, place - 24) : min(sentence.end, place + 30)]
    clause = text[max(sentence.start, clause_at(text, place).start) : min(sentence.end, place + 30)]
    return bool(_OURS.search(clause) and saying.search(near)) and not _NOT_OURS.search(clause)
