"""THE table of procedural steps (steps.toml): what each takes, from which stage, and what it does to the clocks."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from handlers.casework.moves import MOVES
from handlers.deadlines.limits import load_limits
from handlers.documents.kinds import KINDS
from handlers.procedure.choices import GROUNDS, STAGES
from handlers.procedure.fields import FIELDS
from handlers.taxonomy import PETITION_PURPOSES, TRACK_FORMS, TRACKS


class Step(BaseModel):
    """One step; the meaning of each column stands at the head of steps.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    track: str
    forms: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    to: str | None = None
    ends: bool = False
    rare: bool = False
    fields: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    starts: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    within: str = ""
    documents: tuple[str, ...] = ()
    basis: str
    certainty: Literal["P", "S", "M", "house"]
    hint: str = ""

    @property
    def verb(self) -> str:
        """What the button says."""
        return MOVES[self.code].verb

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule that the step touches."""
        return (*self.starts, *self.restarts, *self.stops, *self.pauses, *self.resumes, *self.meets)


def parse_steps(text: str) -> dict[str, Step]:
    """Read a table of steps from TOML; raises ``ValueError`` naming what does not exist."""
    steps = TypeAdapter(tuple[Step, ...]).validate_python(tuple(tomllib.loads(text)["step"]))
    rules = load_limits().rules
    for step in steps:
        named = {*step.rules, *([step.within] if step.within else [])} - {*rules}
        named |= {*step.fields, *step.labels} - {*FIELDS} | {*step.documents} - {*KINDS} | {step.code} - {*MOVES}
        named |= {*step.before, step.to or ""} - {*STAGES} | {*step.purposes} - {*PETITION_PURPOSES}
        named |= {step.track} - {"", *TRACKS} | {*step.forms} - {*TRACK_FORMS.get(step.track, ())}
        named |= {code for code in step.pauses if not rules[code].pauses}
        named |= {code for code in step.restarts if not rules[code].restarts}
        if named:
            raise ValueError(f"steps: {step.code} names what does not exist or is not allowed: {sorted(named)}")
    if {ground.document for ground in GROUNDS.values()} - {*KINDS}:
        raise ValueError("steps: a ground names a document that does not exist")
    return {step.code: step for step in steps}


@lru_cache(maxsize=1)
def load_steps() -> dict[str, Step]:
    """Return the table that ships, by code, in its order."""
    return parse_steps(files("handlers.procedure").joinpath("steps.toml").read_text("utf-8"))
