"""The table of every outgoing text: its key, what it is for, and the fields it knows. The texts are the profile's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Audience = Literal["citizen", "fragment", "staff"]


@dataclass(frozen=True, slots=True)
class WordingSpec:
    """What one text is for and which fields it knows.

    ``required`` fields are always given and must stand in the text; ``optional`` ones may be empty, so they may only
    stand inside ``[[…]]``. A ``fragment`` is a part of another text to a citizen and carries no signature.
    """

    purpose: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    audience: Audience = "citizen"

    @property
    def fields(self) -> frozenset[str]:
        """Every field the caller may give."""
        return frozenset(self.required + self.optional)


def _fields(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _citizen(purpose: str, required: str = "", optional: str = "") -> WordingSpec:
    return WordingSpec(purpose, _fields(required), _fields(optional))


def _fragment(purpose: str, required: str = "", optional: str = "") -> WordingSpec:
    return WordingSpec(purpose, _fields(required), _fields(optional), "fragment")


def _staff(purpose: str, required: str = "number link", optional: str = "") -> WordingSpec:
    return WordingSpec(purpose, _fields(required), _fields(optional), "staff")


_RECEIPTS: Final = {
    "receipt_clear": _citizen(
        "受理回执：系统看懂了诉求并已交科室", "number query_code understood section latest", "rule look_up"
    ),
    "receipt_unsure": _citizen("受理回执：还要由工作人员判断归哪个科室", "number query_code latest", "look_up"),
    "receipt_urgent": _citizen("受理回执：已标为紧急，值班提醒已在发送", "number query_code latest"),
    "receipt_urgent_unstaffed": _citizen(
        "受理回执：已标为紧急，但没有可用的提醒通道（不得说已通知任何人）", "number query_code latest"
    ),
    "receipt_restricted": _citizen(
        "受理回执：举报、未成年人、暴力（不写事由，不写科室）", "number query_code latest", "look_up"
    ),
    "receipt_self_harm": _citizen("受理回执：来信人可能伤害自己", "number", "query_code latest"),
    "receipt_followup": _citizen(
        "收到对未办结诉求的追加留言（还没定科室时写 heard，不写 latest）", "number", "section latest heard"
    ),
    "receipt_followup_urgent": _citizen("收到紧急的追加留言，值班提醒已在发送", "number"),
    "receipt_followup_urgent_unstaffed": _citizen(
        "收到紧急的追加留言，但没有可用的提醒通道（不得说已通知任何人）", "number"
    ),
    "receipt_praise": _citizen("受理回执：表扬", "number", "query_code"),
    "receipt_other_language": _citizen(
        "受理回执：蒙古文等非汉语来信（双语，须人工撰写）", "number query_code", "latest"
    ),
    "receipt_media": _citizen("受理回执：只有图片、语音或文件", "number query_code latest"),
}

_CONVERSATION: Final = {
    "look_up_here": _fragment("回执里怎样查进度：在聊天里回复"),
    "look_up_web": _fragment("回执里怎样查进度：在网页上查（网页留言、接口、登记的来电来信来访）", "link"),
    "welcome": _citizen("关注公众号后的问候", "link"),
    "help": _citizen("回复“帮助”时的说明", "link"),
    "privacy_notice": _fragment("首次联系时附在署名之前的隐私说明", "link"),
    "progress_case": _citizen(
        "查进度：办理中（还没定科室时写 heard，不写 latest）", "number state", "section latest heard rule tracks"
    ),
    "progress_answered": _fragment("查进度：已答复", "number answer"),
    "progress_long": _citizen("查进度：已答复，但太长，分条另发", "number", "link"),
    "progress_closed": _citizen("查进度：已办结", "number", "result date"),
    "progress_none": _citizen("查进度：没有未办结的诉求"),
    "progress_not_found": _citizen("查进度：这个编号不在来信人名下（不透露编号是否存在）", "number"),
    "progress_list_head": _fragment("查进度：有多件诉求时的开头", "count"),
    "progress_list_item": _fragment("查进度：多件诉求中的一件", "number state", "latest"),
    "progress_list_foot": _citizen("查进度：有多件诉求时的结尾"),
    "rate_ask": _fragment("请群众评价，附在聊天渠道的答复署名之前"),
    "rate_thanks": _citizen("评价满意或一般之后", "number"),
    "rate_dissatisfied": _citizen("评价不满意之后", "number"),
    "rate_nothing": _citizen("要评价但没有待评价的诉求"),
    "supplement_ask": _citizen("回复“补充”之后请写内容", "", "number"),
    "supplement_nothing": _citizen("要补充但没有未办结的诉求"),
    "withdraw_ask": _citizen("撤回之前请确认", "number"),
    "withdraw_done": _citizen("已撤回", "number"),
    "withdraw_nothing": _citizen("要撤回但没有可撤回的诉求"),
    "follow_done": _citizen("关注人要求在聊天里收到进展：已办到", "number"),
    "follow_not_agreed": _citizen("关注人要求在聊天里收到进展，但本人没有同意主动通知", "number"),
    "follow_ended": _citizen("关注人不再要求收到进展", "number"),
    "person_called": _citizen("回复“人工”：已转工作人员", "number latest"),
    "person_new": _citizen("回复“人工”但还没有诉求"),
}

_GUIDES: Final = {
    "guide_sent": _fragment("回执里附上的办事指南（只在很有把握时）", "guide reply"),
    "guide_reply_here": _fragment("附了办事指南的回执：请在聊天里回复“解决了”或“人工”"),
    "guide_reply_web": _fragment("附了办事指南的回执：请在进度页上说是否解决", "link"),
    "guide_solved": _citizen("来信人说办事指南已解决，办结", "number"),
}

# Telegram's servers are abroad (个人信息保护法 36): no files, no identity numbers, nothing personal in what we say.
_TELEGRAM: Final = {
    "telegram_no_files": _fragment("Telegram：不收附件（附在回执之前）", "link"),
    "telegram_no_files_alone": _citizen("Telegram：只发来附件，没有文字", "link"),
    "telegram_no_identity": _fragment("Telegram：来信写了身份证号，已隐去（附在回执之前）", "link"),
    "telegram_withheld": _citizen("Telegram：回复里有个人信息，请到网页查看", "link"),
}

_CASEWORK: Final = {
    "answer": _citizen("答复正文", "number text", "officer_section"),
    "question_to_citizen": _citizen("请群众补充情况", "number text", "latest"),
    "forwarded": _citizen("已转送其他单位", "number unit date", "unit_phone outer_number"),
    "transferred_not_ours": _citizen("不属民政职责，已有转办记录", "number unit date", "unit_phone outer_number"),
    "assigned": _citizen("待分派的已定下科室，兑现受理回执里“最迟……告诉您”", "number section", "latest"),
    "assigned_down": _citizen("已交下级或直属单位办理，结果由我们答复", "number unit", "latest"),
    "extended": _citizen("延期告知（到期前发送）", "number old_date new_date reason contact"),
    "follower_progress": _citizen("给关注人：所关注的诉求有进展（只写编号，不写事由和姓名）", "number step", "link"),
    "information_particulars": _citizen("来信申请信息公开：请写明条例第二十九条要求的三项（待双方确认）", "number"),
    "not_accepted": _citizen("不予受理及理由", "number reason"),
    "reopened": _citizen("已重新办理", "number latest"),
    "merged": _citizen("与已有诉求合并办理", "number into_number"),
    "closed_note": _citizen("办结告知", "number", "result"),
    "same_person_code": _citizen("核对码：工作人员打电话核对是不是同一位群众", "number code"),
    "same_person_code_web": _citizen("核对码：在查询进度的页面上填，核对是不是同一位群众", "number code"),
}

_STAFF: Final = {
    "alert_urgent": _staff("值班提醒：紧急留言"),
    "alert_mandatory": _staff("未成年人强制报告：立即向公安机关报告"),
    "alert_report": _staff("有举报等待受理人查看"),
    "duty_next": _staff("值班提醒：上一位十分钟内未确认"),
    "alert_yellow": _staff("黄色预警：快到期"),
    "alert_orange": _staff("橙色预警：临近到期，督办"),
    "alert_red": _staff("红色预警：已超期"),
    "alert_slip": _staff("督办单发给承办科室负责人", "slip number section latest link"),
    "alert_slip_returned": _staff("督办单退回重新说明", "slip number section latest link"),
    "alert_slip_soon": _staff("督办单当天到期", "slip number section link", "latest"),
    "alert_slip_late": _staff("督办单逾期未答复", "slip number section link", "latest"),
    "alert_slip_answered": _staff("督办单已答复，请办公室审核", "slip number section link", "latest"),
    "alert_notice": _staff("书面通报：超期五个工作日仍无答复", "number section link"),
    "alert_today": _staff("当日过问：今天要有人看一看", "number link"),
    "alert_parked": _staff("有留言处理出错，等待重试或人工处理", "count link"),
    "alert_undelivered": _staff("有答复未送达或无法确认是否送达"),
    "alert_attachment": _staff("有附件没能取回，请群众重发"),
    "alert_infected": _staff("有附件查出病毒，已隔离"),
    "alert_unit": _staff("交办单位到了或快到回复日期", "number unit link"),
    "alert_paused": _staff("计时暂停已久，请确认是否恢复", "number link"),
    "alert_similar": _staff("一天里多位群众写了相似的信", "count number link"),
    "alert_mention": _staff("同事在备注里 @ 了这位工作人员"),
    "alert_handover": _staff("同事把一件移交给这位工作人员"),
    "alert_claim": _staff("签收后久未办理，同事可以接手"),
    "alert_opinion": _staff("协办：被请协办、协办到期、协办意见已到"),
    "alert_returns": _staff("多次转办、退回，请办公室定办"),
    "alert_signing": _staff("轮到这位工作人员审核或签发", "number what verb link"),
    "alert_sent_back": _staff("答复或文书被退回，请拟稿人修改（意见在系统里看）", "number what link"),
    "alert_seal": _staff("文书已签发，请用印并登记", "number what link"),
    "alert_extension": _staff("有延期申请等这位工作人员审批"),
    "alert_extension_decided": _staff("延期申请有了结果", "number outcome link"),
    "alert_calendar": _staff("缺少下一年度的工作日历", "year link"),
}

#: Every outgoing text. Keys are codes of the product; the texts themselves are the profile's.
WORDING: Final[Mapping[str, WordingSpec]] = MappingProxyType(
    {"signature": _fragment("署名：每条给群众的文字的结尾", "name phone", "duty_phone")}
    | _RECEIPTS
    | _CONVERSATION
    | _GUIDES
    | _TELEGRAM
    | _CASEWORK
    | _STAFF
)

#: Fields that every text but the signature may use without the caller giving them.
HOUSE_FIELDS: Final = ("bureau", "phone", "duty_phone", "signature")
