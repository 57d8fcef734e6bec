"""Learning again from corpus and local examples, and promoting the result only when nothing got worse."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from handlers.errors import Conflict, ModelFault
from handlers.learning import store
from handlers.learning.examples import LocalExamples, local_examples
from handlers.learning.verdict import OVERTAKEN, SHIPPED, Fault, Verdict, faults_of, figures_as_json
from handlers.records import UnderstandingModel
from handlers.records.database import Database
from handlers.understanding.labels import Understanding
from handlers.understanding.learned.model import Model, dump, load
from handlers.understanding.learned.reader import LearnedUnderstanding
from handlers.understanding.training.base import base_model, fingerprint
from handlers.understanding.training.examples import Example, shipped
from handlers.understanding.training.measure import Measured, measure

#: Fewer checked cases than this in the local test set say nothing.
_LEAST_TEST: Final = 30


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training: the model's name, whether it is in force now, why (not), its figures per test set.

    ``verdict`` is as kept: :func:`handlers.learning.verdict.read_verdict` reads it.
    """

    name: str
    promoted: bool
    verdict: str
    local_examples: int
    figures: dict[str, Any]

    @property
    def words(self) -> str:
        """What the log says of it."""
        return f"{self.name}: {'promoted' if self.promoted else 'not promoted'}"


Train = Callable[[Database, Path, datetime], Trained]


def ensure_model(database: Database, folder: Path, now: datetime) -> bool:
    """Put the shipped corpus's model in force where there is none that this version can use; tell whether it was."""
    with database.read() as session:
        seen = store.in_force(session)
        if _in_force(session) is not None:
            return False
    model = base_model(folder)
    figures = {"held_out": figures_as_json(measure(LearnedUnderstanding(model), shipped().held_out))} | made_from(())
    with database.write() as session:
        store.one_at_a_time(session)
        if store.in_force(session) != seen:
            return False
        verdict = Verdict(why=SHIPPED).kept()
        row = store.keep(session, model, local_examples=0, figures=figures, verdict=verdict, now=now)
        store.promote(session, row, now)
    return True


def retrain(database: Database, folder: Path, now: datetime) -> Trained:
    """Fit to the corpus and the local examples, compare with the model in force, promote if no class got worse.

    Raises :class:`Conflict` while another training is under way.
    """
    with database.write() as session:
        claim = store.begin(session, f"learned-{now:%Y%m%d-%H%M%S}", now)
    try:
        return _retrain(database, folder, claim, now)
    finally:
        with database.write() as session:
            store.give_up(session, claim)


def retrain_if_taught(database: Database, folder: Path, now: datetime, train: Train = retrain) -> Trained | None:
    """The nightly job: train when staff, or a new version's corpus, have taught something new; ``None`` otherwise.

    Any number of processes may call it at once: one trains, for the others there is nothing to do.
    """
    with database.read() as session:
        learned = local_examples(session).learned
        last = store.listed(session)[:1]
    if last and _taught(last[0], learned):
        return None
    try:
        return train(database, folder, now)
    except Conflict:
        return None


def _retrain(database: Database, folder: Path, claim: store.Claim, now: datetime) -> Trained:
    with database.read() as session:
        local, seen = local_examples(session), store.in_force(session)
        old = _in_force(session)
    model = _fitted(local, folder, now)
    new = LearnedUnderstanding(load(dump(model)))  # measured as it will be read with
    sets = _test_sets(local)
    measured = {name: measure(new, examples) for name, examples in sets.items()}
    faults = _faults(old, sets, measured)
    figures = {name: figures_as_json(figures) for name, figures in measured.items()}
    n = len(local.learned)
    with database.write() as session:
        store.one_at_a_time(session)
        verdict = Verdict(tuple(faults), "" if store.in_force(session) == seen else OVERTAKEN)
        kept = figures | made_from(local.learned)
        row = store.finish(session, claim, model, local_examples=n, figures=kept, verdict=verdict.kept())
        if verdict.good:
            store.promote(session, row, now)
    return Trained(row.name, verdict.good, verdict.kept(), n, figures)


def _taught(last: UnderstandingModel, learned: Sequence[Example]) -> bool:
    """Whether the newest model was made from just these: a label set right once more leaves their number as it was."""
    return made_from(learned).items() <= last.figures.items()


def made_from(learned: Sequence[Example]) -> dict[str, str]:
    """Return what is kept with a model to know whether there is something new: the local examples and the corpus."""
    return {"learned_from": _digest(learned), "corpus": fingerprint()}


def _digest(examples: Sequence[Example]) -> str:
    digest = hashlib.sha256()
    for one in examples:
        said = (one.situation, one.text, one.kind, one.topic, one.topic_2, one.sentiment, one.urgent, one.now)
        digest.update("\0".join(said).encode() + b"\1")
    return digest.hexdigest()


def _fitted(local: LocalExamples, folder: Path, now: datetime) -> Model:
    name = f"learned-{now:%Y%m%d-%H%M%S}"
    if not local.learned:
        return replace(base_model(folder), name=name)
    from handlers.understanding.training.fit import fit  # scikit-learn is loaded by those who train only

    return fit([*shipped().learned, *local.learned], name)


def _test_sets(local: LocalExamples) -> dict[str, Sequence[Example]]:
    sets: dict[str, Sequence[Example]] = {"held_out": shipped().held_out}
    if len(local.test) >= _LEAST_TEST:
        sets["local"] = local.test
    return sets


def _faults(
    old: Understanding | None, sets: dict[str, Sequence[Example]], measured: dict[str, Measured]
) -> list[Fault]:
    if old is None:
        return []
    return [
        fault for name, examples in sets.items() for fault in faults_of(name, measure(old, examples), measured[name])
    ]


def _in_force(session: Session) -> Understanding | None:
    """The model in force; one that cannot be used any more is no measure."""
    promoted = store.in_force(session)
    try:
        return LearnedUnderstanding(store.load_model(session, promoted[0])) if promoted else None
    except ModelFault:
        return None
