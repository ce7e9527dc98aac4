"""Sentences and paragraphs as the annotation guide cuts them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

Span = tuple[int, int]

_OPENERS = {"“": "”", "‘": "’", "《": "》", "（": "）", "〔": "〕"}
_CLOSERS = {close: open_ for open_, close in _OPENERS.items()}
_END = "。！？；"
_RUN = re.compile(f"[{_END}]+")
_BRACKET = re.compile(r"[“”‘’《》（）〔〕\"]")
# What follows a quotation that its sentence goes on after: “为何不修？”的问题, “好。”，他说.
_GOES_ON = "，、；：。！？）》的等一这之问和与及是为"
# What alone makes no sentence. Folded text has no white space but blanks.
_STRAY = _END + '”’" 、，.·'
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
    spans: list[Span] = []
    start = 0
    for end in _cuts(line):
        if line[start] in _STRAY or line[end - 1] == " ":
            _add(spans, line, start, end, offset)
        else:
            spans.append((start + offset, end + offset))
        start = end
    _add(spans, line, start, len(line), offset)
    return spans


def _cuts(line: str) -> list[int]:
    """Where sentences end: after runs of ending marks, and after quotations that end a sentence."""
    runs = [match.span() for match in _RUN.finditer(line)]
    if not runs:  # no quotation ends a sentence without such a mark inside
        return []
    if "：//" in line or "&" in line or "www." in line:
        runs = _free([match.span() for match in _HELD.finditer(line)], runs)
    if not _BRACKET.search(line):
        return [end for _, end in runs]
    inner = _protected(line)
    cuts: list[int] = []
    following = 0
    for at, end in runs:
        while following < len(inner) and inner[following][1] <= at:
            if _ends_with_quotation(line, inner[following][1]):
                cuts.append(inner[following][1])
            following += 1
        if following == len(inner) or inner[following][0] > at:
            cuts.append(end)
    cuts += [close for _, close in inner[following:] if _ends_with_quotation(line, close)]
    return cuts


def _free(held: list[Span], runs: list[Span]) -> list[Span]:
    """Runs of ending marks, without those whose last mark stands in a held span."""
    starts = [start for start, _ in held]
    free: list[Span] = []
    for run in runs:
        before = bisect_left(starts, run[1]) - 1
        if before < 0 or held[before][1] < run[1]:
            free.append(run)
    return free


def _ends_with_quotation(line: str, close: int) -> bool:
    return (
        close < len(line)
        and line[close - 2] in "。！？"
        and line[close - 1] in '”’"'
        and line[close] not in _GOES_ON
    )


def _add(spans: list[Span], line: str, start: int, end: int, offset: int) -> None:
    piece = line[start:end]
    stripped = piece.strip()
    if not stripped:
        return
    left = start + len(piece) - len(piece.lstrip())
    if spans and not stripped.strip(_STRAY):  # stray closing marks belong to what they close
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
