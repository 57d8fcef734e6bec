"""THE table of statutory documents (文书): what each is for, who may make it, which fields it asks, what it fulfils."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Entry = Literal["line", "text", "day"]
Served = Literal["citizen", "body"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of the form. ``day`` fields are local dates; ``fact`` names where its first value comes from.

    Optional fields may be empty, so a template may use them only inside ``[[…]]``.
    """

    name: str
    label: str
    entry: Entry = "line"
    required: bool = True
    hint: str = ""
    longest: int = 200
    fact: str = ""
    remembered: bool = False  # without a fact, what was last written in this kind of document


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind. ``makers`` are relations to the case; ``meets`` the limits that its proven service meets."""

    code: str
    name: str
    purpose: str
    fields: tuple[FieldSpec, ...]
    served: Served = "citizen"
    makers: frozenset[str] = frozenset({"claimer", "section", "head", "office", "recipient"})
    meets: tuple[str, ...] = ()
    source: str = ""

    def field(self, name: str) -> FieldSpec | None:
        """Return the field of that name, if the kind has it."""
        return next((field for field in self.fields if field.name == name), None)


def _line(name: str, label: str, hint: str = "", *, required: bool = True, **more: str | bool) -> FieldSpec:
    return FieldSpec(name, label, "line", required, hint, 200, str(more.get("fact", "")), bool(more.get("remembered")))


def _text(name: str, label: str, hint: str = "", *, required: bool = True, fact: str = "") -> FieldSpec:
    return FieldSpec(name, label, "text", required, hint, 5000, fact)


def _day(name: str, label: str, hint: str = "", *, required: bool = True, fact: str = "") -> FieldSpec:
    return FieldSpec(name, label, "day", required, hint, 10, fact)


_DATED = _day("day", "成文日期", "签发的日期，不得晚于今天", fact="today")
_PETITIONER = _line("petitioner", "信访人", "姓名或名称；公文抬头用")
_RECEIVED = _day("received", "收到日期")
_ACCEPTED = _day("accepted", "受理日期", fact="today")
_MATTER = _line("matter", "信访事项", "一句话写明反映的是什么事")
_CONTACT = (
    _line("contact", "联系人", required=False),
    _line("contact_phone", "联系电话", required=False),
)
_END = (_DATED, *_CONTACT)
_SUMMARY = _text("summary", "诉求摘要", "对方据此办理；要求保密或举报的不写姓名", required=False)
_SENIOR = frozenset({"claimer", "head", "office", "recipient"})
#: The statutory notices of receipt and acceptance: 15 days where received directly or passed on by others.
_TOLD = ("XF-01", "XF-02")

_KINDS: Final = (
    DocumentKind(
        "procedure_notice", "程序性告知书", "收到信访后告知收到情况、办理途径和程序",
        (
            _PETITIONER, _RECEIVED, _MATTER,
            _text("route", "办理途径和程序", "由谁办、按什么程序办；属于其他机关的写明应向哪个机关提出", fact="route"),
            *_END,
        ),
        meets=_TOLD, source="《信访工作条例》第二十三条",
    ),
    DocumentKind(
        "acceptance_notice", "受理告知书", "告知信访事项已经受理和办理期限",
        (
            _PETITIONER, _RECEIVED, _MATTER, _ACCEPTED, _line("section", "承办科室"),
            _day("due", "办理期限", "最迟在哪一天作出处理意见", fact="opinion_due"), *_END,
        ),
        meets=(*_TOLD, "XF-11a"), source="《信访工作条例》第二十三条、第三十四条",
    ),
    DocumentKind(
        "refusal_notice", "不予受理告知书", "告知不予受理、理由和应当去的地方",
        (
            _PETITIONER, _RECEIVED, _MATTER,
            _text("reason", "不予受理的理由", "写明事实，让人看得懂", fact="refusal"),
            _line("basis", "依据", "法规名称和条、款、项", remembered=True),
            _text("way_out", "应当通过的途径", "向哪个机关、用什么途径提出，有无期限"), *_END,
        ),
        makers=_SENIOR, meets=_TOLD, source="《信访工作条例》",
    ),
    DocumentKind(
        "no_more_notice", "不再受理告知书", "复核之后以同一事实和理由再次提出的，告知不再受理",
        (
            _PETITIONER, _RECEIVED, _MATTER,
            _text("opinions", "已作出的意见", "处理意见、复查意见、复核意见的机关、文号、日期"), *_END,
        ),
        makers=_SENIOR, meets=_TOLD, source="《信访工作条例》第三十六条",
    ),
    DocumentKind(
        "transfer_letter", "转送函", "把信访材料转送有权处理的机关、单位",
        (
            _line("unit", "转送单位", fact="forward_unit"), _RECEIVED, _MATTER, _SUMMARY,
            _text("demand", "办理要求", required=False, fact="forward_demand"),
            _line("attached", "附件", "如：信访材料复印件 3 页", required=False), *_END,
        ),
        served="body", source="《信访工作条例》第二十三条",
    ),
    DocumentKind(
        "assign_letter", "交办函", "交下级或直属单位办理并限期报告结果",
        (
            _line("unit", "交办单位", fact="assign_unit"), _RECEIVED, _MATTER, _SUMMARY,
            _text("demand", "办理要求", fact="assign_demand"),
            _day("return_by", "报告结果的期限", fact="return_by"),
            _line("attached", "附件", "如：信访材料复印件 3 页", required=False), *_END,
        ),
        served="body", source="《信访工作条例》第二十三条",
    ),
    DocumentKind(
        "objection_letter", "退回异议函", "转来但不属于本局的，向转送机关提出异议",
        (
            _line("sender", "转送机关", "把这件转给我局的机关"), _RECEIVED,
            _line("outer_number", "转送文号或编号", required=False), _MATTER,
            _text("reason", "异议理由", "详细说明为什么不属于本局职权范围"),
            _line("proper", "建议的承办机关", required=False),
            _line("attached", "退还的材料", "如：原转送材料全部", required=False), *_END,
        ),
        served="body", makers=_SENIOR, meets=("XF-03",), source="《信访工作条例》第二十三条",
    ),
    DocumentKind(
        "correction_notice", "补正告知书", "信息公开申请内容不明确的，一次性告知补正",
        (
            _line("petitioner", "申请人", "姓名或名称；公文抬头用"), _RECEIVED,
            _line("matter", "申请公开的内容"),
            _text("missing", "需要补正的内容", "一次写全：缺什么、怎样写才明确"),
            _day("correct_by", "补正期限", "给申请人合理的时间", fact="in_ten_workdays"), *_END,
        ),
        meets=("GK-03",), source="《政府信息公开条例》第三十条",
    ),
    DocumentKind(
        "inquiry_letter", "征求意见书", "公开可能损害第三方权益，或由几个机关共同制作的，书面征求意见",
        (
            _line("unit", "征求谁的意见", "第三方或共同制作机关的名称"), _RECEIVED,
            _line("matter", "申请公开的内容", "不写申请人是谁"),
            _text("demand", "请对方说明什么", "是否同意公开；不同意的，理由和依据"),
            _line("attached", "附件", "如：拟公开信息复印件 3 页", required=False), *_END,
        ),
        served="body", source="《政府信息公开条例》第三十二条、第三十四条",
    ),
    DocumentKind(
        "disclosure_answer", "政府信息公开申请答复书", "答复信息公开申请：公开、不公开、不存在或者不属于本局",
        (
            _line("petitioner", "申请人", "姓名或名称；公文抬头用"),
            _day("received", "收到申请日期", "双方确认之日", fact="confirmed"),
            _line("matter", "申请公开的内容"),
            _text("opinion", "答复内容", "公开的写明怎样取得；不公开、部分公开的写明理由", fact="answer"),
            _text("basis", "法律法规依据", "名称和条、款、项"),
            _line("review_organ", "复议机关", "本级人民政府全称", remembered=True),
            _line("court", "起诉的人民法院", "有管辖权的人民法院全称", remembered=True), *_END,
        ),
        makers=_SENIOR, meets=("GK-01",), source="《政府信息公开条例》第三十三条、第三十六条",
    ),
    DocumentKind(
        "extension_notice", "延期告知书", "到期前告知延长办理期限和理由",
        (
            _PETITIONER, _RECEIVED, _line("matter", "事项"),
            _day("old_due", "原定期限", fact="old_due"), _day("new_due", "延长至", fact="new_due"),
            _text("reason", "延期理由", fact="extension_reason"),
            _line("basis", "依据", "法规名称和条款", fact="extension_basis"), *_END,
        ),
        makers=_SENIOR, source="《信访工作条例》第三十四条、《政府信息公开条例》第三十三条",
    ),
    DocumentKind(
        "opinion", "信访事项处理意见书", "申诉求决事项的书面处理意见，写明复查权利",
        (
            _PETITIONER, _line("address", "住址", required=False), _RECEIVED, _ACCEPTED, _MATTER,
            _text("request", "投诉请求", "信访人要求什么", fact="request"),
            _text("facts", "事实和理由", "信访人陈述的和我局查明的"),
            _text("opinion", "处理意见", "支持、解释说明或者不予支持，具体怎么办", fact="answer"),
            _text("basis", "法律法规依据", "名称和条、款、项"),
            _line("review_organ", "复查机关", "本局的上一级机关全称，如本级人民政府或上一级民政部门", remembered=True),
            *_END,
        ),
        makers=_SENIOR, meets=("XF-05", "XF-11b"), source="《信访工作条例》第三十二条、第三十四条、第三十五条",
    ),
    DocumentKind(
        "supervision_slip", "督办单", "对逾期、推诿、敷衍的，限期说明和办结",
        (
            _line("section", "责任科室"), _RECEIVED, _line("matter", "督办事项"),
            _line("limit", "办理时限", required=False, fact="limit"),
            _text("demand", "督办要求", "查明什么、做到什么", fact="supervision"),
            _day("reply_by", "回复期限", fact="in_two_workdays"), _DATED,
            _line("contact", "督办人"), _line("contact_phone", "联系电话", required=False),
        ),
        served="body", makers=frozenset({"office", "leader", "recipient"}), source="本局督办制度",
    ),
    DocumentKind(
        "supervision_notice", "督办通报", "超期五个工作日没有答复和说明的，书面通报承办科室",
        (
            _line("section", "责任科室"), _line("matter", "督办事项"),
            _line("limit", "办理时限", required=False, fact="limit"), _line("slip_number", "督办单文号"),
            _day("noticed", "超期满五个工作日的日期", fact="today"),
            _text("remark", "另外要求", required=False), *_END,
        ),
        served="body", makers=frozenset({"office", "leader"}), source="本局督办制度",
    ),
    DocumentKind(
        "service_receipt", "送达回证", "送达文书的凭证，由受送达人签收",
        (
            _line("served_name", "送达文书名称", fact="served_name"),
            _line("served_number", "文书文号", fact="served_number"),
            _line("recipient", "受送达人", fact="recipient"), _line("address", "送达地点", fact="served_address"),
            _line("way", "送达方式", "直接、留置、邮寄、委托或电子送达", fact="way"), _DATED,
            _line("contact", "送达人", required=False),
        ),
        served="body", source="《信访工作条例》第二十三条、第三十五条",
    ),
)  # fmt: skip

#: Every kind by code, in the order of the procedure.
KINDS: Final[Mapping[str, DocumentKind]] = MappingProxyType({kind.code: kind for kind in _KINDS})
#: The receipt that proves service is made for another document and is never served itself.
RECEIPT: Final = "service_receipt"

#: Fields that every template may use without anybody giving them.
HOUSE_FIELDS: Final = ("bureau", "short_name", "bureau_phone", "bureau_address", "case_number", "document_number")
