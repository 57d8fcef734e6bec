"""An evaluation as tables on the terminal, in plain Chinese words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.table import Table

from handlers.taxonomy import LABEL_CODES, LABEL_NAMES
from handlers.understanding.evaluation.baselines import BesideSnowNlp
from handlers.understanding.evaluation.evaluate import Evaluation, LabelReport, TopicReport, UrgentReport
from handlers.understanding.evaluation.intervals import Estimate

#: A confusion table wider than this is given as its largest cells instead.
_WIDEST: Final = 8
_LARGEST_CELLS: Final = 12


#: A heading and its table.
Titled = tuple[str, Table]


def tables_of(found: Evaluation, beside: BesideSnowNlp | None) -> Iterator[Titled]:
    """Yield the tables of one file with their headings, the summary first; none is wider than 80 cells."""
    if found.labels:
        yield _summary(found, beside)
    if found.topic:
        yield _topic(found.topic)
        yield _steps(found.topic)
    if found.urgent and found.now:
        yield _urgent(found.urgent, found.now)
    for report in found.labels:
        yield _classes(report)
        if any(truth != guess for truth, guess in report.measured.figures.confusion):
            yield _confusion(report)


def percent(found: Estimate) -> str:
    """``93.0% (88.1–97.0)``."""
    return f"{100 * found.value:.1f}% ({100 * found.low:.1f}–{100 * found.high:.1f})"


def f1(found: Estimate) -> str:
    """``0.913 (0.861–0.950)``."""
    return f"{found.value:.3f} ({found.low:.3f}–{found.high:.3f})"


def good_of(good: int, of: int) -> str:
    """``63/65 (96.9%)``; ``—`` of nothing."""
    return f"{good}/{of} ({100 * good / of:.1f}%)" if of else "—"


def name_of(label: str, code: str) -> str:
    """Return the Chinese name of a code; nothing said is 未判断."""
    return LABEL_CODES[label].get(code, code) if code else "未判断"


def _table(*columns: str, right: int = 1) -> Table:
    table = Table()
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place >= right else "left", overflow="fold")
    return table


def _summary(found: Evaluation, beside: BesideSnowNlp | None) -> Titled:
    table = _table("标签", "条数", "判断对", "macro-F1", "ECE")
    for report in found.labels:
        measured, title = report.measured, LABEL_NAMES[report.label]
        error = f"{report.calibration.error:.3f}"
        table.add_row(title, str(measured.figures.n), percent(measured.accuracy), f1(measured.macro_f1), error)
        plain, most = report.majority, name_of(report.label, report.majority_class)
        table.add_row(f"  总说“{most}”", "", percent(plain.accuracy), f1(plain.macro_f1), "", style="dim")
        if beside and report.label == "sentiment":
            for row in _beside(beside):
                table.add_row(*row, style="dim")
    return "总的（macro-F1：各类 F1 的平均；ECE：说的把握与实际对的比例平均相差多少）", table


def _beside(beside: BesideSnowNlp) -> Iterator[tuple[str, str, str, str, str]]:
    theirs, ours = beside.snownlp, beside.ours
    yield "  SnowNLP", str(beside.n), percent(theirs.accuracy), f1(theirs.macro_f1), ""
    if beside.n < beside.of:
        yield "  我们，同样这些", str(beside.n), percent(ours.accuracy), f1(ours.macro_f1), ""


def _topic(report: TopicReport) -> Titled:
    routed = report.routed
    table = _table("", "条数", "结果")
    table.add_row("是不是本局的事，分得对", str(report.n), percent(report.ours))
    table.add_row("本局的事里，业务类别对", str(report.ours_n), percent(report.topic_among_ours))
    table.add_row("不经人自动转办的", f"{routed.routed}/{routed.n}", percent(routed.coverage))
    table.add_row("  其中转对的", f"{routed.right}/{routed.routed}", percent(routed.accuracy) if routed.routed else "—")
    if report.seconds:
        table.add_row("有第二类别的，说到了", f"{report.seconds_found}/{report.seconds}", "")
    return "转给谁", table


def _steps(report: TopicReport) -> Titled:
    table = _table("把握不低于", "条数", "占全部", "其中对的", right=0)
    for step in report.steps:
        right = percent(step.accuracy) if step.n else "—"
        table.add_row(f"{100 * step.confidence:.0f}%", str(step.n), percent(step.coverage), right)
    return "业务类别：把握多高，能信几成", table


def _urgent(either: UrgentReport, now: UrgentReport) -> Titled:
    table = _table("圈子", "条数", "真紧急", "找到", "漏掉", "误报")
    for name, report in (("两档合计", either), ("只看马上叫人的", now)):
        counts = (report.n, report.urgent, report.found, report.missed, report.false_alarms)
        table.add_row(name, *map(str, counts))
    return "紧急（没有 grade 列的文件，两行都对照 urgent 列）", table


def _classes(report: LabelReport) -> Titled:
    table = _table("类", "条数", "precision", "recall", "F1")
    for code in _in_order(report):
        found = report.measured.figures.classes[code]
        numbers = (f"{value:.3f}" for value in (found.precision, found.recall, found.f1))
        table.add_row(name_of(report.label, code), str(found.support), *numbers)
    return f"{LABEL_NAMES[report.label]}：各类（precision：说是的里面真是；recall：真是的里面说到）", table


def _in_order(report: LabelReport) -> list[str]:
    return [code for code in LABEL_CODES[report.label] if code in report.measured.figures.classes]


def _confusion(report: LabelReport) -> Titled:
    confusion, codes = report.measured.figures.confusion, _in_order(report)
    if len(codes) > _WIDEST:
        return _largest_confusions(report)
    said = [*codes, *([""] if any(not guess for _, guess in confusion) else [])]
    heads = (name_of(report.label, code) for code in said)
    table = _table("实际", *heads)
    for truth in codes:
        cells = [confusion.get((truth, guess), 0) for guess in said]
        if any(cells):
            table.add_row(name_of(report.label, truth), *(str(cell) if cell else "·" for cell in cells))
    return f"{LABEL_NAMES[report.label]}：左边是实际，上边是判断", table


def _largest_confusions(report: LabelReport) -> Titled:
    wrong = {cell: n for cell, n in report.measured.figures.confusion.items() if cell[0] != cell[1]}
    table = _table("实际", "判断成", "条数", right=2)
    for (truth, guess), n in sorted(wrong.items(), key=lambda cell: (-cell[1], cell[0]))[:_LARGEST_CELLS]:
        table.add_row(name_of(report.label, truth), name_of(report.label, guess), str(n))
    rest = sum(wrong.values()) - sum(sorted(wrong.values(), reverse=True)[:_LARGEST_CELLS])
    if rest:
        table.add_row("其余", "", str(rest), style="dim")
    return f"{LABEL_NAMES[report.label]}：最常混淆", table
