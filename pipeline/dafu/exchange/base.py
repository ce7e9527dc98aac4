"""What all exchange formats share: pieces of labelled text, options, and the tally of what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from dafu.records import Problem

Unit = Literal["sentence", "paragraph", "letter"]
#: The key under which an export carries what its format has no place for.
CARRIED = "dafu"


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled span inside a piece; ``quote`` is its text where the tool keeps it."""

    start: int
    end: int
    label: str
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One labelled text as a tool exports it: a sentence, a paragraph or a letter. Labels are as written.

    ``labels`` are of the whole text: ``None`` where the tool labels spans, empty where the cell is empty.
    ``marks`` are its labelled spans: ``None`` where the tool labels whole texts. ``start`` and ``end`` are its
    place in the letter ``id``. ``carried`` is what dafu's own export carried along.
    """

    text: str
    source: str
    line: int | None = None
    labels: tuple[str, ...] | None = None
    marks: tuple[Mark, ...] | None = None
    id: str | None = None
    annotator: str | None = None
    start: int | None = None
    end: int | None = None
    unit: Unit | None = None
    paragraph: int | None = None
    carried: Mapping[str, Any] | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of a table's columns; ``None`` means: find them by their usual names."""

    text: str | None = None
    id: str | None = None
    label: str | None = None
    annotator: str | None = None


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How labelled files are read.

    ``blank`` says what an empty label cell means: ``none`` (looked at, no label), ``unseen``, or ``auto``:
    ``unseen`` where the file names the absence of a label elsewhere (其他, 无), else ``none``. ``count`` says
    which sentences of a corrected workbook of ``dafu tag`` count as looked at: ``letters`` (all of the letters
    in which a label was changed), ``changed`` (only those), or ``all``.
    """

    columns: Columns = Columns()
    annotator: str | None = None
    by_file: bool = False
    blank: Literal["auto", "none", "unseen"] = "auto"
    count: Literal["letters", "changed", "all"] = "letters"


@dataclass(slots=True)
class Tally:
    """What a run did that its user should know: ``notes`` by kind, and the problems in order."""

    notes: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, source: str, line: int | None, reason: str, remedy: str) -> None:
        """Note something that was not taken over."""
        self.problems.append(Problem(source, line, reason, remedy))


def stem(source: str) -> str:
    """The name of a file without folder and suffix, as a prefix of ids."""
    return Path(source).stem or source
