"""What was done with a case, as sentences: opened, handed round, sorted, joined and parted, closed."""

from __future__ import annotations

from typing import Final

from handlers.casework.grading import grade_name
from handlers.casework.history_told import Data, Told, Words, because, day, named
from handlers.people.join import HOW
from handlers.taxonomy import CORRECTED_NAMES, KINDS, LABEL_CODES, RATINGS, RESULTS, SOURCES, TOPICS


def _opened(data: Data, told: Told) -> str:
    return f"{SOURCES.get(str(data.get('source')), '')}反映，系统收到并编号"


def _routed(data: Data, told: Told) -> str:
    what = [named(KINDS, data.get("kind")), named(TOPICS, data.get("topic"))]
    read = f"理解为“{'·'.join(filter(None, what))}”，" if any(what) else ""
    rules = f"，时限 {'、'.join(data['rules'])}" if data.get("rules") else ""
    where = f"交{told.section(data['section_code'])}" if data.get("section_code") else "放入待分派"
    again = "，是重复件" if data.get("repeat") else ""
    return f"{read}{where}{rules}" + _pressing(data) + again


def _assigned(data: Data, told: Told) -> str:
    who = told.officer(data.get("officer"))
    return f"分派给{told.section(data.get('section'))}" + (f" {who}" if who else "")


def _labels(data: Data, told: Told) -> str:
    labels = dict(data.get("labels") or {})
    changes = [
        f"{CORRECTED_NAMES.get(label, label)}改为“{_label(label, value)}”"
        for label, value in labels.items()
        if label != "urgent" or "grade" not in labels
    ]
    moved = f"，交{told.section(data.get('section'))}" if data.get("to") == "assigned" else ""
    return ("、".join(changes) or "确认了标签") + moved


def _pressing(data: Data) -> str:
    name = grade_name(bool(data.get("urgent")), str(data.get("grade") or ""))
    return f"，标为{name}" if name else ""


def _label(label: str, value: object) -> str:
    if label == "urgent":
        return "是" if value else "否"
    if label == "grade":
        return LABEL_CODES[label].get(str(value), str(value))
    return named(LABEL_CODES[label], value) if label in LABEL_CODES else str(value)


def _down(data: Data, told: Told) -> str:
    by = f"，{day(data['return_by'])}前回复" if data.get("return_by") else ""
    return f"交{told.unit(data)}办理{by}"


def _forwarded(data: Data, told: Told) -> str:
    number = f"，转办号 {data['outer_number']}" if data.get("outer_number") else ""
    return f"转送{told.unit(data)}{number}"


#: Sentences by action.
WORK: Final[Words] = {
    "opened": _opened,
    "routed": _routed,
    "understood_later": _routed,
    "parked": "处理出错，放入待分派，系统会重试",
    "claim": lambda d, t: "签收" + ("（本科室没有另一位经办人，重办仍由第一次的经办人办理）" if d.get("same") else ""),
    "release": "放回待签收",
    "claim_lapsed": lambda d, t: f"{t.officer(d.get('officer'))}签收后久未办理，同科室的同事可以接手",
    "assign": _assigned,
    "transfer": lambda d, t: f"转{t.section(d.get('section'))}{because(d)}",
    "return_case": lambda d, t: (
        f"由{t.section(d.get('before'))}退回办公室{'（过了退回时限）' if d.get('late') else ''}{because(d)}"
    ),
    "hand_over": lambda d, t: f"移交给{t.officer(d.get('officer'))}",
    "consult": lambda d, t: f"请{t.sections(d.get('sections') or [])}协办",
    "give_opinion": lambda d, t: f"{t.section(d.get('section'))}答复协办意见",
    "end_consult": lambda d, t: f"不再等{t.sections(d.get('sections') or [])}的协办意见{because(d)}",
    "ask_citizen": "请群众补充",
    "followed_up": "又来信",
    "supplement": "又来信",
    "asked_person": "要求人工答复",
    "assign_down": _down,
    "forward": _forwarded,
    "unit_result": lambda d, t: f"登记{t.unit(d)}的办理结果",
    "correct_labels": _labels,
    "mark_urgent": lambda d, t: _pressing(d).removeprefix("，") or "取消紧急",
    "mark_repeat": lambda d, t: f"标为 {d.get('of', '')} 的重复件",
    "unmark_repeat": "取消了重复件的标记",
    "note": lambda d, t: f"写了备注，提醒了{t.all_told(d)}" if d.get("told") else "写了备注",
    "split_message": lambda d, t: f"把另一件事拆为 {d.get('into', '')}",
    "split_opened": lambda d, t: f"由 {d.get('from_number', '')} 拆出",
    "move_message": lambda d, t: f"把一条留言移到 {d.get('into', '')}",
    "message_moved_in": lambda d, t: f"从 {d.get('from_number', '')} 移来一条留言",
    "merge": lambda d, t: f"并入 {d.get('into', '')}",
    "merged_in": lambda d, t: f"{d.get('from_number', '')} 并入本件",
    "undo_merge": lambda d, t: f"撤销并入 {d.get('into', '')}",
    "merge_undone": lambda d, t: f"{d.get('from_number', '')} 不再并入本件",
    "join_people": lambda d, t: f"认定与 {d.get('other_number', '')} 是同一位群众（{named(HOW, d.get('how'))}）",
    "part_people": lambda d, t: f"撤销与 {d.get('other_number', '')} 同一人的认定",
    "group_joined": lambda d, t: f"列入群体件 {d.get('group', '')} 号",
    "group_left": lambda d, t: f"移出群体件 {d.get('group', '')} 号{because(d)}",
    "group_represents": lambda d, t: f"{'定为' if d.get('on') else '不再是'}群体件 {d.get('group', '')} 号的代表",
    "group_answered": lambda d, t: f"按群体件 {d.get('group', '')} 号的统一决定答复",
    "close": lambda d, t: f"办结：{named(RESULTS, d.get('result'))}",
    "settle": lambda d, t: f"重办期满，自动办结：{named(RESULTS, d.get('result'))}",
    "not_accept": lambda d, t: "不予受理，理由已告知",
    "reopen": lambda d, t: f"重办{because(d)}",
    "citizen_reopen": "不满意，要求重办",
    "withdraw": "撤回了这件诉求",
    "rate": lambda d, t: f"评价：{named(RATINGS, d.get('rating'))}",
}
