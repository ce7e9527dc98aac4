"""Pieces of one letter put together: its text, where each piece stands in it, and its sentences and paragraphs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from dafu.exchange.base import Piece, Tally
from dafu.exchange.locate import Haystack, squeeze
from dafu.exchange.rows import Span
from dafu.folding import fold
from dafu.letter import parse_folded
from dafu.records import Letter

#: A text this long does not stand twice in a letter by chance: a second copy is a second opinion.
_TELLING = 15


def put_together(pieces: Sequence[Piece], tally: Tally) -> tuple[str, list[Span | None]]:
    """The letter's text, and where each piece stands in it.

    From the text that an export carried; else from the pieces' places, gaps filled with blanks; else joined.
    """
    carried = next((p.carried["text"] for p in pieces if p.carried and "text" in p.carried), None)
    if isinstance(carried, str):
        return carried, _placed(carried, pieces, tally)
    if len(pieces) == 1 and pieces[0].start in (None, 0):
        return pieces[0].text, [(0, len(pieces[0].text))]
    if all(p.start is not None and p.end is not None for p in pieces):
        return _from_places(pieces, tally)
    return _joined(pieces)


def _placed(text: str, pieces: Sequence[Piece], tally: Tally) -> list[Span | None]:
    haystack: Haystack | None = None
    spans: list[Span | None] = []
    for piece in pieces:
        if piece.start is None and piece.text == text:
            spans.append((0, len(text)))
            continue
        start, end = piece.start or 0, piece.end if piece.end is not None else len(text)
        if 0 <= start < end <= len(text) and squeeze(text[start:end]) == squeeze(piece.text):
            spans.append((start, end))
            continue
        if haystack is None:
            haystack = haystack_of(parse_folded(text, fold(text)))
        found = haystack.find(piece.text, near=start)
        if found is not None and found.edited:
            tally.notes["edited"] += 1
        spans.append((found.start, found.end) if found else None)
    return spans


def _from_places(pieces: Sequence[Piece], tally: Tally) -> tuple[str, list[Span | None]]:
    order = sorted(range(len(pieces)), key=lambda i: (pieces[i].start or 0, pieces[i].end or 0))
    text = ""
    spans: list[Span | None] = [None] * len(pieces)
    before: Piece | None = None
    shift = 0  # a text edited in its cell moves what comes after
    for i in order:
        piece = pieces[i]
        assert piece.start is not None
        assert piece.end is not None
        at = piece.start + shift
        if before is not None and text[at : at + len(piece.text)] == piece.text and piece.text:
            spans[i] = (
                at,
                at + len(piece.text),
            )  # said twice, or a sentence of a paragraph that stands there
            continue
        gap = max(0, at - len(text))
        if gap:
            broken = before is None or before.paragraph is None or before.paragraph != piece.paragraph
            text += ("\n" if broken and before is not None else " ") + " " * (gap - 1)
        elif before is not None and before.paragraph != piece.paragraph:
            text += "\n"
        spans[i] = (len(text), len(text) + len(piece.text))
        text += piece.text
        if len(piece.text) != piece.end - piece.start:
            tally.notes["edited"] += 1
        shift = len(text) - piece.end
        before = piece
    return text, spans


def _joined(pieces: Sequence[Piece]) -> tuple[str, list[Span | None]]:
    """Pieces one after the other, each a line unless a paragraph number says otherwise; copies stand once."""
    text = ""
    spans: list[Span | None] = []
    known: dict[str, Span] = {}
    before: Piece | None = None
    for piece in pieces:
        plain = squeeze(piece.text)
        if plain in known and (len(plain) >= _TELLING or not piece.id):
            spans.append(known[plain])
            continue
        same = before is not None and piece.paragraph is not None and piece.paragraph == before.paragraph
        text += "" if same or before is None else "\n"
        known[plain] = (len(text), len(text) + len(piece.text))
        spans.append(known[plain])
        text += piece.text
        before = piece
    return text, spans


class Units:
    """The sentences and paragraphs of a letter, to snap spans to."""

    def __init__(self, letter: Letter) -> None:
        self.text = letter.text
        self.sentences = [(s.start, s.end) for s in letter.sentences]
        self._ends = [s.end for s in letter.sentences]
        self.paragraph_of = [s.paragraph for s in letter.sentences]
        self.paragraphs = [(p.start, p.end) for p in letter.paragraphs]
        self.members: list[list[int]] = [[] for _ in letter.paragraphs]
        for i, p in enumerate(self.paragraph_of):
            self.members[p].append(i)

    def covered(self, start: int, end: int) -> tuple[list[int], bool]:
        """Sentences of which more than half lies in a span, and whether that is exactly what it covers."""
        found = []
        exact = True
        for i in range(bisect_right(self._ends, start), len(self.sentences)):
            s, e = self.sentences[i]
            if s >= end:
                break
            both = min(e, end) - max(s, start)
            if both <= 0:
                continue
            if 2 * both > e - s:
                found.append(i)
                exact = exact and both == e - s
            else:
                exact = exact and not self.text[max(s, start) : min(e, end)].strip()
        return found, exact and bool(found)

    def whole_paragraphs(self, start: int, end: int) -> list[int]:
        """Paragraphs all of whose sentences a span covers."""
        covered = set(self.covered(start, end)[0])
        return [p for p in sorted({self.paragraph_of[i] for i in covered}) if set(self.members[p]) <= covered]


def haystack_of(letter: Letter) -> Haystack:
    """A letter to find its sentences and paragraphs in."""
    units = [(s.start, s.end) for s in letter.sentences] + [(p.start, p.end) for p in letter.paragraphs]
    return Haystack(letter.text, units)
