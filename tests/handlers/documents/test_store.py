"""Making, numbering and voiding documents of a case."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta

import docx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.history import history
from handlers.documents.facts import entered, first_values
from handlers.documents.kinds import KINDS
from handlers.documents.service import serve
from handlers.documents.store import Desk, document_of, documents_of, make, makeable, open_file, preview, void
from handlers.documents.ways import Served
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.records import Case, CaseContact, CaseEvent, Document, Note
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.documents.samples import TYPED
from tests.handlers.signing.walk import walked

KIND = "acceptance_notice"


def test_a_document_is_filled_numbered_kept_under_its_hash_and_traced(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(track="petition", officer_id=bureau.zhang.officer_id)
    made = make(session, desk, bureau.zhang, case.id, KIND, TYPED, now)
    assert (made.number, made.state, made.made_by) == ("民信受告〔2026〕1号", "made", bureau.zhang.officer_id)
    opened = open_file(desk.files, made)
    data = opened.path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == made.sha256
    assert (len(data), opened.filename) == (made.size, "受理告知书民信受告〔2026〕1号.docx")
    assert "您反映的“养老机构收费不合理”" in "".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)
    event = session.scalars(select(CaseEvent).where(CaseEvent.action == "make_document")).one()
    assert event.data["sha256"] == made.sha256
    assert "王秀英" not in str(event.data)
    told = history(session, desk.core.profile(), case.id, now)[-1]
    assert (told.who, told.what) == ("张敏", "制作《受理告知书》民信受告〔2026〕1号")


def test_numbers_run_by_kind_and_year_without_gaps(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    first, second = open_case(), open_case()
    numbers = [make(session, desk, bureau.office, case.id, KIND, TYPED, now).number for case in (first, second)]
    numbers.append(walked(session, desk, bureau.office, first, "refusal_notice", now).number)
    with pytest.raises(InvalidInput):
        make(session, desk, bureau.office, first.id, KIND, TYPED | {"matter": ""}, now)
    numbers.append(make(session, desk, bureau.office, first.id, KIND, TYPED, now).number)
    later = now + timedelta(days=60)
    typed = TYPED | {"day": "2027-01-20", "due": "2027-03-01"}
    numbers.append(make(session, desk, bureau.office, first.id, KIND, typed, later).number)
    assert numbers == [
        "民信受告〔2026〕1号", "民信受告〔2026〕2号", "民信不受〔2026〕1号", "民信受告〔2026〕3号",
        "民信受告〔2027〕1号",
    ]  # fmt: skip


def test_a_transaction_that_fails_takes_no_number(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    nested = session.begin_nested()
    assert make(session, desk, bureau.office, case.id, KIND, TYPED, now).serial == 1
    nested.rollback()
    assert make(session, desk, bureau.office, case.id, KIND, TYPED, now).serial == 1


def test_a_preview_shows_the_text_and_changes_nothing(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    seen = preview(session, desk, bureau.office, case.id, KIND, TYPED, now)
    assert "〔2026〕　　号" in seen.text
    assert session.scalars(select(Document)).all() == []


def test_what_was_typed_is_sealed(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    made = make(session, desk, bureau.office, open_case().id, KIND, TYPED, now)
    assert "王秀英" not in made.entered
    assert entered(desk.core, made)["petitioner"] == "王秀英"


def test_who_may_not_see_the_case_does_not_learn_of_its_documents(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None, kind="report")
    made = make(session, desk, bureau.suhe, case.id, "transfer_letter", TYPED, now)
    for stranger in (bureau.office, bureau.leader, bureau.zhang, bureau.auditor, bureau.admin):
        with pytest.raises(NotFound):
            document_of(session, stranger, made.id)
        with pytest.raises(NotFound):
            make(session, desk, stranger, case.id, "transfer_letter", TYPED, now)
    assert document_of(session, bureau.suhe, made.id) is made


def test_a_document_belongs_to_its_own_case_only(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case, other = open_case(), open_case()
    made = make(session, desk, bureau.office, case.id, KIND, TYPED, now)
    with pytest.raises(NotFound):
        document_of(session, bureau.office, made.id, other.id)


def test_each_kind_is_made_by_those_who_may(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(officer_id=bureau.zhang.officer_id)
    codes = {name: {kind.code for kind in makeable(person, case)}
             for name, person in (("zhang", bureau.zhang), ("li", bureau.li), ("leader", bureau.leader),
                                  ("auditor", bureau.auditor), ("office", bureau.office))}  # fmt: skip
    assert codes["auditor"] == set()
    assert codes["leader"] == {"supervision_slip", "supervision_notice"}
    assert "opinion" in codes["zhang"]
    assert "supervision_slip" not in codes["zhang"]
    assert "opinion" not in codes["li"]
    assert codes["office"] == set(KINDS)
    with pytest.raises(NotAllowed, match="《信访事项处理意见书》只能由签收人、承办科室负责人"):
        make(session, desk, bureau.li, case.id, "opinion", TYPED, now)
    with pytest.raises(NotFound):
        make(session, desk, bureau.li, case.id, "poem", TYPED, now)


def test_a_voided_document_keeps_its_number_and_can_be_made_again(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    made = make(session, desk, bureau.office, case.id, KIND, TYPED, now)
    with pytest.raises(InvalidInput, match="作废理由"):
        void(session, desk.core, bureau.office, made.id, " ", now)
    void(session, desk.core, bureau.office, made.id, "日期写错", now)
    assert (made.state, made.number) == ("void", "民信受告〔2026〕1号")
    assert make(session, desk, bureau.office, case.id, KIND, entered(desk.core, made), now).serial == 2
    with pytest.raises(Conflict, match="已经作废"):
        void(session, desk.core, bureau.office, made.id, "再来", now)
    told = [one.what for one in history(session, desk.core.profile(), case.id, now)]
    assert "作废《受理告知书》民信受告〔2026〕1号：日期写错" in told


def test_a_served_document_cannot_be_voided(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    made = make(session, desk, bureau.office, open_case().id, KIND, TYPED, now)
    serve(session, desk.core, desk.files, bureau.office, made.id, Served("direct", "signed", "王秀英"), now, now)
    with pytest.raises(Conflict, match="已经送达"):
        void(session, desk.core, bureau.office, made.id, "写错", now)


def test_a_receipt_of_service_is_made_for_a_document_of_the_same_case(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case, other = open_case(), open_case()
    served = make(session, desk, bureau.office, case.id, KIND, TYPED, now)
    receipt, template = KINDS["service_receipt"], desk.templates["service_receipt"]
    first = first_values(session, desk.core, bureau.office, case, receipt, template, now, served)
    assert first["served_number"] == "民信受告〔2026〕1号"
    assert first["recipient"] == "王秀英"
    typed = first | {"address": "玉泉区某小区"}
    made = make(session, desk, bureau.office, case.id, "service_receipt", typed, now, serves_id=served.id)
    assert (made.serves_id, made.number) == (served.id, "民送〔2026〕1号")
    for case_id, serves_id in ((other.id, served.id), (case.id, None), (case.id, made.id)):
        with pytest.raises(InvalidInput, match="请选择要送达的文书"):
            make(session, desk, bureau.office, case_id, "service_receipt", typed, now, serves_id=serves_id)
    assert list(documents_of(session, case.id)) == [served, made]


def _contact(session: Session, desk: Desk, case: Case) -> None:
    seal = desk.core.vault.seal
    session.add(CaseContact(case_id=case.id, role="writer", name=seal("王秀英"), address=seal("玉泉区某小区1号楼")))
    session.flush()


def test_a_form_starts_with_what_the_case_knows(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(track="petition", subject="养老机构收费")
    _contact(session, desk, case)
    session.add(
        Note(case_id=case.id, kind="supervision", text="三日内说明", officer_id=bureau.office.officer_id, at=now)
    )

    def first(code: str) -> dict[str, str]:
        return first_values(session, desk.core, bureau.zhang, case, KINDS[code], desk.templates[code], now)

    notice = first(KIND)
    assert notice["petitioner"] == "王秀英"
    assert (notice["matter"], notice["section"], notice["contact"]) == ("养老机构收费", "福利科", "张敏")
    assert (notice["received"], notice["day"]) == ("2026-11-23", "2026-11-23")
    assert notice["due"] == "2027-01-22"  # 60 days after 23 November, a Friday
    assert first("opinion")["address"] == "玉泉区某小区1号楼"
    assert first("supervision_slip")["demand"] == "三日内说明"
    assert first("assign_letter")["summary"]


def test_whoever_asked_for_secrecy_is_not_named_to_others(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(confidential=True)
    _contact(session, desk, case)
    for code, kind in KINDS.items():
        values = first_values(session, desk.core, bureau.office, case, kind, desk.templates[code], now)
        if kind.served == "body":
            assert "王秀英" not in str(values)
            assert not values.get("summary")


def test_an_organ_of_review_is_remembered_from_the_last_opinion(
    session: Session, desk: Desk, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    walked(session, desk, bureau.office, open_case(), "opinion", now)
    kind, template = KINDS["opinion"], desk.templates["opinion"]
    values = first_values(session, desk.core, bureau.office, open_case(), kind, template, now)
    assert values["review_organ"] == "某市人民政府"
    assert values["facts"] == ""
