"""``dafu train``: labelled letters to a model folder."""

from __future__ import annotations

from pathlib import Path

import click

from dafu.cli import fail, say
from dafu.errors import DafuError


@click.command(
    help=say(
        "按设置文件 SETTINGS 用标注语料训练模型,写到模型目录。相同语料与设置得到相同的文件。\n\n例:dafu train configs/train.toml -o models/default",
        "Train a model by the settings file SETTINGS. The same corpus and settings give the same files.\n\n"
        "Example: dafu train configs/train.toml -o models/default",
    )
)
@click.argument("settings", type=click.Path(path_type=Path), metavar="SETTINGS")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help=say("模型目录", "Model folder."),
)
@click.option(
    "--corpus",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help=say("语料(默认见设置文件)", "Corpus (default: as the settings say)."),
)
def train(settings: Path, out: Path, corpus: Path | None) -> None:
    from dafu.corpus import corpus_digest, load_corpus
    from dafu.evaluation import as_dict, score, tag_labelled
    from dafu.models import load_model, save_model
    from dafu.settings import train_settings
    from dafu.tagger import Tagger
    from dafu.training import train as train_model

    try:
        chosen = train_settings(settings)
        folder = corpus or Path(chosen.corpus)
        letters = load_corpus(folder, labels=chosen.labels)
        learning = [labelled for labelled in letters if labelled.split != "heldout"]
        click.echo(
            say(
                f"语料 {len(letters)} 封,用于训练 {len(learning)} 封",
                f"{len(letters)} letters, {len(learning)} to learn from",
            ),
            err=True,
        )
        model = train_model(learning, chosen, progress=lambda step: click.echo(f"  {step}", err=True))
        scores = {}
        for split in ("dev", "heldout"):
            part = [labelled for labelled in letters if labelled.split == split]
            if part:
                scores[split] = as_dict(score(tag_labelled(Tagger(model), part)))
        digest = save_model(model, out, chosen, {"corpus": corpus_digest(folder), "scores": scores})
        load_model(out)
    except DafuError as error:
        raise fail(str(error)) from error
    for split, values in scores.items():
        if split == "heldout":
            click.echo(f"{split}: macro-F1 {values['macro_f1']:.3f}", err=True)
    click.echo(f"{out}: {out.name}@{digest[:12]}")
