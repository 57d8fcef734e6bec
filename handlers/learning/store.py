"""The trained models in the database: made one at a time, kept, promoted one at a time, taken one step back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, count
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from handlers.errors import Conflict, ModelFault
from handlers.records import UnderstandingModel
from handlers.understanding.learned.model import Model, dump, load

#: A training takes about a minute; one that runs longer was broken off with its process.
LONGEST: Final = timedelta(minutes=20)
_TRAINING: Final = UnderstandingModel.state == "training"


class Claim(NamedTuple):
    """A training under way: the row that stands for the model to come. SQLite gives a deleted row's id out again."""

    row_id: int
    at: datetime


def begin(session: Session, name: str, now: datetime) -> Claim:
    """Claim the training.

    Raises :class:`Conflict` while one is under way anywhere: two at once would take each other's step back away.
    """
    one_at_a_time(session)
    session.execute(delete(UnderstandingModel).where(_TRAINING, UnderstandingModel.made_at < now - LONGEST))
    if session.scalar(select(UnderstandingModel.id).where(_TRAINING).limit(1)) is not None:
        raise Conflict("另一个程序正在学习，等它学完再试。")
    row = UnderstandingModel(name=_free_name(session, name), state="training", made_at=now)
    session.add(row)
    session.flush()
    return Claim(row.id, now)


def give_up(session: Session, claim: Claim) -> None:
    """Take the claim of :func:`begin` back; does nothing once the training has ended."""
    mine = (UnderstandingModel.id == claim.row_id) & (UnderstandingModel.made_at == claim.at)
    session.execute(delete(UnderstandingModel).where(_TRAINING, mine))


def finish(
    session: Session, claim: Claim, model: Model, *, local_examples: int, figures: dict[str, Any], verdict: str
) -> UnderstandingModel:
    """Turn the claim into a candidate. Raises :class:`Conflict` when it was taken for broken off meanwhile."""
    one_at_a_time(session)
    row = session.get(UnderstandingModel, claim.row_id)
    if row is None or row.state != "training" or row.made_at != claim.at:
        raise Conflict("学得太久，已经当作中断；这次的结果没有留下。")
    row.state, row.local_examples, row.figures, row.verdict = "candidate", local_examples, figures, verdict
    row.weights = dump(replace(model, name=row.name))
    session.flush()
    return row


def keep(
    session: Session, model: Model, *, local_examples: int, figures: dict[str, Any], verdict: str, now: datetime
) -> UnderstandingModel:
    """Add ``model`` as a candidate; nothing reads with it until it is promoted."""
    one_at_a_time(session)
    name = _free_name(session, model.name)
    row = UnderstandingModel(
        name=name,
        state="candidate",
        made_at=now,
        local_examples=local_examples,
        figures=figures,
        verdict=verdict,
        weights=dump(replace(model, name=name)),
    )
    session.add(row)
    session.flush()
    return row


def promote(session: Session, row: UnderstandingModel, now: datetime) -> None:
    """Put ``row`` in force; what was in force is kept one step back, and what was there before gives up its weights."""
    one_at_a_time(session)
    _move(session, "previous", {"state": "retired", "weights": b""})
    _move(session, "promoted", {"state": "previous"})
    row.state, row.promoted_at = "promoted", now
    session.flush()


def roll_back(session: Session, now: datetime) -> UnderstandingModel:
    """Put the previous model back in force and return it; raises :class:`ModelFault` when there is none."""
    one_at_a_time(session)
    before = session.scalars(_in_state("previous")).first()
    if before is None:
        raise ModelFault("there is no earlier model to go back to")
    _move(session, "promoted", {"state": "previous"})
    before.state, before.promoted_at = "promoted", now
    session.flush()
    return before


def in_force(session: Session) -> tuple[int, datetime] | None:
    """Return which model is in force: its row's id and when it was promoted (``None``: none yet)."""
    found = session.execute(
        select(UnderstandingModel.id, UnderstandingModel.promoted_at)
        .where(UnderstandingModel.state == "promoted")
        .order_by(UnderstandingModel.id.desc())
    ).first()
    return (found[0], found[1]) if found else None


def load_model(session: Session, model_id: int) -> Model:
    """Return the model of a row; raises :class:`ModelFault` when its weights are gone or of another version."""
    packed = session.scalar(select(UnderstandingModel.weights).where(UnderstandingModel.id == model_id))
    if not packed:
        raise ModelFault("its weights are no longer kept")
    return load(packed)


def listed(session: Session) -> Sequence[UnderstandingModel]:
    """Return all models that are made, the newest first, without their weights."""
    return session.scalars(select(UnderstandingModel).where(~_TRAINING).order_by(UnderstandingModel.id.desc())).all()


def one_at_a_time(session: Session) -> None:
    """Let one transaction at a time change which model is in force, also on PostgreSQL: each locks the first row."""
    session.execute(select(UnderstandingModel.id).order_by(UnderstandingModel.id).limit(1).with_for_update())


def _free_name(session: Session, name: str) -> str:
    """Names are unique: two trainings may begin in one second, a damaged model may be made anew."""
    taken = set(session.scalars(select(UnderstandingModel.name).where(UnderstandingModel.name.startswith(name))))
    return next(free for free in chain([name], (f"{name}-{n}" for n in count(2))) if free not in taken)


def _in_state(state: str) -> Select[tuple[UnderstandingModel]]:
    return select(UnderstandingModel).where(UnderstandingModel.state == state).with_for_update()


def _move(session: Session, state: str, values: dict[str, Any]) -> None:
    session.execute(update(UnderstandingModel).where(UnderstandingModel.state == state).values(**values))
