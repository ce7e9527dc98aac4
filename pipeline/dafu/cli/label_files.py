"""``dafu labels import`` and ``export``: labelled letters from and to the tools that people label with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from dafu.cli import fail, say
from dafu.cli.label_options import FILES, FORMATS, names_of, out_option, rows_of, tell_all, with_scheme
from dafu.errors import DafuError


@click.command(
    "import",
    help=say(
        "把标注好的文件(Excel、CSV、改正过的 dafu tag 结果表,doccano、Label Studio、Prodigy/spaCy 的导出)"
        "读成标注语料,写到 OUT(.jsonl,一行一封信)。格式按内容识别。\n\n"
        "例:dafu labels import 标注.xlsx -o letters.jsonl\n\n退出码:0 全部读入;1 有内容没有读入;2 用法有误。",
        "Read labelled files (Excel, CSV, a corrected workbook of dafu tag, exports of doccano, Label Studio, "
        "Prodigy and spaCy) as labelled letters into OUT (.jsonl). Formats are told by content.\n\n"
        "Example: dafu labels import labelled.xlsx -o letters.jsonl\n\n"
        "Exit code: 0 all read, 1 some not, 2 wrong usage.",
    ),
)
@FILES
@out_option(True, "输出文件(.jsonl)", "Output file (.jsonl).")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="INPUT",
    help=say(
        "标注前的原信件(.jsonl .txt 或目录):标签对应到原文",
        "The letters before labelling (.jsonl, .txt, folder): labels move to them.",
    ),
)
@click.option("--text-column", metavar="NAME", help=say("正文所在的列", "Column that holds the text."))
@click.option(
    "--id-column", metavar="NAME", help=say("信件编号所在的列", "Column that holds the letter's id.")
)
@click.option("--label-column", metavar="NAME", help=say("标签所在的列", "Column that holds the labels."))
@click.option(
    "--annotator-column", metavar="NAME", help=say("标注人所在的列", "Column that names the annotator.")
)
@click.option(
    "--annotator", metavar="NAME", help=say("文件中没有标注人时,用这个名字", "Annotator of what names none.")
)
@click.option("--by-file", is_flag=True, help=say("文件名就是标注人", "A file's name is its annotator."))
@click.option(
    "--blank",
    type=click.Choice(["auto", "none", "unseen"]),
    default="auto",
    show_default=True,
    help=say("标签为空表示:没有标签(none)还是没看过(unseen)", "What an empty label cell means."),
)
@click.option(
    "--count",
    type=click.Choice(["letters", "changed", "all"]),
    default="letters",
    show_default=True,
    help=say(
        "改正过的结果表中哪些句子算看过:有改动的信件、改动的句子、全部",
        "Which sentences of a corrected workbook count as looked at.",
    ),
)
@with_scheme
def import_(
    files: tuple[Path, ...],
    out: Path,
    sources: tuple[str, ...],
    text_column: str | None,
    id_column: str | None,
    label_column: str | None,
    annotator_column: str | None,
    annotator: str | None,
    by_file: bool,
    blank: Any,
    count: Any,
    mapping: tuple[str, ...],
    scheme: str | None,
    settings: Path | None,
) -> None:
    from dafu.exchange import Columns, ImportOptions, read_labels, write_labelled

    names = names_of(mapping, scheme, settings)
    options = ImportOptions(
        Columns(text_column, id_column, label_column, annotator_column), annotator, by_file, blank, count
    )
    try:
        rows, tally = read_labels(files, names, options, sources=sources)
        write_labelled(rows, out, "jsonl", names.labels)
        tell_all(tally, out)
    except DafuError as error:
        raise fail(str(error)) from error
    spans = sum(len(row["spans"]) for row in rows)
    bags = sum(len(row.get("paragraphs", ())) for row in rows)
    click.echo(
        say(
            f"{len(rows)} 封信,{spans} 个句子标签,{bags} 段的标签;问题 {len(tally.problems)} 处 -> {out}",
            f"{len(rows)} letters, {spans} sentence labels, {bags} labelled paragraphs; "
            f"{len(tally.problems)} problems -> {out}",
        ),
        err=True,
    )
    if tally.problems:
        sys.exit(1)


@click.command(
    help=say(
        "把标注语料导出给标注工具。\n\n例:dafu labels export letters.jsonl -o 标注.xlsx",
        "Export labelled letters for an annotation tool.\n\n"
        "Example: dafu labels export letters.jsonl -o tasks.json --format label-studio",
    )
)
@FILES
@out_option(True, "输出文件", "Output file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help=say("格式(默认按后缀)", "Format (default: by suffix)."),
)
@with_scheme
def export(
    files: tuple[Path, ...],
    out: Path,
    form: str | None,
    mapping: tuple[str, ...],
    scheme: str | None,
    settings: Path | None,
) -> None:
    from dafu.exchange import format_of, write_labelled

    names = names_of(mapping, scheme, settings)
    rows = rows_of(files, names)
    try:
        number = write_labelled(rows, out, format_of(str(out), form), names.labels)
    except DafuError as error:
        raise fail(str(error)) from error
    click.echo(
        say(f"{len(rows)} 封信,{number} 条 -> {out}", f"{len(rows)} letters, {number} items -> {out}"),
        err=True,
    )
