"""The letterhead of a page that was read by geometry."""

from __future__ import annotations

from collections.abc import Sequence

from dafu.readers.assemble import letterhead_issuer
from dafu.readers.lines import Line, body_size

_TOP = 5
_LARGE = 1.6


def letterhead_of(pages: Sequence[Sequence[Line]]) -> str | None:
    """The issuer that a letterhead at the top of the first page names: red, or much larger than the text."""
    size = body_size(pages)
    for line in next((page for page in pages if page), ())[:_TOP]:
        if line.red or line.size > _LARGE * size:
            issuer = letterhead_issuer(line.text)
            if issuer:
                return issuer
    return None
