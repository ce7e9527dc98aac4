"""doccano: JSON lines of text classification and of sequence labelling, as versions 1.0 to 1.8 write them.

``{"id", "text", "label": ["A"], …}`` or ``"label": [[0, 4, "A"]]``, with the user's own fields beside them;
projects with relations write ``"entities": [{"label", "start_offset", "end_offset"}]``, older versions
``"labels"`` or ``"annotations"``. Who labelled stands in the name of the file inside the exported archive.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dafu.errors import InputError
from dafu.exchange.base import CARRIED, ImportOptions, Mark, Piece, Tally
from dafu.exchange.carry import issuer_of, letter_id, pack, place_of, unpack
from dafu.exchange.items import Item
from dafu.exchange.names import LabelNames, shown, written


def read_example(
    row: Mapping[str, Any],
    source: str,
    line: int | None,
    names: LabelNames,
    options: ImportOptions,
    tally: Tally,
) -> Iterator[Piece]:
    """One exported example."""
    carried = unpack(row, row.get("meta"))
    beside = {k: v for k, v in row.items() if k != "id"}  # "id" is doccano's running number
    place = place_of(carried, letter_id(beside, row.get("meta")))
    given: Any = next(
        (row[key] for key in ("label", "labels", "entities", "annotations", "cats") if key in row), []
    )
    labels: tuple[str, ...] | None = None
    marks: tuple[Mark, ...] | None = None
    if isinstance(given, str):
        labels = written(given, names)
    elif given and isinstance(given[0], dict):
        marks = tuple(_entity(entity) for entity in given if isinstance(entity.get("label"), str))
        if not marks:
            raise InputError(
                source, "标签是编号,不是名称。", "请在 doccano 中选择带标签名称的 JSONL 格式导出。", line=line
            )
    elif given and isinstance(given[0], list):
        marks = tuple(Mark(int(start), int(end), str(label)) for start, end, label in given)
    elif "entities" in row or (carried and carried.get("kind") == "spans"):
        marks = ()
    else:
        labels = tuple(str(name) for name in given)
    if carried is not None and carried.get("todo") and not labels and not marks:
        labels = marks = None
        tally.notes["not labelled"] += 1
    yield Piece(
        row["text"],
        source,
        line,
        labels=labels,
        marks=marks,
        meta=issuer_of(beside, row.get("meta")),
        **place,
    )


def _entity(entity: Mapping[str, Any]) -> Mark:
    start = entity["start_offset"] if "start_offset" in entity else entity["start"]
    end = entity["end_offset"] if "end_offset" in entity else entity["end"]
    return Mark(int(start), int(end), entity["label"])


def write_labels(items: Iterable[Item]) -> Iterator[str]:
    """Lines for a text classification project: one a sentence or paragraph."""
    for item in items:
        given = item.labels if item.labels is not None else item.suggested
        label = [] if given is None else shown(given)
        yield json.dumps(
            {"text": item.text, "label": label, CARRIED: pack(item.carried())}, ensure_ascii=False
        )


def write_spans(items: Iterable[Item]) -> Iterator[str]:
    """Lines for a sequence labelling project: one a letter."""
    for item in items:
        label = [[start, end, shown([name])[0]] for start, end, name in item.marks]
        yield json.dumps(
            {"text": item.text, "label": label, CARRIED: pack({**item.carried(), "kind": "spans"})},
            ensure_ascii=False,
        )
