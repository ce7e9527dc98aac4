"""What the commands of ``dafu labels`` share: options, the label scheme, and telling what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dafu.cli import fail, say
from dafu.errors import DafuError

if TYPE_CHECKING:
    from dafu.exchange import LabelNames, Row, Tally

Command = TypeVar("Command", bound=Callable[..., Any])
#: Export formats; the library's list, which is not imported for ``--help``.
FORMATS = ("xlsx", "csv", "doccano", "doccano-spans", "label-studio", "prodigy", "docbin", "jsonl")
#: What a run tells of what it did, by kind: (Chinese, English), with the number for ``{}``.
_NOTES = {
    "snapped": ("{} 处标注不是整句,已按所覆盖的句子对齐", "{} spans were no whole sentences and were snapped to them"),
    "edited": ("{} 处文字在标注后被改动,已按最相近的原文对齐", "{} texts were edited after labelling and were re-aligned"),
    "moved": ("{} 处标注已对应到原信件", "{} labels were moved to the original letters"),
    "found": ("{} 段文字在原信件中找到", "{} texts were found in the original letters"),
    "not found": ("{} 段文字没有编号,在原信件中也找不到(或不止一处),按独立的信件处理", "{} texts without an id stand in no (or several) originals and became letters of their own"),
    "twice": ("{} 处重复标注,内容一致", "{} units were labelled twice, alike"),
    "cancelled": ("跳过 {} 份被标注人跳过的标注", "{} skipped (cancelled) annotations left out"),
    "not accepted": ("跳过 {} 条未接受的回答", "{} answers that were not accepted left out"),
    "not labelled": ("{} 条尚未标注", "{} items are not labelled yet"),
    "not checked": ("{} 条预填标签未经核对(“已核”未填“是”,标签也未改),不采用", "{} suggested labels were neither ticked nor changed and do not count"),
    "blank": ("{} 条标签为空,按未看过处理", "{} empty label cells taken as not looked at"),
    "blank as none": ("{} 条标签为空,按“没有标签”处理(若是没看过,请加 --blank unseen)", "{} empty label cells taken as no label (if nobody looked at them: --blank unseen)"),
    "no text": ("{} 行没有文字", "{} rows without text"),
    "merged": ("{} 个合并单元格按所在各行填充", "{} merged cells filled downwards"),
    "changed": ("{} 句的标签被人改过", "{} sentences had their labels changed"),
}  # fmt: skip


def with_scheme(command: Command) -> Command:
    """Options that name the labels."""
    for option in (
        click.option(
            "--settings",
            type=click.Path(path_type=Path),
            metavar="FILE.toml",
            help=say("从训练设置文件读取标签体系", "Read the label scheme from a settings file."),
        ),
        click.option(
            "--labels",
            "scheme",
            metavar="A,B,C",
            help=say("标签体系(默认:已办、计划、量化)", "The label scheme, if another than the default."),
        ),
        click.option(
            "--map",
            "mapping",
            multiple=True,
            metavar="NAME=LABEL",
            help=say("名称对应的标签,可多次给出,如 --map 打算=planned", "What a name means; repeatable."),
        ),
    ):
        command = option(command)
    return command


def names_of(mapping: Sequence[str], scheme: str | None, settings: Path | None) -> LabelNames:
    """The label names that the options describe."""
    from dafu.exchange import LabelNames
    from dafu.records import LABELS
    from dafu.settings import train_settings

    extra = {}
    for item in mapping:
        name, separator, label = item.rpartition("=")
        if not separator or not name or not label:
            raise fail(
                say(f"--map {item}: 应形如 计划=planned", f"--map {item}: should read like 计划=planned")
            )
        extra[name] = label.strip()
    try:
        known: Sequence[str] = train_settings(settings).labels if settings else LABELS
        if scheme:
            known = [label.strip() for label in scheme.split(",") if label.strip()]
        return LabelNames(known, extra)
    except DafuError as error:
        raise fail(str(error)) from error


def tell_all(tally: Tally, beside: Path | None) -> None:
    """Notes and problems on standard error, and the problems in a file beside the output."""
    from dafu.cli.progress import problem_line
    from dafu.writers.delimited import ProblemFile

    for kind, number in tally.notes.items():
        if number:
            zh, en = _NOTES[kind]
            click.echo(say(zh, en).format(number), err=True)
    for problem in tally.problems:
        click.echo(problem_line(problem), err=True)
    if beside is not None:
        file = ProblemFile(beside)
        for problem in tally.problems:
            file.add(problem)
        file.close()


def rows_of(files: Sequence[Path], names: LabelNames) -> list[Row]:
    """Labelled letters of files; problems are told."""
    from dafu.exchange import read_labels

    rows, tally = read_labels(files, names)
    tell_all(tally, None)
    if not rows:
        raise fail(say("没有读到标注", "no labelled letters were read"))
    return rows


def out_option(required: bool, zh: str, en: str) -> Callable[[Command], Command]:
    """The option ``--out``."""
    return click.option(
        "-o", "--out", required=required, type=click.Path(path_type=Path), metavar="OUT", help=say(zh, en)
    )


FILES: Callable[[Command], Command] = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE...",
)
