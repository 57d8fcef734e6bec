"""Which parts a printed case file has, in which order, and its cover; its layout is elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from handlers.casefile.dealings import drafting_of, procedure_of, together_of
from handlers.casefile.gather import CaseFile
from handlers.casefile.received import attachments_of, contacts_of, entry_of, facts_of, labels_of
from handlers.casefile.shapes import Block, Grid, Part, split_hash, stamp
from handlers.casefile.worked import clock_of, deliveries_of, documents_of, others_of, referrals_of, replies_of
from handlers.casework.guard import level_name
from handlers.casework.states import state_name
from handlers.core import Core
from handlers.taxonomy import RESULTS, TRACKS

_NOTES: Final = {"note": "备注", "supervision": "督办", "consult": "请协办", "opinion": "协办意见", "handover": "交接"}
_TOGETHER: Final = ("slips", "opinions", "groups", "same_person")


def cover_rows(file: CaseFile) -> list[tuple[str, str]]:
    """What the cover says."""
    case, line = file.case, file.page.line
    return [
        ("受理编号", file.number + (f"（原编号 {case.outer_number}）" if case.outer_number else "")),
        ("事由", line.subject),
        ("来源", f"{line.source}，{stamp(case.received_at)} 收到"),
        ("办理途径", TRACKS.get(case.track, case.track)),
        ("承办", " ".join(filter(None, (line.section or "未定科室", line.officer)))),
        ("状态", state_name(case.state) + (f"，{RESULTS[case.result]}" if case.result in RESULTS else "")),
        ("查看范围", level_name(case)),
        ("制作", f"{file.made_by}，{stamp(file.made_at)}"),
        ("用途", file.why),
    ]


def parts(file: CaseFile, core: Core) -> list[Part]:
    """Every part in its order; an empty one is there, too, so that nobody wonders whether it was left out."""
    page, tables = file.page, file.tables
    reads = [one for one in page.history if one.is_read]
    acts = [one for one in page.history if not one.is_read]
    texts = [entry_of(number, entry) for number, entry in enumerate(page.conversation, 1)]
    return [
        _part("基本情况", [facts_of(file)], ""),
        _part("反映人和当事人", [contacts_of(file)] if page.contacts else [], len(page.contacts)),
        _part("来信与答复原文", texts, len(texts)),
        _part(
            "附件", [attachments_of(tables["attachments"])] if tables["attachments"] else [], len(tables["attachments"])
        ),
        _part("系统的理解和改正", labels_of(file), len(tables["corrections"])),
        _part("拟稿、审核、签发", [*replies_of(file), *drafting_of(file)], len(tables["replies"])),
        _part("送达", [deliveries_of(file, core)] if tables["deliveries"] else [], len(tables["deliveries"])),
        _part("文书", documents_of(file, core), len(tables["documents"])),
        _part("交办、转送", [referrals_of(file)] if page.referrals else [], len(page.referrals)),
        _part("时限", [clock_of(clock) for clock in page.clocks], len(page.clocks)),
        _counted("办理途径、审批、征求意见", procedure_of(file, core), tables, ("tracks", "consents", "inquiries")),
        _counted("督办单、协办、群体件、同一人", together_of(file, core), tables, _TOGETHER),
        _part("办理留痕", [_said(acts)], len(acts)),
        _part("内部备注（内部，不对外提供）", [_notes(file)] if page.notes else [], len(page.notes)),
        _part("强制报告、他人关注", others_of(file, core), len(tables["mandatory_reports"]) + len(tables["followers"])),
        _part("查看记录（内部，不对外提供）", [_said(reads)] if reads else [], len(reads)),
        _part("校验", [Block("", _seal(file))], ""),
    ]


def _part(title: str, content: Sequence[Grid | Block], count: int | str) -> Part:
    return Part(title, content, str(count) if count != "" else "")


def _counted(title: str, content: Sequence[Grid | Block], tables: dict[str, list[Any]], names: Sequence[str]) -> Part:
    return _part(title, content, sum(len(tables[name]) for name in names))


def _said(sentences: Sequence[Any]) -> Grid:
    rows = [(str(one.seq), stamp(one.at), one.who, one.what) for one in sentences]
    return Grid(("序号", "时间", "谁", "做了什么"), (14, 38, 24, 80), rows)


def _notes(file: CaseFile) -> Grid:
    rows = [(stamp(note.at), note.who, _NOTES.get(note.kind, note.kind), note.text) for note in file.page.notes]
    return Grid(("时间", "谁", "种类", "内容"), (38, 22, 20, 76), rows)


def _seal(file: CaseFile) -> str:
    return (
        f"本卷宗收入办理留痕至第 {file.last_seq} 条，该条校验值（HMAC-SHA-256）：\n{split_hash(file.head)}\n"
        "本卷宗的制作已作为下一条留痕记入本件，其中有本文件的 SHA-256。"
        "核对办法：在系统上运行 huiying audit verify，再与当日导出的锚点比对。"
    )
