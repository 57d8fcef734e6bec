"""Search, the same on both databases: words of two characters, numbers, people; within rights; always in step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, text, update

from handlers.accounts.roles import Role, StandIn
from handlers.casework.access import Staff
from handlers.casework.queues import Filters
from handlers.casework.sensitivity import officer_mark
from handlers.core import Core
from handlers.intake.receive import Intake
from handlers.messages import Contact, InboundMessage, MessageKind, Particulars
from handlers.records import SEARCH_DUE, Case, Note, Officer, Reply, fulltext
from handlers.records.fulltext_parts import All
from handlers.retention.erase_case import erase_contact, erase_texts
from handlers.search.find import Found, find
from handlers.search.index import catch_up, index_due, rebuild
from handlers.search.words import read_words

OFFICE = Staff(1, "乌云", Role.OFFICE, "general_office")
WELFARE = Staff(2, "张敏", Role.OFFICER, "welfare")
RECIPIENT = Staff(3, "苏和", Role.OFFICE, "general_office")
NOBODY = Contact()
_serial = count(1)


@pytest.fixture
def write(core: Core, now: datetime) -> Callable[..., int]:
    """A citizen writes; keyword arguments beyond ``contact`` are columns of the case."""
    with core.database.write() as session:
        for person in (OFFICE, WELFARE, RECIPIENT):
            session.add(
                Officer(
                    id=person.officer_id, login=f"o{person.officer_id}", name=person.name, role=str(person.role),
                    section_code=person.section, password_hash="-", created_at=now,
                )
            )  # fmt: skip
    intake = Intake(core)

    def make(words: str, contact: Contact = NOBODY, **columns: Any) -> int:
        n = next(_serial)
        message = InboundMessage(
            channel="web", account="", external_id=str(n), sender_id=f"s{n}", sent_at=now, received_at=now,
            kind=MessageKind.TEXT, text=words, particulars=Particulars(contact=contact),
        )  # fmt: skip
        receipt = intake.receive(message, now + timedelta(seconds=n))
        columns.setdefault("section_code", "welfare")
        with core.database.write() as session:
            session.execute(update(Case).where(Case.number == receipt.number).values(**columns))
            return session.scalars(select(Case.id).where(Case.number == receipt.number)).one()

    return make


def search(core: Core, words: str, person: Staff = OFFICE, now: datetime | None = None, **filters: Any) -> Found:
    catch_up(core)
    at = now or datetime.fromisoformat("2026-11-23T01:14:00+00:00")
    before, size = filters.pop("before", None), filters.pop("size", 50)
    with core.database.read() as session:
        return find(
            session, core, person, read_words(words, core.vault), Filters(**filters), at, before=before, size=size
        )


def ids(found: Found) -> list[int]:
    return [hit.line.case_id for hit in found.hits]


def test_a_word_of_two_characters_finds_the_newest_first(core: Core, write: Callable[..., int]) -> None:
    one, _, three = write("低保什么时候发"), write("公墓多少钱"), write("请问低保怎么办理")
    assert ids(search(core, "低保")) == [three, one]


def test_a_longer_word_is_found_only_where_it_stands_together(core: Core, write: Callable[..., int]) -> None:
    whole = write("高龄津贴没有到账")
    write("高龄老人的事；年龄津液；发津贴了吗")  # every pair of it, but never the word
    assert ids(search(core, "高龄津贴")) == [whole]


@pytest.mark.parametrize("words", ["臺灣老兵", "台湾老兵", "ＡＢＣ１２３", "abc123", "Abc123 老兵"])
def test_script_width_and_case_do_not_matter(core: Core, write: Callable[..., int], words: str) -> None:
    case = write("台灣老兵的門牌是ABC１２３")
    assert ids(search(core, words)) == [case]


def test_every_word_must_be_there_wherever_in_the_case(core: Core, write: Callable[..., int], now: datetime) -> None:
    case, other = write("敬老院的饭太凉"), write("敬老院在哪里")
    with core.database.write() as session:
        session.add(Note(case_id=case, text="已电话联系院长", officer_id=2, at=now))
        session.add(Reply(case_id=other, text="在新城区", drafted_by=2, drafted_at=now))
    assert ids(search(core, "敬老院 院长")) == [case]
    assert ids(search(core, "敬老院 新城区")) == [other]


def test_what_one_just_wrote_is_found_at_once_and_what_was_changed_no_more(
    core: Core, write: Callable[..., int], now: datetime
) -> None:
    case = write("一件事")
    with core.database.write() as session:
        session.add(Reply(case_id=case, text="草稿写着梧桐", drafted_by=2, drafted_at=now))
    assert ids(search(core, "梧桐")) == [case]
    with core.database.write() as session:
        session.execute(update(Reply).values(text="改成了银杏"))
    assert ids(search(core, "梧桐")) == [] and ids(search(core, "银杏")) == [case]


def test_a_number_finds_its_case(core: Core, write: Callable[..., int]) -> None:
    case = write("一件事", outer_number="HH-2026/0815")
    write("又一件")
    with core.database.read() as session:
        number = session.get_one(Case, case).number
    assert ids(search(core, number)) == [case]
    assert ids(search(core, "hh-2026/0815")) == [case]


@pytest.mark.parametrize("words", ["其木格", "13904711234", "139 0471 1234", "+86 139-0471-1234", "0471-6612345"])
def test_people_are_found_exactly_and_stand_nowhere_in_the_index(
    core: Core, write: Callable[..., int], words: str
) -> None:
    case = write("一件事", Contact(name="其木格", phone="13904711234 / 0471-6612345"))
    write("另一件", Contact(name="其木格玛", phone="13904711235"))
    assert ids(search(core, words)) == [case]
    shown = search(core, words).hits[0].excerpts
    assert [excerpt.where for excerpt in shown] == ["反映人或当事人"]
    table = "search_index_content" if core.database.is_sqlite else "search_index"
    with core.database.read() as session:
        rows = str(session.execute(text(f"SELECT * FROM {table}")).all())
    assert "其木" not in rows and "13904711234" not in rows and "6612345" not in rows


def test_nobody_finds_a_case_that_they_may_not_see(core: Core, write: Callable[..., int]) -> None:
    ours, theirs = write("公墓的台阶坏了"), write("公墓的价格", section_code="social_affairs")
    shared = write("公墓和养老院", section_code="social_affairs", cooperating=["welfare"])
    assert ids(search(core, "公墓", WELFARE)) == [shared, ours]
    assert ids(search(core, "公墓")) == [shared, theirs, ours]
    assert ids(search(core, "公墓", Staff(9, "管理", Role.ADMIN, "welfare"))) == []
    assert ids(search(core, "公墓", Staff(9, "无科", Role.OFFICER, ""))) == []


def test_whoever_stands_in_or_was_let_in_by_name_finds_the_case(core: Core, write: Callable[..., int]) -> None:
    theirs = write("公墓的价格", section_code="social_affairs")
    named = write("公墓和孩子", section_code="social_affairs", sensitivity="guarded", admitted=[officer_mark(2)])
    claimed = write("公墓和老人", section_code="social_affairs", sensitivity="guarded", officer_id=2)
    assert ids(search(core, "公墓", WELFARE)) == [claimed, named]
    away = StandIn(7, "白云", Role.OFFICER, "social_affairs")
    assert ids(search(core, "公墓", replace(WELFARE, stands_for=(away,)))) == [claimed, named, theirs]
    office = StandIn(1, "乌云", Role.OFFICE, "general_office")
    assert ids(search(core, "公墓", replace(WELFARE, stands_for=(office,)))) == [claimed, named, theirs]
    with core.database.write() as session:
        session.execute(update(Case).where(Case.id == named).values(admitted=[officer_mark(3)]))
    assert ids(search(core, "公墓", WELFARE)) == [claimed]


def test_a_restricted_case_is_in_no_index_and_found_by_its_recipient_only(
    core: Core, write: Callable[..., int]
) -> None:
    open_one = write("某院的饭太凉")
    hidden = write("某院的饭太咸", Contact(name="白玉兰", phone="13904715555"))
    assert ids(search(core, "某院")) == [hidden, open_one]
    with core.database.write() as session:
        session.execute(update(Case).where(Case.id == hidden).values(restricted=True, restricted_to=3))
        rows = "rowid" if core.database.is_sqlite else "case_id"
        left = session.scalars(text(f"SELECT {rows} FROM search_index")).all()
        assert hidden not in left and open_one in left, "gone in the very transaction that restricts it"
    index_due(core)
    for words in ("某院", "太咸", "白玉兰", "13904715555"):
        assert hidden not in ids(search(core, words)) + ids(search(core, words, WELFARE))
        assert hidden in ids(search(core, words, RECIPIENT))
    assert ids(search(core, "某院", RECIPIENT)) == [hidden, open_one]
    assert search(core, "某院", size=1).older is None, "no further page hints at it"
    with core.database.write() as session:
        session.execute(update(Case).where(Case.id == hidden).values(restricted=False))
    assert ids(search(core, "某院", WELFARE)) == [hidden, open_one]


def test_what_is_erased_leaves_the_index_in_the_same_transaction(core: Core, write: Callable[..., int]) -> None:
    case = write("梧桐树下的一件事", Contact(name="其木格"))
    assert ids(search(core, "梧桐")) == [case]
    with core.database.write() as session:
        erase_contact(session, case)
        erase_texts(session, session.get_one(Case, case))
        assert fulltext.newest(session, All(("梧桐",)), 1, case, 10) == []
    for words in ("梧桐", "其木格", "按规定删除"):
        assert ids(search(core, words)) == []


def test_filters_and_pages(core: Core, write: Callable[..., int], now: datetime) -> None:
    made = [write(f"低保第{n}件", kind="complaint" if n % 2 else "help", urgent=n == 4) for n in range(6)]
    newest = made[::-1]
    assert ids(search(core, "低保", kind="complaint")) == [made[5], made[3], made[1]]
    assert ids(search(core, "", urgent=True)) == [made[4]]
    first = search(core, "低保", size=4)
    assert ids(first) == newest[:4]
    second = search(core, "低保", size=4, before=first.older)
    assert ids(second) == newest[4:] and second.older is None
    assert ids(search(core, "低保", queue="closed")) == []
    assert len(ids(search(core, "低保", queue="open"))) == 6
    assert ids(search(core, "低保", opened_from=now + timedelta(days=1))) == []
    assert len(ids(search(core, "低保", opened_from=now, opened_until=now + timedelta(days=1)))) == 6
    assert ids(search(core, "低保", due="late", now=now + timedelta(days=90))) == newest


def test_a_word_too_short_is_left_out_and_said_so(core: Core, write: Callable[..., int]) -> None:
    case = write("李家低保")
    words = read_words("李 低保 x", core.vault)
    assert words.left_out == ("李", "x") and ids(search(core, "李 低保")) == [case]


def test_the_excerpt_shows_the_words_as_they_were_written(core: Core, write: Callable[..., int]) -> None:
    write("您好，" + "长" * 80 + "，臺灣的ＡＢＣ在这里，" + "短" * 200)
    (hit,) = search(core, "台湾").hits
    assert ("臺灣", True) in hit.excerpts[0].pieces
    assert sum(len(piece) for piece, _ in hit.excerpts[0].pieces) < 160


def test_a_change_made_while_its_case_is_being_indexed_keeps_its_mark(core: Core, write: Callable[..., int]) -> None:
    case = write("一件事")
    index_due(core)
    with core.database.write() as session:
        session.execute(update(Case).where(Case.id == case).values(subject="第一次"))
    with core.database.write() as session:
        session.execute(update(Case).where(Case.id == case).values(subject="第二次"))
        assert len(session.execute(select(SEARCH_DUE)).all()) == 2
    assert ids(search(core, "第二次")) == [case]
    with core.database.read() as session:
        assert session.execute(select(SEARCH_DUE)).all() == []


def test_the_whole_index_can_be_made_anew(core: Core, write: Callable[..., int]) -> None:
    case = write("梧桐树")
    index_due(core)
    with core.database.write() as session:
        fulltext.drop(session, [case])
    assert ids(search(core, "梧桐")) == []
    assert rebuild(core) == 1
    assert ids(search(core, "梧桐")) == [case]
