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
#: compressed punctuation and the space between scripts make lines a little uneven. Where paragraphs are told by
#: an indent or a distance, more may be missing: word processors keep some pieces together that look breakable.
_SLACK: Final = 0.3
_SLACK_TOLD: Final = 1.8
_INDENT: Final = 0.8
#: No first line of a paragraph is indented by more than this: what is, is set right or centred.
_SET_RIGHT: Final = 5.0
#: Line distance beyond the usual one that sets paragraphs apart.
_GAP: Final = 1.18
_GAP_INDENTED: Final = 1.35
#: So many lines that end at one place show a column; text narrower than the paper's margins allow, by this many em,
#: needs them.
_COLUMN_LINES: Final = 3
_NARROW: Final = 2.0
#: Lines at the beginning among which the title is looked for.
_HEAD: Final = 12
_MARKER: Final = re.compile(
    r"(?:第?[一二三四五六七八九十]{1,3}(?:[、.．]|是)|[（(] ?[一二三四五六七八九十\d]{1,3} ?[)）]|\d{1,2} ?[、.．](?!\d)|[①-⑳])"
)
_ENDS: Final = "。！？；：:;!?”）)"
#: Lines that are no part of a title on several lines: document numbers, categories, salutations, dates.
_TITLE_STOP: Final = re.compile(r"[〔\[﹝（(]\d{4}[〕\]﹞）)]|^[（(].{1,12}[)）]$|[:：]$|^\d{4}年")
_TITLE_DONE: Final = re.compile(
    r"(?:关于|对)[^。；，：]{6,120}(?:答复|复函|回复|函|意见|报告|办理情况)(?: ?[（(].{1,12}[)）])?$"
)
#: Lines of a letter's head that always stand alone: fields, and the address.
_BEGINS: Final = re.compile(
    r"(?:索\s*引\s*号|发布|发文|成文|公开|主题分类|文\s*号|标\s*题|类\s*别|签\s*发|信息来源|来源)[^，。]{0,12}[:：]"
    r"|[^，。；]{2,40}(?:委员|代表|同志|先生|女士|网友|民主党派|委员会|支部|小组)(?:们)?[:：]$"
)


@dataclass(frozen=True, slots=True)
class _Margins:
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class _Layout:
    """Size of the text, usual distance of its lines, and whether paragraphs are told by an indent or by a
    distance, and whether list numbers hang out of their paragraphs."""

    size: float
    pitch: float
    indented: bool
    spaced: bool
    hanging: bool


def join_paragraphs(pages: Sequence[Sequence[Line]], width: float) -> list[Piece]:
    """One piece a paragraph or table row; ``page`` and ``element`` (``line 3``) are those of its first line.

    ``width`` is that of the paper.
    """
    lines = [line for page in pages for line in page]
    if not lines:
        return []
    size = body_size(pages)
    body = [line for line in lines if _is_body(line, size)]
    everywhere = _believable(_margins(body or lines, size), body or lines, size, width)
    margins = {
        page[0].page: _page_margins([x for x in page if _is_body(x, size)], everywhere, size)
        for page in pages
        if page
    }
    layout = _layout(pages, margins, size)
    pieces: list[Piece] = []
    start = lines[0]
    parts = [start.text]
    for at, (before, line) in enumerate(itertools.pairwise(lines)):
        here, there = margins[before.page], margins[line.page]
        begins = at < _HEAD and _BEGINS.match(line.text)
        title = None if begins else _title(parts, before, line, here, there, layout, at < _HEAD)
        if title or (
            not begins and title is None and _continues(before, line, len(parts), here, there, layout)
        ):
            parts.append(_glue(parts[-1], line.text) + line.text)
        else:
            pieces.append(Piece("".join(parts), start.page, f"line {start.number}"))
            start, parts = line, [line.text]
    pieces.append(Piece("".join(parts), start.page, f"line {start.number}"))
    return pieces


def _is_body(line: Line, size: float) -> bool:
    return abs(line.size - size) <= 0.1 * size and not line.row


def _margins(lines: Sequence[Line], size: float) -> _Margins:
    """The edges that several lines share; a single line that sticks out does not count, but in a short text the
    address alone may stand at the left edge."""
    share = round(0.08 * len(lines))
    left = _shared(sorted(line.x0 for line in lines), max(1, share), 0.6 * size)
    right = -_shared(sorted(-line.x1 for line in lines), max(2, share), 0.8 * size)
    return _Margins(left, right)


def _shared(edges: Sequence[float], support: int, reach: float) -> float:
    """The first of the sorted edges that has ``support`` others (itself included) within reach."""
    spans = zip(edges, edges[support - 1 :], strict=False)
    return next((first for first, last in spans if last - first <= reach), edges[0])


def _believable(margins: _Margins, lines: Sequence[Line], size: float, width: float) -> _Margins:
    """A right margin that only a few short lines speak for is set where the left one is."""
    mirrored = width - margins.left
    reached = sum(abs(line.x1 - margins.right) < 0.8 * size for line in lines)
    if reached >= _COLUMN_LINES or mirrored - margins.right < _NARROW * size:
        return margins
    return _Margins(margins.left, mirrored)


