"""How champion and challenger compare, on one screen: a table in a terminal, plain lines elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dafu.cli import say
from dafu.tables import label_name

if TYPE_CHECKING:
    from dafu.deciding import Contest, Score, Verdict

_SHOWN = 4
_WIDTH = 100
_VERDICTS = {
    "better": ("建议启用新模型", "the challenger is better: promote it", "green"),
    "worse": ("不建议启用新模型", "the challenger is worse: keep the champion", "red"),
    "mixed": (
        "新模型在您的信件上更好,但在其他信件上变差:不建议启用",
        "better on your letters, worse on others: keep the champion",
        "yellow",
    ),
    "unclear": ("看不出优劣", "not enough to tell", "yellow"),
}


def print_contest(title: str, contest: Contest) -> None:
    """One contest: F1 a label with intervals, sentences gained and lost with examples."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH, color_system=None)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(say("标签", "label"))
    for heading in (
        say("现用模型 F1", "champion F1"),
        say("新模型 F1", "challenger F1"),
        say("差 [95% 区间]", "difference [95% interval]"),
        say("标注数", "gold"),
    ):
        table.add_column(heading, justify="right")
    for label, score in contest.scores.items():
        table.add_row(say(label_name(label), label), *_cells(score))
    table.add_row("macro-F1", *_cells(contest.macro), style="bold")
    console.print(table)
    console.print(
        say(
            f"{contest.letters} 封、{contest.units} 句(段):改对 {len(contest.gained)},改错 {len(contest.lost)},McNemar p = {contest.p_value:.4f}",
            f"{contest.letters} letters, {contest.units} sentences (paragraphs): {len(contest.gained)} gained, {len(contest.lost)} lost, McNemar p = {contest.p_value:.4f}",
        )
    )
    for sign, rows, style in (("+", contest.gained, "green"), ("-", contest.lost, "red")):
        for id, text in rows[:_SHOWN]:
            line = f"{sign} {id}  {' '.join(text.split())}"
            console.print(line, style=style, no_wrap=True, overflow="ellipsis", markup=False)
    console.print()


def _cells(score: Score) -> tuple[str, ...]:
    def one(value: tuple[float, float, float]) -> str:
        return f"{value[0]:.3f} [{value[1]:.3f}, {value[2]:.3f}]"

    value, low, high = score.difference
    return (
        one(score.champion),
        one(score.challenger),
        f"{value:+.3f} [{low:+.3f}, {high:+.3f}]",
        str(score.gold),
    )


def print_verdict(verdict: Verdict) -> None:
    """The verdict and its reason, last on the screen."""
    zh, en, colour = _VERDICTS[verdict.verdict]
    click.secho(say(f"结论:{zh}。", f"Verdict: {en}."), fg=colour, bold=True)
    click.echo(say(verdict.zh, verdict.en))
