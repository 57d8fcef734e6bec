"""The fields that steps ask for, and reading what was typed: codes from their lists, dates that can be, plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from handlers.casework.doing import required
from handlers.errors import InvalidInput
from handlers.procedure.choices import CHOICES

Entry = Literal["line", "text", "day", "choice", "tick", "inquiry"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. A ``tick`` must be ticked: ``missing`` says what it means when it is not."""

    name: str
    label: str
    entry: Entry = "line"
    hint: str = ""
    longest: int = 200
    missing: str = ""


def _tick(name: str, label: str, missing: str) -> Field:
    return Field(name, label, "tick", missing=missing)


_FIELDS: Final = (
    Field("day", "日期", "day"),
    Field("opinion_day", "收到意见的日期", "day"),
    Field("reason", "理由", "text", longest=500),
    Field("proof", "凭证", hint="号码、签收人或者通话时间"),
    Field("sender", "转送机关"),
    Field("party", "对方的名称", hint="加密保存，不写进办理留痕"),
    Field("party_kind", "征求谁的意见", "choice"),
    Field("purpose", "信访目的", "choice"),
    Field("ground", "不予受理的法定情形", "choice"),
    Field("route", "应当走哪种法定途径", "choice"),
    Field("objection", "转送机关的意见", "choice"),
    Field("answer", "对方的意见", "choice"),
    Field("inquiry", "哪一份征求意见书", "inquiry"),
    _tick(
        "no_other_route", "申诉求决的，已核实：不属于应当通过诉讼、仲裁、行政复议、行政程序解决的事项",
        "申诉求决事项要先看能不能走诉讼、仲裁、复议、行政程序；能走的请用“导入其他法定途径”，核实不属于的请勾选",
    ),
    _tick("identity_given", "姓名或名称、身份证明、联系方式", "还缺姓名或名称、身份证明、联系方式；三项齐了才能登记"),
    _tick(
        "description_given", "信息的名称、文号或便于查找的描述",
        "还缺信息的名称、文号或便于查找的描述；三项齐了才能登记",
    ),
    _tick("form_given", "希望怎样提供（方式、途径）", "还缺希望怎样提供（方式、途径）；三项齐了才能登记"),
)  # fmt: skip

#: Every field by name.
FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in _FIELDS})
#: Fields that may stay empty in some steps: the step's own code decides.
_MAY_BE_EMPTY: Final = {"party_answer": ("day",), "accept_petition": ("no_other_route",)}


def read_fields(
    code: str, names: Sequence[str], labels: Mapping[str, str], given: Mapping[str, str], received: date, today: date
) -> dict[str, str]:
    """Return what was typed for step ``code``, checked. Raises InvalidInput naming the first field at fault.

    A day lies between the receipt of the case and today: nothing has happened yet that is still to come.
    """
    values = {}
    for name in names:
        field, text = FIELDS[name], given.get(name, "").strip()
        label = labels.get(name, field.label)
        if not text and name in _MAY_BE_EMPTY.get(code, ()):
            values[name] = ""
        elif field.entry == "tick":
            if not text:
                raise InvalidInput(f"{field.missing}。", name)
            values[name] = "1"
        elif field.entry == "choice":
            if text not in CHOICES[name]:
                raise InvalidInput(f"请选择：{label}。", name)
            values[name] = text
        elif field.entry == "day":
            values[name] = read_day(text, name, label, None if name == "opinion_day" else received, today).isoformat()
        elif field.entry == "inquiry":
            if not text.isdecimal():
                raise InvalidInput("请选择是哪一份征求意见书。", name)
            values[name] = text
        else:
            values[name] = required(text, name, label, field.longest)
    return values


def read_day(text: str, name: str, label: str, first: date | None, today: date) -> date:
    """Return a typed day that lies between ``first`` (``None`` = any) and today."""
    if not text:
        raise InvalidInput(f"请填写{label}。", name)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{label}请写成 2026-11-25 的样子，没有这一天：{text[:20]}。", name) from None
    if day > today:
        raise InvalidInput(f"{label}不能晚于今天（{today.month}月{today.day}日）：还没有发生的不能登记。", name)
    if first is not None and day < first:
        raise InvalidInput(f"{label}不能早于收到这件诉求的 {first.month}月{first.day}日。", name)
    return day
