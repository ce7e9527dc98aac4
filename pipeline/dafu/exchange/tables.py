"""Tables of labels (a sheet or a CSV file) to pieces: which column is what, and what its cells say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dafu.errors import InputError, nearest
from dafu.exchange.base import CARRIED, Columns, ImportOptions, Mark, Piece, Tally
from dafu.exchange.carry import place_of, unit_of, unpack
from dafu.exchange.names import LabelNames, UnknownLabel, written, yes_or_no
from dafu.folding import fold
from dafu.records import OTHER

#: A row of a table: its number in the file, and its cells as text.
TableRow = tuple[int, Sequence[str]]

_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "原文", "正文", "段落", "句子", "文本", "段落内容", "句子内容", "内容", "text", "sentence", "paragraph",
        "content", "答复内容", "全文", "body",
    ),
    "label": ("标签", "标注", "标注结果", "人工标签", "label", "labels", "类别", "分类", "全部标签", "category", "cats"),
    "id": ("编号", "信件编号", "letter_id", "doc_id", "id", "案号", "提案号", "文号"),
    "annotator": ("标注人", "标注者", "标注员", "标注人员", "annotator", "coder", "annotated_by"),
    "issuer": ("发文机关", "承办单位", "机关", "issuer"),
    "date": ("日期", "成文日期", "答复日期", "date"),
    "paragraph": ("段序", "段号", "paragraph_number"),
    "sentence": ("句序",),
    "start": ("起", "start"),
    "end": ("止", "end"),
    "unit": ("粒度",),
    "suggested": ("模型标签",),
    "checked": ("已核", "已核对", "checked", "reviewed"),
    "carried": (CARRIED,),
}  # fmt: skip
_HEADER_WITHIN = 10
_BY_ANNOTATOR = re.compile(r"^(?:标签|标注|label)[ _\-：（]+(.+?)）?$")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a table's columns are. ``by_label`` maps a column to its label, ``by_annotator`` to its annotator."""

    at: Mapping[str, int]
    by_label: Mapping[int, str] = field(default_factory=dict)
    by_annotator: Mapping[int, str] = field(default_factory=dict)
    scores: Mapping[int, str] = field(default_factory=dict)

    @property
    def labelled(self) -> bool:
        return "label" in self.at or bool(self.by_label or self.by_annotator)


def read_table(
    rows: Sequence[TableRow],
    source: str,
    names: LabelNames,
    options: ImportOptions,
    tally: Tally,
) -> Iterator[Piece]:
    """Pieces of a table whose header is among its first rows.

    Raises:
        InputError: there is no header, no text column or no label column.
    """
    found = find_header(rows, names, options.columns)
    if found is None:
        first = next((cells for _, cells in rows if any(cells)), ())
        if not first:
            raise InputError(source, "表格是空的。", "第一行应为列名,例如:编号、段落、标签。")
        wanted = options.columns.text or options.columns.label
        hint = f"({nearest(wanted, [c for c in first if c])})" if wanted and any(first) else ""
        raise InputError(
            source,
            f"找不到正文列和标签列{hint};第一行是:{'、'.join(c for c in first if c)[:120]}。",
            "请用 --text-column 与 --label-column 指定。",
        )
    header, layout = found
    own = {"id", "text", "label", "start", "end", "sentence"} <= set(layout.at)
    body = list(rows[header + 1 :])
    if own and layout.scores and "unit" not in layout.at:
        yield from _corrected(body, layout, source, names, options, tally)
        return
    for number, cells in body:
        yield from _pieces(number, cells, layout, source, names, tally)


def find_header(rows: Sequence[TableRow], names: LabelNames, columns: Columns) -> tuple[int, _Layout] | None:
    """The index of the header row and the layout, or ``None`` where no row has a text and a label column."""
    for index, (_, cells) in enumerate(rows[:_HEADER_WITHIN]):
        layout = _layout(cells, names, columns)
        if layout is not None and "text" in layout.at and layout.labelled:
            return index, layout
    return None


def _layout(cells: Sequence[str], names: LabelNames, columns: Columns) -> _Layout | None:
    plain = [fold(cell).strip().lower() for cell in cells]
    at: dict[str, int] = {}
    for role, usual in _NAMES.items():
        wanted = getattr(columns, role, None)
        if wanted is not None:
            if fold(wanted).strip().lower() not in plain:
                return None
            at[role] = plain.index(fold(wanted).strip().lower())
            continue
        found = next((name for name in usual if name in plain), None)
        if found is not None:
            at[role] = plain.index(found)
    taken = set(at.values())
    by_annotator: dict[int, str] = {}
    by_label: dict[int, str] = {}
    scores: dict[int, str] = {}
    for i, (cell, name) in enumerate(zip(cells, plain, strict=True)):
        if not name or i in taken:
            continue
        if name.endswith("概率") and names.knows(name.removesuffix("概率")):
            scores[i] = names.resolve(name.removesuffix("概率"))
        elif match := _BY_ANNOTATOR.match(fold(cell).strip()):
            by_annotator[i] = match[1]
        elif names.knows(name) and names.resolve(name) != OTHER and "label" not in at:
            by_label[i] = names.resolve(name)
    if by_annotator:
        at.pop("label", None)
    return _Layout(at, by_label, by_annotator, scores)


