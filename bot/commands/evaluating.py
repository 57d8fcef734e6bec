"""`huiying evaluate`, `model curve`: how well the understanding does on labelled messages, and what more would add."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bot.commands import evaluation_tables as tables
from bot.commands.console import err, out, plain_faults, progress_bar
from bot.commands.learning import understanding_for
from handlers.errors import InvalidInput
from handlers.taxonomy import LABEL_NAMES
from handlers.understanding.evaluation.baselines import SAMPLE, BesideSnowNlp, beside_snownlp
from handlers.understanding.evaluation.evaluate import Evaluation, evaluate
from handlers.understanding.evaluation.plain import evaluation_as_json
from handlers.understanding.evaluation.rows import Labelled, read_labelled
from handlers.understanding.labels import Labels, Understanding
from handlers.understanding.training.measure import LABELS


@dataclass(frozen=True, slots=True)
class Judged:
    """One file: what it holds, what was read and how fast (messages a second), the figures."""

    file: Path
    labelled: Labelled
    speed: float
    found: Evaluation
    beside: BesideSnowNlp | None


@plain_faults
def evaluate_files(
    files: Annotated[list[Path], typer.Argument(help="Labelled CSVs: id,text,kind,topic,topic_2,sentiment,urgent.")],
    understanding: Annotated[str, typer.Option(help="learned, rules or snownlp.")] = "learned",
    as_json: Annotated[bool, typer.Option("--json", help="All figures as JSON on standard output.")] = False,
    snownlp: Annotated[bool, typer.Option(help="Read with SnowNLP beside: 440 MB, some 60 messages a second.")] = True,
    snownlp_sample: Annotated[int, typer.Option(help="SnowNLP reads at most so many messages a file.")] = SAMPLE,
    wrong: Annotated[Path | None, typer.Option(help="Write what was misread to this CSV (ids, no texts).")] = None,
) -> None:
    """Measure the understanding on labelled messages: figures with 95 % intervals, beside simple baselines."""
    given = [(file, _read(file)) for file in files]
    reader = understanding_for(understanding)
    sample = snownlp_sample if snownlp and understanding != "snownlp" else 0
    judged = [_judge(file, labelled, reader, sample) for file, labelled in given]
    for one in judged:
        _name_bad_rows(one)
    if as_json:
        out.print_json(json.dumps(_as_json(reader.model, judged), ensure_ascii=False))
    else:
        for one in judged:
            _show(reader.model, one)
    if wrong is not None:
        _write_wrong(wrong, judged)
    if not any(one.labelled.rows for one in judged):
        raise typer.Exit(1)


def _read(file: Path) -> Labelled:
    if not file.is_file():
        raise InvalidInput(f"没有这个文件：{file}")
    return read_labelled(file)


def _judge(file: Path, labelled: Labelled, reader: Understanding, sample: int) -> Judged:
    examples = [row.example for row in labelled.rows]
    if examples:
        reader.read(examples[0].text)  # loading the model is not reading
    begun = time.perf_counter()
    read = list(_reading(reader, [example.text for example in examples], file.name))
    speed = len(read) / max(time.perf_counter() - begun, 1e-9)
    beside = None
    if sample and any(example.sentiment for example in examples):
        with err.status("SnowNLP 作对照，读得慢（每秒约 60 条，内存 440 MB；不要对照请加 --no-snownlp）…"):
            beside = beside_snownlp(examples, read, sample)
    return Judged(file, labelled, speed, evaluate(examples, read), beside)


def _reading(reader: Understanding, texts: list[str], name: str) -> Iterator[Labels]:
    with progress_bar() as bar:
        for text in bar.track(texts, description=f"读 {escape(name)}"):
            yield reader.read(text)


def _name_bad_rows(one: Judged) -> None:
    for bad in one.labelled.bad:
        named = f"{one.file.name} 第 {bad.line} 行（{bad.ident or '没有编号'}）没有计入：{bad.reason}"
        err.print(f"[yellow]![/] {escape(named)}", soft_wrap=True)


def _as_json(model: str, judged: Iterable[Judged]) -> dict[str, Any]:
    return {
        "understanding": model,
        "files": [
            {
                "file": one.file.name,
                "rows": len(one.labelled.rows),
                "columns": list(one.labelled.columns),
                "bad_rows": [{"line": b.line, "id": b.ident, "reason": b.reason} for b in one.labelled.bad],
                "messages_per_second": round(one.speed, 1),
                **evaluation_as_json(one.found, one.beside),
            }
            for one in judged
        ],
    }


def _show(model: str, one: Judged) -> None:
    skipped = f"，{len(one.labelled.bad)} 行没有计入" if one.labelled.bad else ""
    out.print(f"\n[bold]{escape(one.file.name)}[/]：{one.found.n} 条{skipped}；判断方法 {escape(model)}")
    out.print(f"每秒读 {one.speed:,.0f} 条。括号里是 95% 区间：换一批同类来信，数字大致会落在这个范围。")
    if not one.found.labels:
        out.print("没有标注，没有可以比较的。")
    for title, table in tables.tables_of(one.found, one.beside):
        out.print(f"\n[bold]{title}[/]")
        out.print(table)
    if one.beside:
        out.print(f"SnowNLP 每秒读 {one.beside.n / max(one.beside.seconds, 1e-9):.0f} 条。")


def _write_wrong(file: Path, judged: Iterable[Judged]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["file", "id", "label", "truth", "said", "confidence"])
        for one in judged:
            for w in one.found.wrong:
                ident = one.labelled.rows[w.place].ident
                writer.writerow([one.file.name, ident, w.label, w.truth, w.said, f"{w.confidence:.3f}"])
    err.print(f"✓ 判断错的写在 {escape(str(file))}（只有编号，没有原文）")


_CURVES = {
    "examples_per_topic": "样本多少带来什么（每个业务类别最多学几条）",
    "corrections": "工作人员的更正带来什么（模型没见过的写信人）",
}


@plain_faults
def curve(
    as_json: Annotated[bool, typer.Option("--json", help="The points as JSON on standard output.")] = False,
) -> None:
    """Show what more examples, and corrections of staff, are worth: trains eight times, some minutes."""
    from handlers.understanding.training.curve import by_corrections, by_examples_per_class  # scikit-learn

    curves: tuple[tuple[str, Callable[[], Iterator[Any]]], ...] = (
        ("examples_per_topic", by_examples_per_class), ("corrections", by_corrections),
    )  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {}
    for name, points in curves:
        found[name] = []
        with err.status("正在反复训练和测量，每个点十几秒…") as status:
            for point in points():
                found[name].append(_point(point))
                status.update(f"已量 {sum(map(len, found.values()))} 个点…")
        if not as_json:
            out.print(f"\n[bold]{_CURVES[name]}[/]，各类平均 F1，量在没学过的 {found[name][0]['n']} 条上")
            out.print(_curve_table(name, found[name]))
    if as_json:
        out.print_json(json.dumps(found, ensure_ascii=False))


def _point(point: Any) -> dict[str, Any]:
    measured = point.measured
    return {
        "size": point.size,
        "learned": point.learned,
        "n": measured.n,
        "macro_f1": {label: round(figures.macro_f1, 4) for label, figures in measured.labels.items()},
        "topic_accuracy": round(measured.labels["topic"].accuracy, 4),
        "routed": measured.routed,
        "routed_right": measured.routed_right,
    }


def _curve_table(name: str, points: list[dict[str, Any]]) -> Table:
    corrections = name == "corrections"
    first = "更正" if corrections else "每类"
    table = Table(first, "学了", *(LABEL_NAMES[label] for label in LABELS), "自动转办", "转对")
    for point in points:
        size = str(point["size"]) if point["size"] or corrections else "全部"
        f1 = (f"{point['macro_f1'][label]:.3f}" for label in LABELS)
        alone = f"{100 * point['routed'] / max(1, point['n']):.1f}%"
        table.add_row(size, str(point["learned"]), *f1, alone, tables.good_of(point["routed_right"], point["routed"]))
    return table
