"""API keys: shown once, kept as a digest, stopped and replaced."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.accounts.api_keys import (
    create_api_key,
    disable_api_key,
    find_holder,
    list_api_keys,
    replace_api_key,
)
from handlers.errors import Conflict, InvalidInput, NotFound
from handlers.records.database import Database


def test_a_key_finds_its_holder_and_lies_nowhere_in_plain(database: Database, now: datetime) -> None:
    with database.write() as session:
        key = create_api_key(session, "市民 App", "citizen-app", now)
        holder = find_holder(session, key)
        assert holder is not None and (holder.account, holder.source) == ("citizen-app", "rest")
        row = list_api_keys(session)[0]
        assert key not in (row.name, row.account, row.key_sha256)


@pytest.mark.parametrize("given", ["", "hy_", "x" * 5000, "hy_" + "A" * 43, "hy_' OR 1=1", "\ud800"])
def test_a_wrong_key_finds_nobody(database: Database, now: datetime, given: str) -> None:
    with database.write() as session:
        create_api_key(session, "市民 App", "citizen-app", now)
        assert find_holder(session, given) is None


def test_a_disabled_key_stops_and_a_replaced_one_works(database: Database, now: datetime) -> None:
    with database.write() as session:
        old = create_api_key(session, "热线", "hotline", now, "hotline_12345")
        disable_api_key(session, "hotline", now)
        assert find_holder(session, old) is None
        new = replace_api_key(session, "hotline", now)
        assert find_holder(session, old) is None and find_holder(session, new) is not None


def test_an_account_has_one_key(database: Database, now: datetime) -> None:
    with database.write() as session:
        create_api_key(session, "一", "one", now)
        with pytest.raises(Conflict):
            create_api_key(session, "二", "one", now)
        with pytest.raises(NotFound):
            disable_api_key(session, "two", now)


@pytest.mark.parametrize(
    ("name", "account", "source", "field"),
    [("", "app", "rest", "name"), ("甲", "大写", "rest", "account"), ("甲", "app", "fax", "source")],
)
def test_what_is_wrong_is_named(
    database: Database, now: datetime, name: str, account: str, source: str, field: str
) -> None:
    with database.write() as session, pytest.raises(InvalidInput) as caught:
        create_api_key(session, name, account, now, source)
    assert caught.value.field == field
