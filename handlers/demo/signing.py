"""The signed act (审签) in the demo: two decisions on their way, and one answer that its head sent back."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Staff
from handlers.casework.issue import send_back
from handlers.deadlines.worktime import local_day
from handlers.demo.moves import Change, by_staff, passed
from handlers.demo.samples import Sample
from handlers.demo.stage import Stage
from handlers.procedure.take import take
from handlers.procedure.tracks import confirm_track
from handlers.records import Case, Clock
from handlers.signing.acts import submit_act

_ORGAN: Final = "呼和浩特市人民政府"
_ACCEPTING: Final = {"purpose": "appeal", "no_other_route": "1"}


def accept(stage: Stage, sample: Sample, at: datetime) -> None:
    """The matter is a petition (信访) and is accepted as one."""

    def change(session: Session, case: Case, person: Staff) -> None:
        reason = "来信人要求就具体事项作出处理"
        confirm_track(session, stage.core, person, case.id, case.version, track="petition", reason=reason, now=at)
        given = _ACCEPTING | {"day": local_day(at).isoformat()}
        take(session, stage.core, person, case.id, case.version, "accept_petition", given, at)

    by_staff(stage, sample, sample.officer, at, change)


def submit(stage: Stage, sample: Sample, at: datetime) -> None:
    """信访事项处理意见书, 送审."""

    def change(session: Session, case: Case, person: Staff) -> None:
        came, today = local_day(case.received_at).isoformat(), local_day(at).isoformat()
        counted = select(Clock.started_at).where(Clock.case_id == case.id, Clock.rule == "XF-05")
        accepted = local_day(session.scalars(counted).one()).isoformat()
        given = _opinions()[sample.id] | {
            "petitioner": sample.name, "received": came, "accepted": accepted, "day": today, "review_organ": _ORGAN,
            "contact": person.name, "contact_phone": stage.core.profile().phone,
        }  # fmt: skip
        submit_act(session, stage.desk, person, case.id, case.version, "opinion", given, at)

    by_staff(stage, sample, sample.officer, at, change)


def one_step(stage: Stage, sample: Sample, at: datetime) -> None:
    """Whoever's turn it is passes it on."""
    passed(stage, sample, at, once=True)


def return_it(stage: Stage, sample: Sample, at: datetime) -> None:
    """The head sends the answer back, and says what is missing (``reason``)."""

    def read(last: bool) -> Change:
        return lambda s, c, p: send_back(s, stage.core, p, c.id, c.version, reason=sample.reason, now=at)

    passed(stage, sample, at, once=True, act=read)


@cache
def _opinions() -> dict[str, dict[str, str]]:
    text = (resources.files("handlers.demo") / "opinions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
