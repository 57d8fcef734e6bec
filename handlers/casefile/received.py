"""The parts of a printed case file about what came in: facts, people, letters, files, and how they were understood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from handlers.casefile.gather import CaseFile
from handlers.casefile.shapes import Block, Grid, split_hash, stamp
from handlers.casework.conversation import Entry
from handlers.casework.grading import grade_name
from handlers.taxonomy import CORRECTED_NAMES, KINDS, LABEL_CODES, RATINGS, RESULTS, TOPICS

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
        ("紧急", grade_name(case.urgent, case.grade) or "否"),
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
            CORRECTED_NAMES.get(row.label, row.label),
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
