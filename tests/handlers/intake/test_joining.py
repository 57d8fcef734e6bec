"""Words added to a case by its number (补充 on the web or over an interface), whoever's channel it came by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from handlers.core import Core
from handlers.messages import Particulars
from handlers.records import Case, Message
from tests.handlers.intake.citizens import Town, clear


def test_words_join_a_case_of_another_channel_and_are_read_as_no_command(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write("请问高龄津贴怎么申请？我妈妈今年八十二岁")
    more = {"channel": "web", "account": "portal", "particulars": Particulars(joins=first.number)}
    for who, words in (("a", "满意"), ("b", "另外想问一件很长的事情")):
        assert town.intake.receive(town.message(words, who, **more), now).number == first.number
    with core.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
        assert session.scalars(select(Case.unread)).one()
        assert {row.case_id for row in session.scalars(select(Message))} == {1}


def test_two_additions_of_one_batch_both_arrive(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write("请问高龄津贴怎么申请？")
    more = {"channel": "web", "account": "portal", "particulars": Particulars(joins=first.number)}
    told = town.intake.receive_many([town.message("一", "a", **more), town.message("二", "b", **more)], now)
    assert [receipt.number for receipt in told] == [first.number] * 2  # type: ignore[union-attr]


def test_what_is_added_to_a_finished_case_becomes_a_case_of_its_own(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    first = town.write("请问高龄津贴怎么申请？")
    with core.database.write() as session:
        session.scalars(select(Case)).one().state = "closed"
    added = town.message("还是没有收到钱", "a", channel="web", particulars=Particulars(joins=first.number))
    assert town.intake.receive(added, now).number != first.number
