"""A case's events, and nothing else, tell which limits were kept, who had the case, and how it ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from handlers.deadlines.worktime import end_of_day
from handlers.reports.deeds import Answered, Closed, Decided, Deed, Guided, Handed
from handlers.reports.events import Event
from handlers.reports.story import deeds

START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Shanghai
LATER = START + timedelta(days=60)


class Told:
    """Events written one after the other, ``days`` after the start."""

    def __init__(self, section: str = "welfare", due: str = "2026-11-04", **more: Any) -> None:
        self.events: list[Event] = []
        self.say(0, "opened", source="wechat", received="2026-11-02")
        self.say(0, "routed", section_code=section, track="general", due={"RX-01": due} if due else {}, **more)

    def say(self, days: float, action: str, **data: Any) -> Told:
        self.events.append(Event(START + timedelta(days=days), action, data))
        return self

    def met(self, days: float, rule: str = "RX-01", **data: Any) -> Told:
        return self.say(days, "delivered", to="answered").say(days, "clock_met", rule=rule, **data)

    def of(self, kind: type[Deed], now: datetime = LATER) -> list[Any]:
        return [deed for deed in deeds(self.events, now) if isinstance(deed, kind)]

    def limit(self, now: datetime = LATER) -> Decided:
        (only,) = self.of(Decided, now)
        return only  # type: ignore[no-any-return]


def test_an_answer_in_time_keeps_the_limit_when_it_arrives() -> None:
    limit = Told().met(1).limit()
    assert (limit.on_time, limit.done, limit.section, limit.at) == (True, True, "welfare", START + timedelta(days=1))


def test_a_missed_limit_counts_on_its_last_day_and_stays_missed_when_answered_later() -> None:
    limit = Told().met(5, late=True).limit()
    assert (limit.on_time, limit.done) == (False, True)
    assert limit.at == end_of_day(date(2026, 11, 4)) - timedelta(microseconds=1)


def test_nothing_is_decided_before_the_limit_has_ended() -> None:
    assert Told().of(Decided, START + timedelta(days=2)) == []
    open_still = Told().limit(START + timedelta(days=3))
    assert (open_still.on_time, open_still.done) == (False, False)


def test_the_section_that_had_the_case_when_the_limit_ended_is_the_one_that_missed_it() -> None:
    told = Told().say(4, "transfer", before="welfare", section="finance", to="assigned").met(6, late=True)
    assert told.limit().section == "welfare"
    assert [handed.section for handed in told.of(Handed)] == ["welfare", "finance"]


def test_an_arrival_that_staff_record_afterwards_counts_when_it_was() -> None:
    told = Told().say(7, "record_delivery", to="answered", arrived=(START + timedelta(days=1)).isoformat())
    told.say(1, "clock_met", rule="RX-01")
    assert told.limit().on_time
    assert told.of(Answered)[0].at == START + timedelta(days=1)


def test_a_paused_limit_is_not_missed_and_a_resumed_or_extended_one_ends_later() -> None:
    told = Told(due="").say(0, "clock_started", rule="GK-01", due="2026-11-04")
    told.say(1, "clock_paused", rule="GK-01", due="2026-11-04")
    assert told.of(Decided) == []
    told.say(10, "clock_resumed", rule="GK-01", due="2026-11-16")
    told.say(11, "clock_extended", rule="GK-01", due="2026-12-14", before="2026-11-16")
    assert told.of(Decided, START + timedelta(days=20)) == []
    assert told.say(20, "clock_met", rule="GK-01").limit().on_time


def test_an_outer_platforms_earlier_day_prevails() -> None:
    told = Told(due="").say(0, "clock_started", rule="RX-03", due="2026-11-23", outer="2026-11-06T18:00+08:00")
    assert told.limit(START + timedelta(days=5)).at < START + timedelta(days=5)


def test_two_limits_for_one_answer_count_once_and_the_strictest_decides() -> None:
    told = Told(due="").say(0, "clock_started", rule="RX-01", due="2026-11-04")
    told.say(0, "clock_started", rule="WX-01", due="2026-11-09")
    told.met(4, late=True).say(4, "clock_met", rule="WX-01")
    assert (told.limit().on_time, told.limit().rule) == (False, "RX-01")


def test_tracks_on_one_case_are_counted_each_and_first_steps_apart() -> None:
    told = Told().say(0, "clock_started", rule="XF-01", due="2026-11-17")
    told.say(0, "clock_started", rule="XF-05", due="2027-01-02").met(1).say(2, "clock_met", rule="XF-01")
    told.say(30, "clock_met", rule="XF-05")
    assert sorted((d.duty, d.track) for d in told.of(Decided)) == [
        ("accept", "petition"), ("answer", "general"), ("answer", "petition"),
    ]  # fmt: skip


def test_triage_is_the_offices_in_time_or_late() -> None:
    for met, late in ((0.1, {}), (3, {"late": True})):
        told = Told(section="", due="").say(0, "clock_started", rule="NB-01", due="2026-11-02T15:00+08:00")
        told.say(met, "assign", section="welfare", to="assigned").say(met, "clock_met", rule="NB-01", **late)
        assert (told.limit().section, told.limit().on_time, told.limit().track) == ("", not late, "general")


def test_a_limit_of_the_wrong_kind_is_neither_kept_nor_missed() -> None:
    told = Told().say(5, "correct_labels", labels={"kind": "complaint"}, section="welfare")
    told.say(5, "clock_stopped", rule="RX-01", why="更正", void=True)
    told.say(5, "clock_started", rule="RX-03", due="2026-11-23").met(6, rule="RX-03")
    assert [d.rule for d in told.of(Decided)] == ["RX-03"]


def test_a_limit_that_was_stopped_in_time_is_not_counted_but_a_missed_one_is() -> None:
    assert Told().say(1, "clock_stopped", rule="RX-01", why="撤回").of(Decided) == []
    assert not Told().say(9, "clock_stopped", rule="RX-01", why="撤回").limit().on_time


def test_alerts_and_limits_that_no_figure_counts_change_nothing() -> None:
    told = Told().say(1, "clock_alert", rule="RX-01", step="yellow").met(1.5)
    told.say(0, "clock_started", rule="WX-02", due="2026-11-03").say(0, "clock_met", rule="NB-03")
    assert told.limit().on_time


def test_a_reopened_case_is_counted_again_from_the_reopening() -> None:
    told = Told().met(1).say(1, "rate", rating="satisfied").say(2, "close", result="solved", to="closed")
    told.say(10, "citizen_reopen", to="reopened").say(10, "clock_started", rule="RX-01", due="2026-11-16")
    told.met(11).say(12, "close", result="policy_explained", to="closed")
    assert [d.on_time for d in told.of(Decided)] == [True, True]
    assert [(a.received, a.rating) for a in told.of(Answered)] == [
        (date(2026, 11, 2), "dissatisfied"), (date(2026, 11, 12), ""),
    ]  # fmt: skip
    assert [(c.result, c.reopened) for c in told.of(Closed)] == [("solved", True), ("policy_explained", False)]


def test_a_case_that_comes_back_counts_against_the_section_that_returned_it() -> None:
    told = (
        Told().say(1, "return_case", before="welfare", to="triage").say(2, "assign", section="finance", to="assigned")
    )
    assert [(h.section, h.returned) for h in told.of(Handed)] == [("welfare", True), ("finance", False)]


def test_an_undone_merger_answers_nothing_twice() -> None:
    told = Told().met(1).say(2, "merge", to="merged").say(3, "undo_merge", to="answered")
    assert len(told.of(Answered)) == 1


def test_a_case_entered_after_its_limit_is_missed_when_it_was_entered() -> None:
    told = Told(due="2026-10-20")
    assert told.limit().at == START


def test_no_events_are_no_deeds() -> None:
    assert list(deeds([], LATER)) == []


def test_a_guide_that_solved_the_matter_is_counted_apart_from_answers_ratings_and_results() -> None:
    told = Told().say(0, "guide_sent", guide="old_age_allowance").say(1, "clock_met", rule="RX-01")
    told.say(1, "confirm_guide", result="solved", to="closed")
    (guided,) = told.of(Guided)
    assert (guided.solved, guided.at, guided.section) == (True, START, "welfare")
    assert told.limit().on_time
    assert told.of(Answered) == told.of(Closed) == []


def test_a_guide_that_nobody_confirmed_or_that_did_not_last_solved_nothing() -> None:
    assert not Told().say(0, "guide_sent").of(Guided)[0].solved
    told = Told().say(0, "guide_sent").say(1, "confirm_guide", to="closed").say(3, "citizen_reopen", to="reopened")
    assert not told.of(Guided)[0].solved


def test_a_promise_to_ring_up_is_no_acceptance() -> None:
    told = Told().say(1, "clock_started", rule="NB-01", due="2026-11-03T15:00+08:00", why="来信人要求人工答复")
    told.say(9, "clock_met", rule="NB-01", late=True).met(1)
    assert [d.rule for d in told.of(Decided)] == ["RX-01"]
