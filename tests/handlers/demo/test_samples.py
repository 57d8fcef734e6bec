"""The demo's data hold together: people, sections, units and fates that the profile knows."""

from __future__ import annotations

import re
from collections import Counter

from handlers.demo.officers import OFFICERS
from handlers.demo.samples import Fate, Sample, samples
from handlers.messages import MessageKind
from handlers.organisation.load import shipped
from handlers.taxonomy import KINDS, RATINGS, RESULTS, SOURCES, TOPICS
from handlers.understanding.rules import RulesUnderstanding

PROFILE = shipped("hohhot-2018")
SECTION_OF = {officer.sign_in: officer.section for officer in OFFICERS}


def test_there_are_sixty_samples_with_their_own_ids() -> None:
    assert len({sample.id for sample in samples()}) == 60


def test_every_fate_channel_and_label_is_a_known_one() -> None:
    for sample in samples():
        assert sample.channel in SOURCES
        assert sample.kind in {"", *KINDS} and sample.topic in {"", *TOPICS}
        assert sample.rating in {"", *RATINGS} and sample.result in {"", *RESULTS}
        assert sample.unit in {"", *(unit.code for unit in PROFILE.units)}


def test_every_fate_is_shown_at_least_once() -> None:
    assert {sample.fate for sample in samples()} == set(Fate)


def test_whoever_acts_can_sign_in_and_sits_in_the_section_or_the_office() -> None:
    wrong = [
        sample.id
        for sample in samples()
        if sample.officer
        and SECTION_OF[sample.officer] not in (PROFILE.route(sample.topic).lead, PROFILE.office, sample.section)
    ]
    assert wrong == []


def test_what_a_fate_needs_is_there() -> None:
    answered = {
        Fate.ANSWERED,
        Fate.RATED,
        Fate.DISSATISFIED,
        Fate.CLOSED,
        Fate.UNDELIVERED,
        Fate.IN_REVIEW,
        Fate.SENT_BACK,
    }
    needs = {
        Fate.RATED: "rating",
        Fate.DISSATISFIED: "rating_words",
        Fate.CLOSED: "result",
        Fate.FORWARDED: "unit",
        Fate.ASSIGNED_DOWN: "unit",
        Fate.TRANSFERRED: "section",
        Fate.AWAITING_CITIZEN: "question",
        Fate.CONSULTING: "cooperating",
        Fate.SENT_BACK: "reason",
        Fate.AT_LEGALITY: "name",
        Fate.AT_LEADER: "name",
    }
    assert [s.id for s in samples() if s.fate in answered and not (s.answer and s.officer)] == []
    assert [s.id for s in samples() if s.fate in needs and not getattr(s, needs[s.fate])] == []


def test_telephone_numbers_of_invented_citizens_are_plainly_made_up() -> None:
    assert [s.id for s in samples() if s.phone and not re.fullmatch(r"139000000\d\d", s.phone)] == []


def test_nobody_acts_before_the_message_came_nor_after_now() -> None:
    def hours(sample: Sample) -> float:
        return sample.days * 24 if sample.days is not None else (sample.workdays or 0) * 24 + 3

    assert [s.id for s in samples() if not 0 <= s.after_hours < hours(s)] == []


def test_every_section_with_cases_has_an_officer_and_a_head() -> None:
    roles = {(officer.section, officer.role) for officer in OFFICERS}
    sections = {PROFILE.route(s.topic).lead for s in samples() if s.topic} - {PROFILE.office}
    assert [s for s in sections if {(s, "officer"), (s, "head")} - roles] == []


def test_the_demo_has_the_staff_that_a_tour_needs() -> None:
    counted = Counter(officer.role for officer in OFFICERS)
    assert counted["office"] == 2 and counted["leader"] == counted["auditor"] == counted["admin"] == 1
    assert len({officer.sign_in for officer in OFFICERS}) == len(OFFICERS)
    named = {PROFILE.report_recipient, *(turn.officer for turn in PROFILE.duty_roster)}
    assert named <= set(SECTION_OF)
    assert [o.sign_in for o in OFFICERS if o.receives_reports] == [PROFILE.report_recipient]
    assert {o.section for o in OFFICERS} <= {section.code for section in PROFILE.sections}


def test_most_samples_are_understood_as_a_good_reader_would() -> None:
    reader = RulesUnderstanding()
    written = [s for s in samples() if s.form is MessageKind.TEXT and s.topic]
    right = [s for s in written if reader.read(s.text).topic == s.topic]
    assert len(right) >= 0.9 * len(written)
    assert all(reader.read(s.text).urgent for s in samples() if s.urgent)
