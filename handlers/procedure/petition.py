"""What is special about the steps of a petition (信访), beyond the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.deadlines import clocks
from handlers.deadlines.bureau import last_day_from
from handlers.errors import InvalidInput
from handlers.procedure.choices import GROUNDS, STAGES
from handlers.procedure.fields import FIELDS

if TYPE_CHECKING:
    from handlers.procedure.take import Taken

_DETAILED: Final = 15


def accept(taken: Taken) -> None:
    """受理: what asks for relief (申诉求决) is taken up only after every other lawful route was ruled out (31)."""
    if taken.values["purpose"] == "appeal" and not taken.values["no_other_route"]:
        raise InvalidInput(f"{FIELDS['no_other_route'].missing}。", "no_other_route")
    taken.row.purpose = taken.values["purpose"]


def refuse(taken: Taken) -> None:
    """不予受理: the event says which article the ground stands in."""
    taken.data["basis"] = GROUNDS[taken.values["ground"]].basis


def object_to_transfer(taken: Taken) -> None:
    """退回异议: reasons in detail, as article 23 wants them; a word is none."""
    if len(taken.values["reason"]) < _DETAILED:
        raise InvalidInput("请详细说明理由（条例第二十三条）：属于谁的职权、依据是什么。", "reason")
    taken.data.pop("sender")  # who passed it on stands in the letter


def objection_answered(taken: Taken) -> None:
    """The sender agreed: what was passed on goes back, nothing more is owed here; else it is ours to deal with."""
    row = taken.row
    if taken.values["objection"] == "refused":
        row.stage = ""
        return
    row.stage = "returned"
    row.state, row.ended_at, row.ended_why = "ended", taken.now, STAGES["returned"]
    why = "转送机关同意退回"
    clocks.stop(taken.session, taken.core, taken.case, taken.now, why, ("XF-02",), taken.actor, void=True)


def in_time(taken: Taken) -> None:
    """复查, 复核: thirty days from the opinion; what comes later may have its reasons, but must be looked at."""
    opinion, asked = taken.day("opinion_day"), taken.day()
    if opinion > asked:
        raise InvalidInput("收到意见的日期不能晚于收到请求的日期。", "opinion_day")
    last = last_day_from(taken.core, "XF-07", opinion)
    if asked > last:
        taken.data["late"] = True
        taken.note = (
            f"请注意：请求复查、复核的最后一日是 {last.month}月{last.day}日，这份请求已经超过；"
            "有没有正当理由请先核实，没有的请按“超过三十日”告知。"
        )
