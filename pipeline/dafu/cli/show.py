"""``dafu show``: a letter in the terminal, coloured by label."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dafu.cli import fail, say
from dafu.cli.choice import chosen_model
from dafu.cli.options import model_option
from dafu.cli.progress import problem_line
from dafu.errors import DafuError
from dafu.records import COMPLETED, PLANNED, QUANTITATIVE, SECTION_NAMES, Problem, TaggedLetter

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {COMPLETED: "green", PLANNED: "blue", QUANTITATIVE: "yellow"}
_SHORT = {COMPLETED: "已办", PLANNED: "计划", QUANTITATIVE: "量化"}


@click.command(
    help=say(
        "在终端里彩色显示 LETTER 的标注(绿:已办举措;蓝:计划举措;黄:量化表述),加粗的是标注所依据的字词。\n\n例:dafu show letter.txt",
        "Show LETTER coloured by label (green completed, blue planned, yellow quantitative); what a label rests on is bold.\n\n"
        "Example: dafu show letter.txt",
    )
)
@click.argument("letter", metavar="LETTER")
@model_option
@click.option(
    "--evidence/--no-evidence",
    default=False,
    help=say("每句之后列出依据", "List the evidence after each sentence."),
)
def show(letter: str, model: Path | None, evidence: bool) -> None:
    from rich.console import Console

    from dafu import load
    from dafu.readers import read_documents

    try:
        tagger = load(chosen_model(model))
    except DafuError as error:
        raise fail(str(error)) from error
    console = Console(highlight=False, soft_wrap=True)
    problems = 0
    for document in read_documents([letter]):
        if isinstance(document, Problem):
            click.echo(problem_line(document), err=True)
            problems += 1
        else:
            print_letter(console, tagger.tag([document])[0], evidence=evidence)
    if problems:
        sys.exit(1)


def print_letter(console: Console, tagged: TaggedLetter, *, evidence: bool) -> None:
    """Print a tagged letter: its header fields, every line coloured, and a count of its labels."""
    from rich.text import Text

    from dafu.tables import label_name

    text, meta = tagged.letter.text, tagged.letter.meta
    fields = [
        ("编号", tagged.letter.id),
        ("发文机关", meta.issuer),
        ("提案号", meta.proposal_number),
        ("日期", meta.date),
    ]
    console.print(Text("  ".join(f"{name}:{value}" for name, value in fields if value), style="dim"))
    by_paragraph: dict[int, list[int]] = {}
    for index, sentence in enumerate(tagged.letter.sentences):
        by_paragraph.setdefault(sentence.paragraph, []).append(index)
    for number, paragraph in enumerate(tagged.letter.paragraphs):
        if paragraph.kind in ("header", "salutation", "signature"):
            console.print(Text(text[paragraph.start : paragraph.end], style="dim"))
            continue
        if paragraph.kind in ("title", "heading"):
            note = (
                f"  〔{SECTION_NAMES[paragraph.section]}〕"
                if paragraph.kind == "heading" and paragraph.section != "other"
                else ""
            )
            console.print(Text.assemble((text[paragraph.start : paragraph.end], "bold"), (note, "dim")))
            continue
        line = Text()
        notes: list[str] = []
        for index in by_paragraph[number]:
            sentence, tag = tagged.letter.sentences[index], tagged.sentences[index]
            measure = next(
                (label for label in (PLANNED, COMPLETED, QUANTITATIVE) if label in tag.labels), None
            )
            styled = Text(text[sentence.start : sentence.end], style=_STYLES.get(measure or "", ""))
            for item in tag.evidence:
                if sentence.start <= item.start < sentence.end:
                    styled.stylize("bold", item.start - sentence.start, item.end - sentence.start)
                    if item.label == QUANTITATIVE:
                        styled.stylize("yellow", item.start - sentence.start, item.end - sentence.start)
            line.append(styled)
            if tag.labels:
                mark = "·".join(_SHORT.get(label, label_name(label)) for label in tag.labels)
                line.append(
                    f"〔{mark}{'?' if tag.needs_review else ''}〕",
                    style=f"{_STYLES.get(measure or '', '')} dim",
                )
            if evidence and tag.evidence:
                words = "、".join(dict.fromkeys(text[e.start : e.end] for e in tag.evidence))
                notes.append(f"    {text[sentence.start : sentence.start + 12]}… ← {words}")
        console.print(line)
        for note in notes:
            console.print(Text(note, style="dim"))
    counts = {
        label: sum(label in tag.labels for tag in tagged.sentences)
        for label in (tagged.sentences[0].scores if tagged.sentences else ())
    }
    console.print(
        Text(
            "  ".join(f"{label_name(label)} {count} 句" for label, count in counts.items())
            + f"  模型 {tagged.model}",
            style="dim",
        )
    )
