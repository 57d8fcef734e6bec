"""An evaluation as plain data, for ``--json`` and whoever reads it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from handlers.understanding.evaluation.baselines import BesideSnowNlp
from handlers.understanding.evaluation.evaluate import Evaluation, LabelReport, Scores, TopicReport, UrgentReport
from handlers.understanding.evaluation.intervals import Estimate


def evaluation_as_json(found: Evaluation, beside: BesideSnowNlp | None = None) -> dict[str, Any]:
    """Return every figure of ``found``; shares are 0–1, with ``low`` and ``high`` of the 95 % interval."""
    return {
        "n": found.n,
        "labels": {report.label: _label(report) for report in found.labels},
        "topic": _topic(found.topic) if found.topic else None,
        "urgent": _urgent(found.urgent),
        "now": _urgent(found.now),
        "snownlp": None if beside is None else {
            "n": beside.n, "of": beside.of, "seconds": round(beside.seconds, 2),
            "sentiment": _measured(beside.snownlp), "ours_on_the_same": _measured(beside.ours),
        },
    }  # fmt: skip


def _urgent(found: UrgentReport | None) -> dict[str, int] | None:
    return None if found is None else asdict(found)


def _estimate(found: Estimate) -> dict[str, float]:
    return {"value": round(found.value, 4), "low": round(found.low, 4), "high": round(found.high, 4)}


def _measured(found: Scores) -> dict[str, Any]:
    return {"accuracy": _estimate(found.accuracy), "macro_f1": _estimate(found.macro_f1)}


def _label(report: LabelReport) -> dict[str, Any]:
    figures = report.measured.figures
    return {
        "n": figures.n,
        **_measured(report.measured),
        "majority": {"class": report.majority_class, **_measured(report.majority)},
        "classes": {
            code: {
                "precision": round(c.precision, 4), "recall": round(c.recall, 4), "f1": round(c.f1, 4),
                "support": c.support,
            }
            for code, c in figures.classes.items()
        },
        "confusion": [
            {"truth": truth, "said": guess, "n": n}
            for (truth, guess), n in sorted(figures.confusion.items(), key=lambda cell: (-cell[1], cell[0]))
        ],
        "calibration": {
            "n": report.calibration.n,
            "error": round(report.calibration.error, 4),
            "bins": [
                {"low": b.low, "high": b.high, "n": b.n, "confidence": round(b.confidence, 4),
                 "right": round(b.right, 4)}
                for b in report.calibration.bins
            ],
        },
    }  # fmt: skip


def _topic(report: TopicReport) -> dict[str, Any]:
    routed = report.routed
    return {
        "n": report.n,
        "ours_or_not": _estimate(report.ours),
        "ours_n": report.ours_n,
        "topic_among_ours": _estimate(report.topic_among_ours),
        "second_topics": {"n": report.seconds, "found": report.seconds_found},
        "coverage_accuracy": [
            {"confidence": s.confidence, "n": s.n, "coverage": _estimate(s.coverage), "accuracy": _estimate(s.accuracy)}
            for s in report.steps
        ],
        "routed_alone": {
            "n": routed.n, "routed": routed.routed, "right": routed.right,
            "coverage": _estimate(routed.coverage), "accuracy": _estimate(routed.accuracy),
        },
    }  # fmt: skip
