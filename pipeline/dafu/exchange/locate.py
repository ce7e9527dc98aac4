"""Where a quoted text stands in a letter that may have been edited since."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dafu.folding import fold

Span = tuple[int, int]
#: A quotation this much like a sentence, and this much more than like any other, is that sentence, edited.
_ALIKE, _MARGIN = 0.75, 0.1
#: Longer ones are not compared: the time grows with the product of the lengths.
_LARGEST = 4_000_000
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Found:
    """A place, and whether its words differ from the quotation's."""

    start: int
    end: int
    edited: bool


class Haystack:
    """A text to find quotations in; ``units`` are the spans that an edited quotation may stand for."""

    def __init__(self, text: str, units: Sequence[Span]) -> None:
        self.text = text
        self.units = sorted(set(units))
        folded = fold(text)
        self._places = [i for i, c in enumerate(folded) if not c.isspace()]
        self._squeezed = "".join(folded[i] for i in self._places)
        self._plain = [_squeeze(text[start:end]) for start, end in self.units]

    def find(self, quote: str, *, near: int = 0) -> Found | None:
        """The place of a quotation: word for word but for blanks and width of characters, else the unit most like it.

        Where the words stand several times, the first at or after ``near`` is taken. ``None`` where nothing is
        like it, or several units are about equally so.
        """
        plain = _squeeze(quote)
        if not plain:
            return None
        at = self._exact(plain, near)
        if at is not None:
            start, end = self._places[at], self._places[at + len(plain) - 1] + 1
            return Found(start, end, False)
        return self._alike(plain)

    def _exact(self, plain: str, near: int) -> int | None:
        first = self._squeezed.find(plain)
        if first < 0:
            return None
        at = first
        while at >= 0:
            if self._places[at] >= near:
                return at
            at = self._squeezed.find(plain, at + 1)
        return first

    def _alike(self, plain: str) -> Found | None:
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(plain)
        scores: list[tuple[float, int]] = []
        for i, unit in enumerate(self._plain):
            if not unit or 2 * min(len(unit), len(plain)) < _ALIKE * (len(unit) + len(plain)):
                continue
            if len(unit) * len(plain) > _LARGEST:
                continue
            matcher.set_seq1(unit)
            if matcher.quick_ratio() >= _ALIKE:
                scores.append((matcher.ratio(), i))
        scores.sort(reverse=True)
        if not scores or scores[0][0] < _ALIKE:
            return None
        if len(scores) > 1 and scores[0][0] - scores[1][0] < _MARGIN:
            best, second = self.units[scores[0][1]], self.units[scores[1][1]]
            if not (best[0] <= second[0] < best[1] or second[0] <= best[0] < second[1]):
                return None
        start, end = self.units[scores[0][1]]
        return Found(start, end, True)


def _squeeze(text: str) -> str:
    return _BLANK.sub("", fold(text))


def squeeze(text: str) -> str:
    """A text without blanks, in canonical characters: what stays the same when it is copied about.

    >>> squeeze("　我局 已办结;")
    '我局已办结；'
    """
    return _squeeze(text)
