from __future__ import annotations

import codecs
import io
import json
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dafu.readers import ReadOptions, read_documents
from dafu.records import Document, Problem

TEXT = "李××委员：\n您的提案收悉。我局已修复路灯120盏。"


def read(*paths: object, **options: str) -> list[Document | Problem]:
    return list(read_documents([str(p) for p in paths], ReadOptions(**options)))


def only_problem(*paths: object, **options: str) -> Problem:
    (item,) = read(*paths, **options)
    assert isinstance(item, Problem)
    assert item.reason
    assert item.remedy
    return item


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("gb18030"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 bom", "gb18030", "utf-16-le bom", "utf-16-be bom", "utf-16-le", "utf-16-be"],
)
def test_encodings_are_read_right_and_a_bom_is_no_character(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    (document,) = read(tmp_path / "a.txt")
    assert isinstance(document, Document)
    assert document.text == TEXT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "没有文字"),
        (" \n\u3000\n".encode(), "没有文字"),
        (b"PK\x03\x04....", "zip 压缩文件"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xff\xd8\xff\xe0JFIF", "JPEG"),
        (bytes(range(256)) * 40, "编码|控制字符"),
        (codecs.BOM_UTF8 + b"\xff\xfe\xfa", "内容不符"),
    ],
)
def test_what_is_no_text_is_a_problem(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    problem = only_problem(tmp_path / "a.txt")
    assert problem.source.endswith("a.txt")
    assert any(part in problem.reason for part in reason.split("|"))


def test_nul_characters_and_long_lines_are_read(tmp_path: Path) -> None:
    text = "甲\x00乙。" + "我局已办结。" * 600_000
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (document,) = read(tmp_path / "a.txt")
    assert isinstance(document, Document)
    assert document.text == text


def test_folders_are_read_in_depth_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "2.txt").write_text("二。", encoding="utf-8")
    (tmp_path / "b" / "1.txt").write_text("一。", encoding="utf-8")
    (tmp_path / "readme.md").write_text("不读。", encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text("不读。", encoding="utf-8")
    (tmp_path / "~$3.docx").write_text("不读。", encoding="utf-8")
    (tmp_path / "page").write_text("<p>没有后缀的网页，照样读。</p>", encoding="utf-8")
    items = read(tmp_path)
    assert [(d.id, d.text) for d in items if isinstance(d, Document)] == [
        ("b/1", "一。"),
        ("b/c/2", "二。"),
        ("page", "没有后缀的网页，照样读。"),
    ]
    assert len(items) == 3


def test_files_that_differ_in_their_suffix_only_keep_it(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("一。", encoding="utf-8")
    (tmp_path / "1.html").write_text("<p>这是第一份网页，已办结。</p>", encoding="utf-8")
    (tmp_path / "2.txt").write_text("二。", encoding="utf-8")
    assert [d.id for d in read(tmp_path) if isinstance(d, Document)] == ["1.html", "1.txt", "2"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", b"\xff\xd8\xff\xe0JFIF", "图片"),
        ("a.doc", b"\x89PNG\r\n\x1a\n", "图片"),
        ("a.csv", b"\xff\xd8\xff\xe0JFIF", "图片"),
        ("a.docx", b"Rar!\x1a\x07", "RAR"),
        ("a.html", b"MZ\x90\x00", "程序"),
        ("a.txt", b"RIFF....WEBPVP8 ", "图片"),
        (
            "a.doc",
            b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>',
            "Word 2003",
        ),
        ("a.parquet", "不是表格。".encode(), "Parquet"),
    ],
)
def test_what_a_file_is_its_bytes_tell(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert reason in only_problem(tmp_path / name).reason


@pytest.mark.parametrize("name", ["a.doc", "a.txt", "a.pdf", "a.shtml", "a", "a.csv"])
def test_a_page_is_read_under_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(
        "<html><body><p>您的提案收悉。</p><p>我局已修复路灯120盏。</p></body></html>", encoding="gb18030"
    )
    (document,) = read(tmp_path / name)
    assert isinstance(document, Document)
    assert document.text == "您的提案收悉。\n我局已修复路灯120盏。"
    assert [place.element for place in document.places] == ["/html/body/p[1]", "/html/body/p[2]"]


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
def test_json_lines_are_read_under_any_name(tmp_path: Path, name: str) -> None:
    text = '{"id": "a", "text": "<p>甲。</p>"}\n'
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert [d.id for d in read(tmp_path / name)] == ["a"]  # type: ignore[union-attr]


def test_cells_may_hold_pages(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "id,正文\n1,<p>甲。</p><p>乙。</p><br><br><br><p>丙</p>\n", encoding="utf-8"
    )
    (document,) = read(tmp_path / "a.csv")
    assert isinstance(document, Document)
    assert document.text.startswith("<p>甲")


def test_a_file_beyond_the_limit_is_a_problem_unless_it_is_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dafu.readers.sources.MAX_FILE", 10)
    (tmp_path / "a.txt").write_text("我局已办结。", encoding="utf-8")
    assert "上限" in only_problem(tmp_path / "a.txt").reason
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "甲。"}', encoding="utf-8")
    assert isinstance(read(tmp_path / "a.jsonl")[0], Document)


def test_a_spreadsheet_is_told_apart_from_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    problem = only_problem(tmp_path / "a.docx")
    assert "Excel" in problem.reason
    assert ".csv" in problem.remedy


def test_globs_missing_files_and_empty_folders(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("一。", encoding="utf-8")
    assert [d.id for d in read(tmp_path / "*.txt")] == ["1"]  # type: ignore[union-attr]
    assert "没有匹配" in only_problem(tmp_path / "*.csv").reason
    assert "找不到" in only_problem(tmp_path / "none.txt").reason
    (tmp_path / "empty").mkdir()
    assert "没有可读" in only_problem(tmp_path / "empty").reason


def test_jsonl_bad_lines_cost_only_themselves(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "text": "甲。"}',
        "{broken",
        '["no object"]',
        '{"id": "b"}',
        "",
        '{"id": 7, "text": "乙。"}',
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(lines), encoding="utf-8")
    items = read(tmp_path / "x.jsonl")
    assert [d.id for d in items if isinstance(d, Document)] == ["a", "7"]
    assert [p.line for p in items if isinstance(p, Problem)] == [2, 3, 4]


def test_jsonl_text_comes_back_unchanged(tmp_path: Path) -> None:
    text = "甲\u3000乙\r\n丙\ud800。"
    (tmp_path / "x.jsonl").write_text(json.dumps({"id": "a", "text": text}) + "\n", encoding="utf-8")
    (document,) = read(tmp_path / "x.jsonl")
    assert isinstance(document, Document)
    assert document.text == text


def test_duplicate_ids_are_told(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(
        '{"id":"a","text":"甲。"}\n{"id":"a","text":"乙。"}\n', encoding="utf-8"
    )
    first, second = read(tmp_path / "x.jsonl")
    assert isinstance(first, Document)
    assert isinstance(second, Problem)
    assert "重复" in second.reason


def test_csv_columns_are_found_or_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('案号,答复内容\n12,"甲,乙。\n丙。"\n13,丁。\n', encoding="gb18030")
    assert [(d.id, d.text) for d in read(path)] == [("12", "甲,乙。\n丙。"), ("13", "丁。")]  # type: ignore[union-attr]
    assert [d.text for d in read(path, text_column="案号")] == ["12", "13"]  # type: ignore[union-attr]
    problem = only_problem(path, text_column="答复内溶")
    assert "答复内容" in problem.reason
    assert "--text-column" in problem.remedy


def test_a_short_csv_row_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id,x,text\n1,,甲。\n2\n", encoding="utf-8")
    items = read(tmp_path / "x.csv")
    assert isinstance(items[1], Problem)
    assert items[1].line == 3


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"编号": ["a", "b"], "正文": ["甲。", None]}), path)
    document, problem = read(path)
    assert isinstance(document, Document)
    assert (document.id, document.text) == ("a", "甲。")
    assert isinstance(problem, Problem)
    (tmp_path / "y.parquet").write_bytes(b"PAR1 broken")
    assert "Parquet" in only_problem(tmp_path / "y.parquet").reason


def test_standard_input_is_a_letter_or_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    for data, id in ((TEXT, "stdin"), ('{"id": "a", "text": "甲。"}', "a")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data.encode())))
        (document,) = read("-")
        assert isinstance(document, Document)
        assert document.id == id


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("甲。", encoding="utf-8")

    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "无法打开" in only_problem(path).reason
