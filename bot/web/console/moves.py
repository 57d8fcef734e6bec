"""What the buttons of the case page do: one small function per move, reading its form; one table names them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from bot.web.dates import typed_day, typed_instant
from bot.web.forms import Posted
from handlers.accounts.roles import SignedIn
from handlers.attachments.staff import add_file
from handlers.attachments.store import AttachmentStore
from handlers.casework import (
    answer,
    ask,
    assign,
    claim,
    close,
    consult,
    delivered,
    guard,
    hand_over,
    labels,
    merge,
    oversee,
    redraft,
    regroup,
    repeat,
    report,
    units,
    written,
)
from handlers.casework.doing import officer_name
from handlers.core import Core
from handlers.documents.store import Desk
from handlers.errors import InvalidInput
from handlers.records import Case


@dataclass(frozen=True, slots=True)
class Doing:
    """One press of a button: who, on which case as they saw it, with which form. The transaction is the caller's."""

    session: Session
    core: Core
    me: SignedIn
    case_id: int
    version: int
    form: Posted
    now: datetime
    files: AttachmentStore | None = None
    desk: Desk | None = None

    def day(self, name: str) -> date | None:
        """Return a date field, ``None`` when it is empty. Raises InvalidInput."""
        return typed_day(self.form, name)

    def instant(self, name: str) -> datetime | None:
        """Return a local date-and-time field as an aware instant, ``None`` when it is empty. Raises InvalidInput."""
        return typed_instant(self.form, name)

    def chosen(self, name: str, what: str) -> int:
        """Return the id of a chosen thing. Raises InvalidInput when nothing was chosen."""
        found = self.form.number(name)
        if found is None:
            raise InvalidInput(f"请选择{what}。", name)
        return found


@dataclass(frozen=True, slots=True)
class Did:
    """What happened, in words; ``number`` leads to another case when the work goes on there."""

    notice: str
    number: str = ""


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
    return Did(f"已分派给{_section(do, case)}。")


def _transfer(do: Doing) -> Did:
    case = assign.transfer(
        do.session, do.core, do.me, do.case_id, do.version,
        section=do.form.text("section"), reason=do.form.text("reason"), now=do.now,
    )  # fmt: skip
    return Did(f"已转{_section(do, case)}；时限不重新计算。")


def _return_case(do: Doing) -> Did:
    assign.return_case(do.session, do.core, do.me, do.case_id, do.version, reason=do.form.text("reason"), now=do.now)
    return Did("已退回办公室重新分派；时限不重新计算。")


def _hand_over(do: Doing) -> Did:
    to = do.chosen("officer", "接手的同事")
    case = hand_over.hand_over(
        do.session, do.core, do.me, do.case_id, do.version, officer_id=to, text=do.form.text("text"), now=do.now
    )
    return Did(f"已移交给{officer_name(do.session, case.officer_id)}，交接说明在来往里。")


def _end_consult(do: Doing) -> Did:
    reason = do.form.text("reason")
    consult.end_consult(do.session, do.core, do.me, do.case_id, do.version, reason=reason, now=do.now)
    return Did("不再等协办意见，可以答复了。")


def _mark_repeat(do: Doing) -> Did:
    number = do.form.text("number")
    repeat.mark_repeat(do.session, do.core, do.me, do.case_id, do.version, number=number, now=do.now)
    return Did(f"已标为 {number} 的重复件，计入重复件；两件仍各自答复。")


def _unmark_repeat(do: Doing) -> Did:
    repeat.unmark_repeat(do.session, do.core, do.me, do.case_id, do.version, now=do.now)
    return Did("已取消重复件的标记。")


def _consult(do: Doing) -> Did:
    consult.consult(
        do.session, do.core, do.me, do.case_id, do.version,
        sections=[code for code in do.form.many("section") if code], text=do.form.text("text"), now=do.now,
    )  # fmt: skip
    return Did("已请协办，对方科室现在能看到这件。")


def _give_opinion(do: Doing) -> Did:
    consult.give_opinion(do.session, do.core, do.me, do.case_id, do.version, text=do.form.text("text"), now=do.now)
    return Did("协办意见已送承办科室。")


