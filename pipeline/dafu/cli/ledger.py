"""``dafu figures`` and ``dafu commitments``: one table alone, as csv, xlsx or parquet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dafu.cli import fail, say
from dafu.cli.options import id_column_option, jobs_option, model_option, text_column_option
from dafu.cli.tag import run_tag

if TYPE_CHECKING:
    from dafu.tables import Level


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        jobs_option,
        model_option,
        id_column_option,
        text_column_option,
        click.option(
            "-o",
            "--out",
            required=True,
            metavar="OUT",
            help=say("输出文件(.csv .xlsx .parquet)", "Output file (.csv .xlsx .parquet)."),
        ),
        click.argument("inputs", nargs=-1, required=True, metavar="INPUT..."),
    ):
        command = option(command)
    return command


def _table(level: Level, out: str, **rest: Any) -> None:
    if Path(out).suffix.lower() not in (".csv", ".xlsx", ".parquet"):
        raise fail(
            say(f"{out}: 表格只能写成 .csv .xlsx .parquet", f"{out}: a table is .csv, .xlsx or .parquet")
        )
    run_tag(out=out, level=level, **rest)


@click.command(
    help=say(
        "从信件中抽取量化表述,一个数一行:数值、单位、指标、时期、是目标还是实际。\n\n例:dafu figures letters/ -o 量化表述.xlsx",
        "Write the figures of letters, a row a quantity: value, unit, indicator, period, aim or actual.\n\n"
        "Example: dafu figures letters/ -o figures.xlsx",
    )
)
@_options
def figures(**options: Any) -> None:
    _table("figures", **options)


@click.command(
    help=say(
        "从信件中抽取承诺,生成台账,一项承诺一行:事项、责任单位、时限、量化目标、明确程度。\n\n例:dafu commitments letters/ -o 台账.xlsx",
        "Write the ledger of commitments, a row a promise: what, who, by when, with which target, how specific.\n\n"
        "Example: dafu commitments letters/ -o ledger.xlsx",
    )
)
@_options
def commitments(**options: Any) -> None:
    _table("commitments", **options)
