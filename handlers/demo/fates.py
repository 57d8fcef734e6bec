"""What each fate of a sample is made of: ordinary moves, with the hours after the message at which they were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from handlers.demo import moves, signing
from handlers.demo.moments import REGISTERED, Moments
from handlers.demo.moves import Move
from handlers.demo.samples import Fate, Sample

#: Urgent cases that nobody has taken in hand yet, though the person on duty has answered the call.
_CALL_ANSWERED: Final = ("child-hurt", "crowd")
_READ_AFTER: Final = timedelta(days=3)  # words with a rating that are older have been read; the others stand unread

_DEMANDED_AFTER: Final = 18  # working days


@dataclass(frozen=True, slots=True)
class Step:
    """``move`` is made ``hours`` after the message, by a citizen or in office hours (``at_once``: at any hour).

    ``pause`` is how many minutes it takes, at the least, after the move before.
    """

    hours: float
    move: Move
    pause: int = 25
    citizen: bool = False
    at_once: bool = False


def steps(sample: Sample, received_at: datetime, moments: Moments, now: datetime) -> list[tuple[datetime, Move]]:
    """Return the sample's moves with their instants, in order."""
    planned = [*_before(sample), *_made_of(sample)]
    if sample.fate is Fate.RATED and received_at < now - _READ_AFTER:
        planned.append(Step(planned[-1].hours + 16, moves.read_rating, pause=600))
    wanted: list[datetime] = []
    for step in planned:
        pause = timedelta(minutes=min(step.pause, 6) if sample.urgent or not wanted else step.pause)
        earliest = (wanted[-1] if wanted else received_at) + pause
        wanted.append(_instant(step, sample, earliest, received_at, moments))
    return list(zip(moments.orderly(received_at, wanted), (step.move for step in planned), strict=True))


def _instant(step: Step, sample: Sample, earliest: datetime, received_at: datetime, moments: Moments) -> datetime:
    raw = max(earliest, received_at + timedelta(hours=step.hours))
    if step.citizen:
        return moments.waking(raw)
    return raw if step.at_once or sample.urgent else moments.office(raw)


def _before(sample: Sample) -> Sequence[Step]:
    """The call of an urgent case is answered; the office puts right what the machine was not sure of."""
    called = sample.officer or sample.id in _CALL_ANSWERED
    first = [Step(0.1, moves.answer_the_call, at_once=True)] if called else []
    if not sample.officer or sample.fate is Fate.TRANSFERRED:
        return first
    return [*first, Step(min(1.2, sample.after_hours * 0.3), moves.put_right)]


def _demanded(sample: Sample) -> Sequence[Step]:
    """The longest overdue case is under supervision (督办) since the working day before last."""
    if (sample.workdays or 0) < _DEMANDED_AFTER:
        return ()
    return (Step(24 * _DEMANDED_AFTER * 7 / 5 - 24, moves.demand),)


def _made_of(sample: Sample) -> Sequence[Step]:
    after = sample.after_hours
    taken = Step(after * 0.6, moves.take)
    answered = (
        taken,
        Step(after, moves.reply, pause=50),
        Step(after + 1.5, moves.have_it_issued, pause=70),
        *([Step(after + 2.2, moves.tell)] if sample.channel in REGISTERED else ()),  # no channel carries it
    )
    opinion = (
        taken,
        Step(after + 24, signing.accept),
        Step(after + 48, signing.submit),
        Step(after + 72, signing.one_step),
    )
    working = (Step(after, moves.take), Step(after + 0.6, moves.begin_draft))
    return {
        Fate.CLAIMED: working,
        Fate.URGENT_CLAIMED: working,
        Fate.NEARLY_LATE: working,
        Fate.LATE: (*working, *_demanded(sample)),
        Fate.AWAITING_CITIZEN: (taken, Step(after, moves.ask_back)),
        Fate.CONSULTING: (taken, Step(after, moves.ask_colleagues)),
        Fate.IN_REVIEW: (taken, Step(after, moves.reply)),
        Fate.SENT_BACK: (taken, Step(after, moves.reply), Step(after + 3, signing.return_it)),
        Fate.AT_LEGALITY: opinion,
        Fate.AT_LEADER: (*opinion, *(Step(after + hours, signing.one_step) for hours in (96, 120))),
        Fate.TRANSFERRED: (Step(after, moves.pass_on),),
        Fate.ASSIGNED_DOWN: (taken, Step(after, moves.assign_down)),
        Fate.FORWARDED: (*([] if sample.topic == "not_ours" else [taken]), Step(after, moves.forward)),
        Fate.ANSWERED: answered,
        Fate.UNDELIVERED: answered,
        Fate.RATED: (*answered, Step(after + 7, moves.rate, pause=180, citizen=True)),
        Fate.DISSATISFIED: (
            *answered,
            Step(after + 30, moves.rate, pause=180, citizen=True),
            Step(after + 30.4, moves.ask_again, citizen=True),
        ),
        Fate.CLOSED: (*answered, Step(after + 3, moves.finish)),
        Fate.GUIDED: (Step(0.4, moves.say_solved, citizen=True),),
        Fate.WITHDRAWN: (Step(1.5, moves.take_back, citizen=True),),
    }.get(sample.fate, ())
