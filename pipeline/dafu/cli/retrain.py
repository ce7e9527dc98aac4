"""``dafu retrain``: new labelled letters to a challenger, compared with the model in use."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from dafu.cli import fail, say
from dafu.errors import DafuError, ModelError


@click.command(
    help=say(
        "用新标注的信件(LABELS 目录或文件,.jsonl)从现有模型出发再训练,并与现用模型在同样的信件上比较,给出是否启用的结论。"
        "新模型存入模型库(或 -o 指定的目录),现用模型不变;启用用 dafu models promote。\n\n例:dafu retrain --labels new/",
        "Retrain on newly labelled letters (a folder or file of .jsonl), starting from a model, and compare the result with "
        "the model in use on the same letters. The new model goes into the store (or to -o DIR); the one in use stays until "
        "dafu models promote.\n\nExample: dafu retrain --labels new/",
    )
)
@click.option(
    "--labels",
    "source",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    metavar="PATH",
    help=say("标注过的信件", "Labelled letters."),
)
@click.option(
    "--base",
    metavar="MODEL",
    help=say("从哪个模型出发(默认:自带模型)", "The model to start from (default: the shipped one)."),
)
@click.option(
    "--alone",
    is_flag=True,
    help=say("只用这些信件训练,不从已有模型出发", "Train on these letters alone, from no model."),
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=say("写到此目录", "Write to this folder."),
)
@click.option(
    "--weight",
    type=click.FloatRange(0, 1000, min_open=True),
    default=1.0,
    show_default=True,
    help=say(
        "新信件的分量:越大,离原模型越远", "How much a new sentence counts: higher is further from the base."
    ),
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help=say("设置文件,可用 [labels] 定义标签", "Settings; [labels] defines the labels."),
)
@click.option(
    "--store", type=click.Path(path_type=Path), metavar="DIR", help=say("模型库目录", "Folder of the store.")
)
def retrain(
    source: Path,
    base: str | None,
    alone: bool,
    out: Path | None,
    weight: float,
    settings_file: Path | None,
    store: Path | None,
) -> None:
    if alone and base:
        raise fail(say("--alone 与 --base 不能同时使用", "--alone and --base exclude each other"))
    from dafu.annotators import gather
    from dafu.cli.contest import print_contest, print_verdict
    from dafu.models import load_model, save_model
    from dafu.records import name_labels
    from dafu.retraining import learned_from, letter_digests, settings_of
    from dafu.retraining import retrain as run
    from dafu.settings import model_folder, train_settings
    from dafu.store import Store, write_verdict
    from dafu.trust import check_trusted

    try:
        kept = Store(store)
        shipped = model_folder() / "default"
        if out is not None and out.resolve() == shipped.resolve():
            raise ModelError(
                f"{out}: 自带模型不能覆盖,请另选目录 / the shipped model is not overwritten; choose another folder"
            )
        start = None if alone else kept.find(base or "default")
        champion_folder = kept.current() or shipped
        for folder in (start, champion_folder):
            if folder is not None:
                check_trusted(folder, store=kept.folder)
        if settings_file:
            settings = train_settings(settings_file)
        elif start is not None:
            settings = settings_of(start)
        else:
            settings = train_settings()
        gathered = gather(source, settings.labels)
        letters = gathered.letters
        click.echo(
            say(
                f"新信件 {len(letters)} 封,{len({x.issuer for x in letters})} 个机关",
                f"{len(letters)} new letters of {len({x.issuer for x in letters})} issuing bodies",
            ),
            err=True,
        )
        champion, begin = load_model(champion_folder), load_model(start) if start else None
        outcome = run(
            letters,
            settings,
            champion,
            base=begin,
            seen=learned_from(champion_folder),
            weight=weight,
            progress=lambda step: click.echo(f"  {step}", err=True),
        )
        info = {
            "base": begin.name if begin else None,
            "weight": weight,
            "letters": sorted({*letter_digests(letters), *(learned_from(start) if start else ())}),
        }
        record = outcome.record(champion.name)
        name_labels(outcome.settings.labels, outcome.settings.label_names)
        if out is not None:
            save_model(outcome.model, out, outcome.settings, info)
            write_verdict(out, record)
            name = str(out)
        else:
            with tempfile.TemporaryDirectory(prefix="dafu-") as temporary:
                aside = Path(temporary) / "model"
                save_model(outcome.model, aside, outcome.settings, info, store=kept.folder)
                write_verdict(aside, record)
                name = kept.add(aside)
    except DafuError as error:
        raise fail(str(error)) from error
    for zh, en in (*gathered.notes, *outcome.notes):
        click.echo(say(f"注意:{zh}", f"note: {en}"), err=True)
    if outcome.own:
        print_contest(say("您的信件(新模型没有见过)", "Your letters (unseen by the challenger)"), outcome.own)
    if outcome.shipped:
        print_contest(say("自带语料的留出信件", "The shipped corpus' held-out letters"), outcome.shipped)
    print_verdict(outcome.verdict)
    command = f"dafu models promote {name}" + (f" --store {store}" if store else "")
    click.echo(say(f"新模型:{name};启用:{command}", f"New model: {name}; to use it: {command}"))
