"""CSV that Excel opens as it is: UTF-8 with a byte order mark, no cell that is taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from dafu.records import Label, Problem, TaggedLetter
from dafu.tables import PROBLEM_COLUMNS, Level, problem_row, table_of
from dafu.writers.base import WholeFile, neutral


class CsvWriter:
    """One table as CSV. Problems go to a file beside it."""

    def __init__(self, path: Path, labels: Sequence[Label], level: Level) -> None:
        self._table = table_of(level, labels)
        self._number = 0
        self._file = WholeFile(path)
        self._out = self._file.aside.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._out)
        self._csv.writerow([name for name, _, _ in self._table.columns])
        self._problems = ProblemFile(path)

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
        if self._path is None:
            return
        if not self._rows:
            self._path.unlink(missing_ok=True)  # of an earlier run
            return
        whole = WholeFile(self._path)
        with whole.aside.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([name for name, _, _ in PROBLEM_COLUMNS])
            writer.writerows([neutral(cell) for cell in problem_row(problem)] for problem in self._rows)
        whole.commit()
