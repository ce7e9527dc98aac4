"""``dafu models``: the store of models: list, show, promote, roll back, compare, trust."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from dafu.cli import fail, say
from dafu.errors import DafuError

_store = click.option(
    "--store",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=say(
        "模型库目录(默认:环境变量 DAFU_HOME 或用户数据目录)",
        "Folder of the store (default: DAFU_HOME or the user's data folder).",
    ),
)
_VERDICTS = {
    "better": ("更好", "better"),
    "worse": ("更差", "worse"),
    "mixed": ("有得有失", "mixed"),
    "unclear": ("看不出", "unclear"),
}


@click.group(help=say("查看、启用、退回模型。", "List, promote and roll back models."))
def models() -> None:
    pass


@models.command(
    "list",
    help=say(
        "列出模型库中的模型;* 为现用模型。\n\n例:dafu models list",
        "List the models of the store; * marks the one in use.\n\nExample: dafu models list",
    ),
)
@_store
def list_models(store: Path | None) -> None:
    from datetime import datetime

    from dafu.store import Store

    try:
        kept = Store(store)
        versions = kept.versions()
        current = kept.current()
    except DafuError as error:
        raise fail(str(error)) from error
    click.echo(f"{'*' if current is None else ' '} default  {say('自带模型', 'the shipped model')}")
    for version in versions:
        made = datetime.fromtimestamp(version.folder.stat().st_mtime)
        verdict = say(*_VERDICTS.get(str(version.verdict.get("verdict")), ("未比较", "not compared")))
        if not version.digest:
            verdict = say("已损坏", "damaged")
        click.echo(f"{'*' if version.promoted else ' '} {version.name}  {made:%Y-%m-%d %H:%M}  {verdict}")


@models.command(
    help=say(
        "显示一个模型的来历:标签、训练用信件数、比较的结论、摘要。\n\n例:dafu models show 1",
        "Show where a model comes from: labels, letters, verdict, digest.\n\nExample: dafu models show 1",
    )
)
@click.argument("model", default="default")
@click.option("--json", "as_json", is_flag=True, help=say("以 JSON 输出", "Print JSON."))
@_store
def show(model: str, as_json: bool, store: Path | None) -> None:
    from dafu.models import load_model, read_manifest
    from dafu.store import Store, read_verdict
    from dafu.tables import label_name
    from dafu.trust import is_trusted, manifest_digest

    try:
        kept = Store(store)
        folder = kept.find(model)
        loaded = load_model(folder)
        manifest = read_manifest(folder)
        verdict = read_verdict(folder)
        known = is_trusted(folder, store=kept.folder)
        digest = manifest_digest(folder)
    except DafuError as error:
        raise fail(str(error)) from error
    letters = manifest.get("letters")
    if as_json:
        shown: dict[str, Any] = {**manifest, "verdict": verdict, "trusted": known}
        if isinstance(letters, list):
            shown["letters"] = len(letters)
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    rows = [
        (say("模型", "model"), loaded.name),
        (say("目录", "folder"), str(folder)),
        (say("标签", "labels"), "、".join(label_name(label) for label in loaded.labels)),
        (say("出发的模型", "base"), manifest.get("base") or "—"),
        (say("新信件", "new letters"), len(letters) if isinstance(letters, list) else "—"),
        (say("可信", "trusted"), say("是", "yes") if known else say("否", "no")),
        (say("结论", "verdict"), say(str(verdict.get("zh", "—")), str(verdict.get("en", "—")))),
        (say("摘要", "digest"), digest),
    ]
    for name, value in rows:
        click.echo(f"{name}: {value}")


@models.command(
    help=say(
        "启用一个模型(版本号、default 或模型目录);此后 dafu tag 用它。比较结论不利的模型要加 --force。\n\n例:dafu models promote 1",
        "Use a model (a version, default, or a model folder) from now on. One that was found worse needs --force.\n\n"
        "Example: dafu models promote 1",
    )
)
@click.argument("model")
@click.option("--force", is_flag=True, help=say("结论不利也启用", "Promote although it was found worse."))
@_store
def promote(model: str, force: bool, store: Path | None) -> None:
    from dafu.store import Store, read_verdict

    try:
        kept = Store(store)
        verdict = read_verdict(kept.find(model))
        name = kept.promote(model, force=force)
    except DafuError as error:
        raise fail(str(error)) from error
    if not verdict and name != "default":
        click.echo(
            say(
                "注意:这个模型没有与现用模型比较过(dafu models compare)",
                "note: this model was not compared with the one in use (dafu models compare)",
            ),
            err=True,
        )
    elif verdict.get("verdict") == "unclear":
        click.echo(say(f"注意:{verdict.get('zh')}", f"note: {verdict.get('en')}"), err=True)
    click.echo(
        say(f"现用模型:{name};退回:dafu models rollback", f"In use: {name}; to go back: dafu models rollback")
    )


@models.command(
    help=say(
        "退回上一个启用的模型。\n\n例:dafu models rollback",
        "Go back to the model that was in use before.\n\nExample: dafu models rollback",
    )
)
@_store
def rollback(store: Path | None) -> None:
    from dafu.store import Store

    try:
        name = Store(store).rollback()
    except DafuError as error:
        raise fail(str(error)) from error
    click.echo(say(f"现用模型:{name}", f"In use: {name}"))


@models.command(
    help=say(
        "在同样的信件上比较两个模型:默认用自带语料的留出信件,--labels 用自己标注的(两个模型都没有训练过的)信件。\n\n例:dafu models compare default 1",
        "Compare two models on the same letters: the shipped corpus' held-out ones, or your own (--labels; letters that neither "
        "learned from).\n\nExample: dafu models compare default 1",
    )
)
@click.argument("champion")
@click.argument("challenger")
@click.option(
    "--labels",
    "source",
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help=say("标注过的信件", "Labelled letters."),
)
@_store
def compare(champion: str, challenger: str, source: Path | None, store: Path | None) -> None:
    from dafu.annotators import gather
    from dafu.cli.contest import print_contest
    from dafu.deciding import answers_of, compare_on
    from dafu.models import load_model
    from dafu.retraining import learned_from, letter_digests, on_shipped
    from dafu.store import Store
    from dafu.trust import check_trusted

    try:
        kept = Store(store)
        folders = [kept.find(champion), kept.find(challenger)]
        for folder in folders:
            check_trusted(folder, store=kept.folder)
        old, new = map(load_model, folders)
        if source is None:
            title, result = (
                say("自带语料的留出信件", "The shipped corpus' held-out letters"),
                on_shipped(old, new),
            )
        else:
            seen = learned_from(folders[0]) | learned_from(folders[1])
            labels = tuple(dict.fromkeys((*old.labels, *new.labels)))
            letters = [x for x in gather(source, labels).letters if not seen & set(letter_digests([x]))]
            title = say(
                f"{source}(两个模型都没有见过的信件)", f"{source} (letters that neither model learned from)"
            )
            result = compare_on(letters, answers_of(old, letters), answers_of(new, letters), labels)
    except DafuError as error:
        raise fail(str(error)) from error
    if result is None:
        raise fail(
            say(
                "没有可比较的信件:两个模型都没有见过的、标注过的信件一封也没有",
                "nothing to compare on: no labelled letter that neither model has seen",
            )
        )
    print_contest(title, result)


@models.command(
    help=say(
        "把别处来的模型目录登记为可信。模型文件只含数字,不会运行程序;登记是为了不在不知情时换用别人的模型。\n\n例:dafu models trust colleague-model/",
        "Note a model folder from elsewhere as trusted. Model files hold numbers and run no code; the list makes sure that a "
        "model is never swapped unnoticed.\n\nExample: dafu models trust colleague-model/",
    )
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@_store
def trust(folder: Path, store: Path | None) -> None:
    from dafu.models import load_model
    from dafu.trust import trust as note

    try:
        loaded = load_model(folder)
        digest = note(folder, store=store)
    except DafuError as error:
        raise fail(str(error)) from error
    click.echo(say(f"已登记:{loaded.name},摘要 {digest}", f"trusted: {loaded.name}, digest {digest}"))
