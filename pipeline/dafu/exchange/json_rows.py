"""Rows of JSON as annotation tools export them: told apart row by row, by their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dafu.errors import InputError
from dafu.exchange import doccano, label_studio, prodigy
from dafu.exchange.base import CARRIED, ImportOptions, Mark, Piece, Tally
from dafu.exchange.names import LabelNames


def read_json(
    text: str, source: str, names: LabelNames, options: ImportOptions, tally: Tally
) -> Iterator[Piece]:
    """Pieces of a JSON array, of one object, or of JSON lines."""
    for line, row in _rows(text, source, tally):
        if not isinstance(row, dict):
            tally.problem(source, line, "这一行不是 JSON 对象。", "请使用标注工具导出的原文件。")
            continue
        reader = _reader_of(row)
        if reader is None:
            tally.problem(
                source,
                line,
                f"看不出标签在哪里;已有的键:{'、'.join(map(str, list(row)[:12]))}。",
                "可读:doccano、Label Studio、Prodigy/spaCy 的导出,或 dafu 的标注行(id、text、spans)。",
            )
            continue
        try:
            for piece in reader(row, source, line, names, options, tally):
                yield _checked(piece)
        except InputError as error:
            tally.problem(error.source, error.line, error.reason, error.remedy)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            tally.problem(
                source,
                line,
                f"这一条的结构不符({type(error).__name__}: {str(error)[:60]})。",
                "请使用标注工具导出的原文件。",
            )


def _checked(piece: Piece) -> Piece:
    """The piece, if what should be words are words: JSON holds anything anywhere."""
    words = [piece.text, *(piece.labels or ()), *(mark.label for mark in piece.marks or ())]
    words += [mark.quote for mark in piece.marks or () if mark.quote is not None]
    if not all(isinstance(word, str) for word in words):
        raise TypeError("text or label is no text / 文字或标签不是文本")
    return piece


def _rows(text: str, source: str, tally: Tally) -> Iterator[tuple[int | None, Any]]:
    stripped = text.lstrip()
    if stripped.startswith("["):
        try:
            value = json.loads(stripped)
        except (ValueError, RecursionError) as error:
            tally.problem(
                source, None, f"不是有效的 JSON({str(error)[:60]})。", "请重新导出,或检查文件是否不完整。"
            )
            return
        yield from enumerate(value, 1)
        return
    try:
        value = json.loads(stripped)  # one object over many lines
    except (ValueError, RecursionError):
        pass
    else:
        yield 1, value
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError) as error:
            tally.problem(
                source,
                number,
                f"这一行不是有效的 JSON({getattr(error, 'msg', '嵌套过深')})。",
                "请检查这一行的引号、逗号与括号。",
            )


def _reader_of(row: Mapping[str, Any]) -> Any:
    if isinstance(row.get("data"), dict) and ("annotations" in row or "completions" in row):
        return label_studio.read_task
    if "sentences" in row and "text" in row and "model" in row:
        return _tagged
    foreign = any(key in row for key in ("answer", "_input_hash", "tokens", CARRIED))
    if isinstance(row.get("spans"), list) and "id" in row and not foreign:
        return _labelled
    if any(key in row for key in ("answer", "accept", "cats", "_input_hash", "spans", "options")):
        return prodigy.read_example
    if "annotation_id" in row or "annotator" in row:
        return label_studio.read_minimal
    if any(key in row for key in ("label", "labels", "entities", "annotations", "cats")):
        return doccano.read_example
    return None


def _labelled(row: Mapping[str, Any], source: str, line: int | None, *_: object) -> Iterator[Piece]:
    """A row of labelled letters, dafu's own form."""
    annotator = row.get("meta", {}).get("annotator")
    carried: dict[str, Any] = {"meta": row.get("meta", {}), "paragraphs": row.get("paragraphs", ())}
    if "seen" in row or row.get("paragraphs"):
        carried["seen"] = row.get("seen", ())
    yield Piece(
        row["text"],
        source,
        line,
        marks=tuple(Mark(int(s["start"]), int(s["end"]), s["label"]) for s in row["spans"]),
        id=str(row["id"]),
        annotator=str(annotator) if annotator else None,
        carried=carried,
    )


def _tagged(row: Mapping[str, Any], source: str, line: int | None, *_: object) -> Iterator[Piece]:
    """A letter as ``dafu tag`` writes it, corrected by hand."""
    yield Piece(
        row["text"],
        source,
        line,
        marks=tuple(
            Mark(int(s["start"]), int(s["end"]), label) for s in row["sentences"] for label in s["labels"]
        ),
        id=str(row["id"]),
        meta={k: row["meta"].get(k) for k in ("issuer", "date", "title") if row.get("meta")},
    )
