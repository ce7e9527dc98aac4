"""What the command is given, to a stream of items: files to be read, rows of tables, problems.

Listing is kept apart from reading, so that millions of files are listed by one process and read by many.
"""

from __future__ import annotations

import glob
import gzip
import io
import os
import stat
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from dafu.errors import InputError
from dafu.readers.document import MAX_FILE
from dafu.readers.sniff import SUFFIXES, sniff
from dafu.readers.table import is_jsonl, read_csv, read_jsonl, read_parquet
from dafu.records import Document, Problem

STDIN = "-"
#: Members and unpacked bytes at which an archive is taken for a bomb.
MAX_MEMBERS = 5_000_000
MAX_RATIO = 200
_TABLES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_PACKED = (".gz", ".zst")
_KNOWN = frozenset((*SUFFIXES, *_TABLES, *_ARCHIVES, ".gz", ".zst"))
#: How much of a file tells what it is.
_BEGINNING = 4096


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Columns of tables that hold the text and the id; ``None`` means: find them by their usual names."""

    text_column: str | None = None
    id_column: str | None = None


@dataclass(frozen=True, slots=True)
class FileItem:
    """A document in a file of its own, which whoever works on it reads.

    ``path`` is a path or an address that fsspec opens; ``stamp`` changes when the file does. ``base`` is the folder
    that a relative path starts from, where whoever reads it may stand elsewhere; it is no part of the source.
    """

    path: str
    id: str
    size: int
    stamp: str
    base: str = ""

    @property
    def source(self) -> str:
        """The path: a file is its own source."""
        return self.path

    def read(self) -> bytes:
        """The file's bytes.

        Raises:
            InputError: it cannot be opened or is too large.
        """
        if self.size > MAX_FILE:
            raise InputError(
                self.path,
                f"文件有 {self.size >> 20} MB,超过单份文件的上限 {MAX_FILE >> 20} MB。",
                "请拆分后再处理。",
            )
        with _opened(self.path, self.base) as file:
            return bytes(file.read())


@dataclass(frozen=True, slots=True)
class BytesItem:
    """A document whose bytes are at hand: a member of an archive, or standard input."""

    source: str
    id: str
    data: bytes

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self.data)

    def read(self) -> bytes:
        """Its bytes."""
        return self.data


Item = FileItem | BytesItem | Document | Problem


def list_items(inputs: Sequence[str], options: ReadOptions | None = None) -> Iterator[Item]:
    """The items of files, folders (searched in depth), globs, archives, addresses and ``-``, in order.

    The order depends on names alone, so that two runs over the same input see the same.
    """
    options = options or ReadOptions()
    for name in inputs:
        if name == STDIN:
            yield from _from_stdin(options)
        elif "://" in name:
            yield from _from_address(name, options)
        elif Path(name).is_dir():
            yield from _from_folder(Path(name), options)
        elif Path(name).exists():
            yield from _from_file(name, Path(name).stem, options)
        elif glob.has_magic(name):
            found = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 (absolute patterns too)
            if not found:
                yield Problem(name, None, "没有匹配的文件。", "请检查路径与通配符。")
            for match in found:
                yield from _from_file(match, Path(match).stem, options)
        else:
            yield Problem(name, None, "找不到文件或目录。", "请检查路径是否正确。")


def input_size(inputs: Sequence[str]) -> int | None:
    """Bytes of all inputs, for a progress bar; ``None`` where that cannot be known beforehand."""
    total = 0
    for name in inputs:
        if name == STDIN or "://" in name:
            return None
        path = Path(name)
        try:
            if path.is_dir():
                total += sum(entry.stat().st_size for entry, _ in _walk(path))
            elif path.exists():
                total += path.stat().st_size
            else:
                total += sum(Path(p).stat().st_size for p in glob.glob(name, recursive=True))  # noqa: PTH207
        except OSError:
            return None
    return total


def _from_stdin(options: ReadOptions) -> Iterator[Item]:
    data = sys.stdin.buffer.read()
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield from _rows(io.BytesIO(data), "<stdin>", "stdin", ".jsonl", options)
    else:
        yield BytesItem("<stdin>", "stdin", data)


def _walk(folder: Path) -> Iterator[tuple[os.DirEntry[str], bool]]:
    """The files under a folder in the order of their names, and whether their names differ in nothing but the suffix.

    Files with a known suffix are wanted, and those without any: pages that a crawler named by their address. Hidden
    files, lock files of Word, links to folders and the pictures and styles of saved pages are left out.
    """
    try:
        with os.scandir(folder) as entries:
            found = sorted((e for e in entries if not _hidden(e.name)), key=lambda e: e.name)
    except OSError:
        return
    stems = Counter(_bare(e.name) for e in found if _wanted(e.name))
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.endswith(("_files", ".files")):
                yield from _walk(Path(entry.path))
        elif _wanted(entry.name) and entry.is_file():
            yield entry, stems[_bare(entry.name)] > 1


def _wanted(name: str) -> bool:
    suffix = PurePosixPath(name.lower().removesuffix(".gz").removesuffix(".zst")).suffix
    return suffix in _KNOWN or not suffix


def _bare(name: str) -> str:
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in _KNOWN else name


def _from_folder(folder: Path, options: ReadOptions) -> Iterator[Item]:
    empty = True
    for entry, ambiguous in _walk(folder):
        empty = False
        name = Path(entry.path).relative_to(folder).as_posix()
        id = name if ambiguous else name[: len(name) - len(entry.name)] + _bare(entry.name)
        yield from _from_file(entry.path, id, options, entry)
    if empty:
        yield Problem(str(folder), None, "目录中没有可读的文件。", f"可读的格式:{' '.join(SUFFIXES)}")


def _from_file(
    path: str, id: str, options: ReadOptions, entry: os.DirEntry[str] | None = None
) -> Iterator[Item]:
    try:
        status = entry.stat() if entry else Path(path).stat()
    except OSError as error:
        yield Problem(path, None, f"无法打开:{error.strerror}。", "请检查文件权限,或文件是否被占用。")
        return
    if stat.S_ISDIR(status.st_mode):
        yield Problem(path, None, "这是目录,不是文件。", "请去掉通配符,直接给出目录。")
    elif not stat.S_ISREG(status.st_mode):
        yield Problem(path, None, "不是普通文件。", "请给出文件或目录。")
    else:
        yield from _from_path(path, id, status.st_size, str(status.st_mtime_ns), options)


def _from_path(path: str, id: str, size: int, stamp: str, options: ReadOptions) -> Iterator[Item]:
    """The items of one file: its rows, its members, or itself."""
    name = path.lower()
    packed = next((s for s in _PACKED if name.endswith(s)), "")
    inner = name.removesuffix(packed)
    table = next((s for s in _TABLES if inner.endswith(s)), None)
    try:
        if not packed and "://" not in path and not name.endswith(_ARCHIVES):
            table = _told_by_contents(path, table)
        if table == ".parquet" and not packed:
            with _opened(path) as file:
                yield from _parquet(file, path, options)
        elif table:
            with _opened(path) as file, _unpacked(file, packed) as plain:
                yield from _rows(plain, path, PurePosixPath(id).name, table, options)
        elif name.endswith(_ARCHIVES):
            yield from _from_archive(path, size, options)
        else:
            yield FileItem(path, id, size, stamp)
    except InputError as error:
        yield Problem(error.source, error.line, error.reason, error.remedy)


def _told_by_contents(path: str, table: str | None) -> str | None:
    """What kind of table a file is, ``None`` for a document: contents count before the suffix.

    Suffixes of documents are believed without opening the file: whoever reads it finds out what it is.
    """
    suffix = PurePosixPath(path.lower()).suffix
    if table is None and suffix in SUFFIXES and suffix != ".txt":
        return None
    with _opened(path) as file:
        beginning = file.read(_BEGINNING)
    if beginning.startswith(b"PAR1"):
        return ".parquet"
    if table in (None, ".csv", ".tsv") and is_jsonl(beginning):
        return ".jsonl"
    if table in (".csv", ".tsv", ".json") and beginning.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return None  # a page that is called a table
    if table in (".csv", ".tsv") and sniff(beginning) not in ("text", "html"):
        return None
    return table


def _rows(file: IO[bytes], source: str, stem: str, table: str, options: ReadOptions) -> Iterator[Item]:
    if table in (".jsonl", ".ndjson", ".json"):
        yield from read_jsonl(file, source, stem, options.text_column, options.id_column)
    else:
        yield from read_csv(file, source, stem, options.text_column, options.id_column)


def _parquet(file: IO[bytes], source: str, options: ReadOptions) -> Iterator[Item]:
    stem = PurePosixPath(Path(source).as_posix()).stem
    yield from read_parquet(file, source, stem, options.text_column, options.id_column)


def _from_archive(path: str, size: int, options: ReadOptions) -> Iterator[Item]:
    """The members of an archive, one after the other, none of them written to disk.

    Links, folders and hidden files are passed over; names serve as ids and are never used as paths.
    """
    unpacked = 0
    count = 0
    with _opened(path) as file:
        try:
            for name, length, read in _members(file, path):
                count += 1
                unpacked += length
                if count > MAX_MEMBERS or unpacked > MAX_RATIO * size + MAX_FILE:
                    raise InputError(
                        path, "解压后的内容大得不合常理,已停止读取。", "请确认压缩包可靠,解压后再处理。"
                    )
                source = f"{path}!{name}"
                if length > MAX_FILE:
                    yield Problem(
                        source, None, f"文件超过单份文件的上限 {MAX_FILE >> 20} MB。", "请拆分后再处理。"
                    )
                    continue
                data = read()
                table = next((s for s in _TABLES if name.lower().endswith(s)), None)
                if table == ".parquet":
                    yield from _parquet(io.BytesIO(data), source, options)
                elif table:
                    yield from _rows(io.BytesIO(data), source, PurePosixPath(name).stem, table, options)
                else:
                    yield BytesItem(source, PurePosixPath(name).with_suffix("").as_posix(), data)
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, RuntimeError, ValueError) as error:
            encrypted = "encrypted" in str(error) or "password" in str(error)
            raise InputError(
                path,
                "压缩包设有密码,无法读取。" if encrypted else f"压缩包已损坏({str(error)[:80]})。",
                "请解压后再处理。" if encrypted else "请重新下载或重新打包;已读出的文件不受影响。",
            ) from error


def _members(file: IO[bytes], path: str) -> Iterator[tuple[str, int, Any]]:
    """Name, length and reading function of each regular member, in the order of the archive."""
    if path.lower().endswith(".zip"):
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                mode = info.external_attr >> 16
                if info.is_dir() or _hidden(info.filename) or (mode and stat.S_ISLNK(mode)):
                    continue
                yield (
                    _zip_name(info),
                    info.file_size,
                    lambda info=info: _bounded(archive.open(info), info.file_size),
                )
    else:
        with tarfile.open(fileobj=file, mode="r|*") as tar:
            for member in tar:
                if member.isreg() and not _hidden(member.name):
                    opened = tar.extractfile(member)
                    assert opened is not None
                    yield member.name, member.size, lambda o=opened, m=member: _bounded(o, m.size)


def _bounded(file: IO[bytes], length: int) -> bytes:
    """What a member holds, and no more than it says that it holds."""
    with file:
        return file.read(length)


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(part.startswith((".", "~$")) or part == "__MACOSX" for part in parts)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """A member's name; archives made on Chinese Windows hold GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _from_address(name: str, options: ReadOptions) -> Iterator[Item]:
    """Files behind an address that fsspec knows (``s3://bucket/folder``, ``memory://…``)."""
    try:
        import fsspec

        filesystem, root = fsspec.core.url_to_fs(name)
        if glob.has_magic(root):
            found = filesystem.glob(root, detail=True)
        elif filesystem.isdir(root):
            found = filesystem.find(root, detail=True)
        else:
            found = {root: filesystem.info(root)}
    except FileNotFoundError:
        yield Problem(name, None, "找不到文件或目录。", "请检查地址是否正确。")
        return
    except ImportError as error:
        yield Problem(
            name,
            None,
            f"缺少读取这类地址的程序库({error.name or error})。",
            "请安装:pip install fsspec s3fs",
        )
        return
    except Exception as error:  # each filesystem has exceptions of its own
        yield Problem(name, None, f"无法访问({str(error)[:120]})。", "请检查地址、网络与访问凭据。")
        return
    base = root.rstrip("/") + "/"
    for path in sorted(found):
        info = found[path]
        relative = path.removeprefix(base) if path.startswith(base) else PurePosixPath(path).name
        if info.get("type") == "directory" or _hidden(relative):
            continue
        stamp = str(info.get("ETag") or info.get("LastModified") or info.get("mtime") or info.get("created"))
        id = PurePosixPath(relative).with_suffix("").as_posix()
        address = filesystem.unstrip_protocol(path)
        yield from _from_path(address, id, int(info.get("size") or 0), stamp, options)


@contextmanager
def _opened(path: str, base: str = "") -> Iterator[IO[bytes]]:
    """A file or address, opened for reading; a relative path starts from ``base``.

    Raises:
        InputError: it cannot be opened.
    """
    opened: Any
    try:
        if "://" in path:
            import fsspec

            opened = fsspec.open(path, "rb").open()
        else:
            opened = Path(base, path).open("rb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise InputError(
            path, f"无法打开:{error.strerror or error}。", "请检查文件权限,或文件是否被占用。"
        ) from error
    with opened as file:
        yield file


@contextmanager
def _unpacked(file: IO[bytes], packed: str) -> Iterator[IO[bytes]]:
    """The contents of a compressed file, as they are read."""
    if packed == ".gz":
        with gzip.GzipFile(fileobj=file) as plain:
            yield plain  # type: ignore[misc]
    elif packed == ".zst":
        import pyarrow as pa

        with pa.CompressedInputStream(file, "zstd") as plain:
            yield plain
    else:
        yield file
