"""The parts of a printed case file about what was decided and asked inside: tracks, consents, slips, drafts."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from handlers.casefile.gather import CaseFile
from handlers.casefile.shapes import Block, Grid, stamp
from handlers.core import Core
from handlers.deadlines.limits import UNIT_NAMES
from handlers.deadlines.local import limits_of
from handlers.people.join import HOW
from handlers.procedure.choices import ANSWERS, APPROVERS, PARTIES, STAGES
from handlers.signing.ways import DEEDS, STEPS
from handlers.supervision.slips import STATES as SLIP_STATES
from handlers.supervision.views import TURNS
from handlers.taxonomy import PETITION_PURPOSES, RESULTS, TRACK_FORMS, TRACKS
from handlers.together.opinions import STATES as OPINION_STATES
from handlers.together.opinions import bound_by_time
from handlers.writing.finding import KINDS as FINDINGS

_TRACKS: Final = {"proposed": "系统建议，待确认", "open": "进行中", "refused": "不按此途径", "ended": "已结束"}
_CONSENTS: Final = {
    "asked": "待审批", "approved": "同意", "refused": "不同意", "withdrawn": "已撤回", "lapsed": "逾期作废",
}  # fmt: skip
_FINDINGS: Final = {"open": "未决定", "kept": "保留", "changed": "已改"}
_VERSIONS: Final = {"aside": "另存，未定", "taken": "已采用", "left": "未采用", "earlier": "先前的草稿"}


def procedure_of(file: CaseFile, core: Core) -> list[Grid | Block]:
    """办理途径、审批、征求意见."""
    tables, found = file.tables, list[Grid | Block]()
    if tables["tracks"]:
        rows = [_track(file, row) for row in tables["tracks"]]
        found.append(Grid(("途径", "状态", "理由、依据的原话", "决定", "结束"), (28, 24, 52, 28, 24), rows))
    for row in tables["consents"]:
        who, until = file.people.get(row.asked_by, ""), file.people.get(row.decided_by or 0, "")
        rule = next((clock.rule for clock in tables["clocks"] if clock.id == row.clock_id), "")
        unit = UNIT_NAMES[limits_of(core.profile()).rule(rule).unit] if rule else ""
        wish = f"{who} {stamp(row.asked_at)} 申请 {rule} 延长{row.units}{unit}"
        asked = f"{wish}，报{APPROVERS.get(row.approver, row.approver)}：{row.reason}"
        decided = f"{_CONSENTS[row.state]}：{until} {stamp(row.decided_at)} {row.words}" if row.decided_at else ""
        found.append(Block(f"延期审批：{_CONSENTS[row.state]}", "\n".join(filter(None, (asked, decided)))))
    for row in tables["inquiries"]:
        party, proof = core.vault.open(row.party), core.vault.open(row.proof)
        said = f"{_day(row.answered_on)} {ANSWERS[row.answer]}" if row.answer else "还没有答复"
        days = f"{_day(row.sent_on)} 发出，{_day(row.received_on) or '未登记'} 收到；{said}。{proof}"
        found.append(Block(f"征求意见：{PARTIES.get(row.kind, row.kind)} {party}", days))
    return found


def together_of(file: CaseFile, core: Core) -> list[Grid | Block]:
    """督办单、协办、群体件、同一人."""
    found: list[Grid | Block] = []
    for slip in file.tables["slips"]:
        turns = [
            f"{stamp(turn.at)} {file.people.get(turn.officer_id, '')} {TURNS.get(turn.kind, turn.kind)}：{turn.text}"
            + (f"；措施：{turn.measures}" if turn.measures else "")
            for turn in file.tables["slip_turns"]
            if turn.slip_id == slip.id
        ]
        head = f"{stamp(slip.raised_at)} 提出，{stamp(slip.due_at)} 前答复：{slip.demand}"
        found.append(Block(f"督办单 {slip.number}（{SLIP_STATES[slip.state]}）", "\n".join([head, *turns])))
    if file.tables["opinions"]:
        names, bound = core.profile().section_names, bound_by_time(core)
        rows = [
            (
                names.get(row.section_code, row.section_code),
                stamp(row.asked_at),
                stamp(row.due_at) if bound else "",
                row.question,
                f"{OPINION_STATES[row.state]} {stamp(row.ended_at)}".strip(),
            )
            for row in file.tables["opinions"]
        ]
        found.append(Grid(("请协办科室", "时间", "要求答复", "事项", "结果"), (26, 26, 26, 52, 26), rows))
    for group in file.tables["groups"]:
        decided = f"{file.people.get(group.decided_by or 0, '')} {stamp(group.decided_at)}".strip()
        result = RESULTS.get(group.result, "")
        text = "\n".join(filter(None, (f"统一决定：{decided} {result}" if group.decision else "", group.decision)))
        found.append(Block(f"群体件 {group.id} 号：{group.title}", text))
    for row in file.tables["same_person"]:
        undone = f"；{stamp(row.undone_at)} 撤销：{core.vault.open(row.undone_why)}" if row.undone_at else ""
        how = f"{file.people.get(row.made_by, '')} {stamp(row.made_at)} {HOW.get(row.how, row.how)}"
        found.append(Block("认定为同一人的来信", f"{how}：{core.vault.open(row.reason)}{undone}"))
    return found


def drafting_of(file: CaseFile) -> list[Grid | Block]:
    """审签经过、用印、答复核对的决定和草稿版本, behind the drafts themselves."""
    found: list[Grid | Block] = []
    if file.tables["reply_steps"]:
        steps = [_signed(file, row) for row in file.tables["reply_steps"]]
        found.append(Grid(("审签步骤", "谁", "时间", "意见", "文字校验码"), (34, 24, 30, 44, 24), steps))
    if file.tables["seals"]:
        seals = [
            (row.number, file.people.get(row.officer_id, ""), stamp(row.at), f"{row.copies} 份 {row.note}".strip(),
             row.sha256[:16]) for row in file.tables["seals"]
        ]  # fmt: skip
        found.append(Grid(("用印文号", "用印人", "时间", "份数", "文件校验码"), (40, 24, 30, 38, 24), seals))
    if file.tables["findings"]:
        rows = [
            (
                FINDINGS.get(row.kind, row.kind),
                row.words,
                _FINDINGS[row.state],
                row.reason,
                f"{file.people.get(row.decided_by or 0, '')} {stamp(row.decided_at)}".strip(),
            )
            for row in file.tables["findings"]
        ]
        found.append(Grid(("核对提醒", "原文", "决定", "理由", "谁"), (24, 46, 16, 42, 28), rows))
    for row in file.tables["draft_versions"]:
        title = (
            f"草稿版本（{_VERSIONS.get(row.state, row.state)}）{file.people.get(row.officer_id, '')} {stamp(row.at)}"
        )
        found.append(Block(title, row.text))
    return found


def _signed(file: CaseFile, row: Any) -> tuple[str, str, str, str, str]:
    step = STEPS.get(row.step, "")
    what = f"第{row.round}轮 {step + ' ' if step else ''}{DEEDS[row.action]}" + ("，改了文字" if row.changed else "")
    only = "本局没有另外的人可以办这一步" if row.alone else ""
    note = "；".join(filter(None, (row.note, only)))
    return what, file.people.get(row.officer_id, ""), stamp(row.at), note, row.sha256[:16]


def _track(file: CaseFile, row: Any) -> tuple[str, str, str, str, str]:
    how = "、".join(
        filter(None, (TRACK_FORMS.get(row.track, {}).get(row.form, ""), PETITION_PURPOSES.get(row.purpose, "")))
    )
    name = TRACKS.get(row.track, row.track) + (f"（{how}）" if how else "")
    state = "\n".join(filter(None, (_TRACKS.get(row.state, row.state), STAGES.get(row.stage, ""))))
    why = "\n".join(filter(None, (row.reason, f"原话：{row.evidence}" if row.evidence else "")))
    decided = f"{file.people.get(row.decided_by or 0, '')} {stamp(row.decided_at)}".strip()
    return name, state, why, decided, "\n".join(filter(None, (stamp(row.ended_at), row.ended_why)))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
