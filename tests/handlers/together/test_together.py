"""Several officers at one case: who is there, what lies, who is told, whose opinion is waited for, who settles it."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.attachments.store import AttachmentStore
from handlers.casefile.archive import write_archive
from handlers.casefile.gather import gather
from handlers.casework import timing
from handlers.casework.answer import answer, save_draft
from handlers.casework.assign import assign, return_case, transfer
from handlers.casework.claim import claim
from handlers.casework.consult import consult, end_consult, give_opinion
from handlers.casework.hand_over import hand_over
from handlers.casework.history import history
from handlers.casework.oversee import note
from handlers.casework.page import case_page
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.errors import InvalidInput, MoveNotAllowed, NotAllowed
from handlers.organisation.profile import LimitOverride
from handlers.records import Absence, Alert, Case, Clock, Note, OpinionRequest, Presence, Reply
from handlers.together import presence
from handlers.together.opinions import opinions
from tests.handlers.casework.conftest import Bureau, OpenCase


def told(session: Session, kind: str) -> list[int]:
    return [ident for alert in session.scalars(select(Alert).where(Alert.kind == kind)) for ident in alert.recipients]


def said(session: Session, core: Core, case: Case, now: datetime) -> str:
    return "\n".join(one.what for one in history(session, core.profile(), case.id, now))


def test_colleagues_are_seen_while_they_are_there_and_never_oneself(
    session: Session, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    presence.arrive(session, bureau.zhang, case.id, now)
    presence.stays(session, bureau.li, case.id, now, writing=True)
    presence.arrive(session, bureau.head, case.id, now)
    here = presence.others(session, bureau.zhang, case.id, now)
    assert presence.in_words(here) == "李强 正在写答复；何丽 也在看"
    presence.leave(session, bureau.head, case.id)
    later = now + timedelta(seconds=41)
    assert presence.others(session, bureau.zhang, case.id, later) == []
    presence.arrive(session, bureau.head, case.id, later)
    kept = set(session.scalars(select(Presence.officer_id)))
    assert bureau.li.officer_id not in kept


def test_an_open_page_is_written_down_only_now_and_then(
    session: Session, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    presence.stays(session, bureau.li, case.id, now, writing=False)
    soon, late = now + timedelta(seconds=5), now + timedelta(seconds=25)
    assert not presence.needs_writing(session, bureau.li, case.id, soon, writing=False)
    assert presence.needs_writing(session, bureau.li, case.id, soon, writing=True)
    assert presence.needs_writing(session, bureau.li, case.id, late, writing=False)


def test_a_claim_runs_in_working_hours(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    friday = now + timedelta(days=4, hours=8)  # 17:14, after the week's last claim could run out
    claim(session, core, bureau.zhang, case.id, case.version, friday)
    assert case.claim_until is not None
    assert case.claim_until - friday > timedelta(days=2)


def test_a_case_is_handed_over_with_a_note_and_nothing_else_moves(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    save_draft(session, core, bureau.zhang, case.id, case.version, "写到一半", now)
    due, state = case.next_due_at, case.state
    with pytest.raises(InvalidInput, match="交接说明"):
        hand_over(
            session, core, bureau.zhang, case.id, case.version, officer_id=bureau.li.officer_id, text=" ", now=now
        )
    with pytest.raises(InvalidInput, match="在岗"):
        hand_over(
            session, core, bureau.zhang, case.id, case.version, officer_id=bureau.finance.officer_id, text="请接手",
            now=now,
        )  # fmt: skip
    hand_over(
        session, core, bureau.zhang, case.id, case.version, officer_id=bureau.li.officer_id, text="已问过街道，等回话",
        now=now,
    )  # fmt: skip
    assert (case.officer_id, case.state, case.next_due_at) == (bureau.li.officer_id, state, due)
    assert told(session, "handover") == [bureau.li.officer_id]
    assert "移交给李强" in said(session, core, case, now)
    answer(session, core, bureau.li, case.id, case.version, "您好，带身份证办理。", now=now)
    with pytest.raises(NotAllowed):
        answer(session, core, bureau.zhang, case.id, case.version, "另一份", now=now)


def test_the_lead_waits_for_every_section_and_sees_what_each_said(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    consult(
        session, core, bureau.zhang, case.id, case.version,
        sections=["social_relief_office", "finance"], text="请说明资金来源", now=now,
    )  # fmt: skip
    assert set(told(session, "opinion")) == {bureau.relief.officer_id, bureau.finance.officer_id}
    save_draft(session, core, bureau.zhang, case.id, case.version, "先写着", now)
    with pytest.raises(MoveNotAllowed):
        answer(session, core, bureau.zhang, case.id, case.version, "先答复了", now=now)
    give_opinion(session, core, bureau.relief, case.id, case.version, text="由低保资金列支", now=now)
    assert case.state == "consulting"
    views = opinions(session, core, case, now)
    assert [(one.state, one.text) for one in views] == [("answered", "由低保资金列支"), ("open", "")]
    assert views[1].due == "11月25日 23:59"
    give_opinion(session, core, bureau.finance, case.id, case.version, text="没有意见", now=now)
    assert case.state == "in_progress"
    answer(session, core, bureau.zhang, case.id, case.version, "您好，由低保资金列支。", now=now)
    texts = session.scalars(select(Reply.text)).all()
    assert not any("没有意见" in text for text in texts)


def test_the_lead_may_stop_waiting_and_says_why(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    consult(session, core, bureau.zhang, case.id, case.version, sections=["finance"], text="请看", now=now)
    end_consult(session, core, bureau.zhang, case.id, case.version, reason="当面说过了", now=now)
    assert case.state == "in_progress"
    assert session.scalars(select(OpinionRequest.state)).all() == ["waived"]
    assert "当面说过了" in said(session, core, case, now)


def test_sections_pass_a_case_three_times_then_the_office_settles_it(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    for _ in range(2):
        return_case(session, core, bureau.zhang, case.id, case.version, reason="不是我们的", now=now)
        assign(session, core, bureau.office, case.id, case.version, section="welfare", now=now)
    assert told(session, "returns") == []
    transfer(session, core, bureau.zhang, case.id, case.version, section="finance", reason="涉及资金", now=now)
    assert {bureau.office.officer_id, bureau.leader.officer_id} <= set(told(session, "returns"))
    assert bureau.zhang.officer_id not in told(session, "returns")
    with pytest.raises(NotAllowed, match="由办公室定办"):
        return_case(session, core, bureau.finance, case.id, case.version, reason="也不是", now=now)
    with pytest.raises(NotAllowed, match="由办公室定办"):
        transfer(session, core, bureau.finance, case.id, case.version, section="welfare", reason="还是你们", now=now)
    transfer(session, core, bureau.office, case.id, case.version, section="welfare", reason="定办", now=now)
    assert case.section_code == "welfare"


def test_after_a_working_day_only_the_head_gives_a_case_back(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(state="triage", section_code=None)
    assign(session, core, bureau.office, case.id, case.version, section="welfare", now=now)
    later = now + timedelta(days=2)
    with pytest.raises(NotAllowed, match="NB-02"):
        return_case(session, core, bureau.zhang, case.id, case.version, reason="不是我们的", now=later)
    return_case(session, core, bureau.head, case.id, case.version, reason="不是我们的", now=later)
    assert "过了退回时限" in said(session, core, case, later)


def test_a_mention_tells_only_whoever_may_see_the_case(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    note(session, core, bureau.zhang, case.id, case.version, text="@李强 请看，@钱进 也请看", now=now)
    assert told(session, "mention") == [bureau.li.officer_id]
    assert "提醒了李强" in said(session, core, case, now)
    assert "请看" not in str([alert.text for alert in session.scalars(select(Alert))])


def test_nobody_hears_of_a_restricted_case_by_a_mention(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    hidden = open_case(restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None, state="triage")
    note(session, core, bureau.suhe, hidden.id, hidden.version, text="@乌云 @巴图 @张敏", now=now)
    assert told(session, "mention") == []
    assert len(session.scalars(select(Note)).all()) == 1


def test_whoever_stands_in_hears_what_was_meant_for_the_one_away(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    for away, stand_in in ((bureau.finance, bureau.relief), (bureau.li, bureau.relief)):
        days = {"first_day": now.date() - timedelta(days=1), "last_day": now.date() + timedelta(days=3)}
        ids = {"officer_id": away.officer_id, "stand_in_id": stand_in.officer_id, "made_by": away.officer_id}
        session.add(Absence(**ids, **days, also=False, why="", made_at=now))
    session.flush()
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    note(session, core, bureau.zhang, case.id, case.version, text="@李强 请看", now=now)
    assert told(session, "mention") == [bureau.relief.officer_id]
    consult(session, core, bureau.zhang, case.id, case.version, sections=["finance"], text="请看", now=now)
    assert told(session, "opinion") == [bureau.relief.officer_id]
    hidden = open_case(sensitivity="guarded", officer_id=bureau.zhang.officer_id)
    note(session, core, bureau.zhang, hidden.id, hidden.version, text="@李强 请看", now=now)
    assert told(session, "mention") == [bureau.relief.officer_id]


def test_house_rules_out_of_use_bind_nobody_and_a_longer_one_is_called_by_its_own_length(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    def bound(**rule: object) -> Core:
        limits = tuple(LimitOverride(rule=code, source="局务会定", **rule) for code in ("NB-01", "NB-02", "NB-03"))
        profile = core.profile().model_copy(update={"limits": limits})
        return replace(core, profile=lambda: profile)

    case = open_case(state="triage", section_code=None)
    assign(session, core, bureau.office, case.id, case.version, section="welfare", now=now)
    later = now + timedelta(days=9)
    with pytest.raises(NotAllowed, match="超过3个工作日"):
        return_case(session, bound(length=3), bureau.zhang, case.id, case.version, reason="不是我们的", now=later)
    free = bound(active=False)
    claim(session, free, bureau.zhang, case.id, case.version, now)
    consult(session, free, bureau.zhang, case.id, case.version, sections=["finance"], text="请看", now=now)
    assert session.scalars(select(OpinionRequest.next_at)).all() == [None]
    shown = [opinions(session, one, case, later)[0] for one in (core, free)]
    assert [(one.due, one.late) for one in shown] == [("11月25日 23:59", True), ("", False)]
    timing.called(session, free, case, now)
    assert "NB-01" not in session.scalars(select(Clock.rule).where(Clock.state == "running")).all()
    other = open_case(state="triage", section_code=None)
    assign(session, free, bureau.office, other.id, other.version, section="welfare", now=now)
    return_case(session, free, bureau.zhang, other.id, other.version, reason="不是我们的", now=later)
    assert other.state == "triage"


def test_no_history_names_a_case_that_was_hidden_after_it_was_joined_or_repeated(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case, other = open_case(), open_case()
    for action, data in (
        ("join_people", {"other_number": other.number, "how": "call"}),
        ("mark_repeat", {"of": other.number}),
        ("clock_stopped", {"rule": "RX-03", "why": f"并入 {other.number}"}),
        ("make_casefile", {"number": f"{case.number}-01", "form": "docx", "why": "归档"}),
    ):
        core.ledger.append(session, case.id, "system", action, now, data)
    assert other.number in said(session, core, case, now)
    for one in (case, other):
        one.sensitivity, one.barred = "screened", ["section:finance"]
    session.flush()
    words = said(session, core, case, now)
    assert other.number not in words and f"{case.number}-01" in words


def test_no_limit_and_no_case_file_names_a_case_that_was_hidden_after_the_two_were_merged(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime, tmp_path: Path
) -> None:
    case, other = open_case(), open_case(sensitivity="screened", barred=["section:finance"])
    clocks.stop(session, core, case, now, f"并入 {other.number}")
    page, into = case_page(session, core, bureau.head, case, now), tmp_path / "file.zip"
    assert {line.ended for line in page.clocks} == {"并入 另一件"}
    write_archive(gather(session, core, bureau.head, case, 1, "归档", now), core, AttachmentStore(tmp_path), b"", into)
    with zipfile.ZipFile(into) as archive:
        kept = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".jsonl")}
    assert "并入 另一件" in kept["events.jsonl"] and "并入 另一件" in kept["clocks.jsonl"]
    assert other.number not in "".join(kept.values())
