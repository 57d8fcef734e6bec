"""What a column of another platform's list can be for us, and the headings by which we guess it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: Whose lists are taken in: sources of :data:`handlers.taxonomy.SOURCES`.
IMPORTED: Final = ("hotline_12345", "petition_system", "director_mailbox", "weibo")


@dataclass(frozen=True, slots=True)
class Field:
    """``given`` fields are filled by us when results go back; the others are read."""

    code: str
    name: str
    headings: tuple[str, ...]
    needed: bool = False
    longest: int = 300
    given: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIELDS: Final = (
    Field("outer_number", "原编号（工单号）", _words(
        "工单编号 工单号 编号 信访件编号 信访编号 投诉编号 件号 诉求编号 受理号"), needed=True, longest=100),
    Field("text", "诉求内容", _words(
        "诉求内容 工单内容 反映内容 内容 信访内容 问题描述 概况信息 事项内容 主要内容"), needed=True, longest=20_000),
    Field("title", "标题", _words("标题 工单标题 主题 诉求标题 信访事项")),
    Field("dispatched", "转办（派单）时间", _words("派单时间 转办时间 交办时间 下派时间 派发时间 转送时间 登记时间")),
    Field("due", "办理期限", _words(
        "办理期限 截止时间 办结时限 要求办结时间 处理时限 反馈期限 截止日期 办结期限 要求反馈时间")),
    Field("return_by", "退回时限", _words("退回时限 退单时限 退件期限 退回截止时间 申请退回期限")),
    Field("name", "反映人姓名", _words("姓名 反映人 来电人 诉求人 信访人 联系人 市民姓名 来电人姓名"), longest=100),
    Field("phone", "联系电话", _words("联系电话 电话 来电号码 手机号 手机 联系方式 电话号码"), longest=60),
    Field("address", "通信地址", _words("通信地址 住址 联系地址 家庭住址")),
    Field("district", "旗县区", _words("区县 旗县区 所属区域 所属区县 行政区划 问题属地"), longest=60),
    Field("place", "事发地点", _words("事发地址 事发地点 地点 诉求地址 发生地址")),
    Field("result_answer", "【回填】答复内容", _words(
        "答复内容 办理情况 处理结果 反馈内容 办理意见 处理意见"), given=True),
    Field("result_name", "【回填】办理结果", _words("办理结果 办结类型 结果类型 是否解决"), given=True),
    Field("result_at", "【回填】答复时间", _words("答复时间 办结时间 反馈时间 处理时间 回复时间"), given=True),
    Field("result_section", "【回填】承办科室", _words("承办单位 承办科室 处理部门 办理部门"), given=True),
    Field("result_officer", "【回填】经办人", _words("经办人 承办人 处理人"), given=True),
    Field("result_number", "【回填】我们的受理编号", _words("受理编号 承办单位编号"), given=True),
)  # fmt: skip
FIELDS: Final[dict[str, Field]] = {field.code: field for field in _FIELDS}
NEEDED: Final = tuple(field.code for field in _FIELDS if field.needed)
HEADINGS: Final = frozenset(heading for field in _FIELDS for heading in field.headings)


def guess(headers: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Column place (as text) → field: as this source's columns were read last time, else by their headings."""
    found: dict[str, str] = {}
    for place, heading in enumerate(headers):
        code = remembered.get(heading, "")
        if heading not in remembered:
            code = next((f.code for f in _FIELDS if heading.strip("* ：:") in f.headings), "")
        if code in FIELDS and code not in found.values():
            found[str(place)] = code
    return found
