"""Prodigy and spaCy: JSON lines with ``spans``, ``accept`` (choices), ``cats``, or one ``label`` a question.

Only answers ``accept`` are labels; a rejected binary question says that the label does not apply.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dafu.exchange.base import CARRIED, ImportOptions, Mark, Piece, Tally
from dafu.exchange.carry import issuer_of, letter_id, pack, place_of, unpack
from dafu.exchange.items import Item
from dafu.exchange.names import LabelNames, shown
from dafu.records import OTHER


def read_example(
    row: Mapping[str, Any],
    source: str,
    line: int | None,
    names: LabelNames,
    options: ImportOptions,
    tally: Tally,
) -> Iterator[Piece]:
    """One example. A binary answer is a piece whose only label is ``label=yes`` or ``label=no``."""
    carried = unpack(row, row.get("meta"))
    own = {k: v for k, v in row.items() if k != "id"}
    place = place_of(carried, letter_id(row.get("meta"), own))
    annotator = row.get("_annotator_id") or row.get("_session_id")
    labels: tuple[str, ...] | None = None
    marks: tuple[Mark, ...] | None = None
    answer = row.get("answer")
    if answer in ("ignore", "reject") and not (answer == "reject" and _binary(row)):
        tally.notes["not accepted"] += 1
        return
    if carried and carried.get("todo") and answer is None:
        tally.notes["not labelled"] += 1
    elif "cats" in row:
        labels = tuple(name for name, value in row["cats"].items() if float(value) >= 0.5) or (OTHER,)
    elif "accept" in row or "options" in row:
        labels = tuple(str(name) for name in row.get("accept") or ()) or (OTHER,)
    elif _binary(row):
        labels = (f"{names.resolve(row['label'])}={'no' if answer == 'reject' else 'yes'}",)
    else:
        marks = tuple(Mark(int(s["start"]), int(s["end"]), s["label"]) for s in row.get("spans") or ())
    yield Piece(
        row["text"],
        source,
        line,
        labels=labels,
        marks=marks,
        meta=issuer_of(row.get("meta"), own),
        **{**place, "annotator": (str(annotator) if annotator else None) or place.get("annotator")},
    )


def _binary(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("label"), str) and not row.get("accept") and not row.get("options")


def joined_answers(pieces: Iterable[Piece], names: LabelNames, tally: Tally) -> Iterator[Piece]:
    """Binary answers about the same text joined into its label set; other pieces as they are.

    A text of which not all labels were asked has no known label set, and is reported.
    """
    asked: dict[tuple[str, str | None, str | None], list[Piece]] = {}
    for piece in pieces:
        if piece.labels and len(piece.labels) == 1 and piece.labels[0].partition("=")[2] in ("yes", "no"):
            asked.setdefault((piece.text, piece.id, piece.annotator), []).append(piece)
        else:
            yield piece
    for members in asked.values():
        answers = dict((p.labels or ("",))[0].split("=") for p in members)
        first = members[0]
        missing = [label for label in names.labels if label not in answers]
        if missing:
            tally.problem(
                first.source,
                first.line,
                f"这段文字没有问到标签 {'、'.join(missing)},不知道它是否适用:“{first.text[:30]}”。",
                "请对每个标签都提问,或用多选(choice)方式标注。",
            )
            continue
        yield Piece(
            first.text,
            first.source,
            first.line,
            labels=tuple(label for label, answer in answers.items() if answer == "yes") or (OTHER,),
            id=first.id,
            annotator=first.annotator,
            meta=first.meta,
        )


def write_examples(items: Iterable[Item], labels: Iterable[str]) -> Iterator[str]:
    """Lines for ``spans.manual`` (letters) or ``choice`` (paragraphs and sentences)."""
    options = [{"id": label, "text": shown([label])[0]} for label in labels]
    for item in items:
        row: dict[str, Any] = {"text": item.text, "meta": {"id": item.id}}
        if item.unit == "letter" or (item.labels is None and item.marks):
            row["spans"] = [{"start": s, "end": e, "label": label} for s, e, label in item.marks]
        else:
            given = item.labels if item.labels is not None else item.suggested
            row |= {"options": options, "accept": list(given or ())}
        row[CARRIED] = pack(item.carried())
        if not item.todo:
            row["answer"] = "accept"
        if item.annotator:
            row["_annotator_id"] = item.annotator
        yield json.dumps(row, ensure_ascii=False)
