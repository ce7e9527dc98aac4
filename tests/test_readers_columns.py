"""Columns of a table as metadata of its letters."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafu.readers import ReadOptions, read_documents
from dafu.readers.columns import columns_of
from dafu.readers.html_fields import collect
from dafu.records import Document, Meta
from dafu.tagger import Tagger
from dafu.writers.jsonl import to_line


def meta(**cells: Any) -> dict[str, str]:
    return columns_of(tuple(cells), -1).meta(list(cells.values()))


def documents(path: Path, **options: str) -> list[Document]:
    found = list(read_documents([str(path)], ReadOptions(**options)))
    assert all(isinstance(item, Document) for item in found), found
    return found  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "cell", "field", "value"),
    [
        ("标题", " 关于石桥路的\n答复 ", "title", "关于石桥路的 答复"),
        ("title", "关于石桥路的答复", "title", "关于石桥路的答复"),
        ("標題", "關於石橋路的答覆", "title", "關於石橋路的答覆"),
        ("案由", "关于拓宽石桥路的提案", "title", "关于拓宽石桥路的提案"),
        ("发文机关", "青沅县交通运输局", "issuer", "青沅县交通运输局"),
        ("承办单位", "青沅县交通运输局 会办：县住建局", "issuer", "青沅县交通运输局"),
        ("答复单位", "县教育局", "issuer", "县教育局"),
        ("Issuer", "县教育局", "issuer", "县教育局"),
        ("文号", "青交函〔2024〕12号", "document_number", "青交函〔2024〕12号"),
        ("document_number", "青交函〔2024〕12号", "document_number", "青交函〔2024〕12号"),
        ("案号", "0057", "proposal_number", "0057"),
        ("案号", 57, "proposal_number", "57"),
        ("案号", 57.0, "proposal_number", "57"),
        ("提案编号", "第0057号", "proposal_number", "0057"),
        ("提案编号", "县政协十届三次会议第 B0057 号提案", "proposal_number", "B0057"),
        ("建议编号", "2024-0057", "proposal_number", "2024-0057"),
        ("办理类别", "A类", "category", "A"),
        ("办理结果", "（B）正在解决", "category", "B"),
        ("签发人", "周远", "signatory", "周远"),
        ("届次", "十届三次会议", "session", "十届三次会议"),
        ("提案人", "李明远、周远", "addressees", "李明远、周远"),
        ("addressees", ["李明远", "周远"], "addressees", "李明远、周远"),
        ("索引号", "QY003-2024-00012", "index_number", "QY003-2024-00012"),
    ],
)
def test_a_column_of_a_known_name_is_a_field(name: str, cell: object, field: str, value: str) -> None:
    assert meta(**{name: cell}) == {field: value}


@pytest.mark.parametrize(
    ("cell", "iso"),
    [
        ("2019-05-06", "2019-05-06"),
        ("2019/5/6 0:00", "2019-05-06"),
        ("2019年5月6日", "2019-05-06"),
        ("2019年 5月 6日", "2019-05-06"),
        ("二〇一九年五月六日", "2019-05-06"),
        ("20190506", "2019-05-06"),
        (20190506, "2019-05-06"),
        ("2019.05.06", "2019-05-06"),
        ("2019-05-06T08:00:00", "2019-05-06"),
        ("2019-05-05T16:00:00.000Z", "2019-05-06"),
        ("2019-05-06 00:00:00+08:00", "2019-05-06"),
        (1557100800000, "2019-05-06"),
        ("1557100800", "2019-05-06"),
        (date(2019, 5, 6), "2019-05-06"),
        (datetime(2019, 5, 6, 9, 30), "2019-05-06"),
        (datetime(2019, 5, 5, 16, tzinfo=UTC), "2019-05-06"),
        ("2019年5月", "2019-05"),
        ("2019-5", "2019-05"),
        ("201905", "2019-05"),
        ("2019", "2019"),
        ("2019年", "2019"),
        ("2019年度", "2019"),
        ("2019.0", "2019"),
        ("二〇一九年", "2019"),
        (2019, "2019"),
        (2019.0, "2019"),
        (Decimal("2019"), "2019"),
    ],
)
def test_dates_are_iso_8601_of_the_precision_that_they_have(cell: object, iso: str) -> None:
    assert meta(答复日期=cell) == {"date": iso}
    assert meta(年份=cell) == {"date": iso[:4]}


@pytest.mark.parametrize(
    "cells",
    [
        {"答复日期": None},
        {"答复日期": ""},
        {"答复日期": "尚未答复"},
        {"答复日期": "0000-00-00"},
        {"答复日期": "1970-01-01"},
        {"答复日期": 43591},
        {"答复日期": True},
        {"答复日期": float("nan")},
        {"答复日期": float("inf")},
        {"答复日期": Decimal("NaN")},
        {"答复日期": {"$date": "2019-05-06"}},
        {"年份": "2018-2019"},
        {"年份": 2019.5},
        {"年份": "十届三次"},
        {"年份": 19},
        {"标题": 12},
        {"标题": "-"},
        {"标题": "长" * 2000},
        {"发文机关": "https://example.org"},
        {"发文机关": "NaN"},
        {"发文机关": ["a", 1]},
        {"文号": "12"},
        {"案号": "无"},
        {"案号": "待定"},
        {"办理类别": "教育类"},
        {"category": "Culture"},
        {"来源": "青沅县政府网"},
        {"更新时间": "2025-01-01"},
        {"备注": "2019年5月6日"},
    ],
)
def test_a_cell_that_makes_no_sense_for_its_field_is_left_out(cells: dict[str, object]) -> None:
    assert meta(**cells) == {}


@pytest.mark.parametrize(
    ("cells", "iso"),
    [
        ({"年份": 2019, "答复日期": "2019-05-06"}, "2019-05-06"),
        ({"年份": 2019, "答复日期": ""}, "2019"),
        ({"年份": 2018, "答复日期": "2019-05-06"}, "2019-05-06"),
        ({"发布日期": "2019-06-01", "答复日期": "2019-05-06"}, "2019-05-06"),
        ({"发布日期": "2019-06-01", "年份": "2019"}, "2019-06-01"),
        ({"发布日期": "2020-01-09", "年份": "2019"}, "2019"),
        ({"发布日期": "2020-01-09", "答复日期": "2019年"}, "2019"),
        ({"发布日期": "2019-06-01"}, "2019-06-01"),
        ({"date": "2019-06-01", "成文日期": None, "答复日期": "2019-05-06"}, "2019-05-06"),
    ],
)
def test_the_surest_date_counts(cells: dict[str, object], iso: str) -> None:
    assert meta(**cells) == {"date": iso}


ROWS: Sequence[dict[str, Any]] = (
    {"案号": "0057", "标题": "关于石桥路的答复", "承办单位": "县交通局", "答复日期": "2019-05-06", "年份": "2019", "正文": "甲。"},
    {"案号": "0058", "标题": "", "承办单位": "", "答复日期": "", "年份": "2019", "正文": "乙。"},
    {"案号": "0059", "标题": None, "承办单位": None, "答复日期": None, "年份": None, "正文": "丙。"},
)  # fmt: skip
EXPECTED = [
    {"proposal_number": "0057", "title": "关于石桥路的答复", "issuer": "县交通局", "date": "2019-05-06"},
    {"proposal_number": "0058", "date": "2019"},
    {"proposal_number": "0059"},
]


def written(folder: Path, kind: str) -> Path:
    path = folder / f"rows.{kind}"
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(list(ROWS)), path)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.DictWriter(file, ROWS[0], delimiter="\t" if kind == "tsv" else ",")
            table.writeheader()
            table.writerows(ROWS)
    return path


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet"])
def test_every_form_of_table_gives_the_same(tmp_path: Path, kind: str) -> None:
    found = documents(written(tmp_path, kind))
    assert [d.meta for d in found] == EXPECTED
    assert [(d.id, d.text) for d in found] == [("0057", "甲。"), ("0058", "乙。"), ("0059", "丙。")]


def test_the_text_column_is_text_alone_and_the_id_column_a_field_too(tmp_path: Path) -> None:
    path = written(tmp_path, "csv")
    first = next(read_documents([str(path)], ReadOptions(text_column="标题", id_column="承办单位")))
    assert isinstance(first, Document)
    assert (first.text, first.id) == ("关于石桥路的答复", "县交通局")
    assert first.meta == {"proposal_number": "0057", "issuer": "县交通局", "date": "2019-05-06"}


def test_a_short_row_lacks_its_last_columns(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("text,年份,标题\n甲。,2019\n乙。\n", encoding="utf-8")
    assert [d.meta for d in documents(tmp_path / "x.csv")] == [{"date": "2019"}, {}]


@pytest.mark.parametrize(
    ("array", "value"),
    [
        (pa.array([date(2019, 5, 6)]), "2019-05-06"),
        (pa.array([1557100800000000001], pa.timestamp("ns")), "2019-05-06"),
        (pa.array([2**62], pa.timestamp("us")), None),
        (pa.array([1557072000000], pa.timestamp("ms", "UTC")), "2019-05-06"),
        (pa.array([1557072000000], pa.timestamp("ms", "Nowhere/Land")), None),
        (pa.array([2019.0]), "2019"),
        (pa.array([2019], pa.int16()), "2019"),
        (pa.array(["2019年"]).dictionary_encode(), "2019"),
        (pa.array([Decimal("2019.00")]), "2019"),
        (pa.array([b"2019"]), None),
        (pa.array([{"year": 2019}]), None),
        (pa.array([None], pa.null()), None),
    ],
)
def test_parquet_cells_of_any_type(tmp_path: Path, array: pa.Array, value: str | None) -> None:
    pq.write_table(pa.table({"text": ["甲。"], "date": array}), tmp_path / "x.parquet")
    (document,) = documents(tmp_path / "x.parquet")
    assert document.meta.get("date") == value


def test_columns_of_one_name_are_left_alone(tmp_path: Path) -> None:
    twice = pa.Table.from_arrays(
        [pa.array(["甲。"]), pa.array(["一"]), pa.array(["二"])], ["text", "标题", "标题"]
    )
    pq.write_table(twice, tmp_path / "x.parquet")
    assert documents(tmp_path / "x.parquet")[0].meta == {}


def test_an_object_meta_is_read_as_columns_are(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "甲。", "meta": {"date": "2019-05", "issuer": "县教育局", "category": None}},
        {"id": "b", "text": "乙。", "meta": "2019", "年份": 2018},
        {"id": "c", "text": "丙。", "答复日期": "2019-05-06", "meta": {"year": 2018, "title": "关于校车的答复"}},
        {"id": "d", "text": "丁。"},
    ]  # fmt: skip
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [d.meta for d in documents(tmp_path / "x.jsonl")] == [
        {"date": "2019-05", "issuer": "县教育局"},
        {"date": "2018"},
        {"date": "2019-05-06", "title": "关于校车的答复"},
        {},
    ]


def test_what_dafu_writes_it_reads_again(tmp_path: Path, tagger: Tagger) -> None:
    given = {
        "title": "关于石桥路的答复",
        "issuer": "青沅县交通运输局",
        "addressees": "李明远、周远",
        "proposal_number": "0057",
        "session": "十届三次会议",
        "document_number": "青交函〔2019〕12号",
        "date": "2019",
        "category": "A",
    }
    tagged = tagger.tag(
        [Document("a", "去年以来，我局修复路面6.5公里。今年9月底前完成设计。", "", meta=given)]
    )
    (tmp_path / "x.jsonl").write_bytes(to_line(tagged[0]))
    (document,) = documents(tmp_path / "x.jsonl")
    assert document.meta == given
    again = tagger.tag([document])[0]
    assert again.letter.meta == tagged[0].letter.meta
    assert (again.figures, again.commitments, again.measures) == (
        tagged[0].figures,
        tagged[0].commitments,
        tagged[0].measures,
    )


def test_a_title_given_beside_the_text_changes_no_label(tagger: Tagger) -> None:
    text = "我局修复路面6.5公里。\n下一步，完善路网规划。\n定期开展养护。"
    bare, titled = tagger.tag(
        [Document("a", text, ""), Document("b", text, "", meta={"title": "关于石桥路的答复"})]
    )
    assert titled.letter.meta.title == "关于石桥路的答复"
    assert titled.sentences == bare.sentences


def test_fields_of_pages_make_the_same_sense() -> None:
    found: dict[str, str] = {}
    pairs = [
        ("提案编号", "第0057号"),
        ("成文日期", "2019年"),
        ("类别", "交通"),
        ("发布日期", "2019-05-06 09:30"),
        ("关键词", "道路"),
        ("来源", "—"),
    ]
    collect(pairs, found)
    assert found == {"proposal_number": "0057", "date": "2019", "published": "2019-05-06"}


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.datetimes()
NAMES = st.sampled_from(
    ["标题", "date", "年份", "案号", "文号", "办理类别", "issuer", "发布日期", "备注", ""]
)


@given(st.dictionaries(NAMES, CELLS | st.lists(CELLS, max_size=2)))
def test_any_cell_gives_fields_of_meta_or_nothing(cells: dict[str, Any]) -> None:
    found = meta(**cells)
    assert set(found) <= set(asdict(Meta()))
    assert all(isinstance(value, str) and value for value in found.values())


def test_the_order_of_columns_does_not_count() -> None:
    cells = [("答复日期", "2019-05-06"), ("成文日期", "2019-05-01"), ("title", "甲乙"), ("案由", "丙丁")]
    for _ in range(10):
        random.shuffle(cells)
        assert meta(**dict(cells)) == {"date": "2019-05-01", "title": "甲乙"}
