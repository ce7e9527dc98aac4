"""Parquet: one table, typed columns, written in row groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from dafu.records import Label, Problem, TaggedLetter
from dafu.tables import Level, Row, Table, table_of
from dafu.writers.base import WholeFile, cannot_write, clean
from dafu.writers.delimited import ProblemFile

_GROUP = 50_000
#: Rows that are held as Python objects before they become columns.
_HELD = 4_000


class ParquetWriter:
    """One table as Parquet. Problems go to a CSV file beside it.

    A ``part`` of a larger output leaves the running number open.
    """

    def __init__(self, path: Path, labels: Sequence[Label], level: Level, *, part: bool = False) -> None:
        import pyarrow.parquet as pq

        self._table = table_of(level, labels)
        self._number: int | None = None if part else 0
        self._schema = schema_of(self._table)
        self._file = WholeFile(path)
        self._out = pq.ParquetWriter(self._file.aside, self._schema, compression="zstd")
        self._rows: list[Row] = []
        self._batches: list[Any] = []
        self._waiting = 0
        self._problems = ProblemFile(None if part else path)

    def write(self, tagged: TaggedLetter) -> None:
        if self._table.numbered and self._number is not None:
            for row in self._table.rows(tagged):
                self._number += 1
                self._rows.append((self._number, *row[1:]))
        else:
            self._rows.extend(self._table.rows(tagged))
        if len(self._rows) >= _HELD:
            self._convert()

    def problem(self, problem: Problem) -> None:
        self._problems.add(problem)

    def _convert(self) -> None:
        """Rows to columns; columns to the file where there are enough for a row group."""
        import pyarrow as pa

        if self._rows:
            arrays = [
                _array(column, field.type)
                for column, field in zip(zip(*self._rows, strict=True), self._schema, strict=True)
            ]
            self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
            self._waiting += len(self._rows)
            self._rows = []
        if self._waiting >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._batches:
            self._out.write_table(pa.Table.from_batches(self._batches, self._schema))
            self._batches, self._waiting = [], 0

    def close(self) -> None:
        self._convert()
        self._flush()
        self._out.close()
        self._file.commit()
        self._problems.close()

    def abort(self) -> None:
        self._out.close()
        self._file.discard()


def schema_of(table: Table) -> Any:
    """The Arrow schema of a table."""
    import pyarrow as pa

    types: dict[type, Any] = {str: pa.string(), int: pa.int64(), float: pa.float64(), date: pa.date32()}
    return pa.schema([(name, types[kind]) for name, kind, _ in table.columns])


def _array(column: Sequence[Any], type: Any) -> Any:
    import pyarrow as pa

    try:
        return pa.array(column, type)
    except UnicodeEncodeError:  # a lone surrogate somewhere: rare enough to look only then
        return pa.array([clean(cell) for cell in column], type)


def join_parquet(parts: Iterable[Path], out: Path, labels: Sequence[Label], level: Level) -> None:
    """Join Parquet files of one table, in order, in row groups of one size.

    Raises:
        OutputError: it cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = table_of(level, labels)
    schema = schema_of(table)
    whole = WholeFile(out)
    number = 1
    held: list[Any] = []
    waiting = 0
    try:
        with pq.ParquetWriter(whole.aside, schema, compression="zstd") as joined:
            for part in parts:
                with pq.ParquetFile(part) as file:
                    for batch in file.iter_batches(_GROUP):
                        if table.numbered:
                            column = pa.array(range(number, number + len(batch)), pa.int64())
                            batch = batch.set_column(0, schema.field(0), column)
                            number += len(batch)
                        while waiting + len(batch) >= _GROUP:
                            held.append(batch.slice(0, _GROUP - waiting))
                            batch = batch.slice(_GROUP - waiting)
                            joined.write_table(pa.Table.from_batches(held, schema))
                            held, waiting = [], 0
                        if len(batch):
                            held.append(batch)
                            waiting += len(batch)
            if held:
                joined.write_table(pa.Table.from_batches(held, schema))
    except OSError as error:
        whole.discard()
        raise cannot_write(out, error) from error
    except BaseException:
        whole.discard()
        raise
    whole.commit()
