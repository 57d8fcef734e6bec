"""送达: who took a document, when and how; what proves it, and what it meets."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.history import history
from handlers.deadlines.clocks import open_clocks
from handlers.documents.facts import review_last_day
from handlers.documents.service import serve, services_of
from handlers.documents.store import Desk, make
from handlers.documents.ways import Served
from handlers.errors import Conflict, InvalidInput, NotAllowed
from handlers.records import Attachment, Case, Clock, Document, DocumentService
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.documents.samples import TYPED
from tests.handlers.signing.walk import walked

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)


@pytest.fixture
def case(open_case: OpenCase) -> Case:
    return open_case(track="petition", source="letter", channel="web")


@pytest.fixture
def notice(session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime) -> Document:
    return make(session, desk, bureau.office, case.id, "procedure_notice", TYPED, now)


def _running(session: Session, case: Case) -> set[str]:
    return {clock.rule for clock in open_clocks(session, case.id)}


def test_a_signed_service_is_the_proof_that_meets_the_statutory_notice(
    session: Session, desk: Desk, bureau: Bureau, case: Case, notice: Document, now: datetime
) -> None:
    assert "XF-01" in _running(session, case)
    served = Served("direct", "for_other", "李雷", "同住成年家属", scan=PNG, scan_name="回证.png")
    row = serve(
        session, desk.core, desk.files, bureau.zhang, notice.id, served, now + timedelta(hours=2),
        now + timedelta(hours=3),
    )  # fmt: skip
    assert row.proven
    assert "李雷" not in row.receiver
    assert "XF-01" not in _running(session, case)
    met = session.scalars(select(Clock).where(Clock.case_id == case.id, Clock.rule == "XF-01")).one()
    assert (met.state, met.met_at) == ("met", now + timedelta(hours=2))
    view = services_of(session, desk.core, notice)[0]
    assert (view.way, view.outcome, view.receiver, view.who) == ("直接送达", "代收", "李雷（同住成年家属）", "张敏")
    scan = session.get_one(Attachment, view.service.attachment_id)
    assert desk.files.open(scan).path.read_bytes() == PNG
    told = [one.what for one in history(session, desk.core.profile(), case.id, now)]
    assert "登记送达《程序性告知书》民信告〔2026〕1号：直接送达，代收" in told


def test_a_refusal_alone_proves_nothing_but_leaving_it_before_a_witness_does(
    session: Session, desk: Desk, bureau: Bureau, case: Case, notice: Document, now: datetime
) -> None:
    refused = Served("direct", "refused", proof="称不认可结果")
    assert not serve(session, desk.core, desk.files, bureau.office, notice.id, refused, now, now).proven
    assert "XF-01" in _running(session, case)
    left = Served("left", "refused", witness="社区工作者赵某", proof="称不认可结果，文书留置其住所")
    assert serve(session, desk.core, desk.files, bureau.office, notice.id, left, now, now).proven
    assert "XF-01" not in _running(session, case)


@pytest.mark.parametrize(
    ("served", "field"),
    [
        (Served("pigeon", "signed", "甲"), "way"),
        (Served("direct", "maybe", "甲"), "outcome"),
        (Served("direct", "signed"), "receiver"),
        (Served("direct", "for_other", "甲"), "relation"),
        (Served("direct", "refused"), "proof"),
        (Served("left", "signed", "甲"), "outcome"),
        (Served("left", "refused", proof="拒收"), "witness"),
        (Served("post", "signed", "甲"), "proof"),
        (Served("electronic", "signed", "甲"), "proof"),
        (Served("direct", "returned"), "proof"),
        (Served("direct", "signed", "甲" * 61), "receiver"),
    ],
)
def test_each_way_asks_for_its_own_proof(
    session: Session, desk: Desk, bureau: Bureau, notice: Document, now: datetime, served: Served, field: str
) -> None:
    with pytest.raises(InvalidInput) as fault:
        serve(session, desk.core, desk.files, bureau.office, notice.id, served, now, now)
    assert fault.value.field == field
    assert session.scalars(select(DocumentService)).all() == []


@pytest.mark.parametrize("hours", [-24, 1])
def test_nothing_is_served_before_it_was_dated_nor_in_the_future(
    session: Session, desk: Desk, bureau: Bureau, notice: Document, now: datetime, hours: int
) -> None:
    with pytest.raises(InvalidInput) as fault:
        serve(
            session, desk.core, desk.files, bureau.office, notice.id, Served("direct", "signed", "甲"),
            now + timedelta(hours=hours), now,
        )  # fmt: skip
    assert fault.value.field == "at"


def test_service_is_recorded_once_and_by_those_who_work_on_the_case(
    session: Session, desk: Desk, bureau: Bureau, notice: Document, now: datetime
) -> None:
    signed = Served("direct", "signed", "王秀英")
    with pytest.raises(NotAllowed):
        serve(session, desk.core, desk.files, bureau.leader, notice.id, signed, now, now)
    serve(session, desk.core, desk.files, bureau.office, notice.id, signed, now, now)
    with pytest.raises(Conflict, match="已经登记送达"):
        serve(session, desk.core, desk.files, bureau.office, notice.id, signed, now, now)


def test_the_opinion_tells_the_last_day_to_ask_for_review_once_it_was_received(
    session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime
) -> None:
    opinion = walked(session, desk, bureau.office, case, "opinion", now)
    serve(
        session, desk.core, desk.files, bureau.office, opinion.id, Served("post", "signed", "王秀英", proof="EMS 1"),
        now, now,
    )  # fmt: skip
    assert services_of(session, desk.core, opinion)[0].review_by == date(2026, 12, 23)
    assert any(
        one.what.endswith("可申请复查至 12月23日") for one in history(session, desk.core.profile(), case.id, now)
    )


def test_a_last_day_of_review_on_a_holiday_moves_to_the_next_working_day(desk: Desk) -> None:
    assert review_last_day(desk.core, date(2026, 9, 3)) == date(2026, 10, 8)  # 3 October is a holiday
