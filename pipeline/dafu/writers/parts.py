"""Part files: what the shards of a run write, and how they are joined to one file."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

from dafu.records import Label, TaggedLetter
from dafu.tables import Level, table_of
from dafu.writers.base import WholeFile, Writer, cannot_write
from dafu.writers.delimited import CsvWriter
from dafu.writers.jsonl import JsonlWriter
from dafu.writers.parquet import ParquetWriter, join_parquet

Format = Literal["jsonl", "csv", "parquet"]
#: The tables of a folder of Parquet files, by the name of their subfolder.
FOLDERS: dict[str, Level] = {
    "sentences": "sentence",
    "paragraphs": "paragraph",
    "letters": "letter",
    "figures": "figures",
    "commitments": "commitments",
    "measures": "measures",
}


@dataclass(frozen=True, slots=True)
class Form:
    """What a run writes: a format, and the tables as (subfolder, level)."""

    format: Format
    tables: tuple[tuple[str, Level], ...]


def form_of(out: Path, level: Level, only_labels: bool) -> Form | None:
    """The form of an output that is written in parts: a folder (no suffix), .jsonl, .csv or .parquet."""
    suffix = out.suffix.lower()
    if not suffix:
        names = [
            name for name in FOLDERS if not only_labels or name in ("sentences", "paragraphs", "letters")
        ]
        return Form("parquet", tuple((name, FOLDERS[name]) for name in names))
    if suffix in (".jsonl", ".csv", ".parquet"):
        kind: Format = {".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet"}[suffix]  # type: ignore[assignment]
        return Form(kind, (("part", level),))
    return None


class PartWriter:
    """The part files of one shard, a file a table. They appear whole, at :meth:`close`."""

    def __init__(self, form: Form, folder: Path, name: str, labels: Sequence[Label]) -> None:
        self._paths = {table: part_path(form, folder, table, name) for table, _ in form.tables}
        self._writers: list[Writer] = []
        try:
            for table, level in form.tables:
                path = self._paths[table]
                path.parent.mkdir(exist_ok=True)
                self._writers.append(_writer(form.format, path, labels, level))
        except OSError as error:
            raise cannot_write(folder, error) from error

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            for writer in self._writers:
                writer.abort()
            if isinstance(error, OSError):
                raise cannot_write(next(iter(self._paths.values())).parent, error) from error

    def write(self, tagged: TaggedLetter) -> None:
        """Add a letter to every table."""
        for writer in self._writers:
            writer.write(tagged)

    def close(self) -> dict[str, int]:
        """Let the files appear; returns their sizes in bytes by table."""
        for writer in self._writers:
            writer.close()
        return {table: path.stat().st_size for table, path in self._paths.items()}


def part_path(form: Form, folder: Path, table: str, name: str) -> Path:
    """Where a shard's part of a table lies."""
    return folder / table / f"{name}.{form.format}"


def _writer(format: Format, path: Path, labels: Sequence[Label], level: Level) -> Writer:
    if format == "jsonl":
        return JsonlWriter(path, problems=False)
    if format == "csv":
        return CsvWriter(path, labels, level, part=True)
    return ParquetWriter(path, labels, level, part=True)


def join(form: Form, parts: Iterable[Path], out: Path, labels: Sequence[Label]) -> None:
    """Join the parts of a run's only table to one file, in order.

    Raises:
        OutputError: it cannot be written.
    """
    ((_, level),) = form.tables
    if form.format == "parquet":
        join_parquet(parts, out, labels, level)
        return
    whole = WholeFile(out)
    try:
        if form.format == "jsonl":
            with whole.aside.open("wb") as joined:
                for part in parts:
                    with part.open("rb") as file:
                        shutil.copyfileobj(file, joined, 1 << 20)
        else:
            _join_csv(parts, whole.aside, labels, level)
    except OSError as error:
        whole.discard()
        raise cannot_write(out, error) from error
    except BaseException:
        whole.discard()
        raise
    whole.commit()


def _join_csv(parts: Iterable[Path], aside: Path, labels: Sequence[Label], level: Level) -> None:
    table = table_of(level, labels)
    with aside.open("w", encoding="utf-8-sig", newline="") as joined:
        writer = csv.writer(joined)
        writer.writerow([name for name, _, _ in table.columns])
        number = 0
        for part in parts:
            with part.open(encoding="utf-8", newline="") as file:
                if not table.numbered:
                    shutil.copyfileobj(file, joined, 1 << 20)
                    continue
                for row in csv.reader(file):
                    number += 1
                    writer.writerow([number, *row[1:]])