def _draft(do: Doing) -> Did:
    answer.save_draft(do.session, do.core, do.me, do.case_id, do.version, do.form.text("text"), do.now)
    return Did("草稿已保存，群众看不到。")


def _answer(do: Doing) -> Did:
    reply = answer.answer(
        do.session, do.core, do.me, do.case_id, do.version, do.form.text("text"),
        result=do.form.text("result"), now=do.now,
    )  # fmt: skip
    return Did("答复已签发，正在送达。" if reply.state == "issued" else "答复已送审，按上面的步骤审核签发后送达。")


def _ask_citizen(do: Doing) -> Did:
    ask.ask_citizen(do.session, do.core, do.me, do.case_id, do.version, text=do.form.text("text"), now=do.now)
    return Did("已请群众补充；办理时限不因此暂停。")


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


def _record_delivery(do: Doing) -> Did:
    way, _, outcome = do.form.text("outcome").partition(":")
    row = delivered.record_delivery(
        do.session, do.core, do.me, do.case_id, do.version,
        way=way or do.form.text("way"), outcome=outcome, told_whom=do.form.text("told_whom"),
        number=do.form.text("told_number"), gist=do.form.text("gist"), proof=do.form.text("proof"), at=do.instant("at"),
        now=do.now,
    )  # fmt: skip
    told = {"sent": "已登记送达，等待群众评价。", "unknown": "已登记；有了结果请到“没有送达”里确认。"}
    return Did(told.get(row.state, "已登记，答复仍未送达，时限照走。"))


def _redraft(do: Doing) -> Did:
    redraft.redraft(do.session, do.core, do.me, do.case_id, do.version, reason=do.form.text("reason"), now=do.now)
    return Did("答复已收回，原文在草稿里；改好后重新签发。")


def _note(do: Doing) -> Did:
    oversee.note(do.session, do.core, do.me, do.case_id, do.version, text=do.form.text("text"), now=do.now)
    return Did("备注已记下，群众看不到。")


def _supervise(do: Doing) -> Did:
    oversee.supervise(do.session, do.core, do.me, do.case_id, do.version, text=do.form.text("text"), now=do.now)
    return Did("已督办，承办科室会看到要求。")


def _mark_urgent(do: Doing) -> Did:
    urgent = do.form.flag("urgent")
    oversee.mark_urgent(do.session, do.core, do.me, do.case_id, do.version, urgent=urgent, now=do.now)
    return Did("已标为紧急，排在最前。" if urgent else "已取消紧急。")


def _close(do: Doing) -> Did:
    close.close(
        do.session, do.core, do.me, do.case_id, do.version,
        result=do.form.text("result"), evidence=do.form.text("evidence"), now=do.now,
    )  # fmt: skip
    return Did("已办结。")


def _not_accept(do: Doing) -> Did:
    close.not_accept(do.session, do.core, do.me, do.case_id, do.version, reason=do.form.text("reason"), now=do.now)
    return Did("已不予受理，理由会告知群众。")


def _reopen(do: Doing) -> Did:
    close.reopen(do.session, do.core, do.me, do.case_id, do.version, reason=do.form.text("reason"), now=do.now)
    return Did("已重办，时限重新开始。")


def _correct_labels(do: Doing) -> Did:
    given: dict[str, str | bool | None] = {}
    for name in ("kind", "topic", "topic_2", "sentiment"):
        if name in do.form.values():
            given[name] = do.form.text(name) or None
    if do.form.text("urgent") in ("0", "1"):
        given["urgent"] = do.form.text("urgent") == "1"
    before = _section(do, do.session.get_one(Case, do.case_id))
    case = labels.correct_labels(do.session, do.core, do.me, do.case_id, do.version, given, now=do.now)
    after = _section(do, case)
    return Did("标签已确认，谢谢；改动会用于学习。" + (f"已转到{after}。" if after != before else ""))


