"""Choosing an understanding by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from handlers.errors import SettingFault
from handlers.understanding.labels import Understanding
from handlers.understanding.rules import RulesUnderstanding
from handlers.understanding.snownlp_baseline import SnowNlpBaseline

UNDERSTANDINGS: Final[Mapping[str, Callable[[], Understanding]]] = {
    "rules": RulesUnderstanding,
    "snownlp": SnowNlpBaseline,
}


def build(name: str) -> Understanding:
    """Return the understanding ``name``; raises :class:`SettingFault` naming the ones there are."""
    if name not in UNDERSTANDINGS:
        raise SettingFault(f"There is no understanding {name!r}; choose one of: {', '.join(UNDERSTANDINGS)}.")
    return UNDERSTANDINGS[name]()
