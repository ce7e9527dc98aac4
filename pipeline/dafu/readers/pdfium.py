"""PDF to text in this process, through PDFium, which gives every glyph with its box.

PDFium (by pypdfium2; BSD and Apache licences) was chosen by measurement: 7 µs a glyph with all its geometry,
against 35 µs with pdfplumber (pdfminer.six), and it repairs broken cross-reference tables itself.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from dafu.errors import InputError
from dafu.readers.assemble import assemble, sensible_title
from dafu.readers.letterhead import letterhead_of
from dafu.readers.lines import Glyph, Line, visual_lines, without_furniture
from dafu.readers.paragraphs import join_paragraphs
from dafu.records import Extracted

#: A letter has some pages; what has more than this is a book, and is refused before it is read.
MAX_PAGES: Final = 2_000
#: Glyphs of one file: some 1,500 full pages.
MAX_GLYPHS: Final = 1_500_000
#: Share of characters without a meaning from which on a text is said to be unreadable.
MAX_UNREADABLE: Final = 0.2
#: Fewer characters than this a page, beside a picture, are a stamp on a scan.
_SCAN_CHARACTERS: Final = 12
#: So many glyphs without a meaning may be blanks, of which PDFium tells nothing.
_BLANKS: Final = 8
_INVISIBLE: Final = 3
#: Side of the cells, in points, in which glyphs count as standing at the same place.
_GRID: Final = 3.0
#: Degrees by which text may lean and still be upright.
_TURN: Final = 3
#: Pale text larger than this, in points, is a watermark.
_MARK_SIZE: Final = 30.0
_OCR: Final = "这是扫描件或图片,需要先做文字识别(OCR),再导入识别结果。"


def read_here(data: bytes, source: str) -> Extracted:
    """The text of a PDF file, one line a paragraph, with the page of each.

    Raises:
        InputError: a password, damage, no text layer, a font without Unicode, or too many pages.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(source, "PDF 设有打开密码。", "请解除密码后另存再试。") from error
        raise InputError(source, "PDF 已损坏或不完整,无法打开。", "请重新下载或重新导出该文件。") from error
    try:
        return _read(document, source)
    except pypdfium2.PdfiumError as error:
        raise InputError(source, "PDF 已损坏,部分页面无法读取。", "请重新下载或重新导出该文件。") from error
    finally:
        document.close()


def _read(document: Any, source: str) -> Extracted:
    count = len(document)
    if count > MAX_PAGES:
        raise InputError(source, f"PDF 有 {count} 页,超过上限 {MAX_PAGES} 页。", "请拆分后再试。")
    pages: list[list[Line]] = []
    sizes: list[tuple[float, float]] = []
    glyph_count = unreadable = 0
    pictures = 0
    for number in range(count):
        page = document[number]
        glyphs, bad, size = _glyphs(page, MAX_GLYPHS - glyph_count)
        glyph_count += len(glyphs) + bad
        if glyph_count >= MAX_GLYPHS:
            raise InputError(source, f"PDF 的文字超过上限({MAX_GLYPHS} 字)。", "请拆分后再试。")
        unreadable += bad
        pictures += len(glyphs) < _SCAN_CHARACTERS and _has_picture(page)
        pages.append(visual_lines(glyphs, number + 1))
        sizes.append(size)
        page.close()
    if unreadable > max(MAX_UNREADABLE * glyph_count, _BLANKS):
        raise InputError(
            source,
            "PDF 的字体没有文字编码,取出的是乱码。",
            "请用原始的 Word/WPS 文件,或先做文字识别(OCR)。",
        )
    if pictures == count or not any(pages):
        raise InputError(source, "PDF 没有文字层。", _OCR)
    if pictures * 2 > count:
        raise InputError(source, f"PDF 的 {count} 页中有 {pictures} 页只有图片,没有文字层。", _OCR)
    meta = _meta(pages, document)
    lines = without_furniture(pages, [height for _, height in sizes])
    pieces = join_paragraphs(lines, max(width for width, _ in sizes))
    if not pieces:
        raise InputError(source, "PDF 除页码、页眉外没有文字。", _OCR)
    return assemble(pieces, meta)


def _meta(pages: Sequence[Sequence[Line]], document: Any) -> dict[str, str]:
    meta: dict[str, str] = {}
    issuer = letterhead_of(pages)
    if issuer:
        meta["issuer"] = issuer
    title = sensible_title(document.get_metadata_value("Title"))
    if title:
        meta["title"] = title
    return meta


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw as raw

    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


@dataclass(frozen=True, slots=True)
class _Style:
    """Of a text object: real size, angle in degrees, whether red, whether drawn to be seen, whether a watermark."""

    size: float
    angle: int
    red: bool
    shown: bool
    mark: bool


