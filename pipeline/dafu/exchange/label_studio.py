"""Label Studio: its JSON export (tasks with annotations) and JSON-MIN (one flat object an annotation).

An annotation's ``result`` holds choices of the whole text (``type: choices``) and labelled spans (``labels``);
``completed_by`` is a user's number or an object with the e-mail. Skipped annotations (``was_cancelled``) and
predictions are no labels.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dafu.exchange.base import CARRIED, ImportOptions, Mark, Piece, Tally
from dafu.exchange.carry import TEXT_KEYS, issuer_of, letter_id, pack, place_of, unpack
from dafu.exchange.items import Item
from dafu.exchange.names import LabelNames, shown, written

_SPANS = ("labels", "hypertextlabels", "paragraphlabels")
_OWN_KEYS = frozenset(
    [
        "id",
        "annotator",
        "annotation_id",
        "created_at",
        "updated_at",
        "lead_time",
        "project",
        "agreement",
        "inner_id",
        "total_annotations",
    ]
)


def read_task(
    row: Mapping[str, Any],
    source: str,
    line: int | None,
    names: LabelNames,
    options: ImportOptions,
    tally: Tally,
) -> Iterator[Piece]:
    """The annotations of one task, a piece each."""
    data = row["data"]
    text = _text(data, options)
    carried = unpack(data, row.get("meta"))
    place = place_of(carried, letter_id(data) or (f"task-{row['id']}" if "id" in row else None))
    meta = issuer_of(data, row.get("meta"))
    annotations = row.get("annotations", row.get("completions")) or []
    done = 0
    for annotation in annotations:
        if annotation.get("was_cancelled"):
            tally.notes["cancelled"] += 1
            continue
        labels, marks = _result(annotation.get("result") or [])
        if labels is None and not marks and carried and carried.get("unit") in ("sentence", "paragraph"):
            labels, marks = (), None
        done += 1
        yield Piece(
            text,
            source,
            line,
            labels=labels,
            marks=marks,
            meta=meta,
            **{**place, "annotator": _user(annotation.get("completed_by")) or place.get("annotator")},
        )
    if not done:
        tally.notes["not labelled"] += 1
        if carried:
            yield Piece(text, source, line, meta=meta, **place)


def _text(data: Mapping[str, Any], options: ImportOptions) -> str:
    keys = (options.columns.text,) if options.columns.text else TEXT_KEYS
    for key in keys:
        if isinstance(data.get(key), str):
            return str(data[key])
    strings = [v for k, v in data.items() if isinstance(v, str) and k != CARRIED]
    if not strings:
        raise KeyError("text")
    return max(strings, key=len)


def _user(completed_by: Any) -> str | None:
    if isinstance(completed_by, Mapping):
        completed_by = completed_by.get("email") or completed_by.get("username") or completed_by.get("id")
    return None if completed_by in (None, "") else str(completed_by)


def _result(result: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...] | None, tuple[Mark, ...] | None]:
    labels: list[str] = []
    marks: list[Mark] = []
    whole = False
    for region in result:
        value = region.get("value") or {}
        kind = region.get("type", "")
        names = value.get("choices") if kind == "choices" else value.get(kind)
        if kind == "choices" and "start" not in value:
            whole = True
            labels += names or []
        elif kind in (*_SPANS, "choices") and names:
            offsets = value.get("globalOffsets") or value
            marks += [
                Mark(int(offsets["start"]), int(offsets["end"]), name, value.get("text")) for name in names
            ]
    return (tuple(labels) if whole else None), (None if whole and not marks else tuple(marks))


def read_minimal(
    row: Mapping[str, Any],
    source: str,
    line: int | None,
    names: LabelNames,
    options: ImportOptions,
    tally: Tally,
) -> Iterator[Piece]:
    """One annotation of a JSON-MIN export: a control's name is a key, its value a choice, choices or spans."""
    text = _text({k: v for k, v in row.items() if k not in _OWN_KEYS}, options)
    carried = unpack(row)
    own = {k: v for k, v in row.items() if k != "id"}
    place = place_of(carried, letter_id(own) or (f"task-{row['id']}" if "id" in row else None))
    labels: list[str] | None = None
    marks: list[Mark] | None = None
    for key, value in row.items():
        if key in _OWN_KEYS or key == CARRIED or value == text:
            continue
        if isinstance(value, Mapping) and "choices" in value:
            labels = [*(labels or []), *value["choices"]]
        elif isinstance(value, str) and value and all(names.knows(name) for name in written(value, names)):
            labels = [*(labels or []), *written(value, names)]
        elif isinstance(value, list) and all(isinstance(v, Mapping) and "start" in v for v in value):
            marks = marks or []
            for region in value:
                found: list[str] = next((region[kind] for kind in (*_SPANS, "choices") if kind in region), [])
                marks += [
                    Mark(int(region["start"]), int(region["end"]), name, region.get("text")) for name in found
                ]
    if labels is None and marks is None:
        marks = []
    yield Piece(
        text,
        source,
        line,
        labels=None if labels is None else tuple(labels),
        marks=None if marks is None else tuple(marks),
        meta=issuer_of(row),
        **{**place, "annotator": _user(row.get("annotator")) or place.get("annotator")},
    )


def write_tasks(items: Iterable[Item]) -> Iterator[str]:
    """Tasks to import, lines of one JSON array: spans on letters, choices on paragraphs and sentences.

    What the model suggests becomes a prediction, which Label Studio shows for correction.
    """
    yield "["
    for number, item in enumerate(items, 1):
        task: dict[str, Any] = {
            "id": number,
            "data": {"text": item.text, "letter_id": item.id, CARRIED: pack(item.carried())},
        }
        if item.heading:
            task["data"]["heading"] = item.heading
        done, suggested = item.labels, item.suggested
        if item.unit == "letter" or (done is None and item.marks):
            result = [_span(i, mark, item.text) for i, mark in enumerate(item.marks)]
            task["annotations"] = [] if item.todo else [_annotation(number, result)]
            if item.todo and item.marks:
                task["predictions"] = [{"model_version": "dafu", "result": result}]
        else:
            task["annotations"] = [] if done is None else [_annotation(number, [_choices(done)])]
            if done is None and suggested is not None:
                task["predictions"] = [{"model_version": "dafu", "result": [_choices(suggested)]}]
        yield ("" if number == 1 else ",") + json.dumps(task, ensure_ascii=False)
    yield "]"


def _annotation(number: int, result: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": number, "result": result, "was_cancelled": False, "ground_truth": False}


def _span(number: int, mark: tuple[int, int, str], text: str) -> dict[str, Any]:
    start, end, label = mark
    return {
        "id": f"s{number}",
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": start, "end": end, "text": text[start:end], "labels": shown([label])},
    }


def _choices(labels: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": "c0",
        "from_name": "labels",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": shown(labels)},
    }
