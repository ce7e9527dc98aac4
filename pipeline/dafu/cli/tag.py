"""``dafu tag``: letters in, tables or JSON lines out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dafu.cli import fail, say
from dafu.cli.choice import chosen_model
from dafu.cli.options import id_column_option, jobs_option, model_option, text_column_option
from dafu.cli.progress import Log
from dafu.errors import DafuError
from dafu.records import Problem, TaggedLetter

if TYPE_CHECKING:
    from dafu.batch import RunOptions
    from dafu.tables import Level
    from dafu.tagger import Tagger

#: Inputs below this many bytes are not worth starting other processes for.
_SMALL = 4_000_000


@click.command(
    help=say(
        "标注 INPUT(文件、目录、压缩包、通配符或 s3:// 等地址;- 为标准输入):网页、.docx .pdf .ofd .doc .wps .rtf .txt,以及"
        "表格 .jsonl .csv .parquet(可为 .gz .zst)。写到 OUT:按后缀为 .xlsx .html .jsonl .csv .parquet 文件;没有后缀则为"
        "一个目录,内有各表的 Parquet 分片;- 为标准输出。\n\n例:dafu tag letters/ -o 台账.xlsx\n\n"
        "中断后再运行同一命令即从断点继续。退出码:0 全部读入;1 有文件没有读入(见问题表);2 用法有误或无法写出。",
        "Tag INPUT (files, folders, archives, globs or addresses such as s3://; - is standard input): web pages, .docx "
        ".pdf .ofd .doc .wps .rtf .txt, and tables .jsonl .csv .parquet (also .gz, .zst). Write OUT: by suffix an .xlsx, "
        ".html, .jsonl, .csv or .parquet file; without one a folder of Parquet shards, a subfolder a table; - is standard "
        "output.\n\nExample: dafu tag letters/ -o ledger.xlsx\n\n"
        "A run that was broken off is continued by the same command. Exit code: 0 all read, 1 some not (see the "
        "problems table), 2 wrong usage or no way to write.",
    )
)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o", "--out", required=True, metavar="OUT", help=say("输出文件或目录", "Output file or folder.")
)
@click.option(
    "--level",
    type=click.Choice(["sentence", "paragraph", "letter"]),
    default="sentence",
    show_default=True,
    help=say(".csv 与 .parquet 的一行是一句、一段还是一封信", "What a row of .csv and .parquet is."),
)
@click.option(
    "--only",
    type=click.Choice(["labels"]),
    help=say("只要标签与概率,不要依据和各表,更快", "Labels and probabilities alone, which is faster."),
)
@text_column_option
@id_column_option
@model_option
@jobs_option
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help=say(
        "在 Dask 集群上运行,如 tcp://10.0.0.1:8786", "Run on a Dask cluster, such as tcp://10.0.0.1:8786."
    ),
)
@click.option(
    "--seconds",
    type=click.FloatRange(1),
    default=120,
    show_default=True,
    help=say("每份文件的时限(秒)", "Time limit of a document, in seconds."),
)
@click.option(
    "--shard-mb",
    type=click.FloatRange(0.01, 1024),
    default=8,
    show_default=True,
    help=say("每个分片的文字量(MB);集群上宜取 64 以上", "Text in a shard, in MB; on a cluster 64 and more."),
)
@click.option("--quiet", is_flag=True, help=say("不显示进度与小结", "No progress and no summary."))
@click.option(
    "--json-log",
    is_flag=True,
    help=say("进度写成 JSON 行(标准错误)", "Progress as JSON lines on standard error."),
)
def tag(
    inputs: tuple[str, ...],
    out: str,
    level: Level,
    only: str | None,
    text_column: str | None,
    id_column: str | None,
    model: Path | None,
    jobs: int | None,
    cluster: str | None,
    seconds: float,
    shard_mb: float,
    quiet: bool,
    json_log: bool,
) -> None:
    run_tag(
        inputs,
        out,
        level=level,
        only_labels=only == "labels",
        text_column=text_column,
        id_column=id_column,
        model=model,
        jobs=jobs,
        cluster=cluster,
        seconds=seconds,
        shard_bytes=int(shard_mb * 1_000_000),
        log=Log(quiet=quiet, as_json=json_log),
    )


def run_tag(
    inputs: tuple[str, ...],
    out: str,
    *,
    level: Level,
    text_column: str | None = None,
    id_column: str | None = None,
    model: Path | None = None,
    jobs: int | None = None,
    log: Log | None = None,
    **options: Any,
) -> None:
    """Tag documents and write the table of ``level``: what ``tag``, ``figures`` and ``commitments`` do."""
    from dafu import load
    from dafu.batch import RunOptions, tag_corpus
    from dafu.readers import ReadOptions
    from dafu.readers.sources import input_size
    from dafu.tagger import Tagger
    from dafu.writers.parts import form_of

    log = log or Log()
    size = input_size(inputs)
    try:
        model = chosen_model(model)
        settings = RunOptions(
            level=level,
            model=model,
            jobs=_workers(jobs, size),
            read=ReadOptions(text_column, id_column),
            **options,
        )
        tagger = Tagger(load(model).model, only_labels=settings.only_labels)
        log.begin(size)
        if out != "-" and form_of(Path(out), level, settings.only_labels):
            _check_parent(Path(out))
            summary = tag_corpus(inputs, Path(out), tagger, settings, log.progress)
            log.end(out, summary.counts, summary.kept, summary.changed)
            problems = summary.counts.get("problems", 0)
        else:
            problems = _stream(inputs, out, tagger, settings, log)
    except DafuError as error:
        raise fail(str(error)) from error
    except KeyboardInterrupt:
        log.close()
        click.echo(say("已中断;再运行同一命令即可继续。", "broken off; the same command goes on."), err=True)
        sys.exit(130)
    finally:
        log.close()
    if problems:
        sys.exit(1)


def _stream(inputs: Sequence[str], out: str, tagger: Tagger, settings: RunOptions, log: Log) -> int:
    """Outputs that are made in one piece: workbooks and standard output. Returns the number of problems."""
    from dafu.batch import run
    from dafu.readers import list_items
    from dafu.writers import open_writer

    if settings.cluster:
        raise DafuError(f"{out}: --cluster 只用于目录、.jsonl、.csv 和 .parquet 输出。")
    writer = open_writer(out, tagger.model.labels, level=settings.level)
    counts = dict.fromkeys(("letters", "sentences", *tagger.model.labels, "commitments", "problems"), 0)
    try:
        for answers, size in run(list_items(inputs, settings.read), tagger, settings):
            found: list[Problem] = []
            for item in answers:
                if isinstance(item, TaggedLetter):
                    writer.write(item)
                    counts["letters"] += 1
                    counts["sentences"] += len(item.sentences)
                    counts["commitments"] += len(item.commitments)
                    for sentence in item.sentences:
                        for label in sentence.labels:
                            counts[label] += 1
                else:
                    writer.problem(item)
                    counts["problems"] += 1
                    found.append(item)
            log.step(size, counts, found)
        writer.close()
    except BaseException:
        writer.abort()
        raise
    log.end(out, counts)
    return counts["problems"]


def _check_parent(out: Path) -> None:
    from dafu.errors import OutputError

    if out.suffix and out.is_dir():
        raise OutputError(f"{out}: 已有同名目录,请换一个文件名。")
    if not out.absolute().parent.is_dir():
        raise OutputError(f"{out}: 目录 {out.absolute().parent} 不存在,请先建立。")


def _workers(jobs: int | None, size: int | None) -> int:
    """Worker processes: as wished, else the cores there are; none where the input is small."""
    if size is not None and size <= _SMALL and jobs in (None, 1):
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return jobs or cores
