"""Drafts: nobody's words are lost, whoever writes at the same time, and whatever becomes of the case in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.answer import answer, open_draft
from handlers.casework.claim import claim
from handlers.casework.issue import approve, issue, send_back
from handlers.casework.moves import MOVES
from handlers.casework.oversee import note, supervise
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.records import Case, Delivery, DraftVersion, Note, Reply
from handlers.retention.erase_case import ERASED_TEXT, erase_texts
from handlers.writing.drafts import LONGEST, Saved, save, settle, versions
from tests.handlers.casework.conftest import Bureau, OpenCase

MINE = "王女士，您好：请带身份证到社区办理。"
THEIRS = "王女士，您好：请到街道办理，电话 0471-0000014。"


@pytest.fixture
def case(session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime) -> Case:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    return case


def by_the_head(session: Session, core: Core, bureau: Bureau, case: Case, text: str, seen: int, now: datetime) -> int:
    """The head writes once the claim has run out."""
    case.claim_until = None
    done = save(session, core, bureau.head, case.id, text, seen, now)
    assert done.aside is None
    return done.version


def draft_of(session: Session, case: Case) -> Reply:
    reply = open_draft(session, case.id)
    assert reply is not None
    return reply


def kept(session: Session, case: Case) -> set[tuple[str, str]]:
    rows = session.scalars(select(DraftVersion).where(DraftVersion.case_id == case.id))
    return {(row.state, row.text) for row in rows}


def test_saving_again_changes_the_draft_and_not_the_case(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    version = case.version
    first = save(session, core, bureau.zhang, case.id, "写到一半", 0, now)
    again = save(session, core, bureau.zhang, case.id, MINE, first.version, now)
    assert (first.version, again.version, again.aside) == (1, 2, None)
    assert draft_of(session, case).text == MINE and case.version == version


def test_of_two_who_write_at_once_both_texts_are_kept(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    seen = save(session, core, bureau.zhang, case.id, "开头", 0, now).version
    by_the_head(session, core, bureau, case, THEIRS, seen, now)
    late = save(session, core, bureau.zhang, case.id, MINE, seen, now)
    assert late.clash and late.aside is not None and "何丽" in late.why
    assert draft_of(session, case).text == THEIRS
    assert kept(session, case) == {("earlier", "开头"), ("aside", MINE)}


def test_what_is_written_on_beside_the_draft_takes_its_own_place(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    by_the_head(session, core, bureau, case, THEIRS, 0, now)
    first = save(session, core, bureau.zhang, case.id, "写着", 0, now)
    second = save(session, core, bureau.zhang, case.id, MINE, 0, now)
    assert first.aside == second.aside and ("aside", MINE) in kept(session, case)


def test_two_windows_of_one_person_lose_nothing_either(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    save(session, core, bureau.zhang, case.id, THEIRS, 0, now)
    other = save(session, core, bureau.zhang, case.id, MINE, 0, now)
    assert other.clash and "另一个窗口" in other.why
    assert {text for _, text in kept(session, case)} | {draft_of(session, case).text} == {MINE, THEIRS}


@pytest.mark.parametrize(
    ("way", "draft", "left"),
    [("take", MINE, THEIRS), ("join", f"{THEIRS}\n\n{MINE}", THEIRS), ("leave", THEIRS, MINE)],
)
def test_settling_deletes_nothing(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime, way: str, draft: str, left: str
) -> None:
    seen = by_the_head(session, core, bureau, case, THEIRS, 0, now)
    aside = save(session, core, bureau.zhang, case.id, MINE, 0, now).aside
    assert aside is not None
    settle(session, core, bureau.head, case.id, aside, way, seen, now)
    assert draft_of(session, case).text == draft
    assert left in {one.text for one in versions(session, case.id, ("earlier", "left", "taken"), now)}
    with pytest.raises(Conflict):
        settle(session, core, bureau.head, case.id, aside, "take", draft_of(session, case).version, now)


def test_a_draft_that_changed_again_is_looked_at_before_it_is_settled(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    seen = by_the_head(session, core, bureau, case, THEIRS, 0, now)
    aside = save(session, core, bureau.zhang, case.id, MINE, 0, now).aside
    save(session, core, bureau.head, case.id, THEIRS + "再改。", seen, now)
    with pytest.raises(Conflict):
        settle(session, core, bureau.head, case.id, aside or 0, "take", seen, now)


def test_words_written_while_the_case_moved_on_are_kept_beside_it(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    sent = answer(session, core, bureau.zhang, case.id, case.version, MINE, now=now)
    assert sent.state == "issued"
    late = save(session, core, bureau.zhang, case.id, THEIRS, 1, now)
    assert late.aside is not None and not late.clash and "没有丢" in late.why
    assert ("aside", THEIRS) in kept(session, case)


def test_a_colleague_without_the_claim_changes_nothing_but_loses_nothing(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    save(session, core, bureau.zhang, case.id, MINE, 0, now)
    late = save(session, core, bureau.li, case.id, THEIRS, 1, now)
    assert late.aside is not None and draft_of(session, case).text == MINE
    assert case.officer_id == bureau.zhang.officer_id


def test_strangers_can_neither_write_nor_learn_of_a_draft(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    for stranger, fault in ((bureau.relief, NotFound), (bureau.auditor, NotAllowed), (bureau.admin, NotFound)):
        with pytest.raises(fault):
            save(session, core, stranger, case.id, MINE, 0, now)


def test_a_text_emptied_by_mistake_is_kept_as_it_was(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    seen = save(session, core, bureau.zhang, case.id, MINE, 0, now).version
    save(session, core, bureau.zhang, case.id, "", seen, now)
    assert ("earlier", MINE) in kept(session, case)


def test_a_draft_of_ten_thousand_characters_is_nothing_special(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    long = "请带身份证到社区办理。" * 910
    assert len(long) > 10_000
    save(session, core, bureau.zhang, case.id, long, 0, now)
    assert draft_of(session, case).text == long
    with pytest.raises(InvalidInput):
        save(session, core, bureau.zhang, case.id, "长" * (LONGEST + 1), 1, now)


def test_a_draft_survives_the_claim_that_expired_and_a_new_holder(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    seen = save(session, core, bureau.zhang, case.id, MINE, 0, now).version
    later = now + timedelta(hours=9)
    claim(session, core, bureau.li, case.id, case.version, later)
    save(session, core, bureau.li, case.id, THEIRS, seen, later)
    assert draft_of(session, case).text == THEIRS and ("earlier", MINE) in kept(session, case)


def test_a_field_left_unfilled_cannot_be_issued(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="金额"):
        answer(session, core, bureau.zhang, case.id, case.version, MINE + "每月{金额}元。", now=now)


def test_no_internal_note_is_ever_delivered(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    note(session, core, bureau.zhang, case.id, case.version, text="内部：此人来过三次", now=now)
    supervise(session, core, bureau.office, case.id, case.version, text="内部：本周办完", now=now)
    save(session, core, bureau.li, case.id, "旁边的一稿，不发", 0, now)
    case.kind = "complaint"
    sent = answer(session, core, bureau.zhang, case.id, case.version, MINE, now=now)
    send_back(session, core, bureau.head, case.id, case.version, reason="内部：改一改", now=now)
    case.claim_until = None
    answer(session, core, bureau.head, case.id, case.version, MINE, now=now)
    approve(session, core, bureau.office, case.id, case.version, now=now)  # in the head's place, who wrote it
    issue(session, core, bureau.suhe, case.id, case.version, now=now)
    texts = [row.text for row in session.scalars(select(Delivery))]
    assert sent.body == MINE and any(MINE in text for text in texts)
    assert not any("内部" in text or "旁边" in text for text in texts)
    assert len(session.scalars(select(Note)).all()) == 2 and "note" in MOVES and not MOVES["note"].to


def test_what_was_written_is_erased_with_the_case(
    session: Session, core: Core, bureau: Bureau, case: Case, now: datetime
) -> None:
    save(session, core, bureau.head, case.id, THEIRS, 0, now)
    save(session, core, bureau.zhang, case.id, MINE, 0, now)
    erase_texts(session, case)
    session.expire_all()
    assert {text for _, text in kept(session, case)} == {ERASED_TEXT} and draft_of(session, case).text == ERASED_TEXT


def test_two_saves_at_the_same_instant_lose_nothing(core: Core, now: datetime) -> None:
    with core.database.write() as session:
        zhang = Bureau(session, now).zhang
        case = Case(
            number="20261123-0001", query_code="", channel="web", source="web", state="in_progress",
            kind="consultation", topic="elderly_care", section_code="welfare", officer_id=zhang.officer_id,
            opened_at=now, received_at=now, changed_at=now,
        )  # fmt: skip
        session.add(case)
        session.flush()
        case_id = case.id
    ready = Barrier(2)

    def write(text: str) -> Saved:
        ready.wait(timeout=10)
        with core.database.write() as session:
            return save(session, core, zhang, case_id, text, 0, now)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(write, (MINE, THEIRS)))
    assert sorted(one.clash for one in done) == [False, True]
    with core.database.read() as session:
        case = session.get_one(Case, case_id)
        assert {draft_of(session, case).text} | {text for _, text in kept(session, case)} == {MINE, THEIRS}
