"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

from dafu.cli import say

model_option = click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=say(
        "模型目录(默认用已启用的或自带的模型)", "Model folder (default: the promoted or the shipped one)."
    ),
)
text_column_option = click.option(
    "--text-column", metavar="NAME", help=say("表格中正文所在的列", "Column that holds the text.")
)
id_column_option = click.option(
    "--id-column", metavar="NAME", help=say("表格中编号所在的列", "Column that holds the id.")
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help=say("并行进程数(默认:处理器核数)", "Worker processes (default: the cores there are)."),
)
