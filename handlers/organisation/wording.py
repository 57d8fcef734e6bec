"""What we say: the one way of filling an outgoing text in, and what is wrong with a text in words.

A text is plain Chinese with fields in braces: ``{number}``. A piece in double square brackets, ``[[已交{section}。]]``,
is left out when one of its fields is empty. A text to a citizen ends with ``{signature}``: who we are and a telephone.
"""

from __future__ import annotations

import re
from typing import Final

from handlers.errors import ProfileFault
from handlers.organisation.pieces import brace_faults, bracket_faults, fields_outside_pieces, fill
from handlers.organisation.profile import Profile
from handlers.organisation.wording_table import HOUSE_FIELDS, WORDING, WordingSpec

__all__ = ["HOUSE_FIELDS", "WORDING", "WordingSpec", "check_wording", "render", "wording_faults"]

#: A part that only a human may write; it is reported by the check and never sent.
_UNWRITTEN = re.compile(r"〔待人工撰写[^〕]*〕\n?")

_NEVER: Final = {
    "已收悉": "套话，请写明谁在什么时候办什么",
    "按规定办理": "套话，请写明谁在什么时候办什么",
    "请耐心等待": "套话，请写明最迟日期",
    "今天": "不得承诺“今天”，日期由工作日历计算",
    "今日": "不得承诺“今日”，日期由工作日历计算",
    "我们已经看到": "自动回复时还没有人看过",
}
_DIGIT_COMMAND = re.compile(r"回复\s*[“\"「]?\s*[0-9０-９]")


def render(profile: Profile, key: str, *, note: str = "", **fields: object) -> str:
    """Return the profile's text ``key`` filled with ``fields``; ``note`` goes on its own line before the signature.

    Raises :class:`ProfileFault` for a key or field that the table does not know, and for a required field not given.
    Values are inserted as they are: braces and brackets in them mean nothing.
    """
    spec = _spec(key)
    _same_fields(key, spec, set(fields))
    values = dict.fromkeys(spec.optional, "") | {name: str(value) for name, value in fields.items()}
    if key != "signature":
        values = _house_fields(profile, note) | values
    return fill(key, _UNWRITTEN.sub("", _text(profile, key)), values).strip()


def wording_faults(profile: Profile) -> list[str]:
    """Return what makes the wording unusable (unknown or missing texts and fields, broken braces), in words."""
    faults = [f"文字 {key}：系统没有这一条，请删去" for key in profile.wording if key not in WORDING]
    for key, spec in WORDING.items():
        text = profile.wording.get(key, "")
        faults += [f"文字 {key}：{fault}" for fault in _faults(key, spec, text)]
    return faults


def check_wording(profile: Profile) -> list[str]:
    """Return every problem of the wording in words: what makes it unusable, then what should not be said so."""
    advice = []
    for key, spec in WORDING.items():
        text = profile.wording.get(key, "")
        advice += [f"文字 {key}：{problem}" for problem in _advice(spec, text)]
    return wording_faults(profile) + advice


def _spec(key: str) -> WordingSpec:
    spec = WORDING.get(key)
    if spec is None:
        raise ProfileFault(f"There is no outgoing text {key!r}; the known ones are the keys of WORDING.")
    return spec


def _text(profile: Profile, key: str) -> str:
    text = profile.wording.get(key)
    if text is None:
        raise ProfileFault(f"Profile {profile.code}: the wording lacks {key!r}; add it under [wording].")
    return text


def _same_fields(key: str, spec: WordingSpec, given: set[str]) -> None:
    unknown, missing = given - spec.fields, set(spec.required) - given
    if unknown or missing:
        raise ProfileFault(f"Text {key!r}: unknown fields {sorted(unknown)}, missing fields {sorted(missing)}.")


def _house_fields(profile: Profile, note: str) -> dict[str, str]:
    signature = render(profile, "signature", name=profile.name, phone=profile.phone, duty_phone=profile.duty_phone)
    return {
        "bureau": profile.short_name,
        "phone": profile.phone,
        "duty_phone": profile.duty_phone,
        "signature": f"{note}\n{signature}" if note else signature,
    }


def _faults(key: str, spec: WordingSpec, text: str) -> list[str]:
    if not text.strip():
        return ["缺少内容"]
    known = spec.fields | (frozenset() if key == "signature" else frozenset(HOUSE_FIELDS))
    faults, used = brace_faults(text, known)
    faults += [f"必须写有 {{{name}}}" for name in spec.required if name not in used]
    faults += bracket_faults(text)
    return faults


def _advice(spec: WordingSpec, text: str) -> list[str]:
    outside = fields_outside_pieces(text)
    found = [f"{{{name}}} 可能为空，请放在 [[ ]] 里" for name in spec.optional if name in outside]
    if _UNWRITTEN.search(text):
        found.append("有一段还没有写（标着“待人工撰写”的），发送时会略去")
    if spec.audience == "staff":
        return found
    found += [f"不要写“{words}”：{why}" for words, why in _NEVER.items() if words in text]
    if _DIGIT_COMMAND.search(text):
        found.append("不要请群众回复数字，请用词语")
    if spec.audience == "citizen" and not text.rstrip().endswith("{signature}"):
        found.append("结尾应是 {signature}（我们是谁和电话）")
    return found
