"""What a case is and who sees it: labels, repeats, splitting, merging, reports, the circle of readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.web.console.doing import Did, Doing, section_of
from handlers.casework import guard, labels, merge, oversee, regroup, repeat, report
from handlers.casework.grading import grade_chosen
from handlers.errors import InvalidInput
from handlers.records import Case
from handlers.taxonomy import GRADES


def _correct_labels(do: Doing) -> Did:
    given: dict[str, str | bool | None] = {}
    for name in ("kind", "topic", "topic_2", "sentiment"):
        if name in do.form.values():
            given[name] = do.form.text(name) or None
    if (grade := grade_chosen(do.form.text("urgent"))) is not None:
        given["grade"] = grade
    before = section_of(do, do.session.get_one(Case, do.case_id))
    case = labels.correct_labels(do.session, do.core, do.me, do.case_id, do.version, given, now=do.now)
    after = section_of(do, case)
    return Did("标签已确认，谢谢；改动会用于学习。" + (f"已转到{after}。" if after != before else ""))


def _mark_urgent(do: Doing) -> Did:
    grade = grade_chosen(do.form.text("urgent"))
    if grade is None:
        raise InvalidInput("请选择紧急的程度。", "urgent")
    oversee.mark_urgent(do.session, do.core, do.me, do.case_id, do.version, grade=grade, now=do.now)
    return Did(f"已标为{GRADES[grade]}，排在前面。" if grade else "已取消紧急。")


def _mark_repeat(do: Doing) -> Did:
    number = do.form.text("number")
    repeat.mark_repeat(do.session, do.core, do.me, do.case_id, do.version, number=number, now=do.now)
    return Did(f"已标为 {number} 的重复件，计入重复件；两件仍各自答复。")


def _unmark_repeat(do: Doing) -> Did:
    repeat.unmark_repeat(do.session, do.core, do.me, do.case_id, do.version, now=do.now)
    return Did("已取消重复件的标记。")


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


def _guard(do: Doing) -> Did:
    form = do.form
    case = guard.guard(
        do.session, do.core, do.me, do.case_id, do.version, level=form.text("level"), reason=form.text("reason"),
        barred_sections=[code for code in form.many("barred_section") if code],
        barred_officers=sorted(form.numbers("barred_officer")), admitted=sorted(form.numbers("admitted")), now=do.now,
    )  # fmt: skip
    return Did(f"查看范围已定为“{guard.level_name(case)}”。")


#: Moves by code.
SORTING: Final[dict[str, Callable[[Doing], Did]]] = {
    "correct_labels": _correct_labels,
    "mark_urgent": _mark_urgent,
    "mark_repeat": _mark_repeat,
    "unmark_repeat": _unmark_repeat,
    "split_message": _split_message,
    "move_message": _move_message,
    "merge": _merge,
    "undo_merge": _undo_merge,
    "dispatch_report": _dispatch_report,
    "hand_report": _hand_report,
    "guard": _guard,
}
