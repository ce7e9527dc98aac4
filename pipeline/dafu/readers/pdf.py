"""PDF to text in a helper process that may be given up.

PDFium is native code, and a file of some kilobytes can keep it busy for hours (drawings that call each other) or
blow up its memory. A process of its own bounds both, and a crash costs one document instead of the run. The helper
is started once, reads one document after the other, and needs about a millisecond a document for the way there.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, Final

from dafu.errors import InputError
from dafu.readers.pdfium import read_here
from dafu.records import Extracted, Place

#: Seconds for one file. A letter takes some 20 ms, 1,000 pages take some 20 s.
TIMEOUT: Final = 60.0
#: Memory of the helper, where the system can limit it.
MAX_MEMORY: Final = 3 * 2**30
MAX_BYTES: Final = 256 * 2**20
#: Documents after which a new helper is started, so that no leak adds up.
_DOCUMENTS: Final = 1_000
_LENGTH: Final = 8
_REMEDY: Final = "请用 WPS 或 Adobe Acrobat 打开后另存(或“打印为 PDF”)再试。"


def read_pdf(data: bytes, source: str) -> Extracted:
    """The text of a PDF file, one line a paragraph, with the page of each.

    Raises:
        InputError: a password, damage, no text layer, a font without Unicode, or a file that takes too long, too
            much memory, or breaks the library that reads it.
    """
    if len(data) > MAX_BYTES:
        raise InputError(source, f"PDF 超过 {MAX_BYTES // 2**20} MB。", "请拆分或压缩图片后再试。")
    with _LOCK:
        helper = _helper()
        if helper is None:
            return read_here(data, source)
        answer = helper.ask(data, source)
    if "reason" in answer:
        raise InputError(source, answer["reason"], answer["remedy"])
    return Extracted(answer["text"], tuple(Place(*place) for place in answer["places"]), answer["meta"])


@dataclass(slots=True)
class _Helper:
    """A running helper process. Messages are their length and their bytes; answers are JSON."""

    process: subprocess.Popen[bytes]
    owner: int = field(default_factory=os.getpid)
    count: int = 0

    def ask(self, data: bytes, source: str) -> dict[str, Any]:
        to, back = self.process.stdin, self.process.stdout
        assert to is not None
        assert back is not None
        self.count += 1
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(TIMEOUT, give_up)
        timer.daemon = True
        timer.start()
        try:
            with contextlib.suppress(OSError):  # a helper that died is seen by its missing answer
                to.write(len(data).to_bytes(_LENGTH, "big") + data)
                to.flush()
            answer = back.read(int.from_bytes(back.read(_LENGTH), "big"))
        finally:
            timer.cancel()
        if answer and not late.is_set():
            return dict(json.loads(answer))
        self.close()
        reason = (
            f"PDF 处理超过 {TIMEOUT:g} 秒,已放弃。"
            if late.is_set()
            else "PDF 使解析程序崩溃或内存超限,已放弃。"
        )
        raise InputError(source, reason, _REMEDY)

    def close(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()


_LOCK: Final = threading.Lock()
_running: _Helper | None = None


def _helper() -> _Helper | None:
    """The helper of this process, started where there is none; ``None`` where no process can be started."""
    global _running
    if _running is not None and (
        _running.owner != os.getpid() or _running.process.poll() is not None or _running.count >= _DOCUMENTS
    ):
        if _running.owner == os.getpid():
            _running.close()
        _running = None
    if _running is None and sys.executable:
        with contextlib.suppress(OSError):
            _running = _Helper(
                subprocess.Popen(
                    [sys.executable, "-P", "-c", "from dafu.readers.pdf import serve; serve()"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                )
            )
    return _running


@atexit.register
def _close() -> None:
    global _running
    if _running is not None and _running.owner == os.getpid():
        _running.close()
    _running = None


def serve() -> None:
    """What the helper does: answers one document after the other until its input ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not mix with the answers
    _limit()
    while head := requests.read(_LENGTH):
        data = requests.read(int.from_bytes(head, "big"))
        try:
            found = read_here(data, "")
            answer: dict[str, Any] = {
                "text": found.text,
                "places": [(p.start, p.end, p.page, p.element) for p in found.places],
                "meta": dict(found.meta),
            }
        except InputError as error:
            answer = {"reason": error.reason, "remedy": error.remedy}
        message = json.dumps(answer).encode()
        answers.write(len(message).to_bytes(_LENGTH, "big") + message)
        answers.flush()


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for what, value in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (value, value))
