"""Sentences and paragraphs as the annotation guide cuts them."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_OPENERS = {"“": "”", "‘": "’", "《": "》", "（": "）", "〔": "〕"}
_CLOSERS = {close: open_ for open_, close in _OPENERS.items()}
_END = "。！？；"
_POINT = re.compile(r"[“”‘’《》（）〔〕\"。！？；]")
_BRACKET = re.compile(r"[“”‘’《》（）〔〕\"]")
# What follows a quotation that its sentence goes on after: “为何不修？”的问题, “好。”，他说.
_GOES_ON = "，、；：。！？）》的等一这之问和与及是为"
# What holds an ending mark without being an end: addresses and character references.
_HELD = re.compile(r"(?:https?：//|www\.)[\w./\-？=&%#；：+@]+|&#?\w{2,8}；", re.ASCII)


def paragraph_spans(folded: str) -> Iterator[Span]:
    """Spans of the non-empty lines of a folded text, without the white space around them."""
    start = 0
    for line in folded.split("\n"):
        stripped = line.strip()
        if stripped:
            left = start + len(line) - len(line.lstrip())
            yield left, left + len(stripped)
        start += len(line) + 1


def sentence_spans(line: str, offset: int = 0) -> list[Span]:
    """Cut one folded line into sentences; spans are moved by ``offset``.

    A sentence ends at 。！？； outside quotation marks, book-title marks and brackets; what remains at
    the line's end is a sentence too. A bracket that is never closed protects nothing. A quotation that
    ends in 。！？ and closes there ends the sentence with it. White space around a sentence is left out.
    Linear in the line's length.

    >>> sentence_spans("出台《关于…；的意见》。下一步，继续推进；力争（含二期；三期）完工")
    [(0, 12), (12, 21), (21, 33)]
    """
    length = len(line)
    inner = _protected(line) if _BRACKET.search(line) else ()
    held = [m.span() for m in _HELD.finditer(line)] if "：//" in line or "&" in line or "www." in line else []
    spans: list[Span] = []
    start = 0
    position = 0
    next_inner = 0
    next_held = 0
    while position < length:
        match = _POINT.search(line, position)
        if match is None:
            break
        at = match.start()
        position = at + 1
        while next_inner < len(inner) and inner[next_inner][1] <= at:
            next_inner += 1
        if next_inner < len(inner) and inner[next_inner][0] <= at:
            close = inner[next_inner][1]
            position = close
            if (
                close < length
                and line[close - 2] in "。！？"
                and line[close - 1] in '”’"'
                and line[close] not in _GOES_ON
            ):
                _add(spans, line, start, close, offset)
                start = close
            continue
        if line[at] not in _END:
            continue
        while next_held < len(held) and held[next_held][1] <= at:
            next_held += 1
        if next_held < len(held) and held[next_held][0] <= at:
            continue
        while position < length and line[position] in _END:
            position += 1
        _add(spans, line, start, position, offset)
        start = position
    _add(spans, line, start, length, offset)
    return spans


def _add(spans: list[Span], line: str, start: int, end: int, offset: int) -> None:
    piece = line[start:end]
    stripped = piece.strip()
    if not stripped:
        return
    left = start + len(piece) - len(piece.lstrip())
    if spans and not stripped.strip(_END + '”’" 、，.·'):  # stray closing marks belong to what they close
        spans[-1] = (spans[-1][0], left + len(stripped) + offset)
        return
    spans.append((left + offset, left + len(stripped) + offset))


def _protected(line: str) -> list[Span]:
    """Outermost matched pairs of quotation marks and brackets, as spans in order."""
    stack: list[tuple[str, int]] = []
    pairs: list[Span] = []
    straight: int | None = None
    counts: dict[str, int] = {}
    for match in _BRACKET.finditer(line):
        mark, at = match.group(), match.start()
        if mark == '"':
            if straight is None:
                straight = at
            else:
                pairs.append((straight, at + 1))
                straight = None
        elif mark in _OPENERS:
            stack.append((mark, at))
            counts[mark] = counts.get(mark, 0) + 1
        elif counts.get(_CLOSERS[mark]):
            while stack:
                opener, begin = stack.pop()
                counts[opener] -= 1
                if opener == _CLOSERS[mark]:
                    pairs.append((begin, at + 1))
                    break
    pairs.sort()
    outer: list[Span] = []
    for pair in pairs:
        if not outer or pair[0] >= outer[-1][1]:
            outer.append(pair)
    return outer
