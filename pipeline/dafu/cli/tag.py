"""``dafu tag``: letters in, tables or JSON lines out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dafu.cli import fail, say
from dafu.cli.choice import chosen_model
from dafu.errors import DafuError
from dafu.records import Problem, TaggedLetter

if TYPE_CHECKING:
    from dafu.tables import Level


@click.command(
    help=say(
        "标注 INPUT(文件、目录或通配符:.txt .jsonl .csv .parquet;- 为标准输入),写到 OUT"
        "(按后缀:.jsonl .csv .xlsx .parquet;- 为标准输出)。\n\n例:dafu tag letters/ -o 台账.xlsx\n\n"
        "退出码:0 全部读入;1 有文件没有读入(见问题表);2 用法有误。",
        "Tag INPUT (files, folders or globs of .txt .jsonl .csv .parquet; - is standard input) and write OUT "
        "(by suffix: .jsonl .csv .xlsx .parquet; - is standard output).\n\nExample: dafu tag letters/ -o ledger.xlsx\n\n"
        "Exit code: 0 all read, 1 some not (see the problems table), 2 wrong usage.",
    )
)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--out", required=True, metavar="OUT", help=say("输出文件", "Output file."))
@click.option(
    "--level",
    type=click.Choice(["sentence", "paragraph", "letter"]),
    default="sentence",
    show_default=True,
    help=say(".csv 与 .parquet 的一行是一句、一段还是一封信", "What a row of .csv and .parquet is."),
)
@click.option("--text-column", metavar="NAME", help=say("表格中正文所在的列", "Column that holds the text."))
@click.option("--id-column", metavar="NAME", help=say("表格中编号所在的列", "Column that holds the id."))
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=say(
        "模型目录(默认用已启用的或自带的模型)", "Model folder (default: the promoted or the shipped one)."
    ),
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help=say("并行进程数(默认:处理器核数)", "Worker processes (default: the cores there are)."),
)
def tag(
    inputs: tuple[str, ...],
    out: str,
    level: Level,
    text_column: str | None,
    id_column: str | None,
    model: Path | None,
    jobs: int | None,
) -> None:
    run_tag(inputs, out, level, text_column, id_column, model, jobs)


def run_tag(
    inputs: tuple[str, ...],
    out: str,
    level: Level,
    text_column: str | None,
    id_column: str | None,
    model: Path | None,
    jobs: int | None,
) -> None:
    """Tag documents and write the table of ``level``: what ``tag``, ``figures`` and ``commitments`` do."""
    from dafu import load
    from dafu.batch import run
    from dafu.readers import ReadOptions, read_documents
    from dafu.writers import open_writer

    try:
        model = chosen_model(model)
        tagger = load(model)
        writer = open_writer(out, tagger.model.labels, level=level)
    except DafuError as error:
        raise fail(str(error)) from error
    from tqdm import tqdm

    letters = sentences = problems = 0
    bar = tqdm(unit=say("封", " letters"), disable=not sys.stderr.isatty(), file=sys.stderr)
    try:
        documents = read_documents(inputs, ReadOptions(text_column, id_column))
        workers = jobs or _default_jobs(inputs)
        for item in run(
            documents, tagger, jobs=workers, model=model, advance=lambda n: bar.update(n) and None
        ):
            if isinstance(item, TaggedLetter):
                writer.write(item)
                letters += 1
                sentences += len(item.sentences)
            else:
                writer.problem(item)
                problems += 1
                tell(item)
        writer.close()
    except DafuError as error:
        writer.abort()
        raise fail(str(error)) from error
    except BaseException:
        writer.abort()
        raise
    finally:
        bar.close()
    target = "" if out == "-" else f" -> {out}"
    click.echo(
        say(
            f"已标注 {letters} 封、{sentences} 句;问题 {problems} 处{target}",
            f"tagged {letters} letters, {sentences} sentences; {problems} problems{target}",
        ),
        err=True,
    )
    if problems:
        sys.exit(1)


def tell(problem: Problem) -> None:
    """One problem on standard error: file, line, reason, remedy."""
    place = f"{problem.source}:{problem.line}" if problem.line else problem.source
    click.echo(f"{place}: {problem.reason}{problem.remedy}", err=True)


def _default_jobs(inputs: tuple[str, ...]) -> int:
    """The cores there are, but one worker where the input is too small to be worth starting others."""
    try:
        size = sum(_size(Path(name)) for name in inputs if name != "-")
    except OSError:
        return 1
    return (
        max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
        if size > 4_000_000
        else 1
    )


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())
    return path.stat().st_size if path.exists() else 0
