"""重办: not after a 处理意见书; elsewhere once within fifteen days, by another officer than the first."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from handlers.casework import citizen
from handlers.casework.answer import answer
from handlers.casework.assign import assign
from handlers.casework.claim import claim
from handlers.casework.close import reopen
from handlers.casework.hand_over import hand_over
from handlers.casework.history import history
from handlers.core import Core
from handlers.documents.service import serve
from handlers.documents.store import Desk
from handlers.documents.ways import Served
from handlers.errors import MoveNotAllowed, NotAllowed
from handlers.records import Case, Officer
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.signing.walk import walked

ANSWER = "请带身份证到窗口办理。"


@pytest.fixture
def answered(session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime) -> Case:
    """A question that zhang answered, read on the web."""
    case = open_case(channel="web")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    return case


def test_after_an_opinion_there_is_review_and_no_reopening(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    core, case = desk.core, open_case(kind="complaint", track="petition", channel="web")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    document = walked(session, desk, bureau.zhang, case, "opinion", now)
    serve(session, core, desk.files, bureau.office, document.id, Served("direct", "signed", "王秀英"), now, now)
    words = "不能再重办.*30日内，向某市人民政府书面提出复查请求"
    with pytest.raises(MoveNotAllowed, match=words):
        citizen.reopen(session, core, case.id, "我不同意", now=now + timedelta(days=1))
    with pytest.raises(MoveNotAllowed, match=words):
        reopen(session, core, bureau.leader, case.id, case.version, reason="再看看", now=now)
    assert "reopen" not in citizen.progress_view(session, core, case.id, now).can


def test_elsewhere_once_within_fifteen_days(
    session: Session, core: Core, bureau: Bureau, answered: Case, now: datetime
) -> None:
    assert "reopen" in citizen.progress_view(session, core, answered.id, now).can
    with pytest.raises(MoveNotAllowed, match="时间已过"):
        citizen.reopen(session, core, answered.id, "没说清楚", now=now + timedelta(days=16))
    citizen.reopen(session, core, answered.id, "没说清楚", now=now + timedelta(days=14))
    assert answered.reopened_at == now + timedelta(days=14)
    claim(session, core, bureau.li, answered.id, answered.version, now)
    answered.state = "answered"
    with pytest.raises(MoveNotAllowed, match="已经重办过一次"):
        citizen.reopen(session, core, answered.id, "还是没说清楚", now=now + timedelta(days=14))


def test_another_officer_deals_with_it_again(
    session: Session, core: Core, bureau: Bureau, answered: Case, now: datetime
) -> None:
    citizen.reopen(session, core, answered.id, "没说清楚", now=now)
    words = "第一次由张敏答复，重办应当换一位经办人"
    with pytest.raises(NotAllowed, match=words):
        claim(session, core, bureau.zhang, answered.id, answered.version, now)
    with pytest.raises(NotAllowed, match=words):
        assign(
            session, core, bureau.head, answered.id, answered.version, section="welfare",
            officer_id=bureau.zhang.officer_id, now=now,
        )  # fmt: skip
    session.refresh(answered)
    claim(session, core, bureau.li, answered.id, answered.version, now)
    with pytest.raises(NotAllowed, match=words):
        hand_over(
            session, core, bureau.li, answered.id, answered.version, officer_id=bureau.zhang.officer_id, text="请接",
            now=now,
        )  # fmt: skip
    answer(session, core, bureau.li, answered.id, answered.version, ANSWER + "说明如下。", now=now)
    assert (answered.state, answered.step) == ("in_review", "head")  # 重办件: head, then office


def test_a_section_of_one_may_do_it_again_and_the_history_says_so(
    session: Session, core: Core, bureau: Bureau, answered: Case, now: datetime
) -> None:
    for other in (bureau.li, bureau.head):
        session.get_one(Officer, other.officer_id).disabled = True
    citizen.reopen(session, core, answered.id, "没说清楚", now=now)
    claim(session, core, bureau.zhang, answered.id, answered.version, now)
    told = [one.what for one in history(session, core.profile(), answered.id, now)]
    assert told[-1] == "签收（本科室没有另一位经办人，重办仍由第一次的经办人办理）"
