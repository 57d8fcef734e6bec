"""The organisation in the tables: loaded, read back equal, edited with checks, exported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from handlers.errors import Conflict, InvalidInput, ProfileFault
from handlers.organisation import admin
from handlers.organisation.load import parse, shipped, shipped_codes, to_toml
from handlers.organisation.profile import LadderStep, Profile, Section, TopicRoute, Unit
from handlers.organisation.store import ProfileStore, read_profile, write_profile
from handlers.organisation.wording import WORDING
from handlers.records import Officer, WordingRow
from handlers.records.database import Database


@pytest.fixture
def session(database: Database, now: datetime) -> Iterator[Session]:
    """A transaction in which the Hohhot profile is loaded."""
    with database.write() as session:
        write_profile(session, shipped("hohhot-2018"), now)
        yield session


@pytest.fixture
def profile() -> Profile:
    return shipped("hohhot-2018")


@pytest.mark.parametrize("code", shipped_codes())
def test_a_profile_comes_out_of_the_tables_as_it_went_in(database: Database, now: datetime, code: str) -> None:
    with database.write() as session:
        write_profile(session, shipped(code), now)
        assert read_profile(session) == shipped(code)


def test_an_export_of_the_tables_loads_as_the_same_profile(session: Session) -> None:
    stored = read_profile(session)
    assert parse(to_toml(stored)) == stored


def test_a_text_that_a_later_release_brought_is_there_at_once(session: Session) -> None:
    session.execute(delete(WordingRow).where(WordingRow.key == "assigned"))
    assert read_profile(session).wording["assigned"]


def test_without_a_profile_the_remedy_is_named(database: Database) -> None:
    with database.read() as session, pytest.raises(ProfileFault, match="huiying profile load"):
        read_profile(session)


def test_an_edit_reaches_the_cache_when_its_time_is_over(database: Database, now: datetime) -> None:
    ticks = [0.0]
    source = ProfileStore(database, fresh_seconds=5, ticks=lambda: ticks[0])
    with database.write() as session:
        write_profile(session, shipped("hohhot-2018"), now)
    assert source().name == "呼和浩特市民政局"
    with database.write() as session:
        admin.edit(session, lambda p: admin.with_bureau(p, name="青城民政局"), admin.version(session), now)
    assert source().name == "呼和浩特市民政局"
    ticks[0] = 6
    assert source().name == "青城民政局"


def test_two_admins_do_not_undo_each_other(session: Session, now: datetime) -> None:
    seen = admin.version(session)
    admin.edit(session, lambda p: admin.with_bureau(p, phone="0471-1"), seen, now)
    with pytest.raises(Conflict, match="另一位管理员"):
        admin.edit(session, lambda p: admin.with_bureau(p, phone="0471-2"), seen, now)
    assert read_profile(session).phone == "0471-1"


def test_a_section_is_added_renamed_and_removed_when_nothing_hangs_on_it(session: Session, profile: Profile) -> None:
    more = admin.with_section(profile, Section(code="ageing", name="老龄科"))
    assert more.section("ageing").name == "老龄科"
    renamed = admin.with_section(more, Section(code="ageing", name="养老服务科"))
    assert [s.name for s in renamed.sections].count("养老服务科") == 1 and len(renamed.sections) == len(more.sections)
    assert admin.without_section(session, renamed, "ageing") == profile


def test_a_section_with_topics_people_or_the_office_stays(session: Session, profile: Profile, now: datetime) -> None:
    for code in ("welfare", "general_office"):
        with pytest.raises(InvalidInput, match="业务类别"):
            admin.without_section(session, profile, code)
    more = admin.with_section(profile, Section(code="ageing", name="老龄科"))
    session.add(
        Officer(login="lao", name="老李", role="officer", section_code="ageing", password_hash="-", created_at=now)
    )
    session.flush()
    with pytest.raises(InvalidInput, match="在岗人员"):
        admin.without_section(session, more, "ageing")


def test_a_topic_moves_to_another_section(profile: Profile) -> None:
    moved = admin.with_route(profile, TopicRoute(topic="funeral", lead="welfare", cooperating=("finance", "welfare")))
    assert moved.route("funeral").lead == "welfare" and moved.route("funeral").cooperating == ("finance",)
    with pytest.raises(InvalidInput, match="不成立"):
        admin.with_route(profile, TopicRoute(topic="funeral", lead="nowhere"))


def test_a_unit_in_use_stays(profile: Profile) -> None:
    more = admin.with_unit(profile, Unit(code="court", name="市中级法院", kind="department"))
    assert admin.without_unit(more, "court") == profile
    with pytest.raises(InvalidInput, match="业务归口"):
        admin.without_unit(profile, "tuoketuo")


def test_hours_run_from_morning_to_evening(profile: Profile) -> None:
    hours = {
        "morning_start": time(9), "morning_end": time(12), "afternoon_start": time(13), "afternoon_end": time(17),
    }  # fmt: skip
    quiet = {"start": time(21), "end": time(7)}
    assert admin.with_hours(profile, hours, quiet).hours.morning_start == time(9)
    with pytest.raises(InvalidInput, match="从早到晚"):
        admin.with_hours(profile, hours | {"morning_end": time(8)}, quiet)


def test_every_rung_of_the_ladder_tells_somebody(profile: Profile) -> None:
    step = LadderStep(code="yellow", colour="yellow", against="safe_due", working_days=-3, recipients=())
    with pytest.raises(InvalidInput, match="提醒对象"):
        admin.with_ladder(profile, [step])


def test_the_roster_names_people_who_are_there(session: Session, profile: Profile, now: datetime) -> None:
    session.add(Officer(login="duty", name="值班", role="office", password_hash="-", created_at=now))
    session.flush()
    assert [t.officer for t in admin.with_roster(session, profile, ["duty", "", "Duty"]).duty_roster] == ["duty"]
    with pytest.raises(InvalidInput, match="nobody"):
        admin.with_roster(session, profile, ["nobody"])


def test_a_text_without_its_fields_is_refused_with_their_names(profile: Profile) -> None:
    with pytest.raises(InvalidInput, match=r"必须写有 \{number\}"):
        admin.with_wording(profile, "withdraw_done", "已收回。{signature}")
    with pytest.raises(InvalidInput, match=r"没有 \{date\} 这个字段"):
        admin.with_wording(profile, "withdraw_done", "{number} {date} {signature}")
    changed = admin.with_wording(profile, "withdraw_done", "编号 {number} 收回了。\r\n{signature}")
    assert admin.preview(changed, "withdraw_done").startswith("编号 20261123-0007 收回了。")


@pytest.mark.parametrize("key", WORDING)
def test_every_text_can_be_previewed_with_no_field_left(profile: Profile, key: str) -> None:
    shown = admin.preview(profile, key)
    assert shown and "{" not in shown and "〈" not in shown