def _dispatch_report(do: Doing) -> Did:
    report.dispatch_report(
        do.session, do.core, do.me, do.case_id, do.version,
        accused_type=do.form.text("accused_type"), section=do.form.text("section"), unit=do.form.text("unit"),
        accused_section=do.form.text("accused_section"), demand=do.form.text("demand"),
        return_by=do.day("return_by"), now=do.now,
    )  # fmt: skip
    return Did("举报已分办。")


def _hand_report(do: Doing) -> Did:
    officer = do.chosen("officer", "另一位举报受理人")
    report.hand_report(do.session, do.core, do.me, do.case_id, do.version, officer_id=officer, now=do.now)
    return Did("已换举报受理人，您不再能看到这件。")


def _split_message(do: Doing) -> Did:
    part = regroup.split_message(
        do.session, do.core, do.me, do.case_id, do.version, do.chosen("message", "一条留言"),
        subject=do.form.text("subject"), move=do.form.flag("move"), now=do.now,
    )  # fmt: skip
    return Did(f"已拆出新的一件 {part.number}，在待分派中。")


def _move_message(do: Doing) -> Did:
    target = regroup.move_message(
        do.session, do.core, do.me, do.case_id, do.version, do.chosen("message", "一条留言"),
        number=do.form.text("number"), now=do.now,
    )  # fmt: skip
    return Did(f"留言已移到 {target.number}。", target.number)


def _merge(do: Doing) -> Did:
    target = merge.merge(
        do.session, do.core, do.me, do.case_id, do.version, into_number=do.form.text("number"), now=do.now
    )
    return Did(f"已并入 {target.number}，以后在这里一起办；可以撤销。", target.number)


def _undo_merge(do: Doing) -> Did:
    merge.undo_merge(do.session, do.core, do.me, do.case_id, do.version, now=do.now)
    return Did("已撤销并案，这件恢复单独办理。")


def _section(do: Doing, case: Case) -> str:
    names = do.core.profile().section_names
    return names.get(case.section_code or "", "办公室")


def _serve_notice(do: Doing) -> Did:
    written.serve_notice(
        do.session, do.core, do.me, do.case_id, do.version,
        rule=do.form.text("rule"), proof=do.form.text("proof"), at=do.instant("at"), now=do.now,
    )  # fmt: skip
    return Did("书面告知已登记，这项时限已达成。")


def _guard(do: Doing) -> Did:
    form = do.form
    case = guard.guard(
        do.session, do.core, do.me, do.case_id, do.version, level=form.text("level"), reason=form.text("reason"),
        barred_sections=[code for code in form.many("barred_section") if code],
        barred_officers=sorted(form.numbers("barred_officer")), admitted=sorted(form.numbers("admitted")), now=do.now,
    )  # fmt: skip
    return Did(f"查看范围已定为“{guard.level_name(case)}”。")


#: Every move that a button of the case page makes, by its code in :data:`handlers.casework.moves.MOVES`.
BUTTONS: Final[dict[str, Callable[[Doing], Did]]] = {
    "claim": _claim,
    "release": _release,
    "assign": _assign,
    "transfer": _transfer,
    "return_case": _return_case,
    "hand_over": _hand_over,
    "consult": _consult,
    "end_consult": _end_consult,
    "give_opinion": _give_opinion,
    "draft": _draft,
    "answer": _answer,
    "ask_citizen": _ask_citizen,
    "assign_down": _assign_down,
    "forward": _forward,
    "unit_result": _unit_result,
    "record_delivery": _record_delivery,
    "redraft": _redraft,
    "serve_notice": _serve_notice,
    "note": _note,
    "supervise": _supervise,
    "mark_urgent": _mark_urgent,
    "close": _close,
    "not_accept": _not_accept,
    "reopen": _reopen,
    "correct_labels": _correct_labels,
    "dispatch_report": _dispatch_report,
    "hand_report": _hand_report,
    "guard": _guard,
    "split_message": _split_message,
    "move_message": _move_message,
    "mark_repeat": _mark_repeat,
    "unmark_repeat": _unmark_repeat,
    "merge": _merge,
    "undo_merge": _undo_merge,
}
