"""``dafu corpus``: check and grow the labelled corpus."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import click

from dafu.cli import fail, say
from dafu.errors import DafuError

_SHOWN = 15
#: Share of near-duplicate body sentences above which the check fails.
_MOST_DUPLICATES = 0.01
_CARD, _CARD_END = "<!-- card -->", "<!-- end of card -->"


@click.group(help=say("检查、增补标注语料。", "Check and grow the labelled corpus."))
def corpus() -> None:
    pass


@corpus.command(
    help=say(
        "检查标注语料:偏移、标签、断句、编号、按发文机关划分、近似重复句、可疑标注、用语多样性。有错误时退出码为 1。\n\n例:dafu corpus check corpus",
        "Check a corpus: offsets, labels, sentence cuts, ids, splits by issuing body, near-duplicates, suspicious labels, "
        "variety. Exit code 1 where something is wrong.\n\nExample: dafu corpus check corpus",
    )
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("corpus"), metavar="[CORPUS]")
@click.option(
    "--compare",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE.jsonl",
    help=say("与这些文本比较多样性", "Compare the variety with these texts."),
)
@click.option("--suspicious", is_flag=True, help=say("列出全部可疑标注", "List all suspicious labels."))
def check(path: Path, compare: tuple[Path, ...], suspicious: bool) -> None:
    from dafu import corpus_checks as checks
    from dafu.corpus import load_corpus, split_of

    try:
        letters = load_corpus(path)
    except DafuError as error:
        raise click.ClickException(str(error)) from error
    wrong: list[str] = []
    for labelled in letters:
        if labelled.meta.get("split") != split_of(labelled.issuer):
            wrong.append(
                f"{labelled.letter.id}: split {labelled.meta.get('split')!r} is not that of its issuing body / 划分与发文机关不符"
            )
    splits: defaultdict[str, set[str]] = defaultdict(set)
    for labelled in letters:
        splits[labelled.issuer].add(labelled.split)
    wrong += [
        f"{issuer}: in several splits / 同一机关分属多个划分"
        for issuer, found in splits.items()
        if len(found) > 1
    ]
    pairs, compared = checks.near_duplicates(letters)
    share = len(pairs) / max(1, compared)
    if share > _MOST_DUPLICATES:
        wrong.append(f"near-duplicate sentences / 近似重复句: {share:.2%} > {_MOST_DUPLICATES:.0%}")
    sentences = sum(len(x.labels) for x in letters)
    hard = sum(len(x.meta.get("hard", ())) for x in letters)
    click.echo(
        say(
            f"{len(letters)} 封,{sentences} 句,难例 {hard} 句",
            f"{len(letters)} letters, {sentences} sentences, {hard} hard cases",
        )
    )
    click.echo(
        say(
            f"近似重复 {len(pairs)} 对 / {compared} 句({share:.2%})",
            f"near-duplicates: {len(pairs)} pairs / {compared} sentences ({share:.2%})",
        )
    )
    for a, b in pairs[:_SHOWN]:
        click.echo(f"  {a[:50]} | {b[:50]}")
    doubts = list(checks.suspicions(letters))
    click.echo(say(f"可疑标注 {len(doubts)} 处", f"suspicious labels: {len(doubts)}"))
    for reason, number in Counter(doubt.reason for doubt in doubts).most_common():
        click.echo(f"  {number:5} {reason}")
    if suspicious:
        for doubt in doubts:
            click.echo(f"{doubt.id}\t{'+'.join(doubt.labels) or 'other'}\t{doubt.reason}\t{doubt.text}")
    _print_variety(
        [x.letter.text[s.start : s.end] for x in letters for s in x.letter.sentences], path.name, compare
    )
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise SystemExit(1)


def _print_variety(own: list[str], name: str, compare: tuple[Path, ...]) -> None:
    from dafu.corpus_checks import variety
    from dafu.letter import parse_letter

    sets = [(name, own)]
    for file in compare:
        texts = [
            json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines() if line.strip()
        ]
        letters = [parse_letter(text) for text in texts]
        sets.append((file.stem, [x.text[s.start : s.end] for x in letters for s in x.sentences]))
    click.echo(say("用语多样性", "variety") + "\tbigrams\ttypes@5k\t@20k\t@50k\tbegin alike\tmedian length")
    for title, sentences in sets:
        v = variety(sentences)
        types = "\t".join("—" if n is None else str(n) for n in v.types)
        click.echo(f"{title}\t{v.distinct_bigrams:.3f}\t{types}\t{v.alike:.3f}\t{v.length:.0f}")


@corpus.command(
    help=say(
        "把手写的标记文本(每句后写 {C} {P} {Q})转成语料行,追加到语料目录,一个领域一个文件。\n\n例:dafu corpus add draft.txt -o corpus",
        "Turn letters in marked text ({C} {P} {Q} after each sentence) into corpus rows, added to a corpus folder.\n\n"
        "Example: dafu corpus add draft.txt -o corpus",
    )
)
@click.argument(
    "drafts",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="DRAFT.txt...",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("corpus"),
    show_default=True,
    help=say("语料目录", "Corpus folder."),
)
def add(drafts: tuple[Path, ...], out: Path) -> None:
    from dafu.corpus import file_under_field, from_row, load_corpus, read_marked, write_rows

    rows: list[dict[str, Any]] = []
    try:
        known = (
            {x.letter.id for x in load_corpus(out)} if out.is_dir() and any(out.glob("*.jsonl")) else set()
        )
        for draft in drafts:
            for row in read_marked(draft.read_text(encoding="utf-8"), draft.stem):
                from_row(row, row["id"])
                file_under_field(row)
                if row["id"] in known:
                    raise fail(say(f"{row['id']}: 语料中已有", f"{row['id']}: already in the corpus"))
                known.add(row["id"])
                rows.append(row)
    except DafuError as error:
        raise fail(str(error)) from error
    out.mkdir(exist_ok=True)
    by_file: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_file[row.pop("file")].append(row)
    for name, own in sorted(by_file.items()):
        path = out / f"{name}.jsonl"
        earlier = (
            [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            if path.exists()
            else []
        )
        write_rows([*earlier, *own], path)
    click.echo(say(f"新增 {len(rows)} 封", f"{len(rows)} letters added"))


@corpus.command(
    help=say(
        "把语料说明(PATH/README.md)里 <!-- card --> 标记之间的数字按现有语料重新生成。\n\n例:dafu corpus card corpus",
        "Write the figures between the <!-- card --> marks of the data card (PATH/README.md) anew.\n\n"
        "Example: dafu corpus card corpus",
    )
)
@click.argument(
    "path", type=click.Path(path_type=Path, file_okay=False), default=Path("corpus"), metavar="[CORPUS]"
)
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help=say("只检查数字是否为最新", "Only check that the figures are current."),
)
def card(path: Path, only_check: bool) -> None:
    from dafu.corpus import load_corpus
    from dafu.corpus_checks import card_tables

    target = path / "README.md"
    try:
        text = target.read_text(encoding="utf-8")
        before, opened, rest = text.partition(_CARD)
        _, closed, after = rest.partition(_CARD_END)
        if not (opened and closed):
            raise fail(
                say(f"{target}: 缺少 {_CARD} … {_CARD_END} 标记", f"{target}: no {_CARD} … {_CARD_END} marks")
            )
        fresh = f"{before}{_CARD}\n{card_tables(load_corpus(path))}\n{_CARD_END}{after}"
    except FileNotFoundError as error:
        raise fail(say(f"{target}: 找不到", f"{target}: no such file")) from error
    except DafuError as error:
        raise fail(str(error)) from error
    if only_check:
        if fresh != text:
            raise click.ClickException(
                say(f"{target}: 数字不是最新", f"{target}: the figures are not current")
            )
        return
    target.write_text(fresh, encoding="utf-8")
