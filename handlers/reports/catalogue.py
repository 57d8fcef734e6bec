"""THE table of figures: each with its function, its name, and what it counts, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from handlers.reports.accepted import accepted_on_time
from handlers.reports.durations import durations
from handlers.reports.guided import guided
from handlers.reports.mark import Make
from handlers.reports.on_time import on_time
from handlers.reports.opened import mass, repeated
from handlers.reports.returned import returned
from handlers.reports.satisfaction import answered, rated, resolved, satisfied


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``of`` names the denominator, ``good`` the numerator and ``rest`` what is left of it.

    ``meaning`` and ``source`` are what people read beside it; ``fewer`` tells that less is better.
    """

    code: str
    name: str
    make: Make
    of: str
    good: str
    rest: str
    meaning: str
    source: str
    in_days: bool = False
    fewer: bool = False


_FIGURES: Final = (
    Figure(
        "on_time", "按时办结率", on_time, "应办结", "按时办结", "超期",
        "答复在期限内确实送到（或书面文书已登记送达）的件次，除以应办结的件次。按时办结的计入送到的那个月；"
        "超期的计入期限届满的那个月，以后办完也不改。重办另计一次，更正类型或途径而作废的时限不计，暂停期间不算超期。",
        "留痕“时限开始、暂停、延长、达成”；期限以法定到期日为准，外部平台要求更早的以更早的为准",
    ),
    Figure(
        "accepted", "按时受理率", accepted_on_time, "应受理", "按时受理", "超期",
        "在期限内完成首个程序的件次，除以应完成的件次：信访为书面告知（XF-01、XF-02）和简易受理（XF-11a），"
        "需要办公室分派的为 NB-01（本局内部规定，不是法定期限；分派是办公室的事，一律列在“未定科室”）。"
        "收到时已自动交科室的不在其内。",
        "留痕“时限开始、达成”和书面告知的送达登记",
    ),
    Figure(
        "returned", "退办率", returned, "交办", "退回", "未退回",
        "交给科室后被科室退回办公室的次数，除以交给科室的次数（自动分送、分派、转入都算）。"
        "计入交办的那个月，以后才退回的也算在那个月。",
        "留痕“分派、转办、退回”",
        fewer=True,
    ),
    Figure(
        "days", "办理用时", durations, "已答复", "已答复", "",
        "从收到次日起到答复送到当天的天数，当天答复为 0；分别按工作日（含调休）和自然日计。重办的从重办之日起算。"
        "“九成在几天内”指把用时从短到长排列，排在第 90% 那一件的天数。",
        "留痕“收到、答复送达、重办”和工作日历",
        in_days=True, fewer=True,
    ),
    Figure(
        "answered", "答复率", answered, "应答复", "已答复", "未答复",
        "应办结的件次里到现在已经答复的（包括超期才答复的）。",
        "留痕“时限达成”",
    ),
    Figure(
        "rated", "评价率", rated, "送到的答复", "有评价", "未评价",
        "送到的答复里群众作了评价的。群众要求重办的，算作已评价、不满意。",
        "留痕“评价、要求重办”；来源是群众本人",
    ),
    Figure(
        "satisfied", "满意率", satisfied, "有评价", "满意", "一般、不满意",
        "作了评价的答复里，评价为“满意”的。“一般”不算满意；没有评价的不算在内。",
        "留痕“评价、要求重办”；来源是群众本人",
    ),
    Figure(
        "resolved", "解决率", resolved, "办结", "解决", "其他结果",
        "办结结果为解决、部分解决、政策解释、不支持的件次里，结果为“解决”的；后来又重办的不算解决。"
        "转送、重复、联系不上、撤回的不在其内。",
        "留痕“办结”；来源是承办人员填写的办理结果",
    ),
    Figure(
        "guided", "指南解决率", guided, "自动发了指南", "确认解决", "没有确认",
        "来信时自动发了办事指南的件次里，来信人回复“解决了”（或在网上确认）的。没有回复的不算解决，件仍由科室按时答复。"
        "计入发指南的那个月。单独统计：不计入满意率、评价率和解决率。",
        "留痕“自动发送办事指南、来信人确认解决”；来源是群众本人",
    ),
    Figure(
        "repeat", "重复件占比", repeated, "收到", "重复", "初次",
        "收到的件次里，同一位群众就同一件事再次反映的：系统收到时认出的、工作人员标为重复件的、并入另一件的。"
        "取消标记或撤销并案的不算。计入收到的那个月。",
        "留痕“收到、标为重复件、并入”",
        fewer=True,
    ),
    Figure(
        "mass", "集体件占比", mass, "收到", "集体", "单独",
        "收到的件次里，列入群体件（许多群众反映同一件事）的。移出的不算。计入收到的那个月。受限的件不列入群体件。",
        "留痕“收到、列入群体件、移出”",
        fewer=True,
    ),
)  # fmt: skip

#: Every figure by its code, in the order in which people read them.
FIGURES: Final[dict[str, Figure]] = {figure.code: figure for figure in _FIGURES}
