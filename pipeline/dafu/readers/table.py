"""Rows of .jsonl, .csv and .parquet as documents, read as a stream."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import IO, Any, cast

from dafu.errors import InputError, nearest
from dafu.readers.columns import columns_of
from dafu.readers.text import guess_encoding
from dafu.records import Document, Problem

_TEXT_NAMES = ("text", "正文", "内容", "全文", "答复内容", "答复意见", "content", "body", "文本")
_ID_NAMES = ("id", "编号", "案号", "序号", "提案号", "文号", "letter_id")
#: How much of a table's beginning decides its encoding.
_SAMPLE = 1 << 20
#: A line beyond this length is no row of a table.
_LONGEST_LINE = 256 * 1024 * 1024


def is_jsonl(data: bytes) -> bool:
    """Whether the bytes begin like JSON lines, whatever the file is called."""
    return bool(re.match(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"", data[:200]))


def read_jsonl(
    file: IO[bytes], source: str, stem: str, text_column: str | None, id_column: str | None
) -> Iterator[Document | Problem]:
    """One document a line; a bad line is a problem of its own. Rows without an id are ``stem-line``.

    A file that is one JSON array of such objects is read too.

    Raises:
        InputError: the file is of no known encoding, or its compression is broken.
    """
    for number, row in _objects(file, source):
        if isinstance(row, Problem):
            yield row
            continue
        if not isinstance(row, dict):
            yield Problem(source, number, "这一行不是 JSON 对象。", '每行应形如 {"id": "…", "text": "…"}。')
            continue
        key = text_column or next((n for n in _TEXT_NAMES if n in row), None)
        if key is None or not isinstance(row.get(key), str):
            yield Problem(
                source,
                number,
                f"没有文字列“{key or 'text'}”;已有:{'、'.join(map(str, row))}。",
                "请用 --text-column 指定正文所在的列。",
            )
            continue
        id_key = id_column or next((n for n in _ID_NAMES if n in row), None)
        if id_column and id_column not in row:
            yield Problem(
                source,
                number,
                f"没有编号列“{id_column}”;已有:{'、'.join(map(str, row))}。",
                "请检查 --id-column。",
            )
            continue
        id = row.get(id_key) if id_key else None
        yield Document(
            str(id) if id is not None else f"{stem}-{number}",
            row[key],
            f"{source}:{number}",
            meta=_row_meta(row, key),
        )


def _row_meta(row: dict[str, Any], text_key: str) -> dict[str, str]:
    """What a row says of its letter, also in an object ``meta`` as dafu's own rows have it."""
    names, cells = tuple(row), list(row.values())
    inner = row.get("meta")
    if isinstance(inner, dict):
        names, cells = (*names, *inner), [*cells, *inner.values()]
    return columns_of(names, names.index(text_key)).meta(cells)


def _objects(file: IO[bytes], source: str) -> Iterator[tuple[int, Any]]:
    """The JSON values of a file with their line (or place in the array); a problem where a line is none."""
    lines = _lines(file, source)
    for number, (line, sound) in enumerate(lines, 1):
        if not line.strip():
            continue
        if number == 1 and line.lstrip().startswith("["):
            try:
                rows = json.loads(line + "".join(rest for rest, _ in lines))
            except (json.JSONDecodeError, RecursionError) as error:
                reason = getattr(error, "msg", "嵌套过深")
                raise InputError(source, f"不是有效的 JSON({reason})。", "请检查文件是否完整。") from error
            yield from enumerate(rows, 1)
            return
        if not sound:
            yield number, Problem(source, number, "这一行的文字编码有误。", "请把文件另存为 UTF-8。")
            continue
        try:
            yield number, json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            reason = getattr(error, "msg", "嵌套过深")
            yield (
                number,
                Problem(
                    source, number, f"这一行不是有效的 JSON({reason})。", "请检查这一行的引号、逗号与括号。"
                ),
            )


def _lines(file: IO[bytes], source: str) -> Iterator[tuple[str, bool]]:
    """The lines of a table, and whether each was sound in the file's encoding; the file is not kept in memory.

    The file's beginning decides the encoding.
    """
    try:
        sample = file.read(_SAMPLE)
        encoding = guess_encoding(sample, source)
        reader = io.BufferedReader(_Chained(sample, file), 1 << 20)
        if encoding.startswith(("utf-16", "utf-32")):
            text = io.TextIOWrapper(reader, encoding=encoding, errors="replace", newline="\n")
            for line in text:
                yield line.removeprefix("\ufeff"), "\ufffd" not in line
            return
        mark = codecs.BOM_UTF8
        while raw := reader.readline(_LONGEST_LINE):
            try:
                yield raw.removeprefix(mark).decode(encoding), True
            except UnicodeDecodeError:
                yield raw.decode(encoding, "replace"), False
            mark = b""
    except (EOFError, OSError, zlib.error) as error:
        raise InputError(
            source, f"文件读到一半出错({str(error)[:80]})。", "请检查压缩文件是否完整;已读出的行不受影响。"
        ) from error


