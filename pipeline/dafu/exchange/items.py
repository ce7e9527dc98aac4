"""Labelled letters as the items that people see in a tool: letters, or the paragraphs and sentences of letters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dafu.exchange.base import Unit
from dafu.exchange.rows import letter_of, seen_of
from dafu.records import KIND_NAMES, SECTION_NAMES, Label, Letter

Mark = tuple[int, int, Label]


@dataclass(frozen=True, slots=True)
class Item:
    """Something to see or to label. ``labels`` is ``None`` where nobody labelled it (or where ``marks`` do).

    ``start`` and ``end`` are its place in the letter; ``marks`` are labelled spans, relative to it.
    ``suggested`` is the model's answer for an item to be labelled; ``section`` and ``kind`` say where in the
    letter it stands, ``heading`` under which heading. ``letter`` holds what must travel to put the letter
    together again: its text and meta with its first item, what was looked at with the whole letter.
    """

    id: str
    annotator: str | None
    unit: Unit
    start: int
    end: int
    text: str
    labels: tuple[Label, ...] | None = None
    marks: tuple[Mark, ...] = ()
    suggested: tuple[Label, ...] | None = None
    paragraph: int = 0
    section: str = ""
    kind: str = ""
    heading: str = ""
    todo: bool = False
    letter: Mapping[str, Any] | None = None

    def carried(self) -> dict[str, Any]:
        """What an export carries along beside text and labels."""
        found: dict[str, Any] = {"id": self.id, "unit": self.unit}
        if self.annotator:
            found["annotator"] = self.annotator
        if self.unit != "letter":
            found |= {"start": self.start, "end": self.end}
        if self.todo:
            found["todo"] = True
        return found | dict(self.letter or {})


def items_of(rows: Iterable[Mapping[str, Any]], form: Literal["units", "letters"]) -> Iterator[Item]:
    """The items of rows: whole letters, or the units that carry labels.

    A row with a ``queue`` gives what is to be labelled, in the unit that the queue has; a row of which nobody
    looked at anything gives all its sentences to be labelled.
    """
    for row in rows:
        yield from _letter(row) if form == "letters" and "queue" not in row else _units(row, form)


def _annotator(row: Mapping[str, Any]) -> str | None:
    value = row.get("meta", {}).get("annotator")
    return str(value) if value else None


def _letter(row: Mapping[str, Any]) -> Iterator[Item]:
    letter = letter_of(row)
    seen = seen_of(row, letter)
    carried: dict[str, Any] = {"meta": dict(row.get("meta", {}))}
    if len(seen) != len(letter.sentences):
        carried["seen"] = [list(span) for span in sorted(seen)]
    if row.get("paragraphs"):
        carried["paragraphs"] = row["paragraphs"]
    yield Item(
        str(row["id"]),
        _annotator(row),
        "letter",
        0,
        len(row["text"]),
        row["text"],
        marks=tuple((s["start"], s["end"], s["label"]) for s in row.get("spans", ())),
        todo=not seen and not row.get("paragraphs"),
        letter=carried,
    )


#: (start, end, unit, labels or ``None``, what the queue suggests)
_Entry = tuple[int, int, Unit, tuple[Label, ...] | None, Mapping[str, Any]]


def _sentences_of(letter: Letter, entry: Mapping[str, Any]) -> list[_Entry]:
    """A letter of the queue as its sentences: a table has no row for a letter with labels of its parts."""
    units: list[_Entry] = []
    for s in letter.sentences:
        suggested: dict[str, Any] = {}
        if "marks" in entry:
            suggested["labels"] = [label for start, _, label in entry["marks"] if start == s.start]
        units.append((s.start, s.end, "sentence", None, suggested))
    return units


def _units(row: Mapping[str, Any], form: str) -> Iterator[Item]:
    letter = letter_of(row)
    text = row["text"]
    seen = seen_of(row, letter)
    queue = row.get("queue")
    given: dict[tuple[int, int], list[Label]] = {span: [] for span in seen}
    for span in row.get("spans", ()):
        given[span["start"], span["end"]].append(span["label"])
    units: list[_Entry] = [
        (p["start"], p["end"], "paragraph", tuple(p["labels"]), {}) for p in row.get("paragraphs", ())
    ]
    units += [(start, end, "sentence", tuple(own), {}) for (start, end), own in given.items()]
    if queue is not None and queue["unit"] == "letter" and form == "units":
        units += _sentences_of(letter, queue["items"][0])
    elif queue is not None:
        units += [(entry["start"], entry["end"], queue["unit"], None, entry) for entry in queue["items"]]
    elif not units:
        units = [(s.start, s.end, "sentence", None, {}) for s in letter.sentences]
    starts = [p.start for p in letter.paragraphs]
    first = True
    for start, end, unit, labels, entry in sorted(units, key=lambda u: (u[0], -u[1])):
        index = max(0, bisect_right(starts, start) - 1)
        paragraph = letter.paragraphs[index]
        heading = paragraph.heading
        marks = [(s - start, e - start, label) for s, e, label in entry.get("marks", ())]
        yield Item(
            str(row["id"]),
            _annotator(row),
            unit,
            start,
            end,
            text[start:end],
            labels=labels,
            marks=tuple(marks),
            suggested=tuple(entry["labels"]) if "labels" in entry else None,
            paragraph=index + 1,
            section=SECTION_NAMES[paragraph.section] if unit != "letter" else "",
            kind=KIND_NAMES[paragraph.kind] if unit != "letter" else "",
            heading=text[letter.paragraphs[heading].start : letter.paragraphs[heading].end]
            if heading is not None
            else "",
            todo=labels is None,
            letter={"text": text, "meta": dict(row.get("meta", {}))} if first else None,
        )
        first = False
