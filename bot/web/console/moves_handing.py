"""Who deals with a case: taking it, giving it on, asking other sections and units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.web.console.doing import Did, Doing, section_of
from handlers.attachments.staff import add_file
from handlers.casework import assign, claim, consult, hand_over, units
from handlers.casework.doing import officer_name


def _claim(do: Doing) -> Did:
    claim.claim(do.session, do.core, do.me, do.case_id, do.version, do.now)
    return Did("已签收，由您办理。")


def _release(do: Doing) -> Did:
    claim.release(do.session, do.core, do.me, do.case_id, do.version, do.now)
    return Did("已放回待签收，同事可以接手；草稿还在。")


def _assign(do: Doing) -> Did:
    officer = do.form.number("officer")
    section = do.form.text("section") or do.me.section
    case = assign.assign(
        do.session, do.core, do.me, do.case_id, do.version, section=section, officer_id=officer, now=do.now
    )
    return Did(f"已分派给{section_of(do, case)}。")


def _transfer(do: Doing) -> Did:
    case = assign.transfer(
        do.session, do.core, do.me, do.case_id, do.version,
        section=do.form.text("section"), reason=do.form.text("reason"), now=do.now,
    )  # fmt: skip
    return Did(f"已转{section_of(do, case)}；时限不重新计算。")


def _return_case(do: Doing) -> Did:
    assign.return_case(do.session, do.core, do.me, do.case_id, do.version, reason=do.form.text("reason"), now=do.now)
    return Did("已退回办公室重新分派；时限不重新计算。")


def _hand_over(do: Doing) -> Did:
    to = do.chosen("officer", "接手的同事")
    case = hand_over.hand_over(
        do.session, do.core, do.me, do.case_id, do.version, officer_id=to, text=do.form.text("text"), now=do.now
    )
    return Did(f"已移交给{officer_name(do.session, case.officer_id)}，交接说明在来往里。")


def _consult(do: Doing) -> Did:
    consult.consult(
        do.session, do.core, do.me, do.case_id, do.version,
        sections=[code for code in do.form.many("section") if code], text=do.form.text("text"), now=do.now,
    )  # fmt: skip
    return Did("已请协办，对方科室现在能看到这件。")


def _end_consult(do: Doing) -> Did:
    reason = do.form.text("reason")
    consult.end_consult(do.session, do.core, do.me, do.case_id, do.version, reason=reason, now=do.now)
    return Did("不再等协办意见，可以答复了。")


def _give_opinion(do: Doing) -> Did:
    consult.give_opinion(do.session, do.core, do.me, do.case_id, do.version, text=do.form.text("text"), now=do.now)
    return Did("协办意见已送承办科室。")


def _assign_down(do: Doing) -> Did:
    units.assign_down(
        do.session, do.core, do.me, do.case_id, do.version,
        unit=do.form.text("unit"), demand=do.form.text("demand"), return_by=do.day("return_by"), now=do.now,
    )  # fmt: skip
    return Did("已交办，到期前系统会提醒催办；可以打印交办单。")


def _forward(do: Doing) -> Did:
    units.forward(
        do.session, do.core, do.me, do.case_id, do.version,
        unit=do.form.text("unit"), outer_number=do.form.text("outer_number"), note=do.form.text("note"), now=do.now,
    )  # fmt: skip
    return Did("已转送，群众会收到去向说明。")


def _unit_result(do: Doing) -> Did:
    referral = units.unit_result(
        do.session, do.core, do.me, do.case_id, do.version,
        text=do.form.text("text"), referral_id=do.form.number("referral"), now=do.now,
    )  # fmt: skip
    if do.files is not None:
        for file in do.form.files("file"):
            add_file(
                do.session, do.files, do.case_id, file.data, file.filename, do.now, otherwise="单位结果",
                referral_id=referral.id,
            )  # fmt: skip
    return Did("单位的结果已登记，请据此答复群众。")


#: Moves by code.
HANDING: Final[dict[str, Callable[[Doing], Did]]] = {
    "claim": _claim,
    "release": _release,
    "assign": _assign,
    "transfer": _transfer,
    "return_case": _return_case,
    "hand_over": _hand_over,
    "consult": _consult,
    "end_consult": _end_consult,
    "give_opinion": _give_opinion,
    "assign_down": _assign_down,
    "forward": _forward,
    "unit_result": _unit_result,
}
