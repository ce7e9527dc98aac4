"""OFD (GB/T 33190) to text: the layout format of Chinese official documents, a zip of XML pages.

A text object has its own coordinates (``Boundary`` moves them, ``CTM`` turns and scales them); each of its text
codes gives the characters with the distances between them. What stands on the page is brought to glyphs, and from
there on is read as a PDF is.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dafu.errors import InputError
from dafu.readers.archive_limits import Archive, Element, attribute, local
from dafu.readers.assemble import assemble, letterhead_issuer, sensible_title
from dafu.readers.letterhead import letterhead_of
from dafu.readers.lines import Glyph, Line, visual_lines, without_furniture
from dafu.readers.paragraphs import join_paragraphs
from dafu.records import Extracted

MAX_PAGES: Final = 2_000
MAX_GLYPHS: Final = 1_500_000
#: Share of characters without a meaning from which on a text is said to be unreadable.
MAX_UNREADABLE: Final = 0.2
_A4: Final = (210.0, 297.0)
_DEPTH: Final = 40
_TURN: Final = 3.0
_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Final[_Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_AGAIN: Final = "请重新下载,或用 OFD 阅读器打开后另存为 PDF 再试。"


def read_ofd(data: bytes, source: str) -> Extracted:
    """The text of an OFD file, one line a paragraph, with the page of each.

    Raises:
        InputError: encryption, damage, no text, characters without Unicode, or a container beyond the limits.
    """
    archive = Archive(data, source)
    root = archive.xml("OFD.xml")
    if root is None:
        raise InputError(source, "不是 OFD 文件(缺少 OFD.xml),或已加密。", _AGAIN)
    reader = _Reader(archive, source)
    meta: dict[str, str] = {}
    for body in (c for c in root if local(c) == "DocBody"):
        for item in body:
            if local(item) == "DocRoot" and item.text:
                reader.read_document(item.text.strip())
            elif local(item) == "DocInfo":
                meta = {**_info(item), **meta}
    if reader.unreadable > MAX_UNREADABLE * (reader.count + reader.unreadable):
        raise InputError(
            source,
            "OFD 的字体没有文字编码,取出的是乱码。",
            "请用原始的 Word/WPS 文件,或先做文字识别(OCR)。",
        )
    if not any(reader.pages):
        reason = "OFD 里只有图片,没有文字层。" if reader.pictures else "OFD 里没有文字。"
        raise InputError(source, reason, "若是扫描件,需要先做文字识别(OCR),再导入识别结果。")
    issuer = letterhead_of(reader.pages)
    if issuer:
        meta["issuer"] = issuer
    lines = without_furniture(reader.pages, [height for _, height in reader.sizes])
    return assemble(join_paragraphs(lines, max(width for width, _ in reader.sizes)), meta)


def _info(info: Element) -> dict[str, str]:
    """Title and issuer, where what stands there can be that of a letter (the author is mostly a person)."""
    values = {local(item): item.text or "" for item in info}
    found = {
        "title": sensible_title(values.get("Title")),
        "issuer": letterhead_issuer(values.get("Author", "")),
    }
    return {key: value for key, value in found.items() if value}


@dataclass(slots=True)
class _Reader:
    archive: Archive
    source: str
    pages: list[list[Line]] = field(default_factory=list)
    sizes: list[tuple[float, float]] = field(default_factory=list)
    count: int = 0
    unreadable: int = 0
    pictures: bool = False
    _templates: dict[str, str] = field(default_factory=dict)
    _drawn: dict[str, list[Glyph]] = field(default_factory=dict)

    def read_document(self, name: str) -> None:
        path = name.lstrip("/")
        document = self.archive.xml(path)
        if document is None:
            raise InputError(self.source, f"OFD 不完整(缺少“{path}”)。", _AGAIN)
        folder = posixpath.dirname(path)
        default = _A4
        entries: list[Element] = []
        for part in document:
            if local(part) == "CommonData":
                for item in part:
                    if local(item) == "PageArea":
                        default = _paper(item, default)
                    elif local(item) == "TemplatePage":
                        self._templates[attribute(item, "ID") or ""] = _path(folder, item)
            elif local(part) == "Pages":
                entries = [page for page in part if local(page) == "Page"]
        if len(self.pages) + len(entries) > MAX_PAGES:
            raise InputError(self.source, f"OFD 超过上限 {MAX_PAGES} 页。", "请拆分后再试。")
        for entry in entries:
            self._read_page(_path(folder, entry), default)

    def _read_page(self, path: str, default: tuple[float, float]) -> None:
        page = self.archive.xml(path)
        if page is None:
            raise InputError(self.source, f"OFD 不完整(缺少“{path}”)。", _AGAIN)
        size = default
        glyphs: list[Glyph] = []
        for part in page:
            kind = local(part)
            if kind == "Area":
                size = _paper(part, default)
            elif kind == "Content":
                glyphs += self._content(part)
            elif kind == "Template":
                # what a template prints is furniture on every page but the letterhead; repeated heads are dropped later
                glyphs += self._template(attribute(part, "TemplateID") or "")
        self.pages.append(visual_lines(glyphs, len(self.pages) + 1))
        self.sizes.append(size)

    def _count(self, glyphs: int) -> None:
        self.count += glyphs
        if self.count > MAX_GLYPHS:
            raise InputError(self.source, f"OFD 的文字超过上限({MAX_GLYPHS} 字)。", "请拆分后再试。")

    def _template(self, id: str) -> list[Glyph]:
        if id in self._drawn:
            self._count(len(self._drawn[id]))
        else:
            path = self._templates.get(id)
            root = None if path is None else self.archive.xml(path)
            self._drawn[id] = [
                glyph
                for item in (root if root is not None else ())
                if local(item) == "Content"
                for glyph in self._content(item)
            ]
        return self._drawn[id]

    def _content(self, element: Element, depth: int = 0) -> Iterator[Glyph]:
        """The glyphs of all layers and blocks, whatever their order: reading order comes from the geometry."""
        if depth > _DEPTH:
            return
        for item in element:
            kind = local(item)
            if kind == "TextObject":
                yield from self._text(item)
            elif kind == "ImageObject":
                self.pictures = True
            elif kind in ("Layer", "PageBlock", "CellContent"):
                yield from self._content(item, depth + 1)

    def _text(self, item: Element) -> Iterator[Glyph]:
        size = _numbers(attribute(item, "Size"))[:1]
        if not size or size[0] <= 0 or attribute(item, "Visible") in ("false", "0") or _faint(item):
            return
        boundary = [*_numbers(attribute(item, "Boundary")), 0.0, 0.0][:2]
        given = _numbers(attribute(item, "CTM"))
        matrix: _Matrix = (
            (given[0], given[1], given[2], given[3], given[4], given[5]) if len(given) == 6 else _IDENTITY
        )
        a, b, c, d, e, f = matrix
        turned = abs(math.degrees(math.atan2(b, a))) > _TURN
        scale = math.hypot(c, d)
        wide = (_numbers(attribute(item, "HScale")) or [1.0])[0]
        red = _red(item)
        x = y = 0.0
        for code in (child for child in item if local(child) == "TextCode"):
            x = (_numbers(attribute(code, "X")) or [x])[0]
            y = (_numbers(attribute(code, "Y")) or [y])[0]
            text = "".join(code.itertext()).strip("\r\n\t")
            across = _deltas(attribute(code, "DeltaX"), len(text))
            down = _deltas(attribute(code, "DeltaY"), len(text))
            at_x, at_y = x, y
            for index, character in enumerate(text):
                self._count(1)
                usual = size[0] * wide * (0.5 if character.isascii() else 1.0)
                if _unreadable(character):
                    self.unreadable += 1
                    self.count -= 1
                elif not turned:
                    left = a * at_x + c * at_y + e + boundary[0]
                    line = b * at_x + d * at_y + f + boundary[1]
                    step = across[index] if index < len(across) else usual
                    # the distance to the next character may hold a space: no glyph is wider than usual
                    width = min(step, usual) if step > 0 else usual
                    yield Glyph(character, left, left + a * width, line, size[0] * scale, red)
                at_x += across[index] if index < len(across) else (0.0 if down else usual)
                at_y += down[index] if index < len(down) else 0.0


def _path(folder: str, item: Element) -> str:
    location = (attribute(item, "BaseLoc") or "").strip()
    return location.lstrip("/") if location.startswith("/") else posixpath.join(folder, location)


def _paper(area: Element, default: tuple[float, float]) -> tuple[float, float]:
    """Width and height of the paper in a page area."""
    box = next((_numbers(item.text) for item in area if local(item) == "PhysicalBox"), [])
    return (box[2], box[3]) if len(box) == 4 and box[2] > 0 and box[3] > 0 else default


def _numbers(text: str | None) -> list[float]:
    """The numbers of an attribute; none where one of them is no finite number."""
    try:
        numbers = [float(part) for part in (text or "").split()]
    except ValueError:
        return []
    return numbers if all(math.isfinite(n) and abs(n) < 1e6 for n in numbers) else []


def _deltas(text: str | None, count: int) -> list[float]:
    """Distances between characters; ``g 3 5.2`` stands for three times 5.2.

    >>> _deltas("5 g 3 5.2 4", 9)
    [5.0, 5.2, 5.2, 5.2, 4.0]
    """
    parts = (text or "").split()
    found: list[float] = []
    at = 0
    while at < len(parts) and len(found) < count:
        repeat = 1
        if parts[at] == "g" and at + 2 < len(parts):
            repeat = int(parts[at + 1]) if parts[at + 1].isdecimal() and len(parts[at + 1]) < 7 else 1
            at += 2
        value = _numbers(parts[at])
        found += (value or [0.0]) * min(repeat, count - len(found))
        at += 1
    return found


def _red(item: Element) -> bool:
    r, g, b = _colour(item) or (0, 0, 0)
    return r >= 0xB0 and g <= 0x60 and b <= 0x60


def _faint(item: Element) -> bool:
    """A watermark: half transparent, or in a very light colour."""
    alpha = _numbers(attribute(item, "Alpha"))
    fill = next((c for c in item if local(c) == "FillColor"), None)
    if fill is not None:
        alpha = alpha or _numbers(attribute(fill, "Alpha"))
    return bool(alpha and alpha[0] < 128) or min(_colour(item) or (0, 0, 0)) >= 0xD0


def _colour(item: Element) -> Sequence[int] | None:
    fill = next((c for c in item if local(c) == "FillColor"), None)
    value = "" if fill is None else attribute(fill, "Value") or ""
    numbers = [int(part) for part in re.findall(r"\d{1,3}", value)]
    if len(numbers) == 1:
        return numbers * 3
    return numbers if len(numbers) == 3 else None


def _unreadable(character: str) -> bool:
    return character in "\ufffd\ufffe\u00a4" or "\ue000" <= character <= "\uf8ff" or character < " "
