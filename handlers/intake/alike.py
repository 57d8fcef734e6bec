"""Before the steps: what a sender's open cases say, compared with what they write now."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from handlers.casework.states import OPEN_STATES
from handlers.intake.arrival import Arrival
from handlers.neighbours.own import alike_cases, own_letters
from handlers.understanding.situations import is_report, is_sensitive


def compare_with_own(session: Session, arrivals: Sequence[Arrival]) -> None:
    """Set ``alike`` of every arrival whose sender has open cases.

    An accusation (举报) or a sensitive letter takes no part: it opens a case of its own or goes by the older rules.
    """
    for arrival in arrivals:
        text = arrival.message.text
        open_cases = [case for case in arrival.own_cases if case.state in OPEN_STATES]
        if not open_cases or not text or arrival.fault or arrival.alone:
            continue
        if not (is_report(text, arrival.labels) or is_sensitive(text, arrival.labels)):
            arrival.alike = alike_cases(text, own_letters(session, open_cases, arrival.now))
