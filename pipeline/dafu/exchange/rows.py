"""Rows of labelled letters: their normal form, and what somebody looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dafu.folding import fold
from dafu.letter import parse_folded
from dafu.records import Label, Letter
from dafu.selection import Candidate

Row = dict[str, Any]
Span = tuple[int, int]


def letter_of(row: Mapping[str, Any]) -> Letter:
    """The letter of a row, cut into paragraphs and sentences."""
    return parse_folded(row["text"], fold(row["text"]), id=str(row["id"]))


def seen_of(row: Mapping[str, Any], letter: Letter) -> set[Span]:
    """The sentences that somebody looked at: those named, those with a label, all where the row names none."""
    sentences = {(s.start, s.end) for s in letter.sentences}
    if "seen" in row:
        seen = {(int(a), int(b)) for a, b in row["seen"]} & sentences
    else:
        seen = set() if row.get("paragraphs") else set(sentences)
    return seen | ({(s["start"], s["end"]) for s in row.get("spans", ())} & sentences)


def make_row(
    letter: Letter,
    given: Mapping[Span, Iterable[Label]],
    bags: Mapping[Span, Iterable[Label]],
    meta: Mapping[str, Any],
    labels: Sequence[Label],
) -> Row:
    """A row in its normal form.

    ``given`` has the label set of every sentence that was looked at (empty: none applies), ``bags`` that of
    every paragraph labelled as a whole.
    """
    order = {label: i for i, label in enumerate(labels)}
    row: Row = {"id": letter.id, "text": letter.text, "meta": dict(meta), "spans": []}
    for (start, end), own in sorted(given.items()):
        row["spans"] += [
            {"start": start, "end": end, "label": label} for label in sorted(set(own), key=order.__getitem__)
        ]
    if bags:
        row["paragraphs"] = [
            {"start": start, "end": end, "labels": sorted(set(own), key=order.__getitem__)}
            for (start, end), own in sorted(bags.items())
        ]
    everything = {(s.start, s.end) for s in letter.sentences}
    if set(given) != (set() if bags else everything):
        row["seen"] = [list(span) for span in sorted(given)]
    return row


def normal(row: Mapping[str, Any], labels: Sequence[Label]) -> Row:
    """The same row in its normal form: spans, paragraphs and ``seen`` in order, ``seen`` only where it says something."""
    letter = letter_of(row)
    given: dict[Span, set[Label]] = {span: set() for span in seen_of(row, letter)}
    for span in row.get("spans", ()):
        given.setdefault((span["start"], span["end"]), set()).add(span["label"])
    bags = {(p["start"], p["end"]): p["labels"] for p in row.get("paragraphs", ())}
    return make_row(letter, given, bags, row.get("meta", {}), labels)


def given_of(row: Mapping[str, Any]) -> dict[tuple[int, int, str], frozenset[Label]]:
    """The label set of each sentence that was looked at and of each labelled paragraph, by (start, end, unit)."""
    letter = letter_of(row)
    found: dict[tuple[int, int, str], set[Label]] = {
        (start, end, "sentence"): set() for start, end in seen_of(row, letter)
    }
    for span in row.get("spans", ()):
        found[span["start"], span["end"], "sentence"].add(span["label"])
    for bag in row.get("paragraphs", ()):
        found[bag["start"], bag["end"], "paragraph"] = set(bag["labels"])
    return {place: frozenset(labels) for place, labels in sorted(found.items())}


def queue_rows(chosen: Sequence[Candidate], unit: str, prefill: bool) -> list[Row]:
    """Unlabelled letters with what is to be labelled under ``queue``, in the order of the queue."""
    rows: dict[str, Row] = {}
    for candidate in chosen:
        document = candidate.letter
        row = rows.setdefault(
            document.id,
            {
                "id": document.id,
                "text": document.text,
                "meta": dict(document.meta),
                "spans": [],
                "seen": [],
                "queue": {"unit": unit, "items": []},
            },
        )
        entry: dict[str, Any] = {"start": candidate.start, "end": candidate.end}
        if prefill:
            entry["labels"] = sorted({label for own in candidate.labels for label in own})
            entry["marks"] = [
                [start, end, label]
                for (start, end), own in zip(candidate.spans, candidate.labels, strict=True)
                for label in own
            ]
        row["queue"]["items"].append(entry)
    return list(rows.values())
