"""Whether a new model may take the old one's place: no class may get worse than the tolerance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from handlers.understanding.evaluation.figures import Figures
from handlers.understanding.training.measure import Measured

#: A class may lose this much F1 (0–1) before the new model is refused …
TOLERANCE: Final = 0.03
#: … counted only where this many texts bear it out …
_LEAST_CASES: Final = 15
#: … and of urgent messages not one more may be missed than this share.
_URGENT_TOLERANCE: Final = 0.02
#: Not worse, but compared with a model that is no longer the one in force (a roll-back while it trained).
OVERTAKEN: Final = "another model came into force meanwhile"
#: So many of the most frequent mistakes are kept with a model.
_CONFUSED: Final = 10


def faults_of(name: str, old: Measured, new: Measured) -> list[str]:
    """Return where ``new`` is worse than ``old`` on the test set ``name``, a line each; none = it may be promoted."""
    faults = []
    for label, before in old.labels.items():
        after = new.labels[label]
        for code, figures in before.classes.items():
            if figures.support < _LEAST_CASES:
                continue
            lost = figures.f1 - (after.classes[code].f1 if code in after.classes else 0.0)
            if lost > TOLERANCE:
                faults.append(f"{name}: {label} {code} F1 {figures.f1:.3f} → {figures.f1 - lost:.3f}")
    return faults + _urgent_faults(name, old, new)


def _urgent_faults(name: str, old: Measured, new: Measured) -> list[str]:
    before, after = (measured.labels["urgent"].classes.get("1") for measured in (old, new))
    if before is None or before.support < _LEAST_CASES:
        return []
    recall = after.recall if after else 0.0
    if before.recall - recall <= _URGENT_TOLERANCE:
        return []
    return [f"{name}: urgent found {before.recall:.3f} → {recall:.3f}"]


def figures_as_json(measured: Measured) -> dict[str, Any]:
    """Return ``measured`` as plain data, to be kept with the model."""
    return {
        "n": measured.n,
        "routed": measured.routed,
        "routed_right": measured.routed_right,
        "labels": {
            label: {
                "n": figures.n,
                "accuracy": round(figures.accuracy, 4),
                "macro_f1": round(figures.macro_f1, 4),
                "classes": {
                    code: {
                        "support": c.support,
                        "precision": round(c.precision, 4),
                        "recall": round(c.recall, 4),
                        "f1": round(c.f1, 4),
                    }
                    for code, c in figures.classes.items()
                },
                "confused": _confused(figures),
            }
            for label, figures in measured.labels.items()
        },
    }


def _confused(figures: Figures) -> list[list[Any]]:
    """The most frequent mistakes: [truth, said, texts], the largest first."""
    wrong = [(truth, said, n) for (truth, said), n in figures.confusion.items() if truth != said]
    return [list(cell) for cell in sorted(wrong, key=lambda cell: (-cell[2], cell))[:_CONFUSED]]


def verdict_of(faults: Sequence[str], limit: int = 480) -> str:
    """Return the faults as one line that fits the record."""
    text = "; ".join(faults) if faults else "no class got worse"
    return text if len(text) <= limit else text[: limit - 1] + "…"