def _page_margins(lines: Sequence[Line], everywhere: _Margins, size: float) -> _Margins:
    """Margins of one page: mirrored pages are shifted as a whole, others have those of the document."""
    if len(lines) < 6:
        return everywhere
    own = _margins(lines, size)
    shift = own.left - everywhere.left
    if abs((own.right - everywhere.right) - shift) < 0.5 * size:
        return own
    return everywhere


def _layout(pages: Sequence[Sequence[Line]], margins: dict[int, _Margins], size: float) -> _Layout:
    """What the lines after those that end before the margin, which are first lines, have in common."""
    body = [[line for line in page if _is_body(line, size)] for page in pages]
    pairs = [pair for page in body for pair in itertools.pairwise(page)]
    pitch = median([b.y - a.y for a, b in pairs]) if pairs else 0.0
    first = [(a, b) for a, b in pairs if not _full(a, b, margins[a.page].right)]
    indented = sum(b.x0 - margins[b.page].left > _INDENT * size for _, b in first)
    spaced = sum(b.y - a.y > _GAP * pitch for a, b in first)
    hanging = any(
        _full(a, b, margins[a.page].right) and _hangs(a, b, margins[a.page], margins[b.page])
        for a, b in pairs
    )
    return _Layout(size, pitch, indented * 2 > len(first), spaced * 2 > len(first), hanging)


def _full(before: Line, line: Line, right: float, slack: float = _SLACK) -> bool:
    """Whether the first piece of the next line did not fit behind this one."""
    return right - before.x1 < line.token * before.size / line.size + slack * before.size


def _title(
    parts: Sequence[str],
    before: Line,
    line: Line,
    here: _Margins,
    there: _Margins,
    layout: _Layout,
    head: bool,
) -> bool | None:
    """Whether a line continues a title; ``None`` where neither is one. ``parts`` are its lines so far."""
    if before.row or line.row or before.page != line.page:
        return None
    middle = abs((before.x0 + before.x1) - (here.left + here.right)) < 2 * before.size
    if head and middle and _TITLE_DONE.search("".join(parts)) and not line.text.startswith("的"):
        return False
    large = line.size > 1.05 * layout.size
    alike = abs(before.size - line.size) <= 0.12 * before.size and before.red == line.red
    reach = max(2.2 * before.size, 1.2 * layout.pitch)
    if not (head or large) or not alike or not 0 < line.y - before.y < reach or not _centred(line, there):
        return None
    if len("".join(parts[:2])) < 5 or _TITLE_STOP.search(before.text) or _TITLE_STOP.search(line.text):
        return None
    if _centred(before, here):
        return True
    across = (here.right - here.left) - (before.x1 - before.x0)
    clearly = line.x0 - there.left > 2.5 * line.size or large
    return True if clearly and across < line.token + _SLACK * line.size else None


def _continues(
    before: Line, line: Line, count: int, here: _Margins, there: _Margins, layout: _Layout
) -> bool:
    """Whether a line continues the paragraph that the line before it, its ``count``-th, belongs to."""
    if before.row or line.row or abs(before.size - line.size) > 0.12 * before.size:
        return False
    own = before.x0 - here.left
    if count == 1 and own > _SET_RIGHT * before.size:
        return False
    wide = before.x1 - before.x0 > 0.6 * (here.right - here.left)
    told = layout.indented or (layout.spaced and before.page == line.page)
    slack = _SLACK_TOLD if told and wide else _SLACK
    if not _full(before, line, here.right, slack):
        return False
    usual = layout.pitch * before.size / layout.size
    gap = _GAP_INDENTED if layout.indented else _GAP
    if line.page == before.page and layout.pitch and line.y - before.y > gap * usual:
        return False
    offset = line.x0 - there.left
    if count > 1 and offset < own - _INDENT * line.size:
        return False  # back to the number's edge: the next item of a list
    begins = before.text[-1] in _ENDS and bool(_MARKER.match(line.text))
    if offset > _INDENT * line.size:
        if abs(offset - own) < 0.3 * line.size:  # a block indented as a whole, or two short paragraphs
            return count > 1 or not (layout.indented or begins)
        return count == 1 and _hangs(before, line, here, there)
    if layout.hanging or not _full(before, line, here.right):
        return not begins
    return layout.indented or not begins


def _hangs(before: Line, line: Line, here: _Margins, there: _Margins) -> bool:
    """Whether a line stands under the text behind the number of the line before it: where that text begins or, as
    the text goes on to a tab stop when the number fills its room, a little before it."""
    offset, own = line.x0 - there.left, before.x0 - here.left
    if offset - own < 0.3 * line.size or not _MARKER.match(before.text):
        return False
    if any(abs(mark - here.left - offset) < 0.3 * line.size for mark in before.marks[1:]):
        return True
    return offset - own < _SET_RIGHT * line.size and before.text[-1] not in "。！？"


def _centred(line: Line, margins: _Margins) -> bool:
    middle = (margins.left + margins.right) / 2
    return (
        abs((line.x0 + line.x1) / 2 - middle) < 0.8 * line.size and line.x0 - margins.left > 0.4 * line.size
    )


def _glue(text: str, following: str) -> str:
    """A space where a line break stood between two words of Latin letters."""
    ends = text[-1:] + following[:1]
    return " " if len(ends) == 2 and ends.isascii() and ends.isalpha() else ""
