"""Files, folders and globs to documents. What cannot be read becomes a problem; the run goes on."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dafu.errors import InputError
from dafu.readers.document import MAX_FILE, read_document
from dafu.readers.sniff import SUFFIXES, sniff
from dafu.readers.table import is_jsonl, read_csv, read_jsonl, read_parquet
from dafu.readers.text import decode
from dafu.records import Document, Problem

__all__ = ["MAX_FILE", "STDIN", "SUFFIXES", "ReadOptions", "read_document", "read_documents"]

STDIN = "-"
#: Files that are read as tables, row by row, however large.
_TABLES = (".jsonl", ".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Columns of tables that hold the text and the id; ``None`` means: find them by their usual names."""

    text_column: str | None = None
    id_column: str | None = None


def read_documents(inputs: Sequence[str], options: ReadOptions | None = None) -> Iterator[Document | Problem]:
    """All documents of files, folders (searched in depth), globs and ``-`` (standard input), in order.

    Ids are unique over the run: a second document of the same id becomes a problem.
    """
    options = options or ReadOptions()
    seen: dict[str, str] = {}
    for item in _read_all(inputs, options):
        if isinstance(item, Problem):
            yield item
        elif item.id in seen:
            yield Problem(
                item.source,
                None,
                f"编号“{item.id}”重复,前一份在 {seen[item.id]}。",
                "请给每份文件不同的编号,或用 --id-column 指定编号列。",
            )
        elif not item.text.strip("\ufeff\x00 \t\r\n\u3000\xa0"):
            yield Problem(
                item.source, None, f"“{item.id}”没有文字。", "请检查文件是否为空,或是否为无文字层的扫描件。"
            )
        else:
            seen[item.id] = item.source
            yield item


def _read_all(inputs: Sequence[str], options: ReadOptions) -> Iterator[Document | Problem]:
    for name in inputs:
        if name == STDIN:
            yield from _read_bytes(sys.stdin.buffer.read(), "<stdin>", "stdin", options)
            continue
        path = Path(name)
        if path.is_dir():
            yield from _read_folder(path, options)
        elif path.exists():
            yield from _read_file(path, path.stem, options)
        elif glob.has_magic(name):
            found = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 (absolute patterns too)
            if not found:
                yield Problem(name, None, "没有匹配的文件。", "请检查路径与通配符。")
            for match in found:
                yield from _read_file(Path(match), Path(match).stem, options)
        else:
            yield Problem(name, None, "找不到文件或目录。", "请检查路径是否正确。")


def _read_folder(folder: Path, options: ReadOptions) -> Iterator[Document | Problem]:
    """The files of a folder with a known suffix, and those without any suffix: pages that a crawler named by their
    address. Hidden files are left out, also the lock files (``~$``) of Word.

    Files that differ in nothing but their suffix (``1.doc`` beside ``1.pdf``) keep it in their ids.
    """
    files = sorted(
        path for path in folder.rglob("*") if _is_wanted(path.relative_to(folder)) and path.is_file()
    )
    if not files:
        yield Problem(str(folder), None, "目录中没有可读的文件。", f"可读的格式:{' '.join(SUFFIXES)}")
    names = [path.relative_to(folder) for path in files]
    plain = [str(_bare(name)) for name in names]
    counts: dict[str, int] = {}
    for id in plain:
        counts[id] = counts.get(id, 0) + 1
    for path, name, id in zip(files, names, plain, strict=True):
        yield from _read_file(path, id if counts[id] == 1 else str(name), options)


def _is_wanted(name: Path) -> bool:
    if any(part.startswith((".", "~$")) for part in name.parts):
        return False
    return name.suffix.lower() in SUFFIXES or name.suffix == ""


def _bare(name: Path) -> Path:
    return name.with_suffix("") if name.suffix.lower() in SUFFIXES else name


def _read_file(path: Path, id: str, options: ReadOptions) -> Iterator[Document | Problem]:
    source = str(path)
    if path.is_dir():
        yield Problem(source, None, "这是目录,不是文件。", "请去掉通配符,直接给出目录。")
        return
    try:
        if path.suffix.lower() not in _TABLES and path.stat().st_size > MAX_FILE:
            yield Problem(
                source,
                None,
                f"文件过大({path.stat().st_size >> 20} MB,上限 {MAX_FILE >> 20} MB)。",
                "一份答复函不会这样大:请拆分,或把多封信放进 .jsonl、.csv 或 .parquet 表格。",
            )
            return
        with path.open("rb") as file:
            if file.read(4) == b"PAR1":
                yield from _caught(source, read_parquet(path, source, options.text_column, options.id_column))
                return
        data = path.read_bytes()
    except OSError as error:
        yield Problem(source, None, f"无法打开:{error.strerror}。", "请检查文件权限,或文件是否被占用。")
        return
    yield from _read_bytes(data, source, id, options)


def _read_bytes(data: bytes, source: str, id: str, options: ReadOptions) -> Iterator[Document | Problem]:
    """A table's rows, or the one document that the bytes are."""
    suffix = Path(source).suffix.lower()
    try:
        if (suffix in _TABLES or is_jsonl(data)) and _is_plain(data, suffix):
            text = decode(data, source)
            if suffix == ".csv":
                yield from _caught(source, read_csv(text, source, options.text_column, options.id_column))
            elif suffix == ".parquet":
                raise InputError(source, "不是可读的 Parquet 文件。", "请重新导出该文件。")
            else:
                yield from _caught(source, read_jsonl(text, source, options.text_column, options.id_column))
            return
        yield read_document(data, source, id)
    except InputError as error:
        yield Problem(error.source, error.line, error.reason, error.remedy)


def _is_plain(data: bytes, suffix: str) -> bool:
    """Whether a file named like a table may be one: cells may hold pages, but a page begins with a tag."""
    if suffix == ".jsonl":
        return True
    kind = sniff(data)
    return kind == "text" or (
        kind == "html" and not data[:64].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    )


def _caught(source: str, items: Iterator[Document | Problem]) -> Iterator[Document | Problem]:
    try:
        yield from items
    except InputError as error:
        yield Problem(error.source, error.line, error.reason, error.remedy)
