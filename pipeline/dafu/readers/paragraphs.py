"""Visual lines to paragraphs, across pages, by geometry alone.

A line ends its paragraph when the first unbreakable piece of the next line would still have fitted behind it;
a line begins one when it is indented. Word, WPS and LibreOffice break lines by that rule, so it holds for
justified and ragged text alike, whatever the font.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from dafu.readers.assemble import Piece
from dafu.readers.lines import Line, body_size

#: A line reaches the right margin when less than this is missing, in em, beyond the piece that did not fit:
#: compressed punctuation and the space between scripts make lines a little uneven.
_SLACK: Final = 0.3
_INDENT: Final = 0.8
#: Line distance beyond the usual one that sets paragraphs apart.
_GAP: Final = 1.35
_MARKER: Final = re.compile(
    r"(?:第?[一二三四五六七八九十]{1,3}(?:[、.．]|是)|[（(] ?[一二三四五六七八九十\d]{1,3} ?[)）]|\d{1,2} ?[、.．](?!\d)|[①-⑳])"
)
_ENDS: Final = "。！？；：:;!?”）)"
_TITLE_STOP: Final = re.compile(r"[〔\[﹝（(]\d{4}[〕\]﹞）)]|^[（(].{1,12}[)）]$|[:：。]$|^\d{4}年")


@dataclass(frozen=True, slots=True)
class _Margins:
    left: float
    right: float


def join_paragraphs(pages: Sequence[Sequence[Line]]) -> list[Piece]:
    """One piece a paragraph or table row; ``page`` and ``element`` (``line 3``) are those of its first line."""
    lines = [line for page in pages for line in page]
    if not lines:
        return []
    size = body_size(pages)
    body = [line for line in lines if abs(line.size - size) <= 0.1 * size and not line.row]
    everywhere = _margins(body or lines, size)
    margins = {
        page[0].page: _page_margins([x for x in page if x in body], everywhere, size)
        for page in pages
        if page
    }
    pitch = _pitch(pages, size)
    indented = _indents(lines, margins, size)
    pieces: list[Piece] = []
    start = lines[0]
    text = start.text
    count = 1
    for before, line in itertools.pairwise(lines):
        here, there = margins[before.page], margins[line.page]
        if _continues(before, line, count, here, there, size, pitch, indented):
            text += _glue(text, line.text) + line.text
            count += 1
            continue
        pieces.append(Piece(text, start.page, f"line {start.number}"))
        start, text, count = line, line.text, 1
    pieces.append(Piece(text, start.page, f"line {start.number}"))
    return pieces


def _margins(lines: Sequence[Line], size: float) -> _Margins:
    """The edges that several lines share; a single line that sticks out does not count."""
    support = max(2, round(0.08 * len(lines)))
    lefts = sorted(line.x0 for line in lines)
    rights = sorted((line.x1 for line in lines), reverse=True)
    left = next(
        (
            x
            for i, x in enumerate(lefts)
            if sum(y - x <= 0.6 * size for y in lefts[i : i + support]) >= support
        ),
        lefts[0],
    )
    right = next(
        (
            x
            for i, x in enumerate(rights)
            if sum(x - y <= 0.8 * size for y in rights[i : i + support]) >= support
        ),
        rights[0],
    )
    return _Margins(left, right)


def _page_margins(lines: Sequence[Line], everywhere: _Margins, size: float) -> _Margins:
    """Margins of one page: mirrored pages are shifted as a whole, others have those of the document."""
    if len(lines) < 6:
        return everywhere
    own = _margins(lines, size)
    shift = own.left - everywhere.left
    if abs((own.right - everywhere.right) - shift) < 0.5 * size:
        return own
    return everywhere


def _pitch(pages: Sequence[Sequence[Line]], size: float) -> float:
    gaps = [
        b.y - a.y
        for page in pages
        for a, b in itertools.pairwise(page)
        if abs(a.size - size) <= 0.1 * size and abs(b.size - size) <= 0.1 * size
    ]
    return median(gaps) if gaps else 0.0


def _full(before: Line, line: Line, right: float) -> bool:
    """Whether the first piece of the next line did not fit behind this one."""
    return right - before.x1 < line.token * before.size / line.size + _SLACK * before.size


def _indents(lines: Sequence[Line], margins: dict[int, _Margins], size: float) -> bool:
    """Whether the document sets paragraphs apart by indenting their first lines."""
    starts = [
        line.x0 - margins[line.page].left > _INDENT * size
        for before, line in itertools.pairwise(lines)
        if not before.row and not line.row and not _full(before, line, margins[before.page].right)
    ]
    return sum(starts) * 2 > len(starts)


def _continues(
    before: Line,
    line: Line,
    count: int,
    here: _Margins,
    there: _Margins,
    size: float,
    pitch: float,
    indented: bool,
) -> bool:
    if before.row or line.row or abs(before.size - line.size) > 0.12 * before.size:
        return False
    if _centred(line, there) and _one_title(before, line):
        if _centred(before, here):
            return True
        across = here.right - here.left - (before.x1 - before.x0)  # a title's first line fills the width
        if line.size > 1.05 * size and across < line.token + _SLACK * line.size:
            return True
    if not _full(before, line, here.right):
        return False
    apart = line.page == before.page and pitch and line.y - before.y > _GAP * pitch * before.size / size
    if apart:
        return False
    offset = line.x0 - there.left
    if offset > _INDENT * line.size:
        own = before.x0 - here.left
        if (
            abs(offset - own) < 0.3 * line.size
        ):  # a block that is indented as a whole, or two short paragraphs
            if count > 1:
                return True
            return not (indented or before.text[-1] in _ENDS or _MARKER.match(line.text))
        # a hanging indent: the text behind the number begins where this line begins
        return (
            bool(_MARKER.match(before.text))
            and count == 1
            and any(abs(mark - here.left - offset) < 0.3 * line.size for mark in before.marks[1:])
            and own < offset
        )
    return not (not indented and before.text[-1] in _ENDS and _MARKER.match(line.text))


def _centred(line: Line, margins: _Margins) -> bool:
    middle = (margins.left + margins.right) / 2
    return (
        abs((line.x0 + line.x1) / 2 - middle) < 0.8 * line.size and line.x0 - margins.left > 0.4 * line.size
    )


def _one_title(before: Line, line: Line) -> bool:
    """Whether two centred lines are one title: alike in size and colour, and near each other."""
    return (
        before.page == line.page
        and before.red == line.red
        and 0 < line.y - before.y < 2.2 * before.size
        and len(before.text) >= 5
        and not _TITLE_STOP.search(before.text)
        and not _TITLE_STOP.search(line.text)
    )


def _glue(text: str, following: str) -> str:
    """A space where a line break stood between two words of Latin letters."""
    return (
        " "
        if text[-1:].isascii() and text[-1:].isalpha() and following[:1].isascii() and following[:1].isalpha()
        else ""
    )
