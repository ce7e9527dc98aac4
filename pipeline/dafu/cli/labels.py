"""``dafu labels``: labelled letters in and out, how far annotators agree, what to label next, what to look at again."""

from __future__ import annotations

import click

from dafu.cli import say
from dafu.cli.label_files import export, import_
from dafu.cli.label_work import agreement, check, queue


@click.group(
    help=say(
        "标注数据的导入、导出、一致性、挑选与检查。",
        "Labelled letters in and out; agreement, what to label next, what to check.",
    )
)
def labels() -> None:
    pass


for command in (import_, export, agreement, queue, check):
    labels.add_command(command)
