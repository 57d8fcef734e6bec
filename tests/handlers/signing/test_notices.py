"""Told on a reply's way: whose turn it is, the drafter whose text came back, the seal's keeper; each once, no words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import Staff
from handlers.casework.answer import answer
from handlers.casework.citizen import withdraw
from handlers.casework.claim import claim
from handlers.casework.issue import approve, issue, send_back
from handlers.casework.redraft import redraft
from handlers.casework.sensitivity import officer_mark
from handlers.casework.trouble import alerts
from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.documents.store import Desk
from handlers.errors import NotAllowed
from handlers.records import Absence, Alert, Case, Officer
from handlers.signing.acts import issue_act, submit_act
from handlers.signing.rounds import turn_of, under_way
from handlers.signing.seal import record_seal
from handlers.together.colleagues import push_notices
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.documents.samples import TYPED
from tests.handlers.signing.walk import somebody, walked

WORDS = "您反映的情况已核实，补贴从下月起发放。"


@pytest.fixture
def case(session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime) -> Case:
    case = open_case(kind="complaint", text="我叫王秀英，电话13900000077，低保停发了")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    return case


def told(session: Session, kind: str, state: str = "open") -> list[Alert]:
    return list(session.scalars(select(Alert).where(Alert.kind == kind, Alert.state == state).order_by(Alert.id)))


def names(session: Session, alert: Alert) -> set[str]:
    return {session.get_one(Officer, ident).name for ident in alert.recipients}


def away(session: Session, who: Staff, stand_in: Staff, now: datetime, also: bool = False) -> None:
    day = local_day(now)
    session.add(
        Absence(
            officer_id=who.officer_id, stand_in_id=stand_in.officer_id, first_day=day - timedelta(days=1),
            last_day=day + timedelta(days=3), made_by=who.officer_id, made_at=now, also=also,
        )
    )  # fmt: skip
    session.flush()


def test_each_step_is_told_once_to_whoever_can_take_it_and_closes_the_one_before(
    session: Session, desk: Desk, bureau: Bureau, lin: Staff, case: Case, now: datetime
) -> None:
    core = desk.core
    submit_act(session, desk, bureau.zhang, case.id, case.version, "opinion", TYPED, now)
    ways = []
    while (turn := turn_of(session, core, case, under_way(session, case), now)) is not None and not turn.last:
        (open_one,) = told(session, "signing")
        ways.append((turn.step, names(session, open_one), open_one.text.partition("：http")[0]))
        approve(session, core, somebody(session, turn.holder.people[0], now), case.id, case.version, now=now)
    (last,) = told(session, "signing")
    assert [(step, who) for step, who, _ in ways] == [
        ("head", {"何丽"}), ("legal", {"林岚"}), ("office", {"乌云", "苏和"})
    ]  # fmt: skip
    assert ways[1][2] == f"【审签】{case.number} 的信访事项处理意见书轮到您审核"
    assert names(session, last) == {"巴图"} and "轮到您签发" in last.text
    assert last.text.endswith(f"/console/sign/{case.number}")
    assert len(told(session, "signing", "acknowledged")) == 3
    said = " ".join(row.text for row in session.scalars(select(Alert)))
    assert "王秀英" not in said and "13900000077" not in said and "低保" not in said
    document = issue_act(session, desk, bureau.leader, case.id, case.version, now)
    (seal,) = told(session, "seal")
    assert told(session, "signing") == [] and names(session, seal) == {"乌云", "苏和"}
    record_seal(
        session, core, desk.files, bureau.office, case.id, case.version, document_id=document.id, copies=1, now=now
    )
    assert told(session, "seal") == []


def test_a_draft_sent_back_is_told_to_its_drafter_with_who_and_why_and_the_next_round_is_told_anew(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    answer(session, core, bureau.zhang, case.id, case.version, WORDS, now=now)
    why = "请写明王秀英户的发放日期"
    send_back(session, core, bureau.head, case.id, case.version, reason=why, now=now)
    (back,) = told(session, "sent_back")
    assert told(session, "signing") == [] and names(session, back) == {"张敏"}
    assert back.text.startswith(f"【退回修改】{case.number} 的答复已退回"), "what goes to telephones names nobody"
    assert "何丽" not in back.text and "王秀英" not in back.text
    (line,) = alerts(session, bureau.zhang)
    assert (line.kind_name, line.why) == ("退回修改", f"何丽：{why}")
    answer(session, core, bureau.zhang, case.id, case.version, f"{WORDS}日期是十二月五日。", now=now)
    assert told(session, "sent_back") == [] and len(told(session, "signing")) == 1


def test_words_changed_at_a_later_step_are_told_to_the_first_again(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    case.supervised = True
    answer(session, core, bureau.zhang, case.id, case.version, WORDS, now=now)
    approve(session, core, bureau.head, case.id, case.version, now=now)
    issue(session, core, bureau.office, case.id, case.version, text=f"{WORDS}请留意短信。", now=now)
    (again,) = told(session, "signing")
    assert names(session, again) == {"何丽"} and ":2:0" in again.dedup_key
    assert [alert.dedup_key.partition(":")[2].partition(":")[2] for alert in told(session, "signing", "acknowledged")] \
        == ["1:0", "1:1"]  # fmt: skip


def test_a_stand_in_is_told_in_place_of_who_is_away_but_nobody_who_could_not_take_the_step(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    gao = bureau.add("gao", "高原", Role.HEAD, "finance")
    away(session, bureau.head, gao, now)
    first = open_case(kind="complaint")
    claim(session, core, bureau.zhang, first.id, first.version, now)
    answer(session, core, bureau.zhang, first.id, first.version, WORDS, now=now)
    (alert,) = told(session, "signing")
    assert names(session, alert) == {"高原"}
    # Whoever drafted it cannot take the step as a stand-in: then who is away hears of it, a phone is enough.
    session.query(Absence).delete()
    away(session, bureau.head, bureau.li, now)
    second = open_case(kind="complaint")
    claim(session, core, bureau.li, second.id, second.version, now)
    answer(session, core, bureau.li, second.id, second.version, WORDS, now=now)
    assert names(session, told(session, "signing")[1]) == {"何丽"}


def test_nobody_hears_of_a_case_that_they_may_not_see(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    """A head whom the case is about takes no step and is told of none; nor is anybody of a report (举报)."""
    case.sensitivity, case.barred = "screened", [officer_mark(bureau.head.officer_id)]
    session.flush()
    answer(session, core, bureau.zhang, case.id, case.version, WORDS, now=now)
    (alert,) = told(session, "signing")
    assert "何丽" not in names(session, alert) and names(session, alert) <= {"乌云", "苏和"}
    assert alerts(session, bureau.head) == []


def test_what_ends_or_is_taken_back_waits_for_nobody(
    session: Session, desk: Desk, bureau: Bureau, lin: Staff, open_case: OpenCase, now: datetime
) -> None:
    core, one, two = desk.core, open_case(kind="complaint"), open_case(kind="complaint", track="petition")
    for case in (one, two):
        claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, one.id, one.version, WORDS, now=now)
    withdraw(session, core, one.id, now=now)
    assert told(session, "signing") == []
    walked(session, desk, bureau.zhang, two, "opinion", now, sealed=False)
    assert len(told(session, "seal")) == 1
    redraft(session, core, bureau.zhang, two.id, two.version, reason="条款写错", now=now)
    assert told(session, "seal") == []


def test_it_is_pushed_to_their_devices_like_every_notice_between_colleagues(
    core: Core, now: datetime, bureau: Bureau, session: Session, case: Case
) -> None:
    session.get_one(Officer, bureau.head.officer_id).addresses = {"telegram": "4711"}
    answer(session, core, bureau.zhang, case.id, case.version, WORDS, now=now)
    with pytest.raises(NotAllowed):
        approve(session, core, bureau.zhang, case.id, case.version, now=now)
    assert [row.next_at for row in told(session, "signing")] == [now]
    session.commit()
    assert push_notices(core, now, {"telegram": "bot"}) == 1
    assert push_notices(core, now, {"telegram": "bot"}) == 0