def _pieces(
    number: int, cells: Sequence[str], layout: _Layout, source: str, names: LabelNames, tally: Tally
) -> Iterator[Piece]:
    def cell(role: str) -> str:
        index = layout.at.get(role)
        return unquoted(cells[index]) if index is not None and index < len(cells) else ""

    text = cell("text")
    carried = unpack({CARRIED: cell("carried")}) if cell("carried") else None
    if not text.strip():
        if any(c.strip() for c in cells):
            tally.notes["no text"] += 1
        return
    place = place_of(carried, cell("id").strip() or None)
    for role in ("start", "end", "paragraph"):
        if cell(role):
            place[role] = _whole(cell(role))
    if cell("unit"):
        place["unit"] = unit_of(cell("unit"))
    meta = {"issuer": cell("issuer").strip(), "date": cell("date").strip()}
    marks = marks_in(cell("label"))
    if marks is not None:
        who = cell("annotator").strip() or place.get("annotator")
        yield Piece(text, source, number, marks=marks, meta=meta, **{**place, "annotator": who or None})
        return
    for annotator, labels in _labels(number, cells, layout, source, names, tally):
        if layout.at.get("unit") is not None and not labels:
            tally.notes["not labelled"] += 1
            labels = None
        elif labels is not None and "suggested" in layout.at and not _confirmed(cell, labels, names):
            tally.notes["not checked"] += 1
            labels = None
        who = annotator or cell("annotator").strip() or place.get("annotator")
        yield Piece(text, source, number, labels=labels, meta=meta, **{**place, "annotator": who or None})


def _confirmed(cell: Any, labels: tuple[str, ...], names: LabelNames) -> bool:
    """Whether a suggestion was ticked or changed: a suggested label that nobody looked at is no label."""
    suggested = cell("suggested")
    if not suggested or yes_or_no(cell("checked")):
        return True
    try:
        return set(names.split(suggested)) != {names.resolve(name) for name in labels}
    except UnknownLabel:
        return True


def _labels(
    number: int, cells: Sequence[str], layout: _Layout, source: str, names: LabelNames, tally: Tally
) -> Iterator[tuple[str | None, tuple[str, ...] | None]]:
    """(annotator, names) of a row; several where each annotator has a column."""
    if layout.by_annotator:
        for column, annotator in layout.by_annotator.items():
            if column < len(cells) and cells[column].strip():
                yield annotator, written(cells[column], names)
    elif "label" in layout.at:
        at = layout.at["label"]
        yield None, written(cells[at] if at < len(cells) else "", names)
    else:
        said: list[str] = []
        filled = False
        for column, label in layout.by_label.items():
            value = cells[column] if column < len(cells) else ""
            answer = yes_or_no(value)
            filled = filled or bool(value.strip())
            if answer is None:
                tally.problem(
                    source, number, f"“{label}”列的值“{value[:20]}”看不出是或否。", "请填 是/否、1/0 或 √。"
                )
                return
            if answer:
                said.append(label)
        yield None, tuple(said) or ((OTHER,) if filled else ())


def _corrected(
    body: Sequence[TableRow],
    layout: _Layout,
    source: str,
    names: LabelNames,
    options: ImportOptions,
    tally: Tally,
) -> Iterator[Piece]:
    """The sheet 句子 of ``dafu tag``, corrected by hand: labels that the probabilities do not give were changed."""
    kept: list[tuple[Piece, bool]] = []
    changed = _changed(body, layout, names)
    for (number, cells), other in zip(body, changed, strict=True):
        for piece in _pieces(number, cells, layout, source, names, tally):
            kept.append((piece, other))
            tally.notes["changed"] += other
    touched = {piece.id for piece, other in kept if other}
    if not touched and options.count != "all":
        tally.problem(
            source,
            None,
            "这是 dafu tag 的结果表,但没有改过的标签。",
            "请先在“句子”表中改正标签;若已全部核对无误,请加 --count all。",
        )
    for piece, other in kept:
        counts = options.count == "all" or (piece.id in touched if options.count == "letters" else other)
        yield piece if counts else replace(piece, labels=None)


def _changed(body: Sequence[TableRow], layout: _Layout, names: LabelNames) -> list[bool]:
    """Which rows' labels are not what the model said: its thresholds are read off the sheet itself."""
    columns = list(layout.scores.items())
    scores = np.zeros((len(body), len(columns)))
    said = np.zeros((len(body), len(columns)), bool)
    readable = np.ones(len(body), bool)
    for i, (_, cells) in enumerate(body):
        try:
            given = names.split(cells[layout.at["label"]])
            for j, (column, label) in enumerate(columns):
                scores[i, j] = float(cells[column])
                said[i, j] = label in given
        except (ValueError, IndexError):
            readable[i] = False
    grid = np.round(np.arange(0.30, 0.601, 0.01), 2)
    changed = ~readable
    for j in range(len(columns)):
        wrong = [int(((scores[:, j] >= t) != said[:, j])[readable].sum()) for t in grid]
        changed |= readable & ((scores[:, j] >= grid[int(np.argmin(wrong))]) != said[:, j])
    return [bool(value) for value in changed]


def unquoted(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r＝＋－＠" else cell


def _whole(cell: str) -> int | None:
    try:
        return int(float(cell))
    except ValueError:
        return None


def marks_in(cell: str) -> tuple[Mark, ...] | None:
    """Spans in a cell, as Label Studio's CSV and TSV write them; ``None`` where the cell holds none."""
    if not cell.lstrip().startswith("[{"):
        return None
    try:
        regions = json.loads(cell)
        return tuple(
            Mark(int(r["start"]), int(r["end"]), name, r.get("text"))
            for r in regions
            for name in r.get("labels") or r.get("choices") or ()
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
