"""办理留痕 as sentences: "11月22日 9:14 张敏 转福利科：涉及高龄津贴"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import countable
from handlers.casework.attempts import result_name
from handlers.casework.history_procedure import SENTENCES as PROCEDURE
from handlers.casework.history_procedure import day as _date
from handlers.casework.history_signing import SENTENCES as SIGNING
from handlers.casework.local import moment
from handlers.casework.sensitivity import levels
from handlers.casework.states import DELIVERY_WAYS
from handlers.deadlines.limits import TO_CONFIRM
from handlers.deadlines.local import limits_of
from handlers.documents.kinds import KINDS as DOCUMENT_KINDS
from handlers.documents.ways import OUTCOMES, WAYS
from handlers.organisation.profile import Profile
from handlers.records import Case, CaseEvent, Officer
from handlers.taxonomy import KINDS, RATINGS, RESULTS, SENTIMENTS, SOURCES, TOPICS
from handlers.writing.finding import KINDS as FINDINGS


@dataclass(frozen=True, slots=True)
class Sentence:
    """One event in words. ``text`` is the whole sentence; ``is_read`` marks a mere look (folded on the page)."""

    seq: int
    at: datetime
    when: str
    who: str
    what: str
    is_read: bool

    @property
    def text(self) -> str:
        """The sentence with its moment and its person."""
        return f"{self.when} {self.who} {self.what}"


Data = Mapping[str, Any]
_Names = dict[str, Mapping[str, str]]
#: How an event names another case, wherever in its words.
_NUMBER: Final = re.compile(r"(?<!\d)\d{8}-\d{4,}(?!\d)")


def history(session: Session, profile: Profile, case_id: int, now: datetime, *, reads: bool = True) -> list[Sentence]:
    """Every event of the case as a sentence, oldest first; two queries."""
    wanted = select(CaseEvent).where(CaseEvent.case_id == case_id)
    if not reads:
        wanted = wanted.where(CaseEvent.action != "read")
    events = session.scalars(wanted.order_by(CaseEvent.seq)).all()
    people = _people(session, events)
    hidden = _hidden_numbers(session, events)
    return [_sentence(event, profile, people, hidden, now) for event in events]


def _sentence(
    event: CaseEvent, profile: Profile, people: Mapping[int, str], hidden: frozenset[str], now: datetime
) -> Sentence:
    kind, _, ident = event.actor.partition(":")
    who = people.get(int(ident), "工作人员") if kind == "officer" else {"citizen": "群众"}.get(kind, "系统")
    data = _without(event.data, hidden) if hidden else event.data
    what = _PLAIN.get(event.action, event.action)
    if words := _WORDS.get(event.action):
        what = words(data, _Told(profile, people))
    elif sentence := _OF_DATA.get(event.action):
        what = sentence(data)
    return Sentence(event.seq, event.at, moment(event.at, now), who, what, event.action == "read")


@dataclass(frozen=True, slots=True)
class _Told:
    """Codes to names, forgiving: a section that was since removed still has its history."""

    profile: Profile
    people: Mapping[int, str]

    def section(self, code: object) -> str:
        names = {section.code: section.name for section in self.profile.sections}
        return names.get(str(code), str(code)) if code else "办公室待分派"

    def sections(self, codes: Sequence[object]) -> str:
        return "、".join(self.section(code) for code in codes)

    def unit(self, data: Data) -> str:
        names = {unit.code: unit.name for unit in self.profile.units}
        return str(data.get("unit_name") or names.get(str(data.get("unit")), "有关单位"))

    def officer(self, ident: object) -> str:
        return self.people.get(int(str(ident)), "一位同事") if ident else ""

    def mark(self, data: Data) -> str:
        """待核实, where the date of a rule is said that nobody has confirmed."""
        rule = limits_of(self.profile).rules.get(str(data.get("rule")))
        return f"，{TO_CONFIRM}" if rule is not None and rule.to_confirm else ""

    def all_told(self, data: Data) -> str:
        return "、".join(self.officer(ident) for ident in data.get("told") or ()) or "值班人员"


def _without(data: Data, hidden: frozenset[str]) -> Data:
    def veil(found: re.Match[str]) -> str:
        return "另一件" if found[0] in hidden else found[0]

    return {key: _NUMBER.sub(veil, value) if isinstance(value, str) else value for key, value in data.items()}


def _people(session: Session, events: Sequence[CaseEvent]) -> dict[int, str]:
    ids = {int(e.actor.partition(":")[2]) for e in events if e.actor.startswith("officer:")}
    ids |= {int(e.data["officer"]) for e in events if e.data.get("officer")}
    ids |= {int(ident) for e in events for ident in e.data.get("told") or ()}
    if not ids:
        return {}
    return dict(session.execute(select(Officer.id, Officer.name).where(Officer.id.in_(ids))).tuples().all())


def _hidden_numbers(session: Session, events: Sequence[CaseEvent]) -> frozenset[str]:
    """Numbers of other cases that not everybody may know of: no history leads to one, whoever reads it."""
    words = (value for event in events for value in event.data.values() if isinstance(value, str))
    named = {number for text in words for number in _NUMBER.findall(text)}
    if not named:
        return frozenset()
    own = {event.case_id for event in events}
    others = select(Case.number).where(Case.number.in_(named), Case.id.not_in(own), ~countable())
    return frozenset(session.scalars(others))


def _because(data: Data, key: str = "reason") -> str:
    return f"：{data[key]}" if data.get(key) else ""


def _again(data: Data) -> str:
    return "，是重复件" if data.get("repeat") else ""


def _opened(data: Data, told: _Told) -> str:
    return f"{SOURCES.get(str(data.get('source')), '')}反映，系统收到并编号"


def _routed(data: Data, told: _Told) -> str:
    what = [_name(KINDS, data.get("kind")), _name(TOPICS, data.get("topic"))]
    read = f"理解为“{'·'.join(filter(None, what))}”，" if any(what) else ""
    rules = f"，时限 {'、'.join(data['rules'])}" if data.get("rules") else ""
    where = f"交{told.section(data['section_code'])}" if data.get("section_code") else "放入待分派"
    return f"{read}{where}{rules}" + ("，标为紧急" if data.get("urgent") else "") + _again(data)


def _assigned(data: Data, told: _Told) -> str:
    who = told.officer(data.get("officer"))
    return f"分派给{told.section(data.get('section'))}" + (f" {who}" if who else "")


def _labels(data: Data, told: _Told) -> str:
    tables: _Names = {"kind": KINDS, "topic": TOPICS, "topic_2": TOPICS, "sentiment": SENTIMENTS}
    titles = {"kind": "诉求类型", "topic": "业务类别", "topic_2": "第二类别", "sentiment": "情感", "urgent": "紧急"}
    changes = [
        f"{titles.get(name, name)}改为“{_name(tables[name], value) if name in tables else _yes(value)}”"
        for name, value in dict(data.get("labels") or {}).items()
    ]
    moved = f"，交{told.section(data.get('section'))}" if data.get("to") == "assigned" else ""
    return ("、".join(changes) or "确认了标签") + moved


def _down(data: Data, told: _Told) -> str:
    by = f"，{_date(data['return_by'])}前回复" if data.get("return_by") else ""
    return f"交{told.unit(data)}办理{by}"


def _forwarded(data: Data, told: _Told) -> str:
    number = f"，转办号 {data['outer_number']}" if data.get("outer_number") else ""
    return f"转送{told.unit(data)}{number}"


def _warned(data: Data, told: _Told) -> str:
    colour = _COLOURS.get(str(data.get("colour")), "")
    return f"时限 {data.get('rule', '')} {colour}提醒，告知{told.all_told(data)}"


def _recounted(data: Data, told: _Told) -> str:
    by = f"按{data['why']}" if data.get("why") else "按现行工作日历"
    due = _date(data["due"]) + told.mark(data)
    if data.get("before"):
        return f"时限 {data.get('rule', '')} {by}重新计算：由{_date(data['before'])}改为{due}"
    return f"时限 {data.get('rule', '')} {by}{'暂定' if data.get('provisional') else '确认'}为{due}"


def _delivery(words: str) -> Callable[[Data, _Told], str]:
    def told_words(data: Data, told: _Told) -> str:
        purposes = {"answer": "答复", "question": "补充请求", "notice": "通知", "receipt": "回执"}
        what = purposes.get(str(data.get("purpose")), "文字")
        return f"{what}{words}" + _because(data, "why")

    return told_words


def _attempt(data: Data) -> str:
    return result_name(str(data.get("way")), str(data.get("outcome")))


def _document(data: Data) -> str:
    kind = DOCUMENT_KINDS.get(str(data.get("kind")))
    return f"《{kind.name if kind else '文书'}》{data.get('number', '')}"


def _served(data: Data, told: _Told) -> str:
    how = f"{WAYS.get(str(data.get('way')), '送达')}，{OUTCOMES.get(str(data.get('outcome')), '')}"
    review = f"，可申请复查至 {_date(data['review_by'])}" if data.get("review_by") else ""
    return f"登记送达{_document(data)}：{how}{review}"


def _name(names: Mapping[str, str], code: object) -> str:
    return names.get(str(code), "") if code else ""


def _yes(value: object) -> str:
    return "是" if value else "否"


def _slip(data: Data) -> str:
    return str(data.get("number", ""))


def _late(data: Data) -> str:
    return "（已逾期）" if data.get("late") else ""


def _guarded(data: Data, told: _Told) -> str:
    level = levels()[str(data.get("level") or "")].name
    people = [(data.get("barred"), "回避"), (data.get("admitted"), "点名准许")]
    more = "".join(f"，{what} {n} 项" for n, what in people if n)
    return f"查看范围定为“{level}”{more}{_because(data)}"


def _report_settled(data: Data, told: _Told) -> str:
    if data.get("state") != "reported":
        return "核实后认为不需要强制报告，理由已记录"
    return f"登记已向{data.get('unit', '公安机关')}报告（未成年人强制报告），回执 {data.get('number', '')}"


_FORMS = {"docx": "Word 文件", "zip": "数据归档"}
_COLOURS = {"yellow": "黄色", "orange": "橙色", "red": "超期", "notice": "超期书面"}
_HOW = {"code": "本人报出核对码", "call": "电话核实", "staff": "工作人员认定"}
_DECISIONS = {"resend": "重发", "confirm_sent": "确认已送达", "give_up": "不再发送"}

_OF_DATA: Final = {**PROCEDURE, **SIGNING}

_WORDS: Final[dict[str, Callable[[Data, _Told], str]]] = {
    "opened": _opened,
    "routed": _routed,
    "understood_later": _routed,
    "assign": _assigned,
    "transfer": lambda d, t: f"转{t.section(d.get('section'))}{_because(d)}",
    "return_case": lambda d, t: (
        f"由{t.section(d.get('before'))}退回办公室{'（过了退回时限）' if d.get('late') else ''}{_because(d)}"
    ),
    "consult": lambda d, t: f"请{t.sections(d.get('sections') or [])}协办",
    "hand_over": lambda d, t: f"移交给{t.officer(d.get('officer'))}",
    "end_consult": lambda d, t: f"不再等{t.sections(d.get('sections') or [])}的协办意见{_because(d)}",
    "claim": lambda d, t: "签收" + ("（本科室没有另一位经办人，重办仍由第一次的经办人办理）" if d.get("same") else ""),
    "claim_lapsed": lambda d, t: f"{t.officer(d.get('officer'))}签收后久未办理，同科室的同事可以接手",
    "note": lambda d, t: f"写了备注，提醒了{t.all_told(d)}" if d.get("told") else "写了备注",
    "mark_repeat": lambda d, t: f"标为 {d.get('of', '')} 的重复件",
    "join_people": lambda d, t: f"认定与 {d.get('other_number', '')} 是同一位群众（{_HOW.get(str(d.get('how')), '')}）",
    "part_people": lambda d, t: f"撤销与 {d.get('other_number', '')} 同一人的认定",
    "group_joined": lambda d, t: f"列入群体件 {d.get('group', '')} 号",
    "group_left": lambda d, t: f"移出群体件 {d.get('group', '')} 号{_because(d)}",
    "group_represents": lambda d, t: f"{'定为' if d.get('on') else '不再是'}群体件 {d.get('group', '')} 号的代表",
    "group_answered": lambda d, t: f"按群体件 {d.get('group', '')} 号的统一决定答复",
    "give_opinion": lambda d, t: f"{t.section(d.get('section'))}答复协办意见",
    "assign_down": _down,
    "forward": _forwarded,
    "unit_result": lambda d, t: f"登记{t.unit(d)}的办理结果",
    "record_delivery": lambda d, t: f"登记答复已{DELIVERY_WAYS.get(str(d.get('way')), '告知')}",
    "record_attempt": lambda d, t: f"登记{DELIVERY_WAYS.get(str(d.get('way')), '告知')}：{_attempt(d)}",
    "redraft": lambda d, t: f"收回答复重拟{_because(d)}",
    "serve_notice": lambda d, t: f"登记书面告知（{d.get('rule', '')}）{_because(d, 'proof')}",
    "close": lambda d, t: f"办结：{_name(RESULTS, d.get('result'))}",
    "settle": lambda d, t: f"重办期满，自动办结：{_name(RESULTS, d.get('result'))}",
    "not_accept": lambda d, t: "不予受理，理由已告知",
    "reopen": lambda d, t: f"重办{_because(d)}",
    "correct_labels": _labels,
    "mark_urgent": lambda d, t: "标为紧急" if d.get("urgent") else "取消紧急",
    "guard": _guarded,
    "report_settled": _report_settled,
    "make_casefile": lambda d, t: (
        f"制作卷宗 {d.get('number', '')}（{_name(_FORMS, d.get('form'))}）{_because(d, 'why')}"
    ),
    "add_follower": lambda d, t: f"经本人同意，增加关注人（{d.get('relation') or '未写明关系'}）",
    "hand_report": lambda d, t: f"改由{t.officer(d.get('officer'))}受理举报",
    "split_message": lambda d, t: f"把另一件事拆为 {d.get('into', '')}",
    "split_opened": lambda d, t: f"由 {d.get('from_number', '')} 拆出",
    "move_message": lambda d, t: f"把一条留言移到 {d.get('into', '')}",
    "message_moved_in": lambda d, t: f"从 {d.get('from_number', '')} 移来一条留言",
    "merge": lambda d, t: f"并入 {d.get('into', '')}",
    "merged_in": lambda d, t: f"{d.get('from_number', '')} 并入本件",
    "undo_merge": lambda d, t: f"撤销并入 {d.get('into', '')}",
    "merge_undone": lambda d, t: f"{d.get('from_number', '')} 不再并入本件",
    "rate": lambda d, t: f"评价：{_name(RATINGS, d.get('rating'))}",
    "clock_recounted": _recounted,
    "clock_alert": _warned,
    "slip_raised": lambda d, t: f"发出督办单 {_slip(d)}，请{t.section(d.get('section'))} {_date(d['due'])}前答复",
    "slip_urged": lambda d, t: f"再次督办 {_slip(d)}",
    "slip_answered": lambda d, t: f"{t.section(d.get('section'))}答复督办单 {_slip(d)}" + _late(d),
    "slip_returned": lambda d, t: f"退回督办答复 {_slip(d)}，请重新说明",
    "slip_accepted": lambda d, t: f"督办单 {_slip(d)} 了结",
    "slip_withdrawn": lambda d, t: f"撤回督办单 {_slip(d)}",
    "slip_noticed": lambda d, t: f"书面通报 {_slip(d)}：{t.section(d.get('section'))}超期五个工作日没有答复和说明",
    "slip_recounted": lambda d, t: f"督办单 {_slip(d)} 的答复期限由{_date(d['before'])}改为{_date(d['due'])}",
    "duty_called": lambda d, t: f"第 {d.get('turn', 1)} 次呼叫：{t.all_told(d)}",
    "reminded": lambda d, t: f"提醒了{t.all_told(d)}",
    "delivered": _delivery("已送达"),
    "delivery_failed": _delivery("没有送达"),
    "delivery_unknown": _delivery("是否送达不明，待人工判断"),
    "delivery_again": _delivery("群众再次来信，重新发送"),
    "guide_sent": lambda d, t: f"自动发送办事指南《{d.get('item', '')}》，等来信人确认是否解决",
    "keep_finding": lambda d, t: f"核对答复：保留“{_name(FINDINGS, d.get('kind'))}”{_because(d)}",
    "change_finding": lambda d, t: f"核对答复：改了“{_name(FINDINGS, d.get('kind'))}”",
    "make_document": lambda d, t: f"制作{_document(d)}",
    "void_document": lambda d, t: f"作废{_document(d)}{_because(d)}",
    "serve_document": _served,
    "decide_delivery": lambda d, t: f"处理送达：{_DECISIONS.get(str(d.get('decision')), '')}{_because(d, 'why')}",
}

_PLAIN: Final[dict[str, str]] = {
    "read": "查看了这件诉求",
    "release": "放回待签收",
    "restricted": "按举报限制查看，只交举报受理人",
    "parked": "处理出错，放入待分派，系统会重试",
    "followed_up": "又来信",
    "supplement": "又来信",
    "ask_citizen": "请群众补充",
    "unmark_repeat": "取消了重复件的标记",
    "supervise": "督办",
    "dispatch_report": "举报分办",
    "citizen_reopen": "不满意，要求重办",
    "withdraw": "撤回了这件诉求",
    "alert_acknowledged": "确认了提醒",
    "asked_person": "要求人工答复",
    "confirm_guide": "办事指南答复，来信人确认解决",
    "file_infected": "有附件查出病毒，已隔离",
    "file_original": "取走了附件原件（含拍摄信息）",
    "settle_draft": "处理了草稿的另一个版本",
    "erase": "按保存期限删除了数据",
    "report_due": "可能涉及未成年人受侵害，须立即向公安机关报告",
    "drop_follower": "停止了他人关注",
}

#: Every action that has its sentence.
SPOKEN: Final = frozenset(_WORDS) | frozenset(_PLAIN) | frozenset(_OF_DATA)
