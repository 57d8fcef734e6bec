"""What the officer decides about findings, and what is recorded of it; saved replies; what lies beside the draft."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.answer import answer
from handlers.casework.claim import claim
from handlers.casework.history import history
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.records import Case, CaseContact, CaseEvent, ReplyFinding
from handlers.writing.beside import earlier_answers, earlier_text
from handlers.writing.case_context import context_for
from handlers.writing.decisions import keep, look, note_shown
from handlers.writing.drafts import save
from handlers.writing.looking import undecided
from handlers.writing.own_words import set_word
from handlers.writing.saved import history as versions_of
from handlers.writing.saved import offered, one, retire, said_in, write
from tests.handlers.casework.conftest import TEXT, Bureau, OpenCase

EMPTY_WORDS = "请带身份证和户口本到户籍所在的社区申请，请耐心等待。"


@pytest.fixture
def case(session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime) -> Case:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    return case


def _actions(session: Session, case: Case) -> list[tuple[str, str, str]]:
    rows = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.seq))
    return [(e.action, e.data["kind"], e.data.get("reason", "")) for e in rows if e.action.endswith("_finding")]


def test_a_kept_finding_is_recorded_with_its_reason_and_asked_no_more(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    save(session, core, bureau.zhang, case.id, EMPTY_WORDS, 0, now)
    looked = note_shown(session, core, bureau.zhang, case, now)
    assert [one.finding.kind for one in looked] == ["evasive"] and undecided(looked) is not None
    with pytest.raises(InvalidInput):
        keep(session, core, bureau.zhang, case, [looked[0].code], " ", now)
    assert keep(session, core, bureau.zhang, case, [looked[0].code], "电话里已经说好", now) == 1
    assert undecided(look(session, core, case, EMPTY_WORDS, now)) is None
    assert _actions(session, case) == [("keep_finding", "evasive", "电话里已经说好")]
    assert "保留“空话、推脱”：电话里已经说好" in history(session, core.profile(), case.id, now)[-1].what


def test_a_finding_that_is_gone_was_changed_and_one_that_comes_back_is_asked_again(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    seen = save(session, core, bureau.zhang, case.id, EMPTY_WORDS, 0, now).version
    note_shown(session, core, bureau.zhang, case, now)
    better = EMPTY_WORDS.replace("，请耐心等待", "")
    seen = save(session, core, bureau.zhang, case.id, better, seen, now).version
    assert note_shown(session, core, bureau.zhang, case, now) == []
    assert _actions(session, case) == [("change_finding", "evasive", "")]
    save(session, core, bureau.zhang, case.id, EMPTY_WORDS, seen, now)
    assert undecided(note_shown(session, core, bureau.zhang, case, now)) is not None
    assert session.scalars(select(ReplyFinding.state)).all() == ["open"]


def test_no_words_of_a_finding_stand_in_the_history(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    save(session, core, bureau.zhang, case.id, "请带身份证到社区申请，卡号6222021234567894。", 0, now)
    looked = note_shown(session, core, bureau.zhang, case, now)
    keep(session, core, bureau.zhang, case, [one.code for one in looked], "是对公账户", now)
    events = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id))
    assert not any("6222" in str(event.data) for event in events)


def test_a_finding_that_is_not_there_cannot_be_kept(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    save(session, core, bureau.zhang, case.id, EMPTY_WORDS, 0, now)
    with pytest.raises(Conflict):
        keep(session, core, bureau.zhang, case, ["nothing"], "理由", now)


def test_the_check_knows_the_letter_the_writer_and_the_limit(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    seal = core.vault.seal
    session.add(
        CaseContact(
            case_id=case.id, role="writer", name=seal("王秀兰"), phone="", address="",
            identity_number=seal("11010519491231002X"),
        )
    )  # fmt: skip
    session.flush()
    context = context_for(session, core, case, now)
    assert context.message == TEXT and (context.citizen_name, context.gender) == ("王秀兰", "female")
    assert context.legal_due is not None and context.legal_due >= context.issued_on
    assert "0471-0000014" in context.phones and "您好" in context.before and "0471-0000001" in context.after


def test_the_office_changes_the_bureaus_words(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    set_word(session, bureau.office, "窗口单位", "服务窗口", now)
    set_word(session, bureau.office, "乞丐", "", now, used=False)
    words = context_for(session, core, case, now).own_words
    assert words["窗口单位"] == "服务窗口" and "乞丐" not in words and "残废" in words
    with pytest.raises(NotAllowed):
        set_word(session, bureau.zhang, "词", "", now)


def _saved(
    session: Session, core: Core, who: object, text: str, section: str, now: datetime, title: str = "常用"
) -> int:
    row = write(
        session,
        core,
        who,
        None,
        0,
        title=title,
        text=text,
        topic="elderly_care",
        section=section,
        now=now,  # type: ignore[arg-type]
    )
    return row.id


def test_a_saved_reply_is_filled_from_the_case_and_what_is_unknown_stays_a_field(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    said = said_in(session, core, bureau.zhang, case, "{姓名}，{编号}，{期限}前，{科室}{电话}，{金额}元", now)
    assert said.startswith(f"{{姓名}}，{case.number}，11月") and said.endswith("前，福利科0471-0000014，{金额}元")


def test_saved_replies_are_a_sections_or_ones_own(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    shared = _saved(session, core, bureau.zhang, "科室的话", "welfare", now)
    own = _saved(session, core, bureau.zhang, "自己的话", "", now)
    assert {row.id for row in offered(session, bureau.zhang, case)} == {shared, own}
    assert {row.id for row in offered(session, bureau.li, case)} == {shared}
    assert offered(session, bureau.relief) == []
    with pytest.raises(NotFound):
        one(session, bureau.li, own)
    with pytest.raises(NotAllowed):
        _saved(session, core, bureau.relief, "别的科室", "welfare", now)


def test_every_version_of_a_saved_reply_stays_and_nobody_overwrites_unknowingly(
    session: Session, core: Core, bureau: Bureau, now: datetime
) -> None:
    ident = _saved(session, core, bureau.zhang, "第一版", "welfare", now)
    again = {"title": "常用", "topic": "", "section": "", "now": now}
    write(session, core, bureau.li, ident, 1, text="第二版", **again)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        write(session, core, bureau.zhang, ident, 1, text="没看见第二版", **again)  # type: ignore[arg-type]
    assert [row.text for row in versions_of(session, ident)] == ["第二版", "第一版"]
    retire(session, bureau.head, ident, now, retired=True)
    assert offered(session, bureau.zhang) == [] and offered(session, bureau.zhang, retired=True)


@pytest.mark.parametrize("text", ["开{姓名", "合}", "{}", "{{姓名}}", "{" + "长" * 21 + "}"])
def test_fields_that_do_not_hold_together_are_refused(
    session: Session, core: Core, bureau: Bureau, now: datetime, text: str
) -> None:
    with pytest.raises(InvalidInput):
        _saved(session, core, bureau.zhang, text, "welfare", now)


def test_an_earlier_answer_comes_without_the_name_and_number_of_its_case(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, case: Case, now: datetime
) -> None:
    earlier = open_case(text=TEXT)
    claim(session, core, bureau.zhang, earlier.id, earlier.version, now)
    text = f"李女士，您好：{earlier.number} 请带身份证到社区申请高龄津贴。"
    reply = answer(session, core, bureau.zhang, earlier.id, earlier.version, text, now=now)
    found = earlier_answers(session, core, bureau.zhang, case, now)
    assert [(one.number, one.body) for one in found] == [
        (earlier.number, "{姓名}，您好：{编号} 请带身份证到社区申请高龄津贴。")
    ]
    assert earlier_text(session, core, bureau.zhang, reply.id) == found[0].body


@pytest.mark.parametrize("change", [{"restricted": True}, {"sensitive": True}, {"accused_type": "person"}])
def test_restricted_and_sensitive_cases_neither_give_nor_get_earlier_answers(
    session: Session,
    core: Core,
    bureau: Bureau,
    open_case: OpenCase,
    case: Case,
    now: datetime,
    change: dict[str, object],
) -> None:
    earlier = open_case(text=TEXT)
    claim(session, core, bureau.zhang, earlier.id, earlier.version, now)
    reply = answer(session, core, bureau.zhang, earlier.id, earlier.version, "请带身份证到社区申请。", now=now)
    for hidden in (earlier, case):
        before = {name: getattr(hidden, name) for name in change}
        for name, value in change.items():
            setattr(hidden, name, value)
        session.flush()
        assert earlier_answers(session, core, bureau.zhang, case, now) == []
        if hidden is earlier:
            with pytest.raises(NotFound):
                earlier_text(session, core, bureau.zhang, reply.id)
        for name, value in before.items():
            setattr(hidden, name, value)


def test_only_who_works_on_the_answer_decides_about_it(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    save(session, core, bureau.zhang, case.id, EMPTY_WORDS, 0, now)
    looked = note_shown(session, core, bureau.zhang, case, now)
    for colleague in (bureau.li, bureau.relief, bureau.auditor):
        with pytest.raises(NotAllowed):
            keep(session, core, colleague, case, [looked[0].code], "理由", now)
