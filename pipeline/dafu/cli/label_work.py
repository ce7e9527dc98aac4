"""``dafu labels agreement``, ``queue`` and ``check``: what the labels are worth, and what to label next."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from dafu.cli import fail, say
from dafu.cli.label_options import FILES, FORMATS, names_of, out_option, rows_of, tell_all, with_scheme
from dafu.cli.options import id_column_option, model_option, text_column_option
from dafu.errors import DafuError


@click.command(
    help=say(
        "标注人之间的一致性:每个标签、每两人的 Krippendorff's alpha,以及有分歧的句子(-o 写成表)。\n\n"
        "例:dafu labels agreement letters.jsonl -o 分歧.xlsx",
        "How far annotators agree: Krippendorff's alpha a label and a pair, and what they dispute (a table with -o).\n\n"
        "Example: dafu labels agreement letters.jsonl -o disputes.xlsx",
    )
)
@FILES
@out_option(False, "有分歧的句子(.csv .xlsx)", "The disputed sentences (.csv .xlsx).")
@with_scheme
def agreement(
    files: tuple[Path, ...],
    out: Path | None,
    mapping: tuple[str, ...],
    scheme: str | None,
    settings: Path | None,
) -> None:
    from dafu.agreement import agreements, judged
    from dafu.exchange.rows import given_of
    from dafu.tables import label_name, label_names

    names = names_of(mapping, scheme, settings)
    units = judged(rows_of(files, names), given_of)
    if not units:
        raise fail(
            say(
                "没有两个人都标注过的句子。请确认“标注人”已填写;几个文件各属一人时,先用 dafu labels import --by-file 合并。",
                "no sentence was labelled by two annotators; if each file is one annotator's, join them with dafu labels import --by-file first",
            )
        )
    head = [
        say("标注人", "annotators"),
        say("单元", "units"),
        *map(label_name, names.labels),
        say("完全相同", "same"),
    ]
    click.echo("\t".join(head))
    for found in agreements(units, names.labels):
        alphas = ["—" if math.isnan(v) else f"{v:.3f}" for v in found.alpha.values()]
        who = "、".join(name or "?" for name in found.annotators)
        click.echo("\t".join([who, str(found.units), *alphas, f"{found.same:.1%}"]))
    disputed = [unit for unit in units if unit.disputed]
    click.echo(say(f"有分歧 {len(disputed)} 处", f"{len(disputed)} disputed"))
    who_all = sorted({name for unit in units for name in unit.given})
    columns = [
        ("编号", 14),
        ("粒度", 8),
        ("原文", 80),
        *((name or "?", 18) for name in who_all),
        ("起", 7),
        ("止", 7),
    ]
    _table(
        out,
        "分歧",
        columns,
        (
            (
                u.id,
                {"sentence": "句子", "paragraph": "段落"}[u.unit],
                u.text,
                *(
                    label_names([n for n in names.labels if n in u.given[w]]) if w in u.given else ""
                    for w in who_all
                ),
                u.start,
                u.end,
            )
            for u in disputed
        ),
    )


@click.command(
    help=say(
        "从未标注的信件中挑出最值得标注的段落(模型最没把握、彼此又不同的),写成标注表或标注工具的导入文件。\n\n"
        "例:dafu labels queue letters/ -n 200 -o 待标注.xlsx",
        "Pick the paragraphs of unlabelled letters that teach most (the model is unsure, and they differ), for any "
        "export format.\n\nExample: dafu labels queue letters/ -n 200 -o queue.xlsx",
    )
)
@click.argument("inputs", nargs=-1, required=True, metavar="CORPUS...")
@out_option(True, "输出文件", "Output file.")
@click.option(
    "-n",
    "count",
    type=click.IntRange(1, 100_000),
    default=200,
    show_default=True,
    help=say("挑多少", "How many."),
)
@click.option(
    "--unit",
    type=click.Choice(["paragraph", "sentence", "letter"]),
    default="paragraph",
    show_default=True,
    help=say("一条是一段、一句还是一封信", "What an item is."),
)
@click.option(
    "--per-letter",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help=say("一封信最多挑几条", "At most so many of a letter."),
)
@click.option(
    "--prefill",
    is_flag=True,
    help=say("预填模型的标签,供人改正", "Fill in the model's labels for correction."),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help=say("格式(默认按后缀)", "Format (default: by suffix)."),
)
@click.option("--seed", type=int, default=0, show_default=True, help=say("随机数种子", "Seed of the draw."))
@model_option
@text_column_option
@id_column_option
def queue(
    inputs: tuple[str, ...],
    out: Path,
    count: int,
    unit: Any,
    per_letter: int,
    prefill: bool,
    form: str | None,
    seed: int,
    model: Path | None,
    text_column: str | None,
    id_column: str | None,
) -> None:
    from tqdm import tqdm

    from dafu import load
    from dafu.exchange import Tally, format_of, write_labelled
    from dafu.exchange.rows import queue_rows
    from dafu.readers import ReadOptions, read_documents
    from dafu.records import Document
    from dafu.selection import build_queue

    tally = Tally()

    def documents() -> Iterable[Document]:
        for item in read_documents(inputs, ReadOptions(text_column, id_column)):
            if isinstance(item, Document):
                yield item
            else:
                tally.problems.append(item)

    try:
        format = format_of(str(out), form)
        tagger = load(model)
        with tqdm(unit=say("封", " letters"), disable=not sys.stderr.isatty(), file=sys.stderr) as bar:
            chosen = build_queue(
                documents(),
                tagger,
                count,
                unit=unit,
                most=per_letter,
                seed=seed,
                advance=lambda n: bar.update(n) and None,
            )
        rows = queue_rows(chosen, unit, prefill)
        number = write_labelled(rows, out, format, tagger.model.labels)
    except DafuError as error:
        raise fail(str(error)) from error
    tell_all(tally, out)
    click.echo(
        say(
            f"挑出 {number} 条,来自 {len(rows)} 封信 -> {out}",
            f"{number} items of {len(rows)} letters -> {out}",
        ),
        err=True,
    )
    if tally.problems:
        sys.exit(1)


@click.command(
    help=say(
        "列出可能标错的句子和理由:没有见过这些标签的模型不同意(置信学习),或与规则不符。\n\n"
        "例:dafu labels check letters.jsonl -o 复查.xlsx",
        "List likely label errors with the reason: a model that did not see the labels disagrees (confident learning), "
        "or a rule does.\n\nExample: dafu labels check letters.jsonl -o doubts.xlsx",
    )
)
@FILES
@out_option(False, "表(.csv .xlsx)", "The table (.csv .xlsx).")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help=say("屏幕上列出几条", "How many to print."),
)
@model_option
def check(files: tuple[Path, ...], out: Path | None, top: int, model: Path | None) -> None:
    from dafu import load
    from dafu.corpus import from_row
    from dafu.doubts import find_doubts, restricted
    from dafu.exchange import LabelNames, letter_of, seen_of
    from dafu.settings import train_settings
    from dafu.tables import label_names

    try:
        tagger = load(model)
        names = LabelNames(tagger.model.labels)
        rows = rows_of(files, names)
        letters = [
            restricted(from_row(row, str(row["id"]), labels=names.labels), seen_of(row, letter_of(row)))
            for row in rows
        ]
        found, whose = find_doubts(letters, tagger, train_settings())
    except DafuError as error:
        raise fail(str(error)) from error
    sentences = sum(len(x.labels) for x in letters)
    click.echo(
        say(
            f"{sentences} 句中有 {len(found)} 句可疑(概率来自{'交叉训练的模型' if whose == 'folds' else '现有模型'})",
            f"{len(found)} of {sentences} sentences are doubtful (probabilities: {'cross-trained models' if whose == 'folds' else 'the model at hand'})",
        )
    )
    for doubt in found[:top]:
        click.echo(f"{doubt.id}\t{label_names(doubt.labels)}\t{';'.join(doubt.reasons)}\t{doubt.text[:60]}")
    columns = [("编号", 14), ("标注人", 10), ("原文", 80), ("标签", 18), ("模型标签", 18), ("标签正确的概率", 8), ("理由", 50), ("起", 7), ("止", 7)]  # fmt: skip
    _table(
        out,
        "复查",
        columns,
        (
            (
                d.id,
                d.annotator,
                d.text,
                label_names(d.labels),
                label_names(d.suggested),
                round(d.score, 4),
                ";".join(d.reasons),
                d.start,
                d.end,
            )
            for d in found
        ),
    )


def _table(
    out: Path | None, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> None:
    """A plain table as .csv or .xlsx."""
    if out is None:
        return
    from dafu.exchange.plain import write_plain

    try:
        write_plain(out, name, columns, rows)
    except DafuError as error:
        raise fail(str(error)) from error
    click.echo(f"-> {out}", err=True)
