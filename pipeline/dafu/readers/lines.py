"""Glyphs on a page to visual lines: what PDF and OFD have in common.

Coordinates run rightwards and downwards in whatever unit the format has; every threshold is in em (the size of
the glyph), so the unit does not matter.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, NamedTuple

from dafu.readers.assemble import close_number

#: Copies of a glyph nearer than this are one glyph drawn twice: bold by overprinting, shadows, a second text layer.
_SAME: Final = 0.15
#: Baselines nearer than this stand on one line; superscripts are raised by a third of an em.
_ONE_LINE: Final = 0.45
#: Gaps that mean a column, a space between words of Latin letters, a space elsewhere. Word puts a quarter of an
#: em between Chinese and Latin, which is no space.
_COLUMN: Final = 1.8
_WORD: Final = 0.18
_SPACE: Final = 0.6
#: Top and bottom parts of a page where furniture stands; a Chinese official page has 37 mm of 297 above the text.
_EDGE: Final = 0.14
_OUTER: Final = 0.065
_NUMBER: Final = re.compile(
    r"(?:[-—–―－─·•~～ ]*\d{1,4}[-—–―－─·•~～ ]*|[-—第 ]*[\d一二三四五六七八九十]{1,4} ?页?(?:[ ,，、/（(]*(?:共|总|of)? ?\d{1,4} ?页?[)）]?)?[-— ]*"
    r"|Page ?\d{1,4}(?: ?(?:of|/) ?\d{1,4})?)",
    re.IGNORECASE,
)
_SURE_NUMBER: Final = re.compile(r"[-—–―－─·•~～][-—–―－─·•~～ ]*\d{1,4} ?[-—–―－─·•~～]+|第 ?\d{1,4} ?页.*")
_RADICALS: Final = dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻥⻦⻨⻩⻬⻮⻰⻳",
        "母民虎西见角贝车长门青韦页风飞食马鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)


class Glyph(NamedTuple):
    """One character as drawn: its left and right edge, its baseline, its size."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    red: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A visual line. ``token`` is the width of its first unbreakable piece, ``marks`` the left edges of its glyphs."""

    page: int
    number: int
    text: str
    x0: float
    x1: float
    y: float
    size: float
    token: float
    marks: tuple[float, ...]
    red: bool = False

    @property
    def row(self) -> bool:
        """Whether the line has columns."""
        return "\t" in self.text


def visual_lines(glyphs: Iterable[Glyph], page: int) -> list[Line]:
    """The lines of a page from top to bottom; glyphs drawn twice count once."""
    kept = sorted(_once(glyphs), key=lambda g: (g.y, g.x0))
    groups: list[list[Glyph]] = []
    for glyph in kept:
        if groups:
            last = groups[-1][-1]
            if glyph.y - last.y < _ONE_LINE * max(glyph.size, last.size):
                groups[-1].append(glyph)
                continue
        groups.append([glyph])
    lines: list[Line] = []
    for group in groups:
        line = _line(sorted(group, key=lambda g: g.x0), page, len(lines) + 1)
        if line is not None:
            lines.append(line)
    return lines


def _once(glyphs: Iterable[Glyph]) -> list[Glyph]:
    seen: dict[tuple[str, int, int], Glyph] = {}
    kept: list[Glyph] = []
    for glyph in glyphs:
        if not (glyph.size > 0 and all(map(math.isfinite, (glyph.x0, glyph.x1, glyph.y, glyph.size)))):
            continue
        reach = _SAME * glyph.size
        column, row = round(glyph.x0 / reach), round(glyph.y / reach)
        if not glyph.text.isspace():
            # of the cells around, only those on the nearer side can hold a copy within reach
            left = column - 1 if glyph.x0 < column * reach else column
            upper = row - 1 if glyph.y < row * reach else row
            near = (seen.get((glyph.text, c, r)) for c in (left, left + 1) for r in (upper, upper + 1))
            if any(
                n is not None and abs(n.x0 - glyph.x0) < reach and abs(n.y - glyph.y) < reach for n in near
            ):
                continue
        seen[glyph.text, column, row] = glyph
        kept.append(glyph)
    return kept


