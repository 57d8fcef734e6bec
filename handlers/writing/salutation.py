"""Salutation: another person's name, 先生 for a woman, none at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon

_OPENING: Final = 60
_NAME: Final = "[\u4e00-\u9fff·*某×xX]{1,10}?"
_DOUBLE: Final = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "司徒",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "夏侯",
    "端木",
    "呼延",
)
#: Not in a name, but in what people are called by what they wrote or do.
_NO_NAME: Final = re.compile("[的您你好这那各位市区县村社队们来信反映留言问咨询关于如果我请]|群众|网友|先生|女士|热心")
_THANKING: Final = re.compile(r"\s*(?:非常|十分|衷心)?(?:感谢|谢谢)[您你]")
#: One whose name is not to be written is called by what they did.
_BY_DEED: Final = re.compile(r"\s*(?:尊敬的)?(?:来信|来访|来电|举报|申请|反映|投诉|咨询|留言|求助)人\s*[:,]")
_MASKED: Final = re.compile(r"[某*×xX]+")


def check_salutation(text: str, context: Context) -> Iterator[Finding]:
    """Yield what is wrong with how the citizen is addressed."""
    opening = _opening().match(text)
    group = "name" if opening and opening["name"] else "plain"
    if opening and opening[group]:
        yield from _name(opening.start(group), opening[group], context)
    if opening and opening["title"]:
        yield from _title(opening.start("title"), opening["title"], context)
    yield from _further(text, opening.end() if opening else 0, context)
    if not _greeted(context.before + text[:_OPENING]):
        advice = "开头没有称呼和问候，请加上，例如“王女士，您好：”。"
        yield Finding("salutation", 0, 0, "", advice, "missing")


def _name(start: int, name: str, context: Context) -> Iterator[Finding]:
    citizen = re.sub(r"\s", "", context.citizen_name)
    if not citizen or _NO_NAME.search(name) or name in lexicon().titles["anybody"] or _is_name_of(name, citizen):
        return
    advice = f"来信人是“{citizen}”，这里写的是“{name}”，请核对是不是发错了人。"
    yield Finding("salutation", start, start + len(name), name, advice, "name")


def _title(start: int, title: str, context: Context) -> Iterator[Finding]:
    wrong = {"female": "male", "male": "female"}.get(context.gender, "")
    if wrong and title in lexicon().titles[wrong]:
        told = {"male": "先生", "female": "女士"}[context.gender]
        advice = f"来信人应称“{told}”，这里写的是“{title}”，请改正。"
        yield Finding("salutation", start, start + len(title), title, advice, "title")


def _further(text: str, begin: int, context: Context) -> Iterator[Finding]:
    """The citizen addressed again further on: 感谢李先生…, 王先生，再次…"""
    for found in _again().finditer(text, begin):
        name = found["name"]
        yield from _name(found.start("name"), name, context)
        if _is_name_of(name, context.citizen_name):
            yield from _title(found.start("title"), found["title"], context)


def _is_name_of(name: str, citizen: str) -> bool:
    """Whether somebody may be called so: full name, surname, given name, or either with characters hidden."""
    if citizen.strip() and name.removesuffix("妈妈").removesuffix("爸爸").removesuffix("家长") == citizen.strip():
        return True
    name, citizen = name.removeprefix("小").removeprefix("老"), citizen.strip()
    if not name or not citizen:
        return True
    if _MASKED.search(name) or _MASKED.search(citizen):
        return name[0] == citizen[0] or bool(_MASKED.match(name) or _MASKED.match(citizen))
    surname = citizen[:2] if citizen.startswith(_DOUBLE) else citizen[:1]
    return name in (surname, citizen) or (len(name) > 1 and name in citizen)


def _greeted(opening: str) -> bool:
    titles = lexicon().titles
    words = (*titles["greetings"], *titles["male"], *titles["female"], *titles["neutral"])
    return any(word in opening for word in words) or bool(_THANKING.match(opening) or _BY_DEED.match(opening))


@cache
def _opening() -> re.Pattern[str]:
    titles = lexicon().titles
    any_title = "|".join(sorted({*titles["male"], *titles["female"], *titles["neutral"]}, key=len, reverse=True))
    hello = "您们?好|你们?好|[上下早晚中]午?好"
    anybody = "|".join(sorted(titles["anybody"], key=len, reverse=True))
    dear = r"\s*(?:(?:尊敬|亲爱)的)?[“\"]?"
    titled = rf"(?P<name>{anybody}|{_NAME})?(?P<title>{any_title})[”\"]?\s*(?:[,:!、您你\n]|{hello})"
    plain_name = rf"(?P<plain>{anybody}|{_NAME})[”\"]?\s*[,:!、]?\s*(?:{hello})"
    return re.compile(rf"{dear}(?:(?:{hello})\s*[,!。:]?\s*)?(?:{titled}|{plain_name})")


@cache
def _again() -> re.Pattern[str]:
    titles = lexicon().titles
    title = "|".join(sorted({*titles["male"], *titles["female"]}, key=len, reverse=True))
    return re.compile(
        rf"(?:(?<=[。!?\n])\s*|感谢|谢谢)(?P<name>[\u4e00-\u9fff]{{1,3}}?)(?P<title>{title})(?=[,:!您你])"
    )


def addressed(text: str) -> tuple[int, int] | None:
    """Return where the name (with its title) stands with which a reply in one width begins; ``None`` without one."""
    opening = _opening().match(text)
    if not opening:
        return None
    group = "name" if opening["name"] else "plain"
    name = opening[group]
    if not name or _NO_NAME.search(name) or name in lexicon().titles["anybody"]:
        return None
    return opening.start(group), opening.end("title") if group == "name" else opening.end(group)
