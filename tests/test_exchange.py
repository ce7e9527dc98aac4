"""Labelled letters out and in again, and files as the annotation tools write them."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import DocBin, SpanGroup

from conftest import LETTER
from dafu.exchange import (
    FORMATS,
    Columns,
    ImportOptions,
    LabelNames,
    Tally,
    letter_of,
    normal,
    read_labels,
    write_labelled,
)
from dafu.exchange.assemble import assemble
from dafu.exchange.json_rows import read_json
from dafu.records import LABELS

NAMES = LabelNames()
P1 = "去年以来，我局先后印发整治方案，投入资金320万元。群众反映良好。"
P2 = "下一步，我局将完成施工图设计。"
KEYS = ["id", "text", "label", "labels", "entities", "annotations", "spans", "start", "end", "meta", "data", "result", "value",
        "choices", "type", "completed_by", "seen", "paragraphs", "accept", "answer", "cats", "dafu", "sentences", "model", "annotator"]  # fmt: skip
TWO = f"{P1}\n{P2}"


def read(path: Path, *, sources: tuple[str, ...] = (), **options: Any) -> tuple[list[dict], Tally]:
    return read_labels([path], NAMES, ImportOptions(**options), sources=sources)


def said(row: dict) -> list[tuple[str, str]]:
    return [(row["text"][s["start"] : s["end"]][:6], s["label"]) for s in row["spans"]]


def bags(row: dict) -> list[tuple[str, list[str]]]:
    return [(row["text"][p["start"] : p["end"]][:4], p["labels"]) for p in row.get("paragraphs", ())]


def lines(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def csv_of(path: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def book(path: Path, *rows: tuple, title: str = "Sheet1") -> Path:
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = title
    for row in rows:
        ws.append(row)
    wb.save(path)
    return path


# --- round trips ---------------------------------------------------------------------------------------


def sample() -> list[dict]:
    """Letters with everything a row can hold: annotators, bags, parts nobody looked at, odd characters."""
    letter = letter_of({"id": "x", "text": LETTER})
    sentences = [[s.start, s.end] for s in letter.sentences]
    body = [p for p in letter.paragraphs if p.kind == "body"]
    spans = [
        {"start": s.start, "end": s.end, "label": label}
        for s in letter.sentences
        for label in LABELS
        if (label == "quantitative") == ("320" in LETTER[s.start : s.end])
        and "去年" in LETTER[s.start : s.end]
    ]
    bag = {"start": body[0].start, "end": body[0].end, "labels": ["completed", "quantitative"]}
    return [
        {"id": "all", "text": LETTER, "meta": {"issuer": "青沅县交通运输局", "year": 2024, "hard": [[0, 3]]}, "spans": spans},
        {"id": "two", "text": LETTER, "meta": {"annotator": "甲"}, "spans": spans},
        {"id": "two", "text": LETTER, "meta": {"annotator": "乙"}, "spans": spans[1:]},
        {"id": "part", "text": LETTER, "meta": {}, "spans": spans, "seen": sentences[3:7]},
        {"id": "none", "text": LETTER, "meta": {}, "spans": [], "seen": []},
        {"id": "bags", "text": LETTER, "meta": {"annotator": "甲"}, "spans": [], "paragraphs": [bag, {**bag, "start": body[1].start, "end": body[1].end, "labels": []}]},
        {"id": "both", "text": LETTER, "meta": {}, "spans": [], "paragraphs": [bag], "seen": sentences[:2]},
        {"id": "=1+1", "text": "\ufeff=关于\x0b_x000D_𠮷的函\r\n\n　　我局已办结。\n-1。  ", "meta": {}, "spans": []},
    ]  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_lost_on_the_way_out_and_in(form: str, tmp_path: Path) -> None:
    rows = sample()
    out = tmp_path / f"x.{form}"
    write_labelled(rows, out, form, LABELS)
    got, tally = read(out)
    assert got == [normal(row, LABELS) for row in rows]
    assert not tally.problems


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_rows_give_the_same_bytes(form: str, tmp_path: Path) -> None:
    for name in "ab":
        write_labelled(sample(), tmp_path / name, form, LABELS)
    if form != "xlsx":  # a workbook holds the time it was made at
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_corrected_cell_of_an_exported_table_counts(tmp_path: Path) -> None:
    write_labelled(sample()[:1], tmp_path / "x.xlsx", "xlsx", LABELS)
    wb = openpyxl.load_workbook(tmp_path / "x.xlsx")
    sheet = wb["标注"]
    head = [c.value for c in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if "施工图" in row[head.index("原文")].value:
            row[head.index("标签")].value = "计划；量化"
        if "感谢" in row[head.index("原文")].value:
            row[head.index("标签")].value = None
    wb.save(tmp_path / "x.xlsx")
    (row,), tally = read(tmp_path / "x.xlsx")
    assert ("2025年底", "planned") in said(row)
    assert not tally.problems
    assert LETTER.index("感谢") not in [start for start, _ in row["seen"]]


@pytest.mark.parametrize("form", ["label-studio", "prodigy", "doccano-spans"])
def test_a_letter_sent_out_to_be_labelled_was_looked_at_whole_when_it_comes_back(
    form: str, tmp_path: Path
) -> None:
    letter = {"id": "1", "text": TWO, "meta": {}, "spans": [], "seen": []}
    path = tmp_path / "x.json"
    write_labelled([letter, {**letter, "id": "2"}], path, form, LABELS)
    first, second = (
        json.loads(line.strip(",")) for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 2
    )
    if form == "label-studio":
        first["annotations"] = [annotation([region(34, 49, P2, "计划举措")], 3)]
    elif form == "prodigy":
        first |= {"spans": [{"start": 34, "end": 49, "label": "planned"}], "answer": "accept"}
    else:
        first["label"] = [[34, 49, "计划举措"]]
    (a, b), tally = read(lines(path, first, second))
    assert not tally.problems
    assert said(a) == [("下一步，我局", "planned")]
    assert "seen" not in a
    assert b["seen"] == []


@pytest.mark.parametrize("form", ["csv", "xlsx", "doccano"])
def test_annotators_who_share_a_letter_all_have_its_text(form: str, tmp_path: Path) -> None:
    out = tmp_path / "x.xlsx"
    write_labelled([{"id": "1", "text": LETTER, "meta": {"issuer": "某局"}, "spans": []}], out, form, LABELS)
    if form == "csv":
        head, first, *rest = out.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        out.write_text(
            head + first.replace("1,,", "1,甲,", 1) + "".join(r.replace("1,,", "1,乙,", 1) for r in rest),
            encoding="utf-8",
        )
    elif form == "xlsx":
        wb = openpyxl.load_workbook(out)
        for number, row in enumerate(wb["标注"].iter_rows(min_row=2)):
            row[1].value = "乙" if number else "甲"
        wb.save(out)
    else:
        examples = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        for number, example in enumerate(examples):
            example["dafu"] = json.dumps(
                {**json.loads(example["dafu"]), "annotator": "乙" if number else "甲"}
            )
        lines(out, *examples)
    rows, tally = read(out)
    assert not tally.problems
    assert [(r["text"], r["meta"]) for r in rows] == [
        (LETTER, {"issuer": "某局", "annotator": w}) for w in "甲乙"
    ]
    assert len(rows[0]["seen"]) == 1


# --- the workbook of dafu tag -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import dafu
    from dafu.writers import open_writer

    tagger = dafu.load()
    path = tmp_path_factory.mktemp("tagged") / "tagged.xlsx"
    writer = open_writer(str(path), LABELS)
    writer.write(tagger(LETTER, id="a"))
    writer.write(tagger("您的建议收悉。\n\n　　我局已办结。", id="b"))
    writer.close()
    return path


def corrected(tagged: Path, to: Path, word: str, column: str, value: str) -> Path:
    wb = openpyxl.load_workbook(tagged)
    sheet = wb["句子"]
    head = [c.value for c in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if word in row[head.index("原文")].value:
            row[head.index(column)].value = value
    wb.save(to)
    return to


def test_a_corrected_workbook_of_dafu_tag_gives_the_letters_it_was_corrected_in(
    tagged: Path, tmp_path: Path
) -> None:
    path = corrected(tagged, tmp_path / "x.xlsx", "施工图", "标签", "其他")
    (row,), tally = read(path)
    assert row["id"] == "a"
    assert row["text"] == LETTER
    assert "seen" not in row
    assert not any("2025年底" in text for text, _ in said(row))
    assert tally.notes["changed"] == 1
    assert len(read(path, count="all")[0]) == 2
    (only,), _ = read(path, count="changed")
    assert len(only["seen"]) == 1


def test_a_workbook_of_dafu_tag_without_changes_is_told(tagged: Path) -> None:
    rows, tally = read(tagged)
    assert not rows
    assert "没有改过的标签" in tally.problems[0].reason


def test_the_originals_give_back_the_exact_text_and_place_edited_sentences(
    tagged: Path, tmp_path: Path
) -> None:
    original = "　　" + LETTER.replace("\n", "\n\n　　")
    (tmp_path / "a.txt").write_text(original, encoding="utf-8")
    path = corrected(tagged, tmp_path / "x.xlsx", "施工图", "标签", "其他")
    path = corrected(
        path,
        path,
        "先后印发",
        "原文",
        "去年以来,我局先后印发《石桥路整治方案》等多份文件,投入资金320万元,完成沿线6.5公里路面修复。",
    )
    (row,), tally = read(path, sources=(str(tmp_path / "a.txt"),))
    assert row["text"] == original
    assert tally.notes["edited"] >= 1
    assert "seen" not in row
    assert any(label == "quantitative" and text.startswith("去年") for text, label in said(row))


# --- tables of one's own -------------------------------------------------------------------------------


def test_an_excel_table_of_paragraphs_joins_letters_by_their_number(tmp_path: Path) -> None:
    path = book(
        tmp_path / "t.xlsx",
        ("2024年标注表",),
        ("信件编号", "段落", "标签", "标注人", "发文机关", "日期"),
        (57, P1, "已办、量化", "甲", "青沅县教育局", datetime(2024, 5, 16)),
        (57, P2, "计划举措", "甲", "青沅县教育局", datetime(2024, 5, 16)),
        (58, "您的建议收悉。", "无", "甲", None, None),
    )
    (first, second), tally = read(path)
    assert not tally.problems
    assert first["id"] == "57"
    assert first["text"] == TWO
    assert first["meta"] == {"issuer": "青沅县教育局", "date": "2024-05-16", "annotator": "甲"}
    assert bags(first) == [("去年以来", ["completed", "quantitative"])]
    assert said(first) == [("下一步，我局", "planned")]
    assert second["spans"] == []
    assert "seen" not in second


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    (row,), tally = read(csv_of(tmp_path / "t.csv", f"句子,标签\n{P2},计划\n", encoding))
    assert not tally.problems
    assert said(row) == [("下一步，我局", "planned")]


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("已办举措、量化表述", ["completed", "quantitative"]),
        ("completed;planned", ["completed", "planned"]),
        ("已办，计划", ["completed", "planned"]),
        ("量化/计划", ["planned", "quantitative"]),
        ("已办#量化", ["completed", "quantitative"]),
        ('{"choices": ["已办", "量化"]}', ["completed", "quantitative"]),
        (" Planned ", ["planned"]),
        ("其他", []),
        ("无", []),
    ],
)
def test_ways_to_write_labels_in_a_cell(tmp_path: Path, cell: str, labels: list[str]) -> None:
    (row,), tally = read(book(tmp_path / "t.xlsx", ("text", "label"), (P2, cell)))
    assert not tally.problems
    assert [label for _, label in said(row)] == labels


@pytest.mark.parametrize(("yes", "no"), [("是", "否"), (1, 0), ("√", None), (True, False), ("Y", "N")])
def test_one_column_a_label(tmp_path: Path, yes: object, no: object) -> None:
    path = book(
        tmp_path / "t.xlsx",
        ("编号", "正文", "已办举措", "计划", "量化"),
        ("1", P1, yes, no, yes),
        ("2", P2, no, yes, no),
    )
    (first, second), tally = read(path)
    assert not tally.problems
    assert bags(first) == [("去年以来", ["completed", "quantitative"])]
    assert said(second) == [("下一步，我局", "planned")]


def test_one_column_an_annotator(tmp_path: Path) -> None:
    rows, _ = read(
        book(tmp_path / "t.xlsx", ("编号", "句子", "标签（甲）", "标签（乙）"), ("1", P2, "计划", "其他"))
    )
    assert [(r["meta"]["annotator"], said(r)) for r in rows] == [
        ("甲", [("下一步，我局", "planned")]),
        ("乙", []),
    ]


def test_columns_and_names_can_be_given(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "t.csv", f"号;文;类;谁\nK1;{P2};打卡;乙\n")
    names = LabelNames(extra={"打卡": "planned"})
    options = ImportOptions(Columns("文", "号", "类", "谁"))
    (row,), tally = read_labels([path], names, options)
    assert not tally.problems
    assert (row["id"], row["meta"]["annotator"], said(row)) == ("K1", "乙", [("下一步，我局", "planned")])


def test_merged_cells_dates_and_formulas(tmp_path: Path) -> None:
    wb = openpyxl.Workbook()
    ws = wb.active
    for row in (
        ("编号", "段落", "标签"),
        ("A", P1, "已办"),
        (None, P2, '=IF(1,"计划","")'),
        (None, "谢谢。", "无"),
    ):
        ws.append(row)
    ws.merge_cells("A2:A4")
    wb.save(tmp_path / "t.xlsx")
    (row,), tally = read(tmp_path / "t.xlsx")
    assert row["id"] == "A"
    assert row["text"] == f"{TWO}\n谢谢。"
    assert tally.notes["merged"] == 2
    (problem,) = tally.problems
    assert (problem.line, "公式" in problem.reason) == (3, True)


@pytest.mark.parametrize(
    ("text", "reason", "remedy"),
    [
        (f"句子,标签\n{P2},计画\n", "未知标签“计画”", "--map"),
        (f"内容一,类型\n{P2},计划\n", "找不到正文列和标签列", "--text-column"),
        (f'编号,正文,标签\n1,"{TWO}",计划\n', "一组标签对应2 段", "逐段"),
        (f"正文,已办\n{P2},也许\n", "看不出是或否", "是/否"),
        ("", "文件是空的", "导出"),
    ],
)
def test_faults_in_tables_are_told_with_a_remedy(tmp_path: Path, text: str, reason: str, remedy: str) -> None:
    _, tally = read(csv_of(tmp_path / "t.csv", text))
    (problem,) = tally.problems
    assert reason in problem.reason
    assert remedy in problem.remedy


def test_an_unknown_label_names_the_nearest_and_costs_no_other_row(tmp_path: Path) -> None:
    rows, tally = read(csv_of(tmp_path / "t.csv", f"句子,标签\n{P2},planed\n我局已办结。,completed\n"))
    assert "planned" in tally.problems[0].reason
    assert tally.problems[0].line == 2
    assert [said(r) for r in rows] == [[("我局已办结。", "completed")]]


def test_empty_cells_mean_unseen_where_the_file_says_none_elsewhere(tmp_path: Path) -> None:
    text = f"编号,句子,标签\n1,{P2},计划\n1,您的建议收悉。,{{}}\n1,谢谢。,\n"
    (row,), tally = read(csv_of(tmp_path / "a.csv", text.format("其他")))
    assert len(row["seen"]) == 2
    assert tally.notes["blank"] == 1
    (row,), tally = read(csv_of(tmp_path / "b.csv", text.format("")))
    assert "seen" not in row
    assert tally.notes["blank as none"] == 2
    (row,), _ = read(tmp_path / "b.csv", blank="unseen")
    assert len(row["seen"]) == 1


def test_an_old_workbook_and_a_broken_one_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "另存为 .xlsx" in read(tmp_path / "a.xls")[1].problems[0].remedy
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    assert "不是可读的 Excel 工作簿" in read(tmp_path / "b.xlsx")[1].problems[0].reason
    (tmp_path / "c.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    assert "已损坏" in read(tmp_path / "c.xlsx")[1].problems[0].reason


# --- several files, several annotators -----------------------------------------------------------------


def test_two_files_of_one_letter_are_merged_kept_apart_or_in_conflict(tmp_path: Path) -> None:
    a = csv_of(tmp_path / "甲.csv", f"编号,句子,标签\n1,{P2},计划\n1,我局已办结。,已办\n")
    b = csv_of(tmp_path / "乙.csv", f"编号,句子,标签\n1,{P2},其他\n1,我局已办结。,已办\n")
    (row,), tally = read_labels([a, b], NAMES)
    assert said(row) == [("我局已办结。", "completed")]
    assert len(row["seen"]) == 1
    assert "不同的标签" in tally.problems[0].reason
    rows, tally = read_labels([a, b], NAMES, ImportOptions(by_file=True))
    assert not tally.problems
    assert [(r["meta"]["annotator"], len(r["spans"])) for r in rows] == [("甲", 2), ("乙", 1)]


def test_a_paragraph_that_contradicts_its_sentences_gives_way(tmp_path: Path) -> None:
    text = f"编号,粒度,原文,标签,起,止\n1,段落,{P1},计划,0,{len(P1)}\n1,句子,{P1[-7:]},已办,{len(P1) - 7},{len(P1)}\n"
    (row,), tally = read(csv_of(tmp_path / "t.csv", text))
    assert "paragraphs" not in row
    assert said(row) == [("群众反映良好", "completed")]
    assert "矛盾" in tally.problems[0].reason


def test_loose_paragraphs_find_their_letter_in_the_originals(tmp_path: Path) -> None:
    lines(tmp_path / "letters.jsonl", {"id": "L1", "text": LETTER}, {"id": "L2", "text": "您的建议收悉。"})
    loose = next(line for line in LETTER.split("\n") if "施工图" in line)
    path = csv_of(tmp_path / "t.csv", f"段落,标签\n{loose},计划、量化\n没有的一句。,其他\n")
    (row, other), tally = read(path, sources=(str(tmp_path / "letters.jsonl"),))
    assert row["id"] == "L1"
    assert row["text"] == LETTER
    assert bags(row) == [("（一）加", ["planned", "quantitative"])]
    assert other["text"] == "没有的一句。"
    assert tally.notes["found"] == 1
    assert tally.notes["not found"] == 1


# --- doccano -------------------------------------------------------------------------------------------


def test_doccano_classification(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "all.jsonl",
        {"id": 1, "text": P1, "label": ["已办举措", "量化表述"], "编号": "L7", "Comments": []},
        {"id": 2, "text": P2, "label": ["计划举措"], "编号": "L7", "Comments": []},
    )
    (row,), tally = read(path)
    assert not tally.problems
    assert row["id"] == "L7"
    assert bags(row) == [("去年以来", ["completed", "quantitative"])]


def test_doccano_sequence_labelling_snaps_to_sentences(tmp_path: Path) -> None:
    start = TWO.index("下一步")
    path = lines(
        tmp_path / "admin.jsonl",
        {"id": 1, "text": TWO, "label": [[3, 24, "已办"], [start, len(TWO), "计划"], [26, 28, "已办"], [50, 99, "计划"]], "Comments": []},
    )  # fmt: skip
    (row,), tally = read(path)
    assert said(row) == [("去年以来，我", "completed"), ("下一步，我局", "planned")]
    assert tally.notes["snapped"] == 1
    assert ["不到半句" in p.reason for p in tally.problems] == [True, False]
    assert "超出了文字" in tally.problems[1].reason
    assert "seen" not in row


@pytest.mark.parametrize(
    "example",
    [
        {"id": 1, "text": P2, "entities": [{"id": 5, "label": "计划", "start_offset": 0, "end_offset": len(P2)}], "relations": []},
        {"id": 1, "text": P2, "labels": [[0, len(P2), "计划"]], "meta": {}, "annotation_approver": None},
        {"id": 1, "text": P2, "label": ["__label__计划"]},
    ],
)  # fmt: skip
def test_doccano_relations_and_older_versions(tmp_path: Path, example: dict) -> None:
    (row,), tally = read(lines(tmp_path / "x.jsonl", example))
    assert not tally.problems
    assert said(row) == [("下一步，我局", "planned")]


def test_doccano_archive_names_the_annotators(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for who, label in (("zhang", ["计划"]), ("li", ["其他"])):
            archive.writestr(f"{who}.jsonl", json.dumps({"id": 1, "text": P2, "label": label}) + "\n")
        archive.writestr("unknown.jsonl", "")
    rows, tally = read(tmp_path / "x.zip")
    assert not tally.problems
    assert [r["meta"]["annotator"] for r in rows] == ["zhang", "li"]
    assert len({r["id"] for r in rows}) == 1


# --- Label Studio --------------------------------------------------------------------------------------


def annotation(result: list, who: object = 1, **rest: object) -> dict:
    return {"id": 11, "completed_by": who, "result": result, "was_cancelled": False, "ground_truth": False,
            "created_at": "2024-03-09T22:16:08.728353Z", "lead_time": 4.2, "task": 1, **rest}  # fmt: skip


def region(start: int, end: int, text: str, label: str) -> dict:
    return {"value": {"start": start, "end": end, "text": text, "labels": [label]}, "id": "Dx_aB91ISN",
            "from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}  # fmt: skip


def choice(*names: str) -> dict:
    return {"value": {"choices": list(names)}, "id": "q1", "from_name": "kind", "to_name": "text",
            "type": "choices", "origin": "manual"}  # fmt: skip


def test_label_studio_spans_choices_annotators_and_skips(tmp_path: Path) -> None:
    tasks = [
        {"id": 1, "data": {"text": TWO, "letter_id": "L1"}, "predictions": [{"result": [region(0, 5, "x", "计划")]}],
         "annotations": [annotation([region(0, 27, TWO[:27], "已办举措")], {"id": 3, "email": "a@b.cn"}),
                         annotation([], 4), annotation([choice("计划")], 5, was_cancelled=True)]},
        {"id": 2, "data": {"text": P2}, "annotations": [annotation([choice("计划举措", "量化表述")])]},
        {"id": 3, "data": {"text": P1}, "annotations": []},
    ]  # fmt: skip
    (tmp_path / "project-1.json").write_text(json.dumps(tasks), encoding="utf-8")
    rows, tally = read(tmp_path / "project-1.json")
    assert not tally.problems
    assert [(r["id"], r["meta"]["annotator"], said(r)) for r in rows] == [
        ("L1", "a@b.cn", [("去年以来，我", "completed")]),
        ("L1", "4", []),
        ("task-2", "1", [("下一步，我局", "planned"), ("下一步，我局", "quantitative")]),
    ]
    assert tally.notes["cancelled"] == 1
    assert tally.notes["not labelled"] == 1


def test_label_studio_offsets_in_utf_16_are_told_by_their_quotation(tmp_path: Path) -> None:
    text = "𠮷县回复：收悉。我局已办结。"
    units = len(text[: text.index("我局")].encode("utf-16-le")) // 2
    task = {
        "id": 1,
        "data": {"text": text},
        "annotations": [annotation([region(units, units + 6, "我局已办结。", "已办")])],
    }
    (tmp_path / "x.json").write_text(json.dumps([task]), encoding="utf-8")
    (row,), tally = read(tmp_path / "x.json")
    assert not tally.problems
    assert said(row) == [("我局已办结。", "completed")]


def test_label_studio_minimal_export_and_its_csv(tmp_path: Path) -> None:
    rows = [
        {"text": P2, "id": 1, "kind": "计划举措", "annotator": 1, "annotation_id": 9, "created_at": "2024", "updated_at": "2024", "lead_time": 2.0},
        {"text": P1, "id": 2, "kind": {"choices": ["已办", "量化"]}, "annotator": 2, "annotation_id": 10, "lead_time": 2.0},
        {"text": TWO, "id": 3, "label": [{"start": 0, "end": 27, "text": TWO[:27], "labels": ["已办"]}], "annotator": 1, "annotation_id": 11},
    ]  # fmt: skip
    (tmp_path / "min.json").write_text(json.dumps(rows), encoding="utf-8")
    (a, b, c), tally = read(tmp_path / "min.json")
    assert not tally.problems
    assert said(a) == [("下一步，我局", "planned")]
    assert bags(b) == [("去年以来", ["completed", "quantitative"])]
    assert said(c) == [("去年以来，我", "completed")]
    spans = json.dumps(rows[2]["label"], ensure_ascii=False).replace('"', '""')
    path = csv_of(tmp_path / "ls.csv", f'text,id,label,annotator,annotation_id\n"{TWO}",3,"{spans}",1,11\n')
    (d,), tally = read(path)
    assert not tally.problems
    assert said(d) == said(c)


# --- Prodigy, spaCy ------------------------------------------------------------------------------------


def test_prodigy_spans_choices_and_answers(tmp_path: Path) -> None:
    shared = {
        "_input_hash": 1,
        "_task_hash": 2,
        "_annotator_id": "2024-li",
        "_timestamp": 1,
        "_view_id": "choice",
    }
    options = [{"id": n, "text": n} for n in LABELS]
    rows = [
        {"text": TWO, "meta": {"id": "L1"}, "tokens": [], "spans": [{"start": 0, "end": 27, "label": "completed", "token_start": 0, "token_end": 9}], "answer": "accept", **shared},
        {"text": P2, "options": options, "accept": ["planned"], "answer": "accept", "config": {"choice_style": "multiple"}, **shared},
        {"text": "我局已办结。", "options": options, "accept": [], "answer": "accept", **shared},
        {"text": P1, "options": options, "accept": ["planned"], "answer": "ignore", **shared},
        {"text": "您的建议收悉。", "cats": {"completed": 0.0, "planned": 0.0, "quantitative": 1.0}},
    ]  # fmt: skip
    found, tally = read(lines(tmp_path / "p.jsonl", *rows))
    assert not tally.problems
    assert [said(r) for r in found] == [
        [("去年以来，我", "completed")],
        [("下一步，我局", "planned")],
        [],
        [("您的建议收悉", "quantitative")],
    ]
    assert found[0]["id"] == "L1"
    assert found[0]["meta"]["annotator"] == "2024-li"
    assert tally.notes["not accepted"] == 1


def test_prodigy_binary_answers_make_a_label_set_when_all_labels_were_asked(tmp_path: Path) -> None:
    rows = [
        {"text": P2, "label": n, "answer": a, "_input_hash": 1}
        for n, a in zip(LABELS, ("reject", "accept", "reject"), strict=True)
    ]
    rows.append({"text": "我局已办结。", "label": "completed", "answer": "accept", "_input_hash": 2})
    (row,), tally = read(lines(tmp_path / "p.jsonl", *rows))
    assert said(row) == [("下一步，我局", "planned")]
    assert "没有问到标签" in tally.problems[0].reason


def test_a_docbin_of_ones_own_with_spans_and_with_categories(tmp_path: Path) -> None:
    nlp = spacy.blank("zh")
    bin = DocBin(store_user_data=True)
    doc = nlp(TWO)
    doc.spans["sc"] = SpanGroup(doc, name="sc", spans=[doc.char_span(0, 27, label="completed")])
    bin.add(doc)
    doc = nlp(P2)
    doc.cats = {"planned": 1.0, "completed": 0.0, "quantitative": 0.1}
    bin.add(doc)
    bin.to_disk(tmp_path / "train.spacy")
    (a, b), tally = read(tmp_path / "train.spacy")
    assert not tally.problems
    assert said(a) == [("去年以来，我", "completed")]
    assert said(b) == [("下一步，我局", "planned")]


@pytest.mark.parametrize("data", [b"\x78\x9cgarbage", b"\x78\x9c"])
def test_a_broken_docbin_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.spacy").write_bytes(data)
    rows, tally = read(tmp_path / "x.spacy")
    assert not rows
    assert len(tally.problems) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"id": 1, "text": "甲。"}\n', "看不出标签在哪里"),
        ('{"text": "甲。", "label": ["已办"]}\n{"text": \n', "不是有效的 JSON"),
        ('[{"id": 1, "data"', "不是有效的 JSON"),
        ("[1, 2]", "不是 JSON 对象"),
        ('{"text": "甲。", "label": [[0, 2]]}', "结构不符"),
        (
            '{"id": 1, "text": "甲。", "annotations": [{"label": 2, "start_offset": 0, "end_offset": 2}]}',
            "标签是编号",
        ),
        ("[" * 100_000, "不是有效的 JSON"),
    ],
)
def test_faults_in_json_are_told(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "x.jsonl").write_text(text, encoding="utf-8")
    _, tally = read(tmp_path / "x.jsonl")
    assert reason in tally.problems[-1].reason


def test_other_label_schemes_name_themselves(tmp_path: Path) -> None:
    names = LabelNames(["support", "refuse"])
    path = csv_of(tmp_path / "t.csv", f"句子,标签\n{P2},refuse\n谢谢您。,planned\n")
    rows, tally = read_labels([path], names)
    assert [said(r) for r in rows] == [[("下一步，我局", "refuse")]]
    assert len(tally.problems) == 1


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 60)
    | st.sampled_from(["计划", P2, "L1", "accept", "labels", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8), st.booleans())
def test_no_json_makes_the_import_fail(row: dict, with_text: bool) -> None:
    row = {**row, "text": P2} if with_text else row
    tally = Tally()
    pieces = list(read_json(json.dumps(row), "x.jsonl", NAMES, ImportOptions(), tally))
    for found in assemble(pieces, NAMES, ImportOptions(), tally):
        assert normal(found, LABELS) == found


@pytest.mark.parametrize(
    ("paragraphs", "seen"),
    [([{"start": 0, "end": 16, "labels": ["计画"]}], []), (3, []), ([], [[1]]), ([{}], [])],
)
def test_paragraphs_and_seen_that_cannot_be_read_are_told(
    tmp_path: Path, paragraphs: object, seen: object
) -> None:
    row = {"id": "1", "text": P2, "spans": [], "meta": {}, "paragraphs": paragraphs, "seen": seen}
    _, tally = read(lines(tmp_path / "x.jsonl", row))
    assert len(tally.problems) == 1
