from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from conftest import LETTER
from dafu.cli import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["labels", *(str(a) for a in arguments)])


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(
        "编号,标注人,句子,标签\n1,甲,我局已办结。,已办\n1,乙,我局已办结。,其他\n1,甲,谢谢您。,无\n1,乙,谢谢您。,无\n",
        encoding="utf-8",
    )
    return path


def test_import_export_and_back(table: Path, tmp_path: Path) -> None:
    result = run("import", table, "-o", tmp_path / "a.jsonl")
    assert result.exit_code == 0, result.output
    assert "2 letters, 1 sentence labels" in result.output
    for name in ("b.xlsx", "b.json", "b.spacy", "b.csv"):
        assert run("export", tmp_path / "a.jsonl", "-o", tmp_path / name).exit_code == 0
        assert run("import", tmp_path / name, "-o", tmp_path / "c.jsonl").exit_code == 0
        assert rows(tmp_path / "c.jsonl") == rows(tmp_path / "a.jsonl")


def test_import_tells_problems_in_the_exit_code_and_beside_the_output(table: Path, tmp_path: Path) -> None:
    table.write_text(table.read_text(encoding="utf-8").replace("已办\n", "办了\n"), encoding="utf-8")
    result = run("import", table, "-o", tmp_path / "a.jsonl")
    assert result.exit_code == 1
    assert "未知标签“办了”" in (tmp_path / "a.problems.csv").read_text(encoding="utf-8-sig")
    assert run("import", table, "-o", tmp_path / "a.jsonl", "--map", "办了=completed").exit_code == 0
    assert not (tmp_path / "a.problems.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--map", "办了"), "--map"),
        (("--map", "办了=complete"), "did you mean 'completed'"),
        (("--settings", "nowhere.toml"), "no such settings file"),
        (("-o", "nowhere/x.jsonl"), "不存在"),
    ],
)
def test_wrong_usage(table: Path, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run("import", table, "-o", tmp_path / "a.jsonl", *arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_export_wants_a_format_that_it_knows(table: Path, tmp_path: Path) -> None:
    result = run("export", table, "-o", tmp_path / "a.docx")
    assert result.exit_code == 2
    assert "--format" in result.output


def test_agreement_prints_alphas_and_writes_disputes(table: Path, tmp_path: Path) -> None:
    result = run("agreement", table, "-o", tmp_path / "d.xlsx")
    assert result.exit_code == 0, result.output
    assert "乙、甲\t2\t0.000\t—\t—\t50.0%" in result.output
    sheet = openpyxl.load_workbook(tmp_path / "d.xlsx")["分歧"]
    assert [c.value for c in sheet[2]][:5] == ["1", "句子", "我局已办结。", "其他", "已办举措"]
    assert run("agreement", table, "-o", tmp_path / "d.csv").exit_code == 0
    assert "我局已办结" in (tmp_path / "d.csv").read_text(encoding="utf-8-sig")


def test_agreement_of_one_annotator_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("句子,标签\n我局已办结。,已办\n", encoding="utf-8")
    result = run("agreement", tmp_path / "t.csv")
    assert result.exit_code == 2
    assert "--by-file" in result.output


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.txt").write_text(LETTER, encoding="utf-8")
    (folder / "b.txt").write_text(LETTER.replace("石桥", "柳树"), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "form", ["xlsx", "csv", "doccano", "doccano-spans", "label-studio", "prodigy", "docbin", "jsonl"]
)
@pytest.mark.parametrize(
    "options", [(), ("--prefill",), ("--unit", "sentence"), ("--unit", "letter", "--prefill")]
)
def test_a_queue_in_every_format_comes_back_unlabelled(
    letters: Path, tmp_path: Path, form: str, options: tuple[str, ...]
) -> None:
    out = tmp_path / "q.out"
    result = run("queue", letters, "-n", 4, "-o", out, "--format", form, *options)
    assert result.exit_code == 0, result.output
    run("import", out, "-o", tmp_path / "back.jsonl")
    if form in ("doccano", "doccano-spans", "docbin", "prodigy") and "--prefill" in options:
        return  # these tools cannot tell a suggestion from an answer: what comes back was looked at
    for row in rows(tmp_path / "back.jsonl"):
        assert row["spans"] == []
        assert row.get("seen") == []
        assert row["text"] in (LETTER, LETTER.replace("石桥", "柳树"))


def test_a_filled_queue_gives_labels_in_their_letters(letters: Path, tmp_path: Path) -> None:
    assert (
        run("queue", letters, "-n", 3, "-o", tmp_path / "q.xlsx", "--prefill", "--per-letter", 3).exit_code
        == 0
    )
    book = openpyxl.load_workbook(tmp_path / "q.xlsx")
    sheet = book["标注"]
    head = [c.value for c in sheet[1]]
    cells = [dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert [c["标签"].value for c in cells] == [c["模型标签"].value for c in cells]
    cells[0]["已核"].value = "是"
    cells[1]["标签"].value = "其他" if cells[1]["标签"].value != "其他" else "计划"
    for c in cells:
        c["标注人"].value = "甲"
    book.save(tmp_path / "q.xlsx")
    result = run("import", tmp_path / "q.xlsx", "-o", tmp_path / "a.jsonl")
    assert result.exit_code == 0, result.output
    found = rows(tmp_path / "a.jsonl")
    assert sum(len(r.get("paragraphs", ())) + len(r.get("seen", ())) for r in found) == 2
    assert {r["meta"]["annotator"] for r in found} == {"甲"}
    assert "1 suggested labels were neither ticked nor changed" in result.output


def test_the_queue_tells_what_it_could_not_read(letters: Path, tmp_path: Path) -> None:
    (letters / "empty.txt").write_bytes(b"")
    result = run("queue", letters, "-n", 2, "-o", tmp_path / "q.csv")
    assert result.exit_code == 1
    assert "empty.txt" in result.output


def test_check_lists_doubts_with_reasons(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("编号,句子,标签\n1,去年投入资金320万元。,已办\n", encoding="utf-8")
    result = run("check", tmp_path / "t.csv", "-o", tmp_path / "d.csv")
    assert result.exit_code == 0, result.output
    assert "却没有“量化表述”" in result.output
    assert "320万元" in (tmp_path / "d.csv").read_text(encoding="utf-8-sig")
