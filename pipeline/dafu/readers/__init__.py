"""Files, folders and globs to documents. What cannot be read becomes a problem; the run goes on."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dafu.errors import InputError
from dafu.readers.table import read_csv, read_jsonl, read_parquet
from dafu.readers.text import decode
from dafu.records import Document, Problem

#: Suffixes that a folder is searched for.
SUFFIXES = (".txt", ".jsonl", ".csv", ".parquet")
STDIN = "-"


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
            yield from _guarded("<stdin>", sys.stdin.buffer.read(), None, options)
            continue
        path = Path(name)
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            if not files:
                yield Problem(name, None, "目录中没有可读的文件。", f"可读的格式:{' '.join(SUFFIXES)}")
            for file in files:
                yield from _read_file(file, str(file.relative_to(path).with_suffix("")), options)
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


def _read_file(path: Path, id: str, options: ReadOptions) -> Iterator[Document | Problem]:
    source = str(path)
    if path.is_dir():
        yield Problem(source, None, "这是目录,不是文件。", "请去掉通配符,直接给出目录。")
        return
    if path.suffix.lower() == ".parquet":
        yield from _caught(source, read_parquet(path, source, options.text_column, options.id_column))
        return
    try:
        data = path.read_bytes()
    except OSError as error:
        yield Problem(source, None, f"无法打开:{error.strerror}。", "请检查文件权限,或文件是否被占用。")
        return
    yield from _guarded(source, data, id, options)


def _guarded(source: str, data: bytes, id: str | None, options: ReadOptions) -> Iterator[Document | Problem]:
    suffix = Path(source).suffix.lower()
    try:
        text = decode(data, source)
    except InputError as error:
        yield Problem(source, error.line, error.reason, error.remedy)
        return
    if suffix == ".jsonl" or (id is None and text.lstrip().startswith("{")):
        yield from _caught(source, read_jsonl(text, source, options.text_column, options.id_column))
    elif suffix == ".csv":
        yield from _caught(source, read_csv(text, source, options.text_column, options.id_column))
    else:
        yield Document(id or "stdin", text, source)


def _caught(source: str, items: Iterator[Document | Problem]) -> Iterator[Document | Problem]:
    try:
        yield from items
    except InputError as error:
        yield Problem(error.source, error.line, error.reason, error.remedy)
