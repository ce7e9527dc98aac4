"""Tagged letters to files. A file appears whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dafu.errors import OutputError, nearest
from dafu.records import Label
from dafu.tables import Level, table_of
from dafu.writers.base import Writer
from dafu.writers.delimited import CsvWriter
from dafu.writers.html import HtmlWriter
from dafu.writers.jsonl import JsonlWriter, letter_row
from dafu.writers.parquet import ParquetWriter
from dafu.writers.xlsx import XlsxWriter

SUFFIXES = (".jsonl", ".csv", ".xlsx", ".parquet", ".html")

__all__ = [
    "SUFFIXES",
    "CsvWriter",
    "HtmlWriter",
    "JsonlWriter",
    "ParquetWriter",
    "Writer",
    "XlsxWriter",
    "letter_row",
    "open_writer",
]


def open_writer(out: str, labels: Sequence[Label], *, level: Level = "sentence") -> Writer:
    """The writer for an output name, by its suffix; ``-`` is JSON lines on standard output.

    Raises:
        OutputError: unknown suffix, or a folder that does not exist.
    """
    if out == "-":
        return JsonlWriter(None)
    path = Path(out)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise OutputError(
            f"{out}: 不认识的输出格式“{suffix}”({nearest(suffix, SUFFIXES)})。可用:{' '.join(SUFFIXES)}"
        )
    if path.is_dir():
        raise OutputError(f"{out}: 已有同名目录,请换一个文件名。")
    if not path.absolute().parent.is_dir():
        raise OutputError(f"{out}: 目录 {path.absolute().parent} 不存在,请先建立。")
    if suffix == ".jsonl":
        return JsonlWriter(path)
    if suffix == ".csv":
        return CsvWriter(path, labels, level)
    if suffix == ".xlsx":
        alone = None if level in ("sentence", "paragraph", "letter") else [table_of(level, labels)]
        return XlsxWriter(path, labels, alone)
    if suffix == ".html":
        return HtmlWriter(path)
    return ParquetWriter(path, labels, level)
