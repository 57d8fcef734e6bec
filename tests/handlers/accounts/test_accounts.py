"""Sessions, locks and the list of officers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers.accounts import officers, passwords
from handlers.accounts.roles import Role
from handlers.accounts.sessions import Accounts, SignInPolicy
from handlers.errors import Conflict, InvalidInput, NotFound, RateLimited
from handlers.records import Base
from handlers.records.database import Database

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PASSWORD = "河边的 3 棵老柳树"
SECTIONS = frozenset({"office", "welfare"})


class Desk:
    """Accounts over a real database, with a clock to turn."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.at = START
        self.accounts = Accounts(database, lambda: self.at, SignInPolicy(tries=3))

    def add(self, login: str, role: Role = Role.OFFICER, section: str = "welfare") -> None:
        with self.database.write() as session:
            officers.add(
                session,
                login=login,
                name=login,
                role=role,
                section=section,
                sections=SECTIONS,
                now=self.at,
                password=PASSWORD,
            )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    Base.metadata.create_all(database.engine)
    yield Desk(database)
    database.dispose()


def test_a_session_carries_who_and_which_section(desk: Desk) -> None:
    desk.add("zhang")
    me = desk.accounts.signed_in(desk.accounts.sign_in(" Zhang ", PASSWORD))
    assert me is not None
    assert (me.login, me.role, me.section, me.must_change_password) == ("zhang", Role.OFFICER, "welfare", False)


def test_a_made_up_token_is_nobody(desk: Desk) -> None:
    assert desk.accounts.signed_in("made-up") is None


def test_repeated_failures_lock_the_account_for_a_while_even_for_the_right_password(desk: Desk) -> None:
    desk.add("zhang")
    for _ in range(3):
        with pytest.raises(InvalidInput):
            desk.accounts.sign_in("zhang", "wrong")
    with pytest.raises(RateLimited) as locked:
        desk.accounts.sign_in("zhang", PASSWORD)
    assert 0 < locked.value.retry_after <= 15 * 60 + 1
    desk.at += timedelta(minutes=16)
    assert desk.accounts.sign_in("zhang", PASSWORD)


def test_a_lock_does_not_tell_which_names_exist(desk: Desk) -> None:
    def told(login: str) -> list[tuple[type[Exception], str]]:
        heard = []
        for _ in range(7):
            with pytest.raises((InvalidInput, RateLimited)) as refused:
                desk.accounts.sign_in(login, "wrong")
            heard.append((refused.type, str(refused.value)))
        return heard

    desk.add("zhang")
    assert told("zhang") == told("nobody-of-this-name")


def test_the_last_try_may_still_be_the_right_one(desk: Desk) -> None:
    desk.add("zhang")
    for _ in range(2):
        with pytest.raises(InvalidInput):
            desk.accounts.sign_in("zhang", "wrong")
    assert desk.accounts.sign_in("zhang", PASSWORD)
    with pytest.raises(InvalidInput):
        desk.accounts.sign_in("zhang", "wrong")


def test_a_session_ends_after_its_hours_and_when_it_lies_idle(desk: Desk) -> None:
    desk.add("zhang")
    token = desk.accounts.sign_in("zhang", PASSWORD)
    desk.at += timedelta(hours=1, minutes=59)
    assert desk.accounts.signed_in(token)
    desk.at += timedelta(hours=1, minutes=59)
    assert desk.accounts.signed_in(token), "being used keeps it"
    desk.at += timedelta(hours=2)
    assert desk.accounts.signed_in(token) is None, "idle"
    token = desk.accounts.sign_in("zhang", PASSWORD)
    for _ in range(6):
        desk.at += timedelta(hours=1, minutes=40)
        desk.accounts.signed_in(token)
    assert desk.accounts.signed_in(token) is None, "ten hours are over"


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(desk: Desk) -> None:
    desk.add("zhang")
    token = desk.accounts.sign_in("zhang", PASSWORD)
    for _ in range(2):
        desk.at += timedelta(hours=1)
        desk.accounts.signed_in(token, touch=False)
    assert desk.accounts.signed_in(token) is None


def test_a_disabled_officer_is_out_at_once(desk: Desk) -> None:
    desk.add("zhang")
    token = desk.accounts.sign_in("zhang", PASSWORD)
    with desk.database.write() as session:
        officers.disable(session, "zhang", desk.at)
    assert desk.accounts.signed_in(token) is None
    with pytest.raises(InvalidInput):
        desk.accounts.sign_in("zhang", PASSWORD)


def test_a_new_password_ends_every_other_session(desk: Desk) -> None:
    desk.add("zhang")
    here, elsewhere = desk.accounts.sign_in("zhang", PASSWORD), desk.accounts.sign_in("zhang", PASSWORD)
    fresh = desk.accounts.change_password(here, PASSWORD, "另外 5 句完全不同的话")
    assert desk.accounts.signed_in(fresh)
    assert desk.accounts.signed_in(here) is None
    assert desk.accounts.signed_in(elsewhere) is None


def test_a_reset_gives_a_password_that_must_be_changed(desk: Desk) -> None:
    desk.add("zhang")
    with desk.database.write() as session:
        first = officers.reset_password(session, "zhang", desk.at)
    me = desk.accounts.signed_in(desk.accounts.sign_in("zhang", first))
    assert me is not None
    assert me.must_change_password


@pytest.mark.parametrize(
    "weak", ["短", "1234567890", "zhang-20261123", "password-2026", "aaaaaaaaaa1", "只有汉字没有别的字符"]
)
def test_a_weak_password_is_refused_with_the_reason(weak: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.check_new(weak, "zhang")


def test_the_last_admin_stays_and_stays_able(desk: Desk) -> None:
    desk.add("root", Role.ADMIN, "")
    with desk.database.write() as session, pytest.raises(Conflict):
        officers.disable(session, "root", desk.at)
    with desk.database.write() as session, pytest.raises(Conflict):
        officers.change(session, "root", name="r", role=Role.LEADER, section="", sections=SECTIONS)
    desk.add("second", Role.ADMIN, "")
    with desk.database.write() as session:
        assert officers.disable(session, "root", desk.at).disabled


def test_a_taken_name_an_odd_name_and_a_missing_section_are_refused(desk: Desk) -> None:
    desk.add("zhang")
    with pytest.raises(Conflict):
        desk.add("zhang")
    with pytest.raises(InvalidInput):
        desk.add("张敏")
    with pytest.raises(InvalidInput):
        desk.add("li", Role.HEAD, "")
    with desk.database.read() as session, pytest.raises(NotFound):
        officers.by_login(session, "nobody")