def _line(glyphs: list[Glyph], page: int, number: int) -> Line | None:
    while glyphs and glyphs[0].text.isspace():
        glyphs.pop(0)
    while glyphs and glyphs[-1].text.isspace():
        glyphs.pop()
    if not glyphs:
        return None
    gaps = [max(b.x0 - a.x1, 0.0) / max(a.size, b.size) for a, b in itertools.pairwise(glyphs)]
    spread = median(gaps) if gaps else 0.0
    parts = [glyphs[0].text]
    for left, right, gap in zip(glyphs, glyphs[1:], gaps, strict=False):
        if not (left.text.isspace() or right.text.isspace()):
            # evenly spread letters (签 发 人, a letterhead over the whole width) are one word
            if gap > _COLUMN + 2 * spread:
                parts.append("\t")
            elif gap > (_WORD if _word(left.text) and _word(right.text) else _SPACE) + 2 * spread:
                parts.append(" ")
        parts.append(right.text)
    text = re.sub(r" {4,}|\u3000{2,}", "\t", "".join(parts).translate(_FOLD)).strip()
    text = close_number(text)
    if not text:
        return None
    sizes = Counter(round(g.size, 1) for g in glyphs if not g.text.isspace())
    end = _first_piece(glyphs)
    return Line(
        page,
        number,
        text,
        glyphs[0].x0,
        glyphs[-1].x1,
        median([g.y for g in glyphs]),
        sizes.most_common(1)[0][0] or glyphs[0].size,
        glyphs[end - 1].x1 - glyphs[0].x0,
        tuple(g.x0 for g in glyphs[:12]),
        sum(g.red for g in glyphs) * 2 > len(glyphs),
    )


def _first_piece(glyphs: Sequence[Glyph]) -> int:
    """How many glyphs the first unbreakable piece has: a number or word, or one character, with its marks."""
    end = 1
    while end < len(glyphs) and glyphs[end - 1].text in "“‘（《〈【〔":
        end += 1
    if _latin(glyphs[0].text):
        while end < len(glyphs) and _latin(glyphs[end].text):
            end += 1
    while end < len(glyphs) and glyphs[end].text in "，。、；：！？）》”’】〉%％":
        end += 1
    return end


def _word(text: str) -> bool:
    """Letters and digits; the point of a number has wide sides."""
    return text.isascii() and text.isalnum()


def _latin(text: str) -> bool:
    return text.isascii() and not text.isspace()


#: PDF fonts often map a character to the radical of the same shape, or to a compatibility ideograph.
_FOLD: Final = {
    **{ord(k): v for k, v in _RADICALS.items()},
    **{
        code: unicode
        for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFADA))
        if (unicode := unicodedata.normalize("NFKC", chr(code))) != chr(code)
    },
    **dict.fromkeys((0xA0, 0x2002, 0x2003, 0x2009), " "),
    **dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0xFEFF, 0xFFFE, 0x0), ""),
}


def body_size(pages: Iterable[Sequence[Line]]) -> float:
    """The size that most characters have, 0 without any."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def without_furniture(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """The lines of each page without page numbers and running heads and feet.

    A head or foot is a line near an edge that stands on most pages at the same height with the same words
    (numbers aside), or a line of small print in the outermost part of a page.
    """
    size = body_size(pages)
    repeated: Counter[tuple[str, int, int]] = Counter()
    for lines, height in zip(pages, heights, strict=True):
        repeated.update({_trace(line, size) for line in lines if _at_edge(line, height)})
    needed = max(2, math.ceil(0.4 * len(pages)))
    kept: list[list[Line]] = []
    for lines, height in zip(pages, heights, strict=True):
        heads = {
            line.number for line in lines if _at_edge(line, height) and repeated[_trace(line, size)] >= needed
        }
        page = []
        for at, line in enumerate(lines):
            edge = _at_edge(line, height)
            outer = line.y < _OUTER * height or line.y > (1 - _OUTER) * height
            ends = at < 2 or at >= len(lines) - 2
            number = (edge and ends and _NUMBER.fullmatch(line.text)) or (
                ends and _SURE_NUMBER.fullmatch(line.text)
            )
            head = line.number in heads and (line.size < 0.9 * size or _apart(lines, at, heads))
            if not number and not head and not (outer and line.size < 0.9 * size):
                page.append(line)
        kept.append(page)
    return kept


def _apart(lines: Sequence[Line], at: int, heads: set[int]) -> bool:
    """Whether the next line towards the middle of the page that is no head is further off than lines usually are:
    the same words may begin one page and end another in the text itself."""
    step = 1 if at < len(lines) / 2 else -1
    inner = at + step
    while 0 <= inner < len(lines) and lines[inner].number in heads:
        inner += step
    if not 0 <= inner < len(lines):
        return True
    gaps = [b.y - a.y for a, b in itertools.pairwise(lines)]
    return abs(lines[inner].y - lines[inner - step].y) > 1.4 * median(gaps) or len(lines) < 4


def _at_edge(line: Line, height: float) -> bool:
    return line.y < _EDGE * height or line.y > (1 - _EDGE) * height


def _trace(line: Line, size: float) -> tuple[str, int, int]:
    """What is the same for a running head on all its pages."""
    em = max(size, 1e-6)
    return re.sub(r"\d+", "#", line.text), round(line.x0 / em), round(line.y / em)
