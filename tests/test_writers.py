from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from conftest import LETTER
from dafu.errors import OutputError
from dafu.records import LABELS, Problem
from dafu.tagger import Tagger
from dafu.writers import letter_row, open_writer

PROBLEM = Problem("坏文件.txt", 3, "=HYPERLINK(1)", "请检查。")
EVIL = "张××代表：\n您的建议收悉。\n=1+1已办结。\n+下一步，加强巡查。\n@甲。\n-乙。"


def write(tagger: Tagger, out: Path, texts: list[str], level: str = "sentence") -> None:
    writer = open_writer(str(out), LABELS, level=level)  # type: ignore[arg-type]
    for number, text in enumerate(texts):
        writer.write(tagger(text, id=str(number), source="来源"))
    writer.problem(PROBLEM)
    writer.close()


def test_jsonl_has_the_fixed_form(tagger: Tagger, tmp_path: Path) -> None:
    write(tagger, tmp_path / "x.jsonl", [LETTER])
    (row,) = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()]
    assert list(row) == [
        "id",
        "source",
        "meta",
        "text",
        "paragraphs",
        "sentences",
        "figures",
        "commitments",
        "model",
    ]
    assert row["text"] == LETTER
    assert list(row["meta"]) == [
        "title", "issuer", "addressees", "proposal_number", "session", "document_number", "date", "category",
    ]  # fmt: skip
    assert set(row["paragraphs"][0]) == {"start", "end", "kind", "section", "label", "labels", "scores"}
    assert set(row["sentences"][0]) == {
        "start",
        "end",
        "paragraph",
        "labels",
        "scores",
        "evidence",
        "needs_review",
    }
    assert {p["kind"] for p in row["paragraphs"]} <= {
        "header", "title", "salutation", "opening", "heading", "body", "closing", "signature",
    }  # fmt: skip
    evidence = [e for s in row["sentences"] for e in s["evidence"]]
    assert evidence
    assert all(set(e) == {"start", "end", "label", "source"} for e in evidence)
    assert (tmp_path / "x.problems.csv").exists()


@pytest.mark.parametrize("text", ["甲\ud800已办结。", "甲\x00已办结。", "甲\u2028已办结。"])
def test_jsonl_keeps_odd_characters(tagger: Tagger, tmp_path: Path, text: str) -> None:
    write(tagger, tmp_path / "x.jsonl", [text])
    assert json.loads((tmp_path / "x.jsonl").read_bytes())["text"] == text


def test_csv_opens_in_excel_and_holds_no_formula(tagger: Tagger, tmp_path: Path) -> None:
    write(tagger, tmp_path / "x.csv", [EVIL])
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = [cell for row in rows for cell in row.values()]
    assert "'=1+1已办结。" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'=HYPERLINK(1)" in (tmp_path / "x.problems.csv").read_text(encoding="utf-8-sig")


def test_xlsx_has_its_sheets_and_no_formula(tagger: Tagger, tmp_path: Path) -> None:
    write(tagger, tmp_path / "x.xlsx", [LETTER, EVIL])
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["句子", "段落", "信件", "承诺台账", "已办举措", "量化表述", "问题"]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    sheet = book["句子"]
    header = [cell.value for cell in sheet[1]]
    assert {"编号", "原文", "标签", "依据", "需复核"} <= set(header)
    at = header.index("标签")
    colours = {row[at].value: row[at].fill.start_color.rgb for row in sheet.iter_rows(min_row=2)}
    assert len({colours[name] for name in colours if "计划举措" in name or "已办举措" in name}) == 2
    text = header.index("原文")
    assert any(row[text].alignment.wrap_text for row in sheet.iter_rows(min_row=2))
    assert "=1+1已办结。" in [row[text].value for row in sheet.iter_rows(min_row=2)]
    assert book["问题"]["C2"].value == "=HYPERLINK(1)"
    assert book["信件"].max_row == 3


def test_xlsx_cuts_what_a_cell_cannot_hold(tagger: Tagger, tmp_path: Path) -> None:
    write(tagger, tmp_path / "x.xlsx", ["我局" + "认真" * 30_000 + "办结。"])
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["句子"]
    longest = max((str(cell.value or "") for cell in sheet[2]), key=len)
    assert len(longest) == 32_767
    assert longest.endswith("…")


@pytest.mark.parametrize(("level", "rows"), [("sentence", 16), ("paragraph", 12), ("letter", 1)])
def test_parquet_levels(tagger: Tagger, tmp_path: Path, level: str, rows: int) -> None:
    write(tagger, tmp_path / "x.parquet", [LETTER], level)
    table = pq.read_table(tmp_path / "x.parquet")
    tagged = tagger(LETTER)
    assert (
        table.num_rows
        == {"sentence": len(tagged.sentences), "paragraph": len(tagged.paragraphs), "letter": 1}[level]
    )
    assert "编号" in table.column_names
    assert rows > 0


def test_sums_of_the_letter_table_agree(tagger: Tagger, tmp_path: Path) -> None:
    write(tagger, tmp_path / "x.parquet", [LETTER], "letter")
    (row,) = pq.read_table(tmp_path / "x.parquet").to_pylist()
    tagged = tagger(LETTER)
    assert row["已办举措句数"] == sum("completed" in tag.labels for tag in tagged.sentences)
    assert (row["提案号"], row["日期"]) == ("0057", "2024-05-16")


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx", ".parquet"])
def test_an_aborted_output_leaves_no_trace_and_keeps_the_old_file(
    tagger: Tagger, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"x{suffix}"
    out.write_bytes(b"old")
    writer = open_writer(str(out), LABELS)
    writer.write(tagger(LETTER))
    writer.abort()
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("name", "message"),
    [("x.docx", "不认识的输出格式"), ("none/x.csv", "不存在"), ("folder.csv", "同名目录")],
)
def test_impossible_outputs_are_refused(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OutputError, match=message):
        open_writer(str(tmp_path / name), LABELS)


def test_letter_row_is_json(tagger: Tagger) -> None:
    assert json.loads(json.dumps(letter_row(tagger(LETTER))))["model"].startswith("default@")


def test_the_ledger_holds_real_dates_and_numbers(tagger: Tagger, tmp_path: Path) -> None:
    write(tagger, tmp_path / "x.xlsx", [LETTER])
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    header, *rows = list(book["承诺台账"].iter_rows(values_only=True))
    ledger = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["序号"] for row in ledger] == list(range(1, len(ledger) + 1))
    assert {row["答复日期"] for row in ledger} == {datetime(2024, 5, 16)}
    assert datetime(2025, 12, 31) in {row["时限"] for row in ledger}
    assert all(row[name] is None for row in ledger for name in ("状态", "进展", "佐证", "备注"))
    header, *rows = list(book["量化表述"].iter_rows(values_only=True))
    values = {row[header.index("量化表述")]: row[header.index("数值")] for row in rows}
    assert values["320万元"] == 3_200_000
    assert values["6.5公里"] == 6.5


def test_figures_and_commitments_stand_in_the_jsonl(tagger: Tagger) -> None:
    row = letter_row(tagger(LETTER))
    for figure in row["figures"]:
        assert LETTER[figure["start"] : figure["end"]] == figure["text"]
        assert "quantitative" in row["sentences"][figure["sentence"]]["labels"]
    aim = next(c for c in row["commitments"] if c["targets"])
    assert row["figures"][aim["targets"][0]]["text"] == "不少于8公里"
    for commitment in row["commitments"]:
        assert LETTER[commitment["start"] : commitment["end"]] == commitment["text"]
        assert "planned" in row["sentences"][commitment["sentence"]]["labels"]
