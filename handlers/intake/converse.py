"""Converse: the citizens' words (进度, 满意, 补充, 解决了 …) and platform events, answered from what is stored.

Runs inside the batch's transaction; a word that fails is undone alone (savepoint), parked, and still gets an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog
from sqlalchemy.orm import Session

from handlers.casework import citizen as citizen_side
from handlers.casework.links import progress_link
from handlers.casework.promise import date_words, latest_words
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.deadlines.counting import due
from handlers.deadlines.local import limits_of
from handlers.delivery.confirm import NOTICE_EVENTS, heard
from handlers.delivery.readable import read_by_citizen
from handlers.errors import InvalidInput, MoveNotAllowed, NotFound
from handlers.faults import describe, trail
from handlers.guides.outcome import call_person, confirm
from handlers.intake.arrival import Arrival
from handlers.intake.following import follow, unfollow
from handlers.intake.steps.recognise import awaiting
from handlers.organisation.wording import render
from handlers.records import Case
from handlers.taxonomy import RATINGS

_log = structlog.get_logger(__name__)
_GREETING_EVENTS: Final = {"subscribe", "scan"}
#: Bytes of UTF-8: a longer reply is cut by WeChat's channel, and a cut answer is not an answer received.
_SHOWN_WHOLE: Final = 2048
_CLOSED: Final = ("closed", "forwarded", "merged", "withdrawn", "not_accepted")


def converse(session: Session, core: Core, arrivals: Sequence[Arrival]) -> None:
    """Word the answer of every arrival that is a command or an event, and do what it asks."""
    for arrival in arrivals:
        if arrival.command is not None and arrival.case is None:
            _answer(session, core, arrival, _COMMANDS[arrival.command.word])
        elif arrival.message.kind == "event":
            _answer(session, core, arrival, _event)


_Talk = Callable[[Session, Core, Arrival], str]


def _answer(session: Session, core: Core, arrival: Arrival, talk: _Talk) -> None:
    try:
        with session.begin_nested():
            arrival.receipt = talk(session, core, arrival)
    except (NotFound, MoveNotAllowed, InvalidInput) as refusal:
        arrival.receipt = f"{refusal}\n{_signature(core)}"
    except Exception as fault:
        _log.error("a citizen's word failed; it is parked", message=arrival.message_id, trail=trail(fault))
        arrival.fault = describe(fault)
        arrival.receipt = render(core.profile(), "person_new")


def _event(session: Session, core: Core, arrival: Arrival) -> str:
    event = arrival.message.event.lower()
    if event in _GREETING_EVENTS:
        return render(core.profile(), "welcome", link=core.policy.base_url)
    if event == "click":
        return _help(session, core, arrival)
    if event in NOTICE_EVENTS:
        heard(session, core, arrival.message.account, arrival.message.details, arrival.now)
    return ""


def _help(session: Session, core: Core, arrival: Arrival) -> str:
    return render(core.profile(), "help", link=core.policy.base_url)


def _progress(session: Session, core: Core, arrival: Arrival) -> str:
    number = arrival.command.number if arrival.command else ""
    if number:
        own = [case for case in arrival.own_cases if case.number == number]
        if own:
            return _one(session, core, arrival, own[0])
        try:
            return _one(
                session, core, arrival, _get(session, citizen_side.find_own(session, arrival.citizen.id, number))
            )
        except NotFound:
            return render(core.profile(), "progress_not_found", number=number)
    open_cases = [case for case in arrival.own_cases if case.state in OPEN_STATES]
    if len(open_cases) > 1:
        return _list(session, core, arrival)
    shown = open_cases or arrival.own_cases[:1]
    return _one(session, core, arrival, shown[0]) if shown else render(core.profile(), "progress_none")


def _one(session: Session, core: Core, arrival: Arrival, case: Case) -> str:
    profile = core.profile()
    view = citizen_side.progress_view(session, core, case.id, arrival.now)
    arrival.about = case
    answers = [answer.text for answer in view.answers if answer.purpose == "answer"]
    if answers and case.state in ("to_deliver", "answered"):
        reply = render(profile, "progress_answered", number=case.number, answer=answers[-1])
        if len(reply.encode()) <= _SHOWN_WHOLE:
            read_by_citizen(session, core, case.id, "progress", arrival.now)
        elif case.state == "to_deliver" and arrival.message.channel in core.policy.window_channels:
            # Their message has opened the window anew: what is still to go out is sent in parts (reachable.py).
            return render(profile, "progress_long", number=case.number, link=progress_link(core))
        return reply
    if case.state in _CLOSED:
        date = date_words(case.closed_at) if case.closed_at else ""
        return render(profile, "progress_closed", number=case.number, result=view.result, date=date)
    said = {"heard" if case.state == "triage" else "latest": view.latest}
    said["tracks"] = "；".join(f"{track.name}{track.words}" for track in view.tracks)
    return render(profile, "progress_case", number=case.number, state=view.state_words, section=view.section, **said)


def _list(session: Session, core: Core, arrival: Arrival) -> str:
    profile = core.profile()
    lines = citizen_side.own_cases(session, core, arrival.citizen.id, only_open=True)
    items = [
        render(profile, "progress_list_item", number=line.number, state=line.state_words, latest=line.latest)
        for line in lines
    ]
    head = render(profile, "progress_list_head", count=len(items))
    return "\n".join([head, *items, render(profile, "progress_list_foot")])


def _rate(session: Session, core: Core, arrival: Arrival) -> str:
    command, profile = arrival.command, core.profile()
    assert command is not None and command.word in RATINGS
    if not arrival.rateable:
        return render(profile, "rate_nothing")
    latest = max(arrival.rateable, key=lambda case: (case.rated_at is None, case.answered_at or arrival.now))
    arrival.about = citizen_side.rate(session, core, latest.id, command.word, command.words, now=arrival.now)
    key = "rate_dissatisfied" if command.word == "dissatisfied" else "rate_thanks"
    return render(profile, key, number=latest.number)


def _supplement(session: Session, core: Core, arrival: Arrival) -> str:
    open_cases = [case for case in arrival.own_cases if case.state in OPEN_STATES]
    if not open_cases:
        return render(core.profile(), "supplement_nothing")
    named = arrival.command.number if arrival.command else ""
    number = next((case.number for case in open_cases if case.number == named), open_cases[0].number)
    arrival.citizen.awaiting, arrival.citizen.awaiting_since = f"supplement {number}", arrival.now
    return render(core.profile(), "supplement_ask", number=number)


def _withdraw(session: Session, core: Core, arrival: Arrival) -> str:
    command, profile = arrival.command, core.profile()
    own = [c for c in arrival.own_cases if "withdraw" in citizen_side.may_now(core, c, arrival.now)]
    if command is not None and command.number:
        chosen = next((case for case in own if case.number == command.number), None)
        if chosen is None:
            return render(profile, "withdraw_nothing")
        arrival.about = citizen_side.withdraw(session, core, chosen.id, now=arrival.now)
        return render(profile, "withdraw_done", number=chosen.number)
    return render(profile, "withdraw_ask", number=own[0].number) if own else render(profile, "withdraw_nothing")


def _person(session: Session, core: Core, arrival: Arrival) -> str:
    """人工: the open case is marked, so that its officer sees that somebody is waited for."""
    profile = core.profile()
    open_cases = [case for case in arrival.own_cases if case.state in OPEN_STATES]
    if not open_cases:
        return render(profile, "person_new")
    case = arrival.about = call_person(session, core, open_cases[0].id, arrival.now, arrival.message_id)
    rule = limits_of(profile).rule("NB-01")
    end = due(rule, arrival.now, core.calendar(), profile.hours).legal_due
    return render(profile, "person_called", number=case.number, latest=latest_words(end, rule.code, profile))


def _solved(session: Session, core: Core, arrival: Arrival) -> str:
    """解决了: the guide did; the case that was sent it closes."""
    waiting = awaiting(arrival, core)
    assert waiting is not None  # else it was no command
    arrival.about = confirm(session, core, waiting.id, arrival.now)
    return render(core.profile(), "guide_solved", number=waiting.number)


def _get(session: Session, case_id: int) -> Case:
    return session.get_one(Case, case_id)


def _signature(core: Core) -> str:
    profile = core.profile()
    fields = {"name": profile.name, "phone": profile.phone, "duty_phone": profile.duty_phone}
    return render(profile, "signature", **fields)


_COMMANDS: Final[Mapping[str, _Talk]] = {
    "progress": _progress,
    **dict.fromkeys(RATINGS, _rate),
    "supplement": _supplement,
    "withdraw": _withdraw,
    "person": _person,
    "solved": _solved,
    "help": _help,
    "follow": follow,
    "unfollow": unfollow,
}
