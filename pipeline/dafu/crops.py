"""Parts of letters to learn from: users also tag excerpts, single paragraphs and rows of tables."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dafu.letter import parse_letter
from dafu.records import Letter

#: Lines of a part beyond its first.
_MORE = (1, 5)


def crops(letters: Sequence[Letter], count: int) -> Iterator[tuple[int, Letter, list[int]]]:
    """Up to ``count`` parts of each letter, a few lines each, read as if they were all there is.

    Gives the letter's index, the part, and for each of the part's sentences its row among the sentences of all
    letters. Parts begin at any heading or line of the body, so that headings and lead-ins are met with what stands
    under them, without salutation and opening. The same letters give the same parts.
    """
    first_row = 0
    for number, letter in enumerate(letters):
        body = [i for i, p in enumerate(letter.paragraphs) if p.kind in ("heading", "body")]
        if len(body) >= 3:
            rows = {(s.start, s.end): first_row + i for i, s in enumerate(letter.sentences)}
            chance = random.Random(letter.id)
            for _ in range(count):
                first = chance.choice(body[:-1])
                last = min(first + chance.randint(*_MORE), body[-1])
                start, end = letter.paragraphs[first].start, letter.paragraphs[last].end
                part = parse_letter(letter.text[start:end], id=letter.id)
                found = [rows.get((s.start + start, s.end + start), -1) for s in part.sentences]
                if -1 not in found and (first, last) != (body[0], body[-1]):
                    yield number, part, found
        first_row += len(letter.sentences)
