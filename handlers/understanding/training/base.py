"""The model of the shipped corpus alone: trained once, then kept in a file named after all that it was made from."""

from __future__ import annotations

import fcntl
import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from handlers.errors import ModelFault
from handlers.understanding.learned.model import Model, dump, load
from handlers.understanding.training.examples import shipped

#: What a model depends on: change one of these and the next start trains anew.
_MADE_FROM: Final = ("corpus", "words", "learned", "training")
_FILES: Final = (".jsonl", ".toml", ".py")


def base_model(folder: Path) -> Model:
    """Return the shipped corpus's model, from ``folder`` when it was trained before (about half a minute otherwise)."""
    kept = folder / f"understanding-{fingerprint()}.npz"
    model = _kept(kept)
    if model is not None:
        return model
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two processes that start together one trains, the other waits for it
        if not kept.exists():
            written = kept.with_suffix(".new")
            written.write_bytes(dump(train_base()))
            written.replace(kept)
    return load(kept.read_bytes())


def _kept(file: Path) -> Model | None:
    """The model in ``file``; one that is damaged is trained anew."""
    try:
        return load(file.read_bytes())
    except OSError:
        return None
    except ModelFault:
        file.unlink(missing_ok=True)
        return None


def train_base() -> Model:
    """Train on the shipped corpus and on nothing else."""
    from handlers.understanding.training.fit import fit  # scikit-learn is loaded by those who train only

    return fit(shipped().learned, f"corpus-{fingerprint()}")


@cache
def fingerprint() -> str:
    """Return a short hash of everything a model is made from."""
    digest = hashlib.sha256()
    root = resources.files("handlers.understanding")
    own = sorted((entry for entry in root.iterdir() if entry.is_file()), key=lambda entry: entry.name)
    for entry in [*own, *(file for folder in _MADE_FROM for file in _files(root / folder))]:
        if entry.name.endswith(_FILES):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()[:12]


def _files(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda entry: entry.name)
