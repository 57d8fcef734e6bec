"""识别质量 in words: figures as "of 100", labels and verdicts in Chinese, tables of classes and of weeks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from handlers.learning.verdict import OVERTAKEN, SHIPPED, URGENT, Fault, figures_as_json, read_verdict
from handlers.records import UnderstandingModel
from handlers.taxonomy import LABEL_CODES, LABEL_NAMES, MEASURED_NAMES, TOPICS
from handlers.understanding.evaluation.evaluate import Evaluation
from handlers.understanding.evaluation.intervals import share as estimated
from handlers.understanding.training.measure import Measured

STATES: Final = {"promoted": "在用", "previous": "上一个", "candidate": "未采用", "retired": "已退下"}
_SETS: Final = {"held_out": "标准测试题", "local": "本局测试题"}
_BETTER: Final = "没有哪一类变差"
_WHY: Final = {SHIPPED: "自带语料训练的", OVERTAKEN: "学习时在用的模型换过了，没有和它比过"}
#: What models of earlier releases have in the place of a verdict.
_EARLIER: Final = {"no class got worse": _BETTER, "the shipped corpus": _WHY[SHIPPED]}
_CONFUSED: Final = 8
#: Below this many a share of a hundred is no more than chance.
_FEW: Final = 30


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label on one set of test messages: how many, right of 100, macro-F1."""

    name: str
    n: int
    right: float
    macro_f1: float

    @property
    def words(self) -> str:
        """Never 100 when something was wrong."""
        return f"{self.right:.0f}" if self.right >= 100 or self.right < 99 else "99"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One topic: how many, of 100 that are it how many were found, of 100 said to be it how many are."""

    name: str
    n: int
    found: float
    precise: float


@dataclass(frozen=True, slots=True)
class SetView:
    """One set of test messages in words; ``routing`` is the sentence on what goes to a section by itself."""

    name: str
    what: str
    n: int
    routing: str
    labels: Sequence[LabelRow]
    topics: Sequence[ClassRow]
    confused: Sequence[tuple[str, str, str, int]]
    urgent: str


@dataclass(frozen=True, slots=True)
class Training:
    """One trained model in the list."""

    name: str
    made_at: Any
    state: str
    learned: int
    verdict: str


def set_view(name: str, figures: Mapping[str, Any]) -> SetView:
    """A set's figures as they are kept with a model, in words."""
    labels: Mapping[str, Any] = figures.get("labels", {})
    what = {
        "held_out": "随程序自带、模型从没学过的写信人写的",
        "local": "工作人员核对过的件，每五件留一件，从不用来学习",
    }
    return SetView(
        name=_SETS.get(name, name),
        what=what.get(name, ""),
        n=figures.get("n", 0),
        routing=routing(figures.get("routed_right", 0), figures.get("routed", 0), figures.get("n", 0)),
        labels=[
            LabelRow(MEASURED_NAMES[label], found["n"], 100 * found["accuracy"], found["macro_f1"])
            for label, found in labels.items() if found.get("n")
        ],
        topics=_classes(labels.get("topic", {})),
        confused=_confused(labels),
        urgent=_urgent(labels.get("urgent", {}), labels.get("now", {})),
    )  # fmt: skip


def local_set_view(found: Evaluation) -> SetView:
    """The same of what was measured just now."""
    routed = found.topic.routed if found.topic else None
    labels = {report.label: report.measured.figures for report in found.labels}
    kept = figures_as_json(Measured(found.n, labels, routed.routed if routed else 0, routed.right if routed else 0))
    return set_view("local", kept)


def routing(right: int, routed: int, n: int) -> str:
    """``每 100 件约 48 件不经人直接转办；这样转的，每 100 件约 97 件转对（424 题里转了 205 件，对 199 件；…）。``

    Of few messages nothing is said per hundred.
    """
    if not n:
        return ""
    if not routed:
        return "没有一件有把握到可以不经人转办：都先请人看。"
    counted = f"{n} 题里转了 {routed} 件，对 {right} 件"
    if routed < _FEW:
        return f"{counted}：还太少，说不准每 100 件会怎样。"
    alone = f"每 100 件约 {_of_hundred(routed, n)} 件不经人直接转办"
    rightly = "全部转对" if right == routed else f"每 100 件约 {_of_hundred(right, routed)} 件转对"
    ends = estimated(right, routed)
    likely = f"；换一批来信，大致在 {100 * ends.low:.0f} 到 {100 * ends.high:.0f} 之间" if right != routed else ""
    return f"{alone}；这样转的，{rightly}（{counted}{likely}）。"


def _of_hundred(good: int, of: int) -> str:
    """Never 100 when something is missing, never 0 when there is something."""
    whole = round(100 * good / of)
    return str(whole if good in (0, of) else min(99, max(1, whole)))


def _classes(topic: Mapping[str, Any]) -> list[ClassRow]:
    classes: Mapping[str, Any] = topic.get("classes", {})
    return [
        ClassRow(name, found["support"], 100 * found["recall"], 100 * found["precision"])
        for code, name in TOPICS.items()
        if (found := classes.get(code)) and found["support"]
    ]


def _confused(labels: Mapping[str, Any]) -> list[tuple[str, str, str, int]]:
    cells = [
        (LABEL_NAMES[label], name_of(label, truth), name_of(label, said), n)
        for label in ("topic", "kind", "sentiment")
        for truth, said, n in labels.get(label, {}).get("confused", ())
        if n > 1
    ]
    return sorted(cells, key=lambda cell: -cell[3])[:_CONFUSED]


def _urgent(either: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Both grades together, then the narrow circle; a model from before the grades was measured on that alone."""
    if not now:
        return _found("紧急的", either)
    return _found("两档紧急的合计", either) + _found("其中要马上叫人的", now)


def _found(what: str, figures: Mapping[str, Any]) -> str:
    one = figures.get("classes", {}).get("1")
    if not one or not one["support"]:
        return ""
    hits = round(one["recall"] * one["support"])
    false = round(hits / one["precision"]) - hits if one["precision"] else 0
    return f"{what} {one['support']} 件，找到 {hits} 件，漏掉 {one['support'] - hits} 件；另有 {false} 件误报。"


def name_of(label: str, code: str) -> str:
    """The Chinese name of a code; nothing is 未判断."""
    return LABEL_CODES[label].get(code, code) if code else "未判断"


def verdict_words(kept: str) -> str:
    """A verdict in Chinese; words of an earlier release that are not known stay as they are."""
    verdict = read_verdict(kept)
    if verdict is None:
        return _EARLIER.get(kept, kept)
    said = [_fault(fault) for fault in verdict.faults]
    return "；".join([*said, *([_WHY[verdict.why]] if verdict.why else [])]) or _BETTER


def _fault(fault: Fault) -> str:
    where, change = _SETS.get(fault.where, fault.where), f"{fault.before:.3f} → {fault.after:.3f}"
    if fault.label == URGENT:
        return f"{where}上，要马上叫人的找到得少了（{change}）"
    return f"{where}上，{MEASURED_NAMES[fault.label]}“{name_of(fault.label, fault.code)}”变差（F1 {change}）"


def trainings(rows: Sequence[UnderstandingModel]) -> list[Training]:
    """The last trainings, the newest first."""
    return [
        Training(row.name, row.made_at, STATES.get(row.state, row.state), row.local_examples,
                 verdict_words(row.verdict))
        for row in rows
    ]  # fmt: skip
