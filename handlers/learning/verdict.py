"""Whether a new model may take the old one's place: no class may get worse than the tolerance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from handlers.understanding.evaluation.figures import Figures
from handlers.understanding.training.measure import Measured

#: A class may lose this much F1 (0–1) before the new model is refused …
TOLERANCE: Final = 0.03
#: … counted only where this many texts bear it out …
_LEAST_CASES: Final = 15
#: … and of messages for which a person is called not one more may be missed than this share.
_URGENT_TOLERANCE: Final = 0.02
#: Not worse, but compared with a model that is no longer the one in force (a roll-back while it trained).
OVERTAKEN: Final = "overtaken"
#: The model of the corpus that ships: there was none to compare with.
SHIPPED: Final = "shipped"
#: What ``label`` says of a fault in how many urgent messages are found.
URGENT: Final = "urgent_found"
_LONGEST: Final = 480  # characters of the record
#: So many of the most frequent mistakes are kept with a model.
_CONFUSED: Final = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """A class that got worse on the test set ``where``: its F1 before and after; of ``urgent`` the share found."""

    where: str
    label: str
    code: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of comparing: ``faults`` (none = not worse), and beside them :data:`SHIPPED` or :data:`OVERTAKEN`."""

    faults: tuple[Fault, ...] = ()
    why: str = ""

    @property
    def good(self) -> bool:
        """Whether the model may be promoted."""
        return not self.faults and self.why != OVERTAKEN

    def kept(self) -> str:
        """As the record holds it: JSON, with as many faults as fit."""
        rows = [[f.where, f.label, f.code, round(f.before, 3), round(f.after, 3)] for f in self.faults]
        while len(text := json.dumps({"why": self.why, "faults": rows}, ensure_ascii=False)) > _LONGEST:
            rows.pop()
        return text


def read_verdict(text: str) -> Verdict | None:
    """Read what :meth:`Verdict.kept` wrote; ``None`` for the words of an earlier release."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    return Verdict(tuple(Fault(*row) for row in data["faults"]), data["why"])


def faults_of(name: str, old: Measured, new: Measured) -> list[Fault]:
    """Return where ``new`` is worse than ``old`` on the test set ``name``; none = it may be promoted."""
    faults = []
    for label, before in old.labels.items():
        after = new.labels[label]
        for code, figures in before.classes.items():
            if figures.support < _LEAST_CASES:
                continue
            now = after.classes[code].f1 if code in after.classes else 0.0
            if figures.f1 - now > TOLERANCE:
                faults.append(Fault(name, label, code, figures.f1, now))
    return faults + _urgent_faults(name, old, new)


def _urgent_faults(name: str, old: Measured, new: Measured) -> list[Fault]:
    before, after = (measured.labels["now"].classes.get("1") for measured in (old, new))
    if before is None or before.support < _LEAST_CASES:
        return []
    recall = after.recall if after else 0.0
    return [Fault(name, URGENT, "1", before.recall, recall)] if before.recall - recall > _URGENT_TOLERANCE else []


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