def _glyphs(page: Any, limit: int) -> tuple[list[Glyph], int, tuple[float, float]]:
    """The upright glyphs of a page, how many had no Unicode, and width and height of the page.

    Text at an angle to most of the page's is a watermark or a seal. A text layer that is not drawn, or white,
    counts only where little else is: it is the recognised text of a scan.
    """
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    handle = textpage.raw
    x, y = ctypes.c_double(), ctypes.c_double()
    box = raw.FS_RECTF()
    found: list[tuple[_Style, str, float, float, float]] = []
    styles: dict[int, _Style] = {}
    left, bottom, right, top = _paper(page)
    bad = 0
    for i in range(min(raw.FPDFText_CountChars(handle), limit)):
        thing = raw.FPDFText_GetTextObject(handle, i)
        if not thing:
            continue  # a space or line break that PDFium made up
        key = ctypes.addressof(thing.contents)
        style = styles.get(key)
        if style is None:
            style = styles[key] = _style(handle, i, thing, raw)
        if style.mark:
            continue
        code = raw.FPDFText_GetUnicode(handle, i)
        if _unreadable(code) or raw.FPDFText_HasUnicodeMapError(handle, i) == 1:
            bad += 1
            continue
        raw.FPDFText_GetCharOrigin(handle, i, x, y)
        raw.FPDFText_GetLooseCharBox(handle, i, box)
        if left - 1 <= x.value <= right + 1 and bottom - 1 <= y.value <= top + 1:
            found.append((style, chr(code), x.value, y.value, box.right - box.left))
    textpage.close()
    bad += _without_unicode(page, styles, [(item[2], item[3]) for item in found], raw)
    if not found:
        return [], bad, page.get_size()
    upright = Counter(item[0].angle for item in found).most_common(1)[0][0]
    quarter = round(upright / 90) % 4
    only_shown = sum(item[0].shown for item in found) * 2 >= len(found)
    paper = (top - bottom, right - left) if quarter % 2 else (right - left, top - bottom)
    glyphs: list[Glyph] = []
    for style, text, ox, oy, width in found:
        turned = min((style.angle - upright) % 360, (upright - style.angle) % 360) > _TURN
        if turned or (only_shown and not style.shown):
            continue
        along, down = (
            (ox - left, top - oy),
            (oy - bottom, ox - left),
            (right - ox, oy - bottom),
            (top - oy, right - ox),
        )[quarter]
        usual = style.size * (0.5 if text.isascii() else 1.0)
        advance = width if quarter % 2 == 0 and width > 0 else usual
        glyphs.append(Glyph(text, along, along + advance, down, style.size, style.red))
    return glyphs if only_shown else _evened(glyphs), bad, paper


def _paper(page: Any) -> tuple[float, float, float, float]:
    """What of the page is seen, in the coordinates of its text, whichever way the page is turned."""
    media, crop = page.get_mediabox(), page.get_cropbox()
    both = (*map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:]))
    left, bottom, right, top = both if both[0] < both[2] and both[1] < both[3] else media
    return left, bottom, right, top


def _evened(glyphs: list[Glyph]) -> list[Glyph]:
    """Glyphs of recognised text, whose size is guessed line by line: what is about the usual size has that size."""
    usual = median(glyph.size for glyph in glyphs)
    return [g._replace(size=usual) if 0.65 * usual < g.size < 1.35 * usual else g for g in glyphs]


def _without_unicode(
    page: Any, seen: Container[int], origins: Sequence[tuple[float, float]], raw: Any
) -> int:
    """About how many glyphs stand in text objects of which PDFium gives no character at all.

    Text drawn twice is left out by PDFium too: where characters were found at the same place, nothing is missing.
    """
    taken = {(round(x / _GRID), round(y / _GRID)) for x, y in origins}
    sides = tuple(ctypes.c_float() for _ in range(4))
    size = ctypes.c_float()
    matrix = raw.FS_MATRIX()
    glyphs = 0
    for i in range(min(raw.FPDFPage_CountObjects(page), MAX_GLYPHS)):
        thing = raw.FPDFPage_GetObject(page, i)
        if (
            raw.FPDFPageObj_GetType(thing) != raw.FPDF_PAGEOBJ_TEXT
            or ctypes.addressof(thing.contents) in seen
        ):
            continue
        if not raw.FPDFPageObj_GetBounds(thing, *sides) or not raw.FPDFTextObj_GetFontSize(thing, size):
            continue
        scale = math.hypot(matrix.a, matrix.b) if raw.FPDFPageObj_GetMatrix(thing, matrix) else 1.0
        if not all(map(math.isfinite, (matrix.e, matrix.f, scale))):
            continue
        column, row = round(matrix.e / _GRID), round(matrix.f / _GRID)
        if any((column + i, row + j) in taken for i in (-1, 0, 1) for j in (-1, 0, 1)):
            continue
        width = sides[2].value - sides[0].value
        wide = width / max(size.value * scale, 0.1)
        glyphs += max(1, min(round(wide), 1_000)) if math.isfinite(wide) else 1
    return glyphs


def _unreadable(code: int) -> bool:
    return code in (0, 0xFFFD, 0xFFFE, 0xFFFF) or 0xE000 <= code <= 0xF8FF or 0xD800 <= code <= 0xDFFF


def _style(textpage: Any, i: int, thing: Any, raw: Any) -> _Style:
    """The style of the text object that a character belongs to."""
    matrix = raw.FS_MATRIX()
    size = float(raw.FPDFText_GetFontSize(textpage, i))
    angle = 0
    if raw.FPDFText_GetMatrix(textpage, i, matrix):
        parts = (matrix.a, matrix.b, matrix.c, matrix.d)
        if all(map(math.isfinite, parts)):
            size *= math.hypot(matrix.c, matrix.d) or 1.0
            angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    red = mark = white = False
    if raw.FPDFText_GetFillColor(textpage, i, r, g, b, a):
        palest = min(r.value, g.value, b.value)
        red = r.value >= 0xB0 and g.value <= 0x60 and b.value <= 0x60
        white = palest >= 0xFA
        mark = a.value < 0x80 or (0xB0 <= palest < 0xFA and size > _MARK_SIZE)
    shown = not white and raw.FPDFTextObj_GetTextRenderMode(thing) != _INVISIBLE
    return _Style(size if 0.1 < size < 10_000 else 0.1, angle, red, shown, mark and shown)
