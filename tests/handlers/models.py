"""Trained models for tests: small ones, made in two seconds from a slice of the corpus."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from handlers.understanding.learned.model import Model
from handlers.understanding.training.examples import shipped
from handlers.understanding.training.fit import fit


@cache
def small_model() -> Model:
    """A model that has seen every twelfth message of the corpus."""
    return fit(shipped().learned[::12], "small")


def named(name: str) -> Model:
    """The small model under another name."""
    return replace(small_model(), name=name)
