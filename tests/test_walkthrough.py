"""Every command of the README's walk-through, as written, end to end."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import dafu
from dafu.cli import main
from dafu.corpus import load_corpus, to_row, write_rows

BODIES = 6
LETTERS = 24


def walkthrough(root: Path) -> list[str]:
    text = (root / "README.md").read_text(encoding="utf-8")
    part = text.split("#### 中文", 1)[1].split("#### English", 1)[0]
    blocks = re.findall(r"```sh\n(.+?)```", part, re.S)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def letter(number: int) -> str:
    body = f"青沅县第{number % BODIES}局"
    return (
        f"{body}关于县政协第{number}号提案的答复\n委员：\n您的提案收悉。\n"
        f"我局已于2023年建成停车场{number + 1}处。\n网点{number}每日开放。\n下一步，将加大投入。\n{body}"
    )


def correct(book: Path) -> None:
    """What the user does in Excel: sentences about opening hours are measures, in this user's eyes."""
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["句子"]
    head = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if str(row[head.index("原文")].value).endswith("每日开放。"):
            row[head.index("标签")].value = "已办举措"
    workbook.save(book)


def import_by_hand(folder: Path, out: Path) -> None:
    """In place of ``dafu labels import`` where it does not exist: the same corrections, from the model's own answers."""
    rows = []
    tagger = dafu.load()
    for file in sorted(folder.glob("*.txt")):
        tagged = tagger(file.read_text(encoding="utf-8"), id=file.stem)
        text = tagged.letter.text
        spans = [
            {"start": s.start, "end": s.end, "label": label}
            for s, tag in zip(tagged.letter.sentences, tagged.sentences, strict=True)
            for label in (("completed",) if text[s.start : s.end].endswith("每日开放。") else tag.labels)
        ]
        rows.append({"id": file.stem, "text": text, "spans": spans, "meta": {}})
    write_rows(rows, out)


@pytest.mark.slow
def test_the_walkthrough_leads_to_a_better_model(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAFU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    held = [x for x in load_corpus(root / "corpus" / "roads.jsonl") if x.split == "heldout"]
    (tmp_path / "small").mkdir()
    write_rows([to_row(x) for x in held[:6]], tmp_path / "small" / "held.jsonl")
    monkeypatch.setattr("dafu.retraining.corpus_folder", lambda: tmp_path / "small")
    Path("信件").mkdir()
    for number in range(LETTERS):
        Path("信件", f"{number:02d}.txt").write_text(letter(number), encoding="utf-8")
    commands = walkthrough(root)
    assert [command.split()[1] for command in commands] == [
        *("tag", "labels", "retrain", "models", "tag", "models")
    ]
    outputs = []
    for command in commands:
        arguments = shlex.split(command)[1:]
        if arguments[0] == "labels":
            correct(Path("标注.xlsx"))
            if main.get_command(None, "labels") is None:  # type: ignore[arg-type]
                import_by_hand(Path("信件"), Path("新标注.jsonl"))
                continue
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, f"{command}\n{result.output}"
        outputs.append(result.output)
    assert "建议启用新模型" in outputs[-4]
    assert "现用模型:0001-" in outputs[-3]
    assert "使用已启用的模型 0001-" in outputs[-2]
    assert "现用模型:default" in outputs[-1]
    book = openpyxl.load_workbook("新结果.xlsx")["句子"]
    head = [cell.value for cell in book[1]]
    labels = {
        row[head.index("标签")].value
        for row in book.iter_rows(min_row=2)
        if str(row[head.index("原文")].value).endswith("每日开放。")
    }
    assert labels == {"已办举措"}
    rows = [json.loads(line) for line in Path("新标注.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == LETTERS
