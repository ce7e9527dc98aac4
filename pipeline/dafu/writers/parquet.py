"""Parquet: one table, typed columns, written in row groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from dafu.records import Label, Problem, TaggedLetter
from dafu.tables import Level, Row, table_of
from dafu.writers.base import WholeFile, clean
from dafu.writers.delimited import ProblemFile

_GROUP = 50_000


class ParquetWriter:
    """One table as Parquet. Problems go to a CSV file beside it."""

    def __init__(self, path: Path, labels: Sequence[Label], level: Level) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._pa = pa
        self._table = table_of(level, labels)
        self._number = 0
        types: dict[type, Any] = {str: pa.string(), int: pa.int64(), float: pa.float64(), date: pa.date32()}
        self._schema = pa.schema([(name, types[kind]) for name, kind, _ in self._table.columns])
        self._file = WholeFile(path)
        self._out = pq.ParquetWriter(self._file.aside, self._schema, compression="zstd")
        self._rows: list[Row] = []
        self._problems = ProblemFile(path)

    def write(self, tagged: TaggedLetter) -> None:
        for row in self._table.rows(tagged):
            if self._table.numbered:
                self._number += 1
                row = (self._number, *row[1:])
            self._rows.append(row)
        if len(self._rows) >= _GROUP:
            self._flush()

    def problem(self, problem: Problem) -> None:
        self._problems.add(problem)

    def _flush(self) -> None:
        if self._rows:
            columns = [[clean(cell) for cell in column] for column in zip(*self._rows, strict=True)]
            arrays = [
                self._pa.array(column, field.type)
                for column, field in zip(columns, self._schema, strict=True)
            ]
            self._out.write_table(self._pa.Table.from_arrays(arrays, schema=self._schema))
            self._rows = []

    def close(self) -> None:
        self._flush()
        self._out.close()
        self._file.commit()
        self._problems.close()

    def abort(self) -> None:
        self._out.close()
        self._file.discard()
