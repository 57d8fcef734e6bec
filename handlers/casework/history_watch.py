"""How a case was watched over, as sentences: who looked and may look, what was taken out, slips, warnings, reports."""

from __future__ import annotations

from typing import Final

from handlers.casework.history_told import Data, Told, Words, because, day, named
from handlers.casework.sensitivity import levels

_FORMS: Final = {"docx": "Word 文件", "zip": "数据归档"}
_COLOURS: Final = {"yellow": "黄色", "orange": "橙色", "red": "超期", "notice": "超期书面"}


def _guarded(data: Data, told: Told) -> str:
    level = levels()[str(data.get("level") or "")].name
    people = [(data.get("barred"), "回避"), (data.get("admitted"), "点名准许")]
    more = "".join(f"，{what} {n} 项" for n, what in people if n)
    return f"查看范围定为“{level}”{more}{because(data)}"


def _report_settled(data: Data, told: Told) -> str:
    if data.get("state") != "reported":
        return "核实后认为不需要强制报告，理由已记录"
    return f"登记已向{data.get('unit', '公安机关')}报告（未成年人强制报告），回执 {data.get('number', '')}"


def _warned(data: Data, told: Told) -> str:
    colour = _COLOURS.get(str(data.get("colour")), "")
    return f"时限 {data.get('rule', '')} {colour}提醒，告知{told.all_told(data)}"


def _slip(data: Data) -> str:
    return str(data.get("number", ""))


def _late(data: Data) -> str:
    return "（已逾期）" if data.get("late") else ""


#: Sentences by action.
WATCH: Final[Words] = {
    "read": "查看了这件诉求",
    "guard": _guarded,
    "restricted": "按举报限制查看，只交举报受理人",
    "dispatch_report": "举报分办",
    "hand_report": lambda d, t: f"改由{t.officer(d.get('officer'))}受理举报",
    "add_follower": lambda d, t: f"经本人同意，增加关注人（{d.get('relation') or '未写明关系'}）",
    "drop_follower": "停止了他人关注",
    "follower_linked": lambda d, t: f"关注人（{d.get('relation') or '未写明关系'}）要求在自己的聊天里收到进展",
    "follower_unlinked": "关注人不再要求收到进展",
    "make_casefile": lambda d, t: (
        f"制作卷宗 {d.get('number', '')}（{named(_FORMS, d.get('form'))}）{because(d, 'why')}"
    ),
    "file_original": "取走了附件原件（含拍摄信息）",
    "file_infected": "有附件查出病毒，已隔离",
    "erase": "按保存期限删除了数据",
    "report_due": "可能涉及未成年人受侵害，须立即向公安机关报告",
    "report_settled": _report_settled,
    "supervise": "督办",
    "slip_raised": lambda d, t: f"发出督办单 {_slip(d)}，请{t.section(d.get('section'))} {day(d['due'])}前答复",
    "slip_urged": lambda d, t: f"再次督办 {_slip(d)}",
    "slip_answered": lambda d, t: f"{t.section(d.get('section'))}答复督办单 {_slip(d)}" + _late(d),
    "slip_returned": lambda d, t: f"退回督办答复 {_slip(d)}，请重新说明",
    "slip_accepted": lambda d, t: f"督办单 {_slip(d)} 了结",
    "slip_withdrawn": lambda d, t: f"撤回督办单 {_slip(d)}",
    "slip_noticed": lambda d, t: f"书面通报 {_slip(d)}：{t.section(d.get('section'))}超期五个工作日没有答复和说明",
    "slip_recounted": lambda d, t: f"督办单 {_slip(d)} 的答复期限由{day(d['before'])}改为{day(d['due'])}",
    "clock_alert": _warned,
    "duty_called": lambda d, t: f"第 {d.get('turn', 1)} 次呼叫：{t.all_told(d)}",
    "reminded": lambda d, t: f"提醒了{t.all_told(d)}",
    "alert_acknowledged": "确认了提醒",
}
