"""CSV that Excel opens as it is: UTF-8 with a byte order mark, no cell that is taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from dafu.records import Label, Problem, TaggedLetter
from dafu.tables import PROBLEM_COLUMNS, Level, problem_row, table_of
from dafu.writers.base import WholeFile, neutral


class CsvWriter:
    """One table as CSV. Problems go to a file beside it.

    A ``part`` of a larger file has neither header nor byte order mark.
    """

    def __init__(self, path: Path, labels: Sequence[Label], level: Level, *, part: bool = False) -> None:
        self._table = table_of(level, labels)
        self._number = 0
        self._file = WholeFile(path)
        self._out = self._file.aside.open("w", encoding="utf-8" if part else "utf-8-sig", newline="")
        self._csv = csv.writer(self._out)
        if not part:
            self._csv.writerow([name for name, _, _ in self._table.columns])
        self._problems = ProblemFile(None if part else path)

    def write(self, tagged: TaggedLetter) -> None:
        for row in self._table.rows(tagged):
            if self._table.numbered:
                self._number += 1
                row = (self._number, *row[1:])
            self._csv.writerow([neutral(cell) for cell in row])

    def problem(self, problem: Problem) -> None:
        self._problems.add(problem)

    def close(self) -> None:
        self._out.close()
        self._file.commit()
        self._problems.close()

    def abort(self) -> None:
        self._out.close()
        self._file.discard()


class ProblemFile:
    """The problems of a run as ``NAME.problems.csv`` beside its output; no file where there were none."""

    def __init__(self, beside: Path | None) -> None:
        self._path = beside.with_suffix(".problems.csv") if beside else None
        self._rows: list[Problem] = []

    def add(self, problem: Problem) -> None:
        self._rows.append(problem)

    def close(self) -> None:
        if self._path:
            write_problems(self._rows, self._path)


def write_problems(problems: Iterable[Problem], path: Path) -> None:
    """A table of problems as CSV; no file where there are none (one of an earlier run is removed)."""
    rows = iter(problems)
    first = next(rows, None)
    if first is None:
        path.unlink(missing_ok=True)
        return
    whole = WholeFile(path)
    with whole.aside.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([name for name, _, _ in PROBLEM_COLUMNS])
        writer.writerows([neutral(cell) for cell in problem_row(problem)] for problem in chain([first], rows))
    whole.commit()
