"""A small writer of OFD (GB/T 33190) for the tests and the benchmark: pages of lines at given places."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

NAMESPACE = "http://www.ofdspec.org/2016"
WIDTH, HEIGHT = 210.0, 297.0
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True)
class Run:
    """One text object: the left end of its baseline in mm from the top left corner, and its size in mm."""

    text: str
    x: float
    y: float
    size: float = 5.6
    extra: str = ""
    before: str = ""
    code: str | None = None


def advances(text: str, size: float) -> list[float]:
    return [size * (0.5 if c.isascii() else 1.0) for c in text]


def run_xml(run: Run, id: int) -> str:
    deltas = " ".join(f"{d:.3f}" for d in advances(run.text, run.size)[:-1])
    code = run.code or (
        f'<ofd:TextCode X="0" Y="{run.size:.3f}" DeltaX="{deltas}">{escape(run.text)}</ofd:TextCode>'
    )
    return (
        f'<ofd:TextObject ID="{id}" Boundary="{run.x:.3f} {run.y - run.size:.3f} '
        f'{sum(advances(run.text, run.size)):.3f} {run.size * 1.3:.3f}" Font="2" Size="{run.size:.3f}"'
        f"{run.extra}>{run.before}{code}</ofd:TextObject>"
    )


def page_xml(runs: Sequence[Run], *, template: int | None = None, images: int = 0) -> str:
    objects = "".join(run_xml(run, 100 + i) for i, run in enumerate(runs))
    objects += "".join(
        f'<ofd:ImageObject ID="{900 + i}" Boundary="0 0 210 297" ResourceID="9"/>' for i in range(images)
    )
    use = f'<ofd:Template TemplateID="{template}" ZOrder="Background"/>' if template is not None else ""
    return (
        f'{_HEAD}<ofd:Page xmlns:ofd="{NAMESPACE}">{use}<ofd:Area><ofd:PhysicalBox>0 0 {WIDTH} {HEIGHT}'
        f'</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="50">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def write_ofd(
    pages: Sequence[str],
    *,
    title: str = "",
    author: str = "",
    template: str | None = None,
    order: Sequence[int] | None = None,
) -> bytes:
    """An OFD file of page contents. ``order`` is the order of the pages in ``Document.xml``."""
    listed = "".join(
        f'<ofd:Page ID="{i + 10}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in order or range(len(pages))
    )
    templates = '<ofd:TemplatePage ID="7" BaseLoc="Tpls/Tpl_0/Content.xml"/>' if template else ""
    files = {
        "OFD.xml": (
            f'{_HEAD}<ofd:OFD xmlns:ofd="{NAMESPACE}" DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo>'
            f"<ofd:Title>{escape(title)}</ofd:Title><ofd:Author>{escape(author)}</ofd:Author></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
        ),
        "Doc_0/Document.xml": (
            f'{_HEAD}<ofd:Document xmlns:ofd="{NAMESPACE}"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 '
            f"{WIDTH} {HEIGHT}</ofd:PhysicalBox></ofd:PageArea>{templates}</ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
        ),
    }
    files |= {f"Doc_0/Pages/Page_{i}/Content.xml": page for i, page in enumerate(pages)}
    if template:
        files["Doc_0/Tpls/Tpl_0/Content.xml"] = template
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def lay_out(
    lines: Sequence[str],
    *,
    size: float = 5.6,
    columns: int = 28,
    rows: int = 22,
    left: float = 28.0,
    top: float = 40.0,
    pitch: float = 10.0,
    numbers: str = "— {} —",
    head: str = "",
    centred: int = 1,
) -> list[list[Run]]:
    """Paragraphs set as an official letter is: two characters of indent, ``columns`` to a line, ``rows`` to a
    page. The first ``centred`` lines are a title; a line that begins a letter's address is not indented."""
    limit = columns * size
    pages: list[list[Run]] = [[]]
    at = 0

    def put(text: str, x: float) -> None:
        nonlocal at
        if at >= rows:
            pages.append([])
            at = 0
        pages[-1].append(Run(text, x, top + at * pitch, size))
        at += 1

    for number, line in enumerate(lines):
        flush = number < centred or (line.endswith(("：", ":")) and len(line) < 30)
        room = limit - (0 if flush else 2 * size)
        x = left + (0 if flush else 2 * size)
        for piece in broken(line, size, room, limit):
            width = sum(advances(piece, size))
            put(piece, left + (limit - width) / 2 if number < centred else x)
            x = left
    for number, page in enumerate(pages, 1):
        if numbers:
            text = numbers.format(number, len(pages))
            page.append(Run(text, left + limit - 6 * size if number % 2 else left + size, 280.0, size * 0.9))
        if head:
            page.append(Run(head, left, 18.0, size * 0.6))
    return pages


def broken(line: str, size: float, first: float, rest: float) -> list[str]:
    """A paragraph broken as word processors do: no closing mark begins a line, no number is cut."""
    pieces: list[str] = []
    tokens: list[str] = []
    for c in line:
        glued = tokens and (
            c in "，。、；：！？）》”" or (c.isascii() and tokens[-1][-1].isascii() and not c.isspace())
        )
        if glued:
            tokens[-1] += c
        else:
            tokens.append(c)
    room, piece, used = first, "", 0.0
    for token in tokens:
        width = sum(advances(token, size))
        if piece and used + width > room + 1e-6:
            pieces.append(piece)
            piece, used, room = "", 0.0, rest
        piece += token
        used += width
    return [*pieces, piece]
