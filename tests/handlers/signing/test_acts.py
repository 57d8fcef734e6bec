"""处理意见书 and 不予受理告知书: through their whole way, signed, sealed, and delivered word for word."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import docx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Staff, may_see
from handlers.casework.citizen import progress_view
from handlers.casework.claim import claim
from handlers.casework.close import close, not_accept
from handlers.casework.delivered import record_delivery
from handlers.casework.history import history
from handlers.casework.issue import approve, issue, send_back
from handlers.casework.redraft import redraft
from handlers.casework.written import serve_notice
from handlers.core import Core
from handlers.delivery.outbox import text_sha256
from handlers.delivery.readable import read_by_citizen
from handlers.documents.service import serve
from handlers.documents.store import Desk, make, void
from handlers.documents.templates import Template
from handlers.documents.ways import Served
from handlers.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed
from handlers.records import Case, Delivery, Document, Reply, SealRecord
from handlers.signing.acts import issue_act, revise_act, submit_act, typed
from handlers.signing.drafted import open_act
from handlers.signing.essence import essence
from handlers.signing.rounds import under_way
from handlers.signing.seal import record_seal
from handlers.signing.waiting import waiting_for
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.documents.samples import TYPED
from tests.handlers.signing.walk import reply_of, walked

TAKEN = Served("direct", "signed", "王秀英")


@pytest.fixture
def case(session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime) -> Case:
    """A petition that zhang deals with."""
    case = open_case(kind="complaint", track="petition")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    return case


def paper_text(desk: Desk, document: Document) -> str:
    file = docx.Document(io.BytesIO(desk.files.path(document.sha256).read_bytes()))
    return "\n".join(part.text for part in file.paragraphs)


def test_an_opinion_is_made_by_no_single_hand(
    session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime
) -> None:
    for kind in ("opinion", "refusal_notice", "no_more_notice"):
        with pytest.raises(MoveNotAllowed, match="先送审"):
            make(session, desk, bureau.head, case.id, kind, TYPED, now)
    with pytest.raises(InvalidInput, match="不用送审"):
        submit_act(session, desk, bureau.zhang, case.id, case.version, "acceptance_notice", TYPED, now)


def test_an_opinion_goes_by_head_legality_office_and_leader_and_comes_back_once(
    session: Session, desk: Desk, bureau: Bureau, lin: Staff, case: Case, now: datetime
) -> None:
    core = desk.core
    assert not may_see(lin, case)
    reply = submit_act(session, desk, bureau.zhang, case.id, case.version, "opinion", TYPED, now)
    approve(session, core, bureau.head, case.id, case.version, now=now)
    assert may_see(lin, case) and [one.title for one in waiting_for(session, core, lin, now)] == ["信访事项处理意见书"]
    send_back(session, core, lin, case.id, case.version, reason="依据要写到款、项", now=now)
    assert not may_see(lin, case) and (case.state, reply.state) == ("in_progress", "draft")
    better = TYPED | {"basis": "《信访工作条例》第三十一条第（六）项"}
    again = submit_act(session, desk, bureau.zhang, case.id, case.version, "opinion", better, now)
    assert again.id == reply.id and again.round == 2
    approve(session, core, bureau.head, case.id, case.version, now=now)
    approve(session, core, lin, case.id, case.version, now=now)
    approve(session, core, bureau.office, case.id, case.version, now=now)
    assert (case.state, case.step) == ("to_issue", "leader")
    shown = essence(session, core, bureau.leader, case, now)
    assert shown is not None and "林岚 合法性审核：审核通过" in shown.legal and shown.shown == text_sha256(reply.text)
    read = reply.text
    document = issue_act(session, desk, bureau.leader, case.id, case.version, now, shown=shown.shown)
    assert document.number == "民信处〔2026〕1号" and document.reply_id == reply.id
    assert reply.text == read.replace("〔2026〕　　号", "〔2026〕1号") and reply.sha256 == text_sha256(reply.text)
    for line in reply.text.split("\n"):
        assert line in paper_text(desk, document), line
    assert (case.state, case.step) == ("to_deliver", "")


def test_the_words_before_the_leader_s_eyes_are_the_ones_that_are_signed(
    session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime
) -> None:
    submit_act(session, desk, bureau.zhang, case.id, case.version, "opinion", TYPED, now)
    for who in (bureau.head, bureau.named("林岚"), bureau.office):
        approve(session, desk.core, who, case.id, case.version, now=now)
    with pytest.raises(Conflict, match="您看到的不是现在的"):
        issue_act(session, desk, bureau.leader, case.id, case.version, now, shown=text_sha256("别的文字"))
    with pytest.raises(MoveNotAllowed, match="文书页面"):
        issue(session, desk.core, bureau.leader, case.id, case.version, now=now)
    template: Template = desk.templates["opinion"].model_copy(update={"title": "处理意见"})
    changed = Desk(desk.core, desk.files, {**desk.templates, "opinion": template})
    with pytest.raises(Conflict, match="模板"):
        issue_act(session, changed, bureau.leader, case.id, case.version, now)


def test_a_document_changed_by_the_office_is_read_anew_by_everybody(
    session: Session, desk: Desk, bureau: Bureau, lin: Staff, case: Case, now: datetime
) -> None:
    reply = submit_act(session, desk, bureau.zhang, case.id, case.version, "opinion", TYPED, now)
    approve(session, desk.core, bureau.head, case.id, case.version, now=now)
    approve(session, desk.core, lin, case.id, case.version, now=now)
    with pytest.raises(InvalidInput, match="没有改动"):
        revise_act(session, desk, bureau.office, case.id, case.version, TYPED, now)
    revise_act(session, desk, bureau.office, case.id, case.version, TYPED | {"opinion": "予以支持，三日内退还。"}, now)
    assert (case.step, reply.round) == ("head", 2) and "三日内退还" in under_way(session, case).text
    assert typed(desk, reply)["opinion"] == "予以支持，三日内退还。"
    with pytest.raises(InvalidInput, match="文书表单"):
        approve(session, desk.core, bureau.head, case.id, case.version, text="改几个字", now=now)


def test_the_right_of_review_stands_in_every_opinion(
    session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime
) -> None:
    body = desk.templates["opinion"].body.replace("复查", "说明")
    bare = Desk(desk.core, desk.files, {**desk.templates, "opinion": desk.templates["opinion"].model_copy(
        update={"body": body})})  # fmt: skip
    with pytest.raises(InvalidInput, match="30日内可以向哪个机关申请复查"):
        submit_act(session, bare, bureau.zhang, case.id, case.version, "opinion", TYPED, now)
    reply = submit_act(session, desk, bureau.zhang, case.id, case.version, "opinion", TYPED, now)
    assert "30日内，向某市人民政府书面提出复查请求" in reply.text


def test_the_seal_is_recorded_on_exactly_the_signed_file_before_it_is_served(
    session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime
) -> None:
    core = desk.core
    document = walked(session, desk, bureau.zhang, case, "opinion", now, sealed=False)
    with pytest.raises(Conflict, match="还没有登记用印"):
        serve(session, core, desk.files, bureau.office, document.id, TAKEN, now, now)
    for copies in (0, 100):
        with pytest.raises(InvalidInput) as fault:
            record_seal(session, core, desk.files, bureau.office, case.id, case.version, document_id=document.id,
                        copies=copies, now=now)  # fmt: skip
        assert fault.value.field == "copies"
    with pytest.raises(NotAllowed):
        record_seal(session, core, desk.files, bureau.zhang, case.id, case.version, document_id=document.id, copies=1,
                    now=now)  # fmt: skip
    path = desk.files.path(document.sha256)
    kept = path.read_bytes()
    path.write_bytes(kept + b"x")
    with pytest.raises(Conflict, match="与签发时的不一样"):
        record_seal(session, core, desk.files, bureau.office, case.id, case.version, document_id=document.id, copies=2,
                    now=now)  # fmt: skip
    path.write_bytes(kept)
    record_seal(session, core, desk.files, bureau.office, case.id, case.version, document_id=document.id, copies=3,
                now=now)  # fmt: skip
    row = session.scalars(select(SealRecord)).one()
    assert (row.number, row.copies, row.officer_id) == (document.number, 3, bureau.office.officer_id)
    assert (row.sha256, row.reply_sha256) == (document.sha256, reply_of(session, document).sha256)
    told = [one.what for one in history(session, core.profile(), case.id, now)]
    assert f"登记用印《信访事项处理意见书》{document.number}，3 份" in told
    with pytest.raises(Conflict, match="已经登记用印"):
        record_seal(session, core, desk.files, bureau.office, case.id, case.version, document_id=document.id, copies=1,
                    now=now)  # fmt: skip


def test_served_on_paper_it_is_the_case_s_answer_word_for_word(
    session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime
) -> None:
    core = desk.core
    document = walked(session, desk, bureau.zhang, case, "opinion", now)
    reply = reply_of(session, document)
    assert not read_by_citizen(session, core, case.id, "web", now) and case.state == "to_deliver"
    assert progress_view(session, core, case.id, now).answers == ()  # not before it was served
    with pytest.raises(InvalidInput, match="书面送达"):
        record_delivery(session, core, bureau.zhang, case.id, case.version, way="phone", told_whom="本人", gist="说了",
                        now=now)  # fmt: skip
    later = now + timedelta(hours=2)
    serve(session, core, desk.files, bureau.office, document.id, TAKEN, later, later)
    sent = session.scalars(select(Delivery).where(Delivery.reply_id == reply.id)).one()
    assert (sent.state, sent.way, sent.text) == ("sent", "paper", reply.text)
    assert sent.sha256 == reply.sha256 == text_sha256(sent.text)
    assert (case.state, case.answered_at) == ("answered", later)
    assert [answer.text for answer in progress_view(session, core, case.id, later).answers] == [reply.text]
    serve_notice(session, core, bureau.zhang, case.id, case.version, rule="XF-01", proof="受理告知 挂号1", now=later)
    close(session, core, bureau.zhang, case.id, case.version, result="solved", evidence="意见书已送达", now=later)
    assert case.state == "closed"


def test_before_it_is_served_it_can_be_taken_back_and_sets_out_anew(
    session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime
) -> None:
    document = walked(session, desk, bureau.zhang, case, "opinion", now)
    with pytest.raises(Conflict, match="收回重拟"):
        void(session, desk.core, bureau.office, document.id, "写错了", now)
    redraft(session, desk.core, bureau.zhang, case.id, case.version, reason="金额写错了", now=now)
    draft = open_act(session, case.id, "opinion")
    assert draft is not None and draft.state == "draft" and typed(desk, draft)["petitioner"] == "王秀英"
    assert document.state == "void" and "金额写错了" in document.void_why and case.state == "in_progress"
    second = walked(session, desk, bureau.zhang, case, "opinion", now, TYPED | {"opinion": "予以支持。"})
    assert second.number == "民信处〔2026〕2号"
    with pytest.raises(Conflict, match="已签发"):
        serve(session, desk.core, desk.files, bureau.office, second.id, TAKEN, now, now)
        submit_act(session, desk, bureau.zhang, case.id, case.version, "opinion", TYPED, now)


def test_nobody_refuses_a_matter_alone(session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime) -> None:
    with pytest.raises(MoveNotAllowed, match="先拟《不予受理告知书》送审"):
        not_accept(session, desk.core, bureau.head, case.id, case.version, reason="已在诉讼中", now=now)
    document = walked(session, desk, bureau.zhang, case, "refusal_notice", now)
    serve(session, desk.core, desk.files, bureau.office, document.id, TAKEN, now, now)
    not_accept(session, desk.core, bureau.head, case.id, case.version, reason="已在诉讼中", now=now)
    assert case.state == "not_accepted"


def test_a_report_s_recipient_refuses_alone_for_nobody_else_may_know(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="report", restricted=True, restricted_to=bureau.suhe.officer_id)
    not_accept(session, core, bureau.suhe, case.id, case.version, reason="不属本局", now=now)
    assert case.state == "not_accepted"


def test_what_stands_in_the_document_is_sealed_beside_it_and_said_in_no_event(
    session: Session, desk: Desk, bureau: Bureau, case: Case, now: datetime
) -> None:
    walked(session, desk, bureau.zhang, case, "opinion", now)
    reply = session.scalars(select(Reply).where(Reply.purpose == "act")).one()
    assert "王秀英" not in reply.entered and reply.entered
    assert not any("王秀英" in one.what for one in history(session, desk.core.profile(), case.id, now))
