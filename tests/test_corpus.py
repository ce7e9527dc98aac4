from __future__ import annotations

import json
from pathlib import Path

import pytest

from dafu.corpus import fold_of, from_row, load_corpus, read_marked, split_of, to_row, write_rows
from dafu.errors import CorpusError

HEAD = "field: 教育\nlevel: 区县\nissuer: 青沅县教育局\nyear: 2021\nkind: letter\nlength: short\nhand: plain\n---\n"
BODY = "您的建议收悉。我局已增设学位300个。{CQ}下一步，完善招生办法；{P!}力争明年实施。{P}\n青沅县教育局"


def rows(text: str) -> list[dict]:
    return list(read_marked(text, "draft"))


def test_marked_text_becomes_rows_with_spans_on_whole_sentences() -> None:
    (row,) = rows("=====\n" + HEAD + BODY)
    spans = [(row["text"][s["start"] : s["end"]], s["label"]) for s in row["spans"]]
    assert spans == [
        ("我局已增设学位300个。", "completed"),
        ("我局已增设学位300个。", "quantitative"),
        ("下一步，完善招生办法；", "planned"),
        ("力争明年实施。", "planned"),
    ]
    assert "{" not in row["text"]
    assert [row["text"][a:b] for a, b in row["meta"]["hard"]] == ["下一步，完善招生办法；"]
    assert row["meta"]["split"] == split_of("青沅县教育局")


def test_rows_round_trip() -> None:
    (row,) = rows(HEAD + BODY)
    assert to_row(from_row(row, "x")) == {k: row[k] for k in ("id", "text", "meta", "spans")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("field: 教育\n没有分隔行", "no line ---"),
        ("field: 教育\n---\n正文。", "no issuer"),
        (HEAD + "我局已{C}办结。", "not at the end of a sentence"),
    ],
)
def test_marked_text_with_faults_is_refused(text: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        rows(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spans": [{"start": 0, "end": 3, "label": "completed"}]}, "is not a sentence"),
        ({"spans": [{"start": 0, "end": 7, "label": "complete"}]}, "did you mean 'completed'"),
        ({"text": None}, "text"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, change: dict, message: str) -> None:
    row = {"id": "1", "text": "您的建议收悉。", "meta": {}, "spans": []} | change
    if row["text"] is None:
        del row["text"]
    (tmp_path / "x.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=message) as caught:
        load_corpus(tmp_path)
    assert "x.jsonl:1" in str(caught.value)


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (row,) = rows(HEAD + BODY)
    write_rows([row, row], tmp_path / "x.jsonl")
    with pytest.raises(CorpusError, match="stands twice"):
        load_corpus(tmp_path)


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no \.jsonl file"):
        load_corpus(tmp_path)


def test_splits_and_folds_are_functions_of_the_name() -> None:
    names = [f"第{i}县教育局" for i in range(2000)]
    shares = [sum(split_of(n) == s for n in names) / len(names) for s in ("train", "dev", "heldout")]
    assert shares == pytest.approx([0.75, 0.10, 0.15], abs=0.03)
    assert {fold_of(n, 5) for n in names} == set(range(5))
