"""The trained models in the database: kept, promoted one at a time, taken one step back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from handlers.errors import ModelFault
from handlers.records import UnderstandingModel
from handlers.understanding.learned.model import Model, dump, load


def keep(
    session: Session, model: Model, *, local_examples: int, figures: dict[str, Any], verdict: str, now: datetime
) -> UnderstandingModel:
    """Add ``model`` as a candidate; nothing reads with it until it is promoted."""
    row = UnderstandingModel(
        name=model.name,
        state="candidate",
        made_at=now,
        local_examples=local_examples,
        figures=figures,
        verdict=verdict,
        weights=dump(model),
    )
    session.add(row)
    session.flush()
    return row


def promote(session: Session, row: UnderstandingModel, now: datetime) -> None:
    """Put ``row`` in force; what was in force is kept one step back, and what was there before gives up its weights."""
    _move(session, "previous", {"state": "retired", "weights": b""})
    _move(session, "promoted", {"state": "previous"})
    row.state, row.promoted_at = "promoted", now
    session.flush()


def roll_back(session: Session, now: datetime) -> UnderstandingModel:
    """Put the previous model back in force and return it; raises :class:`ModelFault` when there is none."""
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
        select(UnderstandingModel.id, UnderstandingModel.promoted_at).where(UnderstandingModel.state == "promoted")
    ).first()
    return (found[0], found[1]) if found else None


def load_model(session: Session, model_id: int) -> Model:
    """Return the model of a row; raises :class:`ModelFault` when its weights are gone or of another version."""
    packed = session.scalar(select(UnderstandingModel.weights).where(UnderstandingModel.id == model_id))
    if not packed:
        raise ModelFault("its weights are no longer kept")
    return load(packed)


def listed(session: Session) -> Sequence[UnderstandingModel]:
    """Return all models, the newest first, without their weights."""
    return session.scalars(select(UnderstandingModel).order_by(UnderstandingModel.id.desc())).all()


def _in_state(state: str) -> Select[tuple[UnderstandingModel]]:
    return select(UnderstandingModel).where(UnderstandingModel.state == state).with_for_update()


def _move(session: Session, state: str, values: dict[str, Any]) -> None:
    session.execute(update(UnderstandingModel).where(UnderstandingModel.state == state).values(**values))
