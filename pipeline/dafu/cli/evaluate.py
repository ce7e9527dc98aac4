"""``dafu evaluate``: scores, calibration, errors, gains and losses."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dafu.cli import fail, say
from dafu.cli.choice import chosen_model
from dafu.cli.options import model_option
from dafu.errors import DafuError

if TYPE_CHECKING:
    from dafu.evaluation import Report, Tagged

_SHOWN = 20


@click.command(
    help=say(
        "在标注语料上评估模型:各标签的精确率、召回率、F1,段落主标签,校准误差。\n\n例:dafu evaluate corpus --split heldout --by section",
        "Score a model on labelled letters: precision, recall, F1 a label, paragraphs, calibration.\n\n"
        "Example: dafu evaluate corpus --split heldout --by section",
    )
)
@click.argument("corpus", type=click.Path(path_type=Path), default=Path("corpus"), metavar="[CORPUS]")
@model_option
@click.option(
    "--split",
    type=click.Choice(["train", "dev", "heldout", "all"]),
    default="heldout",
    show_default=True,
    help=say("评估哪一部分", "Which part."),
)
@click.option(
    "--by",
    type=click.Choice(["issuer", "year", "section", "field", "level", "kind", "length"]),
    help=say("分组", "Groups."),
)
@click.option(
    "--errors",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help=say("把标错的句子写成表", "Write the sentences that are wrong."),
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=say("与另一模型比较得失", "Gains and losses against another model."),
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    metavar="FILE.png",
    help=say("画可靠性图", "Draw the reliability diagram."),
)
@click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出", "Print JSON."))
def evaluate(
    corpus: Path,
    model: Path | None,
    split: str,
    by: str | None,
    errors: Path | None,
    against: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    from dafu import evaluation as ev
    from dafu import load
    from dafu.corpus import load_corpus

    try:
        tagger = load(chosen_model(model))
        letters = [x for x in load_corpus(corpus, labels=tagger.model.labels) if split in ("all", x.split)]
        if not letters:
            raise fail(say(f"{corpus}: 没有属于 {split} 的信件", f"{corpus}: no letter in split {split}"))
        answers = ev.tag_labelled(tagger, letters)
        report = ev.score(answers)
        other = ev.tag_labelled(load(against), letters) if against else None
    except DafuError as error:
        raise fail(str(error)) from error
    if as_json:
        click.echo(json.dumps(ev.as_dict(report), ensure_ascii=False, indent=1))
    else:
        print_report(report)
    if by:
        _print_groups(answers, by)
    if other is not None:
        _print_comparison(other, answers)
    if errors:
        with errors.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(ev.ERROR_COLUMNS)
            writer.writerows(ev.errors(answers))
    if plot:
        ev.draw_reliability(answers, plot)


def print_report(report: Report) -> None:
    """A report as a table on standard output."""
    from dafu.tables import label_name

    click.echo(
        say(
            f"{report.letters} 封,{report.sentences} 句",
            f"{report.letters} letters, {report.sentences} sentences",
        )
    )
    click.echo(
        say("标签          精确率  召回率  F1      标注数", "label         prec.   recall  F1      gold")
    )
    for name, counts in report.counts.items():
        shown = say(label_name(name), name)
        width = 12 - sum(ord(c) > 0x2E80 for c in shown)
        click.echo(
            f"{shown:{width}}  {counts.precision:.3f}   {counts.recall:.3f}   {counts.f1:.3f}   {counts.hits + counts.missed}"
        )
    low, high = report.interval
    click.echo(f"macro-F1 {report.macro_f1:.3f} [{low:.3f}, {high:.3f}]")
    click.echo(
        say(
            f"整句全对 {report.exact:.3f};段落主标签对 {report.primary:.3f};期望校准误差 {report.calibration_error:.3f}",
            f"exact label sets {report.exact:.3f}; paragraph primary label {report.primary:.3f}; expected calibration error {report.calibration_error:.3f}",
        )
    )
    wrong = {pair: n for pair, n in report.confusion.items() if pair[0] != pair[1]}
    for (gold, said), number in sorted(wrong.items(), key=lambda item: -item[1]):
        click.echo(f"  {gold} -> {said}: {number}")


def _print_groups(answers: Tagged, by: str) -> None:
    from dafu import evaluation as ev

    for value, number, scores in ev.by_group(answers, by):
        click.echo(f"{value}\t{number}\t" + "\t".join(f"{name} {f1:.3f}" for name, f1 in scores.items()))


def _print_comparison(old: Tagged, new: Tagged) -> None:
    from dafu import evaluation as ev

    result = ev.compare(old, new)
    click.echo(
        say(
            f"与对照模型相比:改对 {len(result.gained)} 句,改错 {len(result.lost)} 句,McNemar p = {result.p_value:.4f}",
            f"against the other model: {len(result.gained)} sentences gained, {len(result.lost)} lost, McNemar p = {result.p_value:.4f}",
        )
    )
    for sign, rows in (("+", result.gained), ("-", result.lost)):
        for id, text in rows[:_SHOWN]:
            click.echo(f"{sign} {id}\t{text[:80]}")
        if len(rows) > _SHOWN:
            click.echo(f"{sign} … {len(rows) - _SHOWN}")
