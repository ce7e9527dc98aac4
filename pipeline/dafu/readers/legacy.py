"""Letters in the formats of old word processors (.doc, .wps, RTF), by LibreOffice where it is installed.

LibreOffice is started headless, once a file, with a profile of its own in a temporary folder: no macros, no
linked content, a time limit, and no network where the system lets a process give it up. RTF is read without it: the
file itself holds each automatic number as text, which LibreOffice replaces by a number of its own that is not always
the same.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from dafu.errors import InputError
from dafu.readers.assemble import Piece, assemble, close_number
from dafu.readers.docx import read_docx
from dafu.records import Extracted

#: Seconds for one file; a letter takes two, most of them for starting.
TIMEOUT: Final = 60
MAX_BYTES: Final = 64 * 2**20
#: RTF letters have some tens of kilobytes, more only with pictures.
MAX_RTF_BYTES: Final = 8 * 2**20

_OLE: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PROGRAMS: Final = ("soffice", "libreoffice")
_PLACES: Final = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
)
_CONVERT: Final = "请用 WPS 或 Word 另存为 .docx 再试;或安装 LibreOffice,装好后本程序会自动转换。"
_SECURITY: Final = "/org.openoffice.Office.Common/Security/Scripting"
_SETTINGS: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    + "".join(
        f'<item oor:path="{_SECURITY}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for name, value in (
            ("MacroSecurityLevel", "3"),
            ("DisableMacrosExecution", "true"),
            ("DisableActiveContent", "true"),
            ("BlockUntrustedRefererLinks", "true"),
        )
    )
    + "</oor:items>"
)


def read_legacy(data: bytes, source: str) -> Extracted:
    """The text of a ``.doc``, ``.wps`` or RTF file, one line a paragraph.

    Raises:
        InputError: no such document, LibreOffice is missing or fails or takes too long, a password.
    """
    if data.lstrip()[:5] == b"{\\rtf":
        return read_rtf(data, source)
    if not data.startswith(_OLE):
        raise InputError(source, "不是 .doc、.wps 或 RTF 文档。", _CONVERT)
    if len(data) > MAX_BYTES:
        raise InputError(source, f"文件超过 {MAX_BYTES // 2**20} MB。", "请删去图片后再试。")
    if _ENCRYPTED in data:
        raise InputError(source, "文档设有打开密码。", "请在 WPS 或 Word 中取消密码后另存再试。")
    program = find_libreoffice()
    if program is None:
        raise InputError(source, "旧版 Word/WPS 文档需要 LibreOffice 才能读取,本机没有安装。", _CONVERT)
    return read_docx(_converted(program, data, source), source)


def find_libreoffice() -> str | None:
    """The path of LibreOffice's program, ``None`` where it is not installed."""
    found = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    return found or next((path for path in _PLACES if Path(path).is_file()), None)


def _converted(program: str, data: bytes, source: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="dafu-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        given = folder / "letter.doc"
        given.write_bytes(data)
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        command = [
            *_without_network(),
            program,
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--nofirststartwizard",
            f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(folder / "out"),
            str(given),
        ]
        _run(command, folder, source)
        made = folder / "out" / "letter.docx"
        if not made.is_file():
            raise InputError(source, "LibreOffice 无法转换这份文档(可能设有密码或已损坏)。", _CONVERT)
        if made.stat().st_size > MAX_BYTES:
            raise InputError(source, "文档转换后过大。", _CONVERT)
        return made.read_bytes()


def _run(command: list[str], folder: Path, source: str) -> None:
    """Runs a program to its end or to the time limit; nothing that it started outlives the limit."""
    environment = {**os.environ, "HOME": str(folder), "SAL_USE_VCLPLUGIN": "svp"}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        raise InputError(source, f"无法启动 LibreOffice({error.strerror})。", _CONVERT) from error
    try:
        process.wait(timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise InputError(source, f"LibreOffice 转换超过 {TIMEOUT} 秒。", _CONVERT) from error
    finally:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:  # pragma: no cover (Windows)
            process.kill()
        process.wait()


@functools.lru_cache(maxsize=1)
def _without_network() -> tuple[str, ...]:
    """A prefix that takes the network from a command, empty where the system does not allow that."""
    program = shutil.which("unshare")
    if program is None:
        return ()
    prefix = (program, "--map-root-user", "--net", "--")
    try:
        tried = subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return prefix if tried.returncode == 0 else ()


def read_rtf(data: bytes, source: str) -> Extracted:
    """The text of an RTF file: headers, footers and pictures left out, automatic numbers kept.

    Raises:
        InputError: too large, damaged, or without text.
    """
    from striprtf.striprtf import rtf_to_text

    if len(data) > MAX_RTF_BYTES:
        raise InputError(source, f"RTF 文件超过 {MAX_RTF_BYTES // 2**20} MB。", "请删去图片后再试。")
    try:
        text = str(rtf_to_text(_characters(data), encoding="cp936", errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, KeyError, IndexError, LookupError, OverflowError, RecursionError, TypeError) as error:
        raise InputError(
            source, "RTF 文件已损坏,无法读取。", "请用 WPS 或 Word 另存为 .docx 再试。"
        ) from error
    # characters beyond the first plane are written as two halves
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\x00", "")
    pieces = [
        Piece(_plain(line), None, f"p {at}") for at, line in enumerate(re.split(r"[\r\n\x0b\x0c]", text), 1)
    ]
    if not any(piece.text.strip() for piece in pieces):
        raise InputError(source, "RTF 文件里没有文字。", "请检查文件是否为空或只有图片。")
    return assemble(pieces)


def _characters(data: bytes) -> str:
    """RTF is ASCII, but some programs write Chinese bare, in the code page or in UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _plain(line: str) -> str:
    """A row's cells parted by tabs, an automatic number without the tab behind it.

    >>> _plain("索引号|A01|"), _plain(" （一）\\t完善规划")
    ('索引号\\tA01', '（一）完善规划')
    """
    line = line.strip()
    if line.endswith("|"):
        return "\t".join(cell for cell in line.split("|") if cell.strip())
    return close_number(line)
