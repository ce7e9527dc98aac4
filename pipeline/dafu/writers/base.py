"""What all writers share: the protocol, writing aside and renaming, and cells that cannot do harm."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Protocol

from dafu.errors import OutputError
from dafu.records import Problem, TaggedLetter
from dafu.tables import Cell

#: What a spreadsheet takes for a formula at the start of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class Writer(Protocol):
    """Takes letters and problems in order. ``close`` makes the file appear; ``abort`` leaves no trace."""

    def write(self, tagged: TaggedLetter) -> None: ...

    def problem(self, problem: Problem) -> None: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The error of an output that cannot be written, in the user's words."""
    return OutputError(f"{path}: 无法写入({error.strerror})。请检查目录权限与磁盘空间。")


class WholeFile:
    """A path beside the wished one to write to; :meth:`commit` renames it, :meth:`discard` removes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            handle, name = tempfile.mkstemp(
                dir=path.absolute().parent, prefix=f".{path.name}.", suffix=".part"
            )
            os.close(handle)
        except OSError as error:
            raise cannot_write(path, error) from error
        self.aside = Path(name)

    def commit(self) -> None:
        try:
            self.aside.chmod(0o666 & ~_umask())
            self.aside.replace(self.path)
        except OSError as error:
            self.discard()
            raise OutputError(f"{self.path}: 无法写入({error.strerror})。文件是否正被 Excel 打开?") from error

    def discard(self) -> None:
        self.aside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def clean(cell: Cell) -> Cell:
    """A cell without characters that files in UTF-8 cannot hold (lone surrogates, NUL)."""
    if isinstance(cell, str):
        return (
            cell.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
            if not cell.isascii() or "\x00" in cell
            else cell
        )
    return cell


def neutral(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula: such text gets an apostrophe in front.

    >>> neutral("=1+1"), neutral("正文"), neutral(-3)
    ("'=1+1", '正文', -3)
    """
    cell = clean(cell)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