class _Chained(io.RawIOBase):
    """What was read of a file already, and then the rest of it."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        if len(self._head):
            count = min(len(view), len(self._head))
            view[:count] = self._head[:count]
            self._head = self._head[count:]
            return count
        data = self._rest.read(len(view))
        view[: len(data)] = data
        return len(data)


def read_csv(
    file: IO[bytes], source: str, stem: str, text_column: str | None, id_column: str | None
) -> Iterator[Document | Problem]:
    """One document a row; the first row holds the column names.

    Raises:
        InputError: no such column, or the file is no table.
    """
    csv.field_size_limit(2**31 - 1)
    lines = (line.replace("\x00", "") for line, _ in _lines(file, source))
    first = next(lines, "")
    reader = csv.reader(_again(first, lines), dialect=_dialect(first))
    try:
        header = next(reader, None)
        if not header:
            raise InputError(source, "表格是空的。", "第一行应为列名。")
        at, id_at = _columns(header, source, text_column, id_column)
        columns = columns_of(tuple(header), at)
        for row in reader:
            number = reader.line_num
            if not any(row):
                continue
            if len(row) <= at:
                yield Problem(
                    source,
                    number,
                    f"这一行只有 {len(row)} 列,没有“{header[at]}”列。",
                    "请检查这一行的引号与逗号。",
                )
                continue
            id = row[id_at] if id_at is not None and len(row) > id_at and row[id_at] else f"{stem}-{number}"
            yield Document(id, row[at], f"{source}:{number}", meta=columns.meta(row))
    except csv.Error as error:
        raise bad_csv(source, error, reader.line_num) from error


def bad_csv(source: str, error: csv.Error, line: int) -> InputError:
    """The error of a table that is no CSV from some line on."""
    return InputError(
        source, f"不是有效的 CSV({error})。", "请在 Excel 中另存为“CSV UTF-8(逗号分隔)”。", line=line
    )


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _dialect(first_line: str) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = "\t" if "\t" in first_line and "," not in first_line else ","

    return Found


def read_parquet(
    file: IO[bytes], source: str, stem: str, text_column: str | None, id_column: str | None
) -> Iterator[Document | Problem]:
    """One document a row, read in batches.

    Raises:
        InputError: not a Parquet file, or no such column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as opened:
            header = opened.schema_arrow.names
            at, id_at = _columns(header, source, text_column, id_column)
            names = [header[at]] + ([header[id_at]] if id_at is not None else [])
            fields = [header[place] for place in columns_of(tuple(header), at).places]
            fields = [name for name in fields if header.count(name) == 1]
            columns = columns_of(tuple(fields), -1)
            wanted = list(dict.fromkeys([*names, *fields]))
            number = 0
            for batch in opened.iter_batches(batch_size=1024, columns=wanted):
                own = [place for place, name in enumerate(batch.schema.names) if name in names]
                said = [_cells(batch.column(name)) for name in fields]
                for place, row in enumerate(batch.select(own).to_pylist()):
                    number += 1
                    text: Any = row[names[0]]
                    if not isinstance(text, str):
                        yield Problem(source, number, f"“{names[0]}”列为空或不是文字。", "请检查这一行。")
                        continue
                    id = row[names[1]] if len(names) > 1 else None
                    yield Document(
                        str(id) if id is not None else f"{stem}-{number}",
                        text,
                        f"{source}:{number}",
                        meta=columns.meta([cells[place] for cells in said]),
                    )
    except (pa.ArrowInvalid, pa.ArrowIOError, OSError) as error:
        raise InputError(
            source, f"不是可读的 Parquet 文件({str(error).splitlines()[0][:120]})。", "请重新导出该文件。"
        ) from error


def _cells(column: Any) -> list[Any]:
    """The cells of an Arrow column; dates and times as text, since Python has no years beyond 9999 and no
    nanoseconds. What cannot be read is empty."""
    import pyarrow as pa

    try:
        if pa.types.is_temporal(column.type):
            return cast(list[Any], column.cast(pa.string()).to_pylist())
        return cast(list[Any], column.to_pylist())
    except (pa.ArrowException, ValueError, OverflowError):
        return [None] * len(column)


def _columns(
    header: Sequence[str], source: str, text_column: str | None, id_column: str | None
) -> tuple[int, int | None]:
    def find(wanted: str | None, usual: Sequence[str], option: str) -> int | None:
        if wanted is None:
            return next((header.index(name) for name in usual if name in header), None)
        if wanted not in header:
            raise InputError(
                source,
                f"没有“{wanted}”列({nearest(wanted, header)});已有:{'、'.join(header)}。",
                f"请检查 {option}。",
            )
        return header.index(wanted)

    at = find(text_column, _TEXT_NAMES, "--text-column")
    if at is None:
        raise InputError(
            source, f"找不到正文所在的列;已有:{'、'.join(header)}。", "请用 --text-column 指定。"
        )
    return at, find(id_column, _ID_NAMES, "--id-column")
