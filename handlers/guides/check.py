"""What makes a guide unusable, said at its field."""

from __future__ import annotations

import re
from typing import Final

from handlers.errors import InvalidInput
from handlers.guides.guide import FIELD_NAMES, LISTS, Guide
from handlers.organisation.profile import Profile
from handlers.taxonomy import TOPICS

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_TAKEN: Final = ("new", "try")
_REQUIRED: Final = ("item", "summary", "who", "materials", "steps", "place", "limit", "source", "names", "questions")
#: Characters; the summary and the source must fit into a receipt of 2,048 bytes together with what else it says.
_LONGEST: Final = {
    "item": 40, "summary": 150, "place": 100, "hours": 100, "phone": 60, "limit": 100, "fee": 100, "source": 150,
}  # fmt: skip
_LONGEST_LINE: Final = 200
_MOST_LINES: Final = 60
_NEVER: Final = ("按规定办理", "请耐心等待", "已收悉")


def check_guide(guide: Guide, profile: Profile | None = None) -> Guide:
    """Return the guide; raises :class:`InvalidInput` naming the first field at fault.

    With a profile, ``section`` must be one of its sections.
    """
    if not _CODE.fullmatch(guide.code):
        raise InvalidInput("代码只用小写字母、数字和下划线，以字母开头，2 到 40 个字符。", "code")
    if guide.code in _TAKEN:
        raise InvalidInput("这个代码系统要用，请换一个。", "code")
    for name in _REQUIRED:
        if not getattr(guide, name):
            raise InvalidInput(f"请填写“{FIELD_NAMES[name]}”。", name)
    if guide.topic not in TOPICS or guide.topic == "not_ours":
        raise InvalidInput("请从列表里选择本局的业务类别。", "topic")
    if profile is not None and guide.section not in ("", *(section.code for section in profile.sections)):
        raise InvalidInput("没有这个科室。", "section")
    if guide.valid_until is not None and guide.valid_until < guide.valid_from:
        raise InvalidInput("有效期的最后一天不能早于第一天。", "valid_until")
    _check_lengths(guide)
    _check_words(guide)
    return guide


def _check_lengths(guide: Guide) -> None:
    for name, longest in _LONGEST.items():
        if len(getattr(guide, name)) > longest:
            raise InvalidInput(f"“{FIELD_NAMES[name]}”最多 {longest} 字。", name)
    for name in LISTS:
        _check_lines(name, getattr(guide, name))
    _check_lines("materials", [material.name + material.note for material in guide.materials])


def _check_lines(name: str, lines: list[str] | tuple[str, ...]) -> None:
    if len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
        raise InvalidInput(f"“{FIELD_NAMES[name]}”最多 {_MOST_LINES} 行，每行最多 {_LONGEST_LINE} 字。", name)


def _check_words(guide: Guide) -> None:
    for name in guide.names:
        if len(name.replace("…", "")) < 2:
            raise InvalidInput(f"叫法“{name}”太短，会把不相干的来信也认成这件事。", "names")
    for veto in guide.vetoes:
        if veto in guide.names:
            raise InvalidInput(f"“{veto}”既是叫法又是不自动发的词，请去掉一处。", "vetoes")
    for name in ("summary", "place", "limit"):
        for words in _NEVER:
            if words in getattr(guide, name):
                raise InvalidInput(f"不要写“{words}”，请写清谁、在哪里、什么时候。", name)
