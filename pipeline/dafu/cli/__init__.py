"""The command ``dafu``. Commands parse, call the library and print; nothing heavy is imported for ``--help``."""

from __future__ import annotations

import importlib
import os

import click

from dafu import __version__

#: Command -> (module, help in Chinese, help in English).
_COMMANDS = {
    "tag": ("dafu.cli.tag", "标注信件,输出表格或 JSONL", "Tag letters; write tables or JSON lines."),
    "show": (
        "dafu.cli.show",
        "在终端里彩色显示一封信的标注",
        "Show a letter in the terminal, coloured by label.",
    ),
    "figures": ("dafu.cli.ledger", "只输出量化表述表", "Write the table of figures alone."),
    "commitments": ("dafu.cli.ledger", "只输出承诺台账", "Write the ledger of commitments alone."),
    "train": ("dafu.cli.train", "用标注语料训练模型", "Train a model on labelled letters."),
    "retrain": (
        "dafu.cli.retrain",
        "用新标注的信件再训练,并与现用模型比较",
        "Retrain on newly labelled letters and compare.",
    ),
    "models": ("dafu.cli.models", "查看、启用、退回模型", "List, promote and roll back models."),
    "evaluate": ("dafu.cli.evaluate", "在标注语料上评估模型", "Score a model on labelled letters."),
    "labels": (
        "dafu.cli.labels",
        "标注数据的导入、导出、一致性、挑选与检查",
        "Labelled letters in and out; agreement, what to label next, what to check.",
    ),
    "corpus": ("dafu.cli.corpus", "检查、增补标注语料", "Check and grow the labelled corpus."),
}


def chinese() -> bool:
    """Whether messages are Chinese: the locale says so."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return locale.lower().startswith("zh")


def say(zh: str, en: str) -> str:
    """The wording for the user's locale."""
    return zh if chinese() else en


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(_COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("命令", "Commands")):
            formatter.write_dl([(name, say(zh, en)) for name, (_, zh, en) in _COMMANDS.items()])


@click.group(
    cls=_LazyGroup,
    help=say(
        "读答复函(政协提案、人大代表建议的答复),逐句标出已办举措、计划举措和量化表述。",
        "Read Chinese reply letters and label completed measures, planned measures and quantitative claims.",
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="dafu")
def main() -> None:
    pass


def fail(message: str) -> click.ClickException:
    """An error for the user; exit code 2 (wrong usage)."""
    error = click.ClickException(message)
    error.exit_code = 2  # type: ignore[misc]
    return error
