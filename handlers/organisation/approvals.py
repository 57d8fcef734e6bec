"""审签程序 as data: for each matter the steps that a reply takes behind its drafter; the last of them issues it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from handlers.errors import InvalidInput

#: head: the case's own section's; legal: the section that checks legality; office; leader.
ApprovalStep = Literal["head", "legal", "office", "leader"]
_FULL: tuple[ApprovalStep, ...] = ("head", "legal", "office", "leader")
#: Documents that are a decision, in the bureau's name and under its seal.
_DECISIONS: Final = ("opinion", "refusal")


class Approvals(BaseModel):
    """The way of each matter (codes and their meaning: :data:`handlers.signing.ways.MATTERS`).

    ``legal_section`` is the section that checks legality ("" = the one with the code ``law_policy``, if there is one).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    legal_section: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{1,39})?$")] = ""
    plain: tuple[ApprovalStep, ...] = ()
    ordinary: tuple[ApprovalStep, ...] = ("head",)
    pressed: tuple[ApprovalStep, ...] = ("head", "office")
    opinion: tuple[ApprovalStep, ...] = _FULL
    refusal: tuple[ApprovalStep, ...] = _FULL

    @model_validator(mode="after")
    def _ways_make_sense(self) -> Self:
        for matter, way in self.ways.items():
            if fault := _cannot_be(matter, way):
                raise ValueError(f"{matter}: {fault}")
        return self

    @property
    def ways(self) -> dict[str, tuple[ApprovalStep, ...]]:
        """The steps by matter."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != "legal_section"}


def forbidden(matter: str, way: Sequence[str]) -> str:
    """Why a matter must not take this way, in words ("" = it may).

    Apart from what cannot be at all: an answer of weight is read by somebody else (the house's rule), the one that is
    given again by somebody outside the section that gave the first; a decision is checked for legality (the house's
    rule), by the office and signed by the bureau's leader (《党政机关公文处理工作条例》20, 22). Ways that a bureau
    has in force from before stay usable: this is asked when a file is loaded or a way is set.
    """
    if fault := _cannot_be(matter, way):
        return fault
    if matter in ("ordinary", "pressed") and not way:
        return "不能由经办人自己拟、自己发：没有别人看过，等于自己审自己的文字。至少加一步。"
    if matter == "pressed" and not {"office", "leader"} & {*way}:
        return "重办、督办就是要科室以外的人再看一遍，只在原科室里审等于自己审自己。请加上办公室或领导。"
    if matter in _DECISIONS:
        return _decision_fault(way)
    return ""


def check_ways(approvals: Approvals) -> None:
    """Raise InvalidInput naming every way that is :func:`forbidden`."""
    faults = {matter: forbidden(matter, way) for matter, way in approvals.ways.items()}
    if any(faults.values()):
        raise InvalidInput("；".join(f"{matter}：{fault}" for matter, fault in faults.items() if fault), "approvals")


def _cannot_be(matter: str, way: Sequence[str]) -> str:
    if len({*way}) != len(way):
        return "同一步写了两次：看过的人不能再审自己通过的文字。请去掉一个。"
    if not way and matter in _DECISIONS:
        return "书面决定不能由经办人自己拟、自己发。请加上审核和签发的步骤。"
    if "legal" in way[-1:]:
        return "合法性审核不能放在最后：最后一步的人签发，法规科只审核、不签发。请在后面加一步。"
    return ""


def _decision_fault(way: Sequence[str]) -> str:
    if "legal" not in way:
        return "书面决定对群众有法律后果，发出前必须由法规科作合法性审核（本系统的规定）。请加上这一步。"
    if way[-1] != "leader":
        return "书面决定以本局名义发出，由本局领导签发（《党政机关公文处理工作条例》第二十二条）。请把领导放在最后。"
    if "office" not in way:
        return "签发前由办公室审核（《党政机关公文处理工作条例》第二十条）。请加上办公室这一步。"
    return ""
