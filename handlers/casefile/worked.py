"""The parts of a printed case file about what was done: answers, deliveries, documents, units, limits, reports."""

from __future__ import annotations

import hashlib
from typing import Final

from handlers.casefile.gather import CaseFile
from handlers.casefile.shapes import Block, Grid, split_hash, stamp
from handlers.casework.clock_lines import ClockLine
from handlers.casework.follow import CONSENTS
from handlers.casework.states import DELIVERY_STATES, DELIVERY_WAYS, REPLY_STATES
from handlers.casework.trouble import PURPOSES
from handlers.core import Core
from handlers.documents.ways import OUTCOMES, WAYS
from handlers.escalation.mandatory import WAYS as REPORT_WAYS

_DOCUMENTS: Final = {"made": "有效", "void": "作废", "erased": "已按规定删除"}


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
        title = f"（{number}）{PURPOSES.get(row.purpose, row.purpose)}　{REPLY_STATES.get(row.state, row.state)}"
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
        what = f"{PURPOSES.get(row.purpose, row.purpose)}\n{DELIVERY_WAYS.get(row.way, row.way)}"
        rows.append((what, state, stamp(row.created_at), stamp(row.finished_at), "\n".join(filter(None, proof))))
    return Grid(("内容、方式", "状态", "开始", "完成", "凭证、正文 SHA-256"), (20, 14, 28, 28, 66), rows)


def documents_of(file: CaseFile, core: Core) -> list[Grid | Block]:
    documents, services = file.tables["documents"], file.tables["services"]
    if not documents:
        return []
    rows = [
        (
            f"《{row.name}》\n{row.number}",
            stamp(row.made_at),
            file.people.get(row.made_by, ""),
            _DOCUMENTS.get(row.state, row.state) + (f"：{row.void_why}" if row.void_why else ""),
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
        also = "，也同意主动告知进展" if row.notices else ""
        consent = f"{CONSENTS.get(row.consent, row.consent)}{also}，{stamp(row.consent_at)}{ended}"
        name = f"关注人：{core.vault.open(row.name)}（{row.relation}）"
        found.append(Block(name, "\n".join(filter(None, (consent, core.vault.open(row.consent_note))))))
    return found
