"""PDF to text in this process, through PDFium, which gives every glyph with its box.

PDFium (by pypdfium2; BSD and Apache licences) was chosen by measurement: 7 µs a glyph with all its geometry,
against 35 µs with pdfplumber (pdfminer.six), and it repairs broken cross-reference tables itself.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Container, Sequence
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
_GRID: Final = 3.0
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
    pictures = False
    for number in range(count):
        page = document[number]
        glyphs, bad, size = _glyphs(page, MAX_GLYPHS - glyph_count)
        glyph_count += len(glyphs) + bad
        if glyph_count >= MAX_GLYPHS:
            raise InputError(source, f"PDF 的文字超过上限({MAX_GLYPHS} 字)。", "请拆分后再试。")
        unreadable += bad
        pictures = pictures or (len(glyphs) < _SCAN_CHARACTERS and _has_picture(page))
        pages.append(visual_lines(glyphs, number + 1))
        sizes.append(size)
        page.close()
    if unreadable > max(MAX_UNREADABLE * glyph_count, _BLANKS):
        raise InputError(
            source,
            "PDF 的字体没有文字编码,取出的是乱码。",
            "请用原始的 Word/WPS 文件,或先做文字识别(OCR)。",
        )
    if glyph_count < _SCAN_CHARACTERS * (count if pictures else 0) or not any(pages):
        raise InputError(source, "PDF 没有文字层。", _OCR)
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


def _glyphs(page: Any, limit: int) -> tuple[list[Glyph], int, tuple[float, float]]:
    """The upright glyphs of a page, how many had no Unicode, and width and height of the page.

    Text at an angle to most of the page's is a watermark or a seal. A text layer that is not drawn counts only
    where little is: it is the recognised text of a scan.
    """
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    count = min(raw.FPDFText_CountChars(textpage), limit)
    x, y = ctypes.c_double(), ctypes.c_double()
    box = raw.FS_RECTF()
    found: list[tuple[int, bool, str, float, float, float, float, float, bool]] = []
    angles: Counter[int] = Counter()
    kinds: dict[int, tuple[float, bool, bool, bool]] = {}
    bad = 0
    for i in range(count):
        if raw.FPDFText_IsGenerated(textpage, i) == 1:
            continue
        code = raw.FPDFText_GetUnicode(textpage, i)
        thing = raw.FPDFText_GetTextObject(textpage, i)
        key = ctypes.addressof(thing.contents) if thing else 0
        if key not in kinds:
            kinds[key] = _kind(textpage, i, thing, raw)
        size, red, shown, faint = kinds[key]
        if faint:
            continue
        if _unreadable(code) or raw.FPDFText_HasUnicodeMapError(textpage, i) == 1:
            bad += 1
            continue
        raw.FPDFText_GetCharOrigin(textpage, i, x, y)
        raw.FPDFText_GetLooseCharBox(textpage, i, box)
        angle = -round(math.degrees(raw.FPDFText_GetCharAngle(textpage, i))) % 360  # PDFium counts clockwise
        angles[angle] += 1
        found.append((angle, shown, chr(code), x.value, y.value, box.left, box.right, size, red))
    textpage.close()
    bad += _without_unicode(page, kinds, [(item[3], item[4]) for item in found], raw)
    if not found:
        return [], bad, page.get_size()
    upright = angles.most_common(1)[0][0]
    quarter = round(upright / 90) % 4
    shown_count = sum(item[1] for item in found)
    only_shown = shown_count * 2 >= len(found)
    left, bottom, right, top = page.get_mediabox()
    paper = (top - bottom, right - left) if quarter % 2 else (right - left, top - bottom)
    glyphs: list[Glyph] = []
    for angle, shown, text, ox, oy, x0, x1, size, red in found:
        if min((angle - upright) % 360, (upright - angle) % 360) > 3 or (only_shown and not shown):
            continue
        advance = max(x1 - x0, 0.0)
        if quarter == 0:
            glyphs.append(Glyph(text, x0, x1, top - oy, size, red))
        elif quarter == 1:
            glyphs.append(Glyph(text, oy - bottom, oy - bottom + size * _advance(text), ox - left, size, red))
        elif quarter == 2:
            glyphs.append(Glyph(text, right - ox, right - ox + (advance or size), oy - bottom, size, red))
        else:
            glyphs.append(Glyph(text, top - oy, top - oy + size * _advance(text), right - ox, size, red))
    return glyphs if only_shown else _evened(glyphs), bad, paper


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
        column, row = round(matrix.e / _GRID), round(matrix.f / _GRID)
        if any((column + i, row + j) in taken for i in (-1, 0, 1) for j in (-1, 0, 1)):
            continue
        width = sides[2].value - sides[0].value
        wide = width / max(size.value * scale, 0.1)
        glyphs += max(1, min(round(wide), 1_000)) if math.isfinite(wide) else 1
    return glyphs


def _advance(text: str) -> float:
    return 0.5 if text.isascii() else 1.0


def _unreadable(code: int) -> bool:
    return code in (0, 0xFFFD, 0xFFFE, 0xFFFF) or 0xE000 <= code <= 0xF8FF or 0xD800 <= code <= 0xDFFF


def _kind(textpage: Any, i: int, thing: Any, raw: Any) -> tuple[float, bool, bool, bool]:
    """Of the text object of a character: real size, whether red, whether drawn at all, whether a faint mark."""
    matrix = raw.FS_MATRIX()
    size = float(raw.FPDFText_GetFontSize(textpage, i))
    if raw.FPDFText_GetMatrix(textpage, i, matrix):
        size *= math.hypot(matrix.c, matrix.d) or 1.0
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    red = faint = False
    if raw.FPDFText_GetFillColor(textpage, i, r, g, b, a):
        red = r.value >= 0xB0 and g.value <= 0x60 and b.value <= 0x60
        light = min(r.value, g.value, b.value) >= 0xB0
        faint = a.value < 0x80 or (light and size > 30) or min(r.value, g.value, b.value) >= 0xFA
    shown = not thing or raw.FPDFTextObj_GetTextRenderMode(thing) != _INVISIBLE
    return max(size, 0.1), red, shown, faint and shown
