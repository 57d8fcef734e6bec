"""What the understanding says of one message, and the interface every understanding offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that decided: code-point offsets ``start``/``end`` into the original text, the words, their weight."""

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Labels:
    """The four labels of TAXONOMY; what is not scored is ``None``.

    ``confidence`` and ``evidence`` are keyed by label name (``kind``, ``topic``, ``sentiment``, ``urgent``).
    ``urgent`` is true in either grade: ``now`` (some hours could cost life: the duty roster is called) or ``today``
    (somebody should look the same day: nobody is woken); ``grade`` tells which. ``needs_person`` is true
    when the topic may not be routed automatically. ``suggested``: the likeliest topics with their probabilities, for
    the person who decides. ``model`` names what read it.
    """

    kind: str | None = None
    topic: str | None = None
    topic_2: str | None = None
    sentiment: str | None = None
    urgent: bool | None = None
    grade: str | None = None
    needs_person: bool = True
    confidence: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    suggested: tuple[tuple[str, float], ...] = ()
    model: str = ""

    @property
    def calls(self) -> bool:
        """Whether a person is called at once: urgent, and not of the grade that can wait for the day."""
        return bool(self.urgent) and self.grade != "today"


class Understanding(Protocol):
    """Reads one text. Implementations are pure, thread-safe and quick (well under 2 s for any text)."""

    @property
    def model(self) -> str: ...

    def read(self, text: str) -> Labels: ...
