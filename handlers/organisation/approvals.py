"""审签程序 as data: for each matter the steps that a reply takes behind its drafter; the last of them issues it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: head: the case's own section's; legal: the section that checks legality; office; leader.
ApprovalStep = Literal["head", "legal", "office", "leader"]
_FULL: tuple[ApprovalStep, ...] = ("head", "legal", "office", "leader")


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
        for name in ("plain", "ordinary", "pressed", "opinion", "refusal"):
            way = getattr(self, name)
            if len(set(way)) != len(way):
                raise ValueError(f"{name}: a step stands twice in the way; nobody reads the same text twice")
            if not way and name in ("opinion", "refusal"):
                raise ValueError(f"{name}: a decision on a petition needs at least one step behind its drafter")
            if "legal" in way[-1:]:
                raise ValueError(f"{name}: the legality check cannot be the last step, which issues")
        return self
