"""Paragraphs from visual lines: copies in which every line of the page became a line of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ENDS = tuple("。！？；：.!?;:”）)》")
_STARTS = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．](?!\d)|[①-⑳]|"
    r"第[一二三四五六七八九十]{1,3}[、，]|[一二三四五六七八九十]{1,2}是|附件?[：:]|联系(?:人|电话)|抄送|特?此复|感谢|专此|以上)"
)
_NARROW = re.compile(r"[\x20-\x7e]")
#: Widths, in Chinese characters, between which a full visual line lies.
_WIDTHS = (12, 70)
#: How much narrower a full line may be: no mark begins a line, and numbers are not cut.
_SLACK = 3.5
#: This many of the lines must be full ones that end in mid-sentence; where first lines are indented, one will do.
_SHARE = 0.25
_INDENTED = 0.4


@dataclass(frozen=True, slots=True)
class VisualLine:
    """A line as it is set: its text, and whether its beginning is indented."""

    text: str
    indent: bool = False


def paragraphs(lines: Sequence[VisualLine]) -> list[list[int]]:
    """The lines that belong together, as lists of indices in order; each line alone where nothing is wrapped.

    Lines are taken for wrapped where many are equally wide and end in mid-sentence. Then a paragraph ends
    with a line that is not full, or before one that is indented or begins with a list marker.

    >>> lines = ["我局高度重视，立即组织人员", "到现场核查，并与社区居委会", "和街道办事处一起逐户走访，", "研究了整改方案。", "感谢您。"]
    >>> paragraphs([VisualLine(line) for line in lines])
    [[0, 1, 2, 3], [4]]
    """
    width = _full_width(lines)
    groups: list[list[int]] = []
    indented = width is not None and any(line.indent for line in lines)
    for i, line in enumerate(lines):
        if i and width is not None and _runs_on(lines[i - 1], line, width, indented):
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _full_width(lines: Sequence[VisualLine]) -> float | None:
    """The width of full lines, ``None`` where the lines are not wrapped."""
    widths = [_width(line.text) for line in lines]
    running = sorted(w for w in widths if w >= _WIDTHS[0])
    if len(running) < 3:
        return None
    full = running[-1]
    if not _WIDTHS[0] <= full <= _WIDTHS[1]:
        return None
    cut = sum(
        width >= full - _SLACK and not line.text.endswith(_ENDS)
        for width, line in zip(widths, lines, strict=True)
    )
    if cut and sum(line.indent for line in lines) >= _INDENTED * len(lines):
        return full
    return full if cut >= 2 and cut >= _SHARE * len(lines) else None


def _width(text: str) -> float:
    return len(text) - len(_NARROW.findall(text)) / 2


def _runs_on(before: VisualLine, line: VisualLine, full: float, indented: bool) -> bool:
    if line.indent or _width(before.text) + (2 if before.indent else 0) < full - _SLACK:
        return False
    if indented:
        return True
    if _STARTS.match(line.text):
        return False
    # a sentence that ends with the line ends the paragraph, too, but where not a character more had room
    return not before.text.endswith(tuple("。！？；")) or _width(before.text) >= full - 1
