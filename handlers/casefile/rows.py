"""The parts of a printed case file that are made row by row from the database, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from handlers.casefile.gather import CaseFile
from handlers.casefile.shapes import Block, Grid, split_hash, stamp
from handlers.casework.clock_lines import ClockLine
from handlers.casework.conversation import Entry
from handlers.casework.follow import CONSENTS
from handlers.casework.states import DELIVERY_STATES, DELIVERY_WAYS, REPLY_STATES
from handlers.core import Core
from handlers.documents.ways import OUTCOMES, WAYS
from handlers.escalation.mandatory import WAYS as REPORT_WAYS
from handlers.taxonomy import KINDS, LABEL_CODES, LABEL_NAMES, RATINGS, RESULTS, TOPICS

_PURPOSES: Final = {"answer": "答复", "question": "请补充", "notice": "通知", "receipt": "受理回执"}
_FILES: Final = {
    "stored": "已存",
    "pending": "正在取回",
    "failed": "没有取到",
    "refused": "类型或大小不允许",
    "erased": "已按规定删除",
}
_ROLES: Final = {"writer": "反映人", "affected": "当事人"}


def facts_of(file: CaseFile) -> Grid:
    case = file.case
    rows = [
        ("诉求类型", KINDS.get(case.kind or "", "未判断")),
        ("业务类别", "、".join(TOPICS[code] for code in (case.topic, case.topic_2) if code in TOPICS) or "未判断"),
        ("紧急", "是" if case.urgent else "否"),
        ("旗县区、地点", " ".join(filter(None, (case.district, case.place)))),
        ("途径的理由", case.track_reason),
        ("要求保密", "是" if case.confidential else "否"),
        ("答复时间", stamp(case.answered_at)),
        ("办结时间", stamp(case.closed_at)),
        ("办理结果", " ".join(filter(None, (RESULTS.get(case.result, ""), case.result_evidence)))),
        ("群众评价", " ".join(filter(None, (RATINGS.get(case.rating, ""), case.rating_words)))),
        ("相关的件", "、".join(other.number for other in file.page.related)),
    ]
    return Grid((), (34, 122), [row for row in rows if row[1]])


def contacts_of(file: CaseFile) -> Grid:
    rows = [
        (
            _ROLES.get(one.role, one.role) + (f"（{one.relation}）" if one.relation else ""),
            one.name,
            one.phone,
            one.address,
            one.identity_number,
        )
        for one in file.page.contacts
    ]
    return Grid(("身份", "姓名", "电话", "地址", "身份证号"), (24, 22, 30, 46, 34), rows)


def entry_of(number: int, entry: Entry) -> Block:
    who = "群众" if entry.side == "citizen" else f"本局 {entry.who}"
    title = f"（{number}）{stamp(entry.at)}　{who}　{entry.what}"
    title += f"　来自 {entry.from_number}" if entry.from_number else ""
    attached = [f"〔附件：{file.filename or file.kind}，见附件清单 {file.id}〕" for file in entry.attachments]
    arrived = [f"〔{entry.arrived}〕"] if entry.arrived else []
    return Block(title, "\n".join([entry.text or "（没有文字）", *attached, *arrived]))


def attachments_of(rows: Sequence[Any]) -> Grid:
    cells = [
        (
            str(row.id),
            row.filename or row.kind,
            f"{row.size:,} 字节" if row.size else "",
            _FILES.get(row.state, row.state),
            split_hash(row.sha256),
        )
        for row in rows
    ]
    return Grid(("编号", "文件名", "大小", "状态", "SHA-256"), (12, 40, 22, 16, 66), cells)


def labels_of(file: CaseFile) -> list[Grid | Block]:
    rows = [
        (label.title, label.name, label.said, "、".join(dict.fromkeys(words for _, _, words in label.evidence)))
        for label in file.page.labels
        if label.code or label.label != "topic_2"
    ]
    found: list[Grid | Block] = [Grid(("标签", "现在", "系统当时", "依据的词"), (24, 44, 36, 52), rows)]
    if file.page.model:
        found.append(Block("", f"判断方法：{file.page.model}"))
    corrected = [
        (
            stamp(row.at),
            file.people.get(row.officer_id, ""),
            LABEL_NAMES.get(row.label, row.label),
            _label(row.label, row.said),
            _label(row.label, row.right),
        )
        for row in file.tables["corrections"]
    ]
    if corrected:
        found.append(Grid(("时间", "谁", "标签", "原来", "改为"), (38, 22, 24, 36, 36), corrected))
    return found


def _label(label: str, code: str | None) -> str:
    return LABEL_CODES.get(label, {}).get(code or "", code or "无")


def replies_of(file: CaseFile) -> list[Grid | Block]:
    found: list[Grid | Block] = []
    for number, row in enumerate(file.tables["replies"], 1):
        steps = [
            f"{verb}：{file.people.get(who or 0, '')} {stamp(at)}"
            for verb, who, at in (
                ("拟稿", row.drafted_by, row.drafted_at),
                ("审核", row.reviewed_by, row.reviewed_at),
                ("签发", row.issued_by, row.issued_at),
            )
            if at
        ]
        title = f"（{number}）{_PURPOSES.get(row.purpose, row.purpose)}　{REPLY_STATES.get(row.state, row.state)}"
        digest = row.sha256 or hashlib.sha256(row.text.encode()).hexdigest()
        note = [f"审核意见：{row.review_note}"] if row.review_note else []
        bound = "全文 SHA-256" + ("：" if row.sha256 else "（草稿，未签发）：") + f"\n{split_hash(digest)}"
        found.append(Block(title, "\n".join([*steps, *note, bound, row.text])))
    return found


def deliveries_of(file: CaseFile, core: Core) -> Grid:
    rows = []
    for row in file.tables["deliveries"]:
        told = core.vault.open(row.told_whom)
        proof = [row.proof, f"告知：{told}" if told else "", row.error, split_hash(row.sha256)]
        state = DELIVERY_STATES.get(row.state, row.state)
        what = f"{_PURPOSES.get(row.purpose, row.purpose)}\n{DELIVERY_WAYS.get(row.way, row.way)}"
        rows.append((what, state, stamp(row.created_at), stamp(row.finished_at), "\n".join(filter(None, proof))))
    return Grid(("内容、方式", "状态", "开始", "完成", "凭证、正文 SHA-256"), (20, 14, 28, 28, 66), rows)


def documents_of(file: CaseFile, core: Core) -> list[Grid | Block]:
    documents, services = file.tables["documents"], file.tables["services"]
    if not documents:
        return []
    states = {"made": "有效", "void": "作废", "erased": "已按规定删除"}
    rows = [
        (
            f"《{row.name}》\n{row.number}",
            stamp(row.made_at),
            file.people.get(row.made_by, ""),
            states.get(row.state, row.state) + (f"：{row.void_why}" if row.void_why else ""),
            split_hash(row.sha256),
        )
        for row in documents
    ]
    found: list[Grid | Block] = [
        Grid(("文书、文号", "制作时间", "制作人", "状态", "SHA-256"), (34, 24, 16, 16, 66), rows)
    ]
    names, opened = {row.id: row.number for row in documents}, core.vault.open
    served = [
        (
            names.get(row.document_id, ""),
            stamp(row.at),
            WAYS.get(row.way, row.way),
            OUTCOMES.get(row.outcome, row.outcome),
            "\n".join(filter(None, (opened(row.receiver), opened(row.witness), opened(row.proof)))),
        )
        for row in services
    ]
    if served:
        found.append(Grid(("文号", "送达时间", "方式", "结果", "收件人、见证人、凭证"), (36, 30, 22, 22, 46), served))
    return found


def referrals_of(file: CaseFile) -> Grid:
    rows = [
        (
            one.unit,
            "交办" if one.way == "assign_down" else "转送",
            stamp(one.created_at),
            stamp(one.return_by),
            one.demand,
            one.result,
        )
        for one in file.page.referrals
    ]
    return Grid(("单位", "方式", "时间", "要求回复", "要求", "结果"), (28, 12, 26, 26, 32, 32), rows)


def clock_of(clock: ClockLine) -> Block:
    marks = [
        clock.state_words,
        clock.extended,
        "暂定" if clock.clock.provisional else "",
        "按来件平台期限" if clock.outer else "",
    ]
    title = f"{clock.rule.code} {clock.rule.name}（{'、'.join(filter(None, marks))}）"
    ends = f"自 {stamp(clock.clock.started_at)} 起，最迟 {clock.ends}。{clock.why}"
    return Block(title, "\n".join(filter(None, (ends, clock.paused, clock.ended, f"依据：{clock.rule.source}"))))


def others_of(file: CaseFile, core: Core) -> list[Grid | Block]:
    found: list[Grid | Block] = []
    for row in file.tables["mandatory_reports"]:
        told = core.vault.open(row.told)
        if row.state == "reported":
            way = REPORT_WAYS.get(row.way, row.way)
            what = f"{stamp(row.reported_at)} {way}，向{row.police_unit}报告，回执 {row.receipt_number}。"
        else:
            what = "核实后不需要报告。" if row.state == "dismissed" else "尚未报告。"
        by = f"登记：{file.people.get(row.settled_by or 0, '')} {stamp(row.settled_at)}" if row.settled_at else ""
        title = f"未成年人强制报告：{row.why}（{stamp(row.opened_at)} 提出）"
        found.append(Block(title, "\n".join(filter(None, (what, told, by)))))
    for row in file.tables["followers"]:
        ended = f"，{stamp(row.withdrawn_at)} 停止" if row.withdrawn_at else ""
        consent = f"{CONSENTS.get(row.consent, row.consent)}，{stamp(row.consent_at)}{ended}"
        name = f"关注人：{core.vault.open(row.name)}（{row.relation}）"
        found.append(Block(name, "\n".join(filter(None, (consent, core.vault.open(row.consent_note))))))
    return found
