"""Queues, the board's figures, the case page."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from handlers.casework.board import figures, totals, trouble
from handlers.casework.claim import claim
from handlers.casework.page import case_page, read_case
from handlers.casework.queues import Filters, cases_in, counts
from handlers.core import Core
from handlers.records import CaseContact, CaseEvent, Delivery, Label, Message
from tests.handlers.casework.conftest import TEXT, Bureau, OpenCase


def test_counts_and_lists_agree(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    mine = open_case()
    claim(session, core, bureau.zhang, mine.id, mine.version, now)
    open_case(urgent=True)
    open_case(section_code=None, state="triage")
    open_case(section_code="finance", cooperating=["welfare"])
    open_case(state="closed")
    later = now + timedelta(days=30)
    for person in (bureau.zhang, bureau.head, bureau.office, bureau.leader, bureau.auditor):
        for code, count in counts(session, person, later).items():
            assert cases_in(session, core, person, code, Filters(), later).total == count, (person.name, code)
    assert counts(session, bureau.zhang, now)["mine"] == 1
    assert counts(session, bureau.zhang, later)["late"] == 3
    assert counts(session, bureau.office, now)["triage"] == 1


def test_a_queue_shows_urgent_first_and_then_what_is_due_next(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    grave = open_case(kind="complaint", urgent=True, grade="today")
    slow, quick, urgent = open_case(kind="complaint"), open_case(), open_case(kind="complaint", urgent=True)
    listed = cases_in(session, core, bureau.zhang, "section", Filters(), now)
    assert [line.number for line in listed.lines] == [case.number for case in (urgent, grave, quick, slow)]
    assert [line.grade for line in listed.lines] == ["now", "today", "", ""]
    due = listed.lines[2].due
    assert (due.left, due.rule, due.late) == ("还剩 2 个工作日", "RX-01", False)


def test_what_is_late_says_so_with_word_and_symbol(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    line = cases_in(session, core, bureau.zhang, "late", Filters(), case.next_due_at + timedelta(days=2)).lines[0]
    assert (line.due.colour, line.due.word, line.due.symbol, line.due.left) == ("red", "红", "●", "已超期 2 天")


def test_filters_narrow_a_queue(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    one, _ = open_case("殡葬费用怎么算", kind="complaint", topic="funeral"), open_case()

    def found(**filters: object) -> list[str]:
        return [line.number for line in cases_in(session, core, bureau.zhang, "all", Filters(**filters), now).lines]

    assert found(kind="complaint") == found(topic="funeral") == [one.number]
    assert len(found()) == 2 and found(due="late") == []


def test_pages_hold_their_size_and_clamp(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    for _ in range(5):
        open_case()
    listed = cases_in(session, core, bureau.zhang, "section", Filters(), now, page=9, size=2)
    assert (listed.page, listed.pages, listed.total, len(listed.lines)) == (3, 3, 5, 1)
    assert cases_in(session, core, bureau.zhang, "section", Filters(), now, page=0, size=2).page == 1


def test_counts_take_one_query_and_a_list_a_few(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    for _ in range(3):
        open_case()
    session.flush()
    seen: list[str] = []
    event.listen(core.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    counts(session, bureau.office, now)
    assert len(seen) == 1
    cases_in(session, core, bureau.office, "open", Filters(), now)
    assert len(seen) <= 4


def test_the_board_counts_by_section_and_hides_what_its_reader_may_not_know(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    open_case(section_code=None, state="triage")
    hidden = open_case(section_code=None, state="triage", restricted=True, restricted_to=bureau.suhe.officer_id)
    rows = {row.code: row for row in figures(session, core, bureau.leader, case.next_due_at)}
    assert (rows["welfare"].open, rows["welfare"].late, rows[""].open) == (1, 1, 1)
    assert totals(list(rows.values())).open == 2
    session.add(
        Delivery(
            purpose="notice", case_id=hidden.id, channel="wechat", text="x", sha256="x", state="failed", created_at=now
        )
    )
    session.flush()
    assert trouble(session, bureau.leader).failed == 0 and trouble(session, bureau.suhe).failed == 1


def test_the_case_page_shows_everything_once_and_the_reading_is_an_event(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    session.add(
        Label(
            message_id=case.first_message_id, kind="consultation", topic="elderly_care", needs_person=False,
            urgent=False,
            confidence={"topic": 0.93, "kind": 0.5},
            evidence={"topic": [{"start": 10, "end": 14, "text": "高龄津贴", "weight": 1.7}]}, model="rules-1", at=now,
        )
    )  # fmt: skip
    session.add(CaseContact(case_id=case.id, role="writer", name=core.vault.seal("王芳")))
    session.flush()
    page = read_case(session, core, bureau.zhang, case.id, now)
    labels = {label.label: label for label in page.labels}
    assert labels["topic"].sure == "很可能" and labels["kind"].sure == "不确定"
    assert labels["topic"].evidence == ((10, 14, "高龄津贴"),) and TEXT[10:14] in TEXT
    assert page.conversation[0].text == TEXT and page.contacts[0].name == "王芳"
    assert {clock.rule.code for clock in page.clocks} >= {"RX-01"} and page.clocks[0].why
    assert "claim" in page.moves and "supervise" not in page.moves
    assert session.scalars(select(CaseEvent.action).where(CaseEvent.case_id == case.id)).all()[-1] == "read"
    assert not page.history[-1].is_read  # this very look is being written while the page is gathered
    later = case_page(session, core, bureau.zhang, case, now + timedelta(seconds=1))
    assert later.history[-1].text == "11月23日 9:14 张敏 查看了这件诉求"


def test_the_words_of_a_citizen_are_kept_untouched(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    text = "<b>您好</b> ]]> \u202e 一百岁\n\n  谢谢"
    case = open_case(text)
    assert read_case(session, core, bureau.zhang, case.id, now).conversation[0].text == text
    assert session.scalars(select(Message.text)).all() == [text]
