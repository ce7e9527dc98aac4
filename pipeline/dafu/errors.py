"""The exception tree: every error that dafu raises on purpose derives from ``DafuError``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DafuError(Exception):
    """Base of all errors that dafu raises on purpose."""


class SettingsError(DafuError):
    """A settings file is missing, malformed, or has an unknown key or value."""


class InputError(DafuError):
    """A document cannot be read.

    ``reason`` and ``remedy`` are shown to users (Chinese first) and become a row of the problems
    table; ``source`` names the file and ``line`` its line, counted from 1.
    """

    def __init__(self, source: str, reason: str, remedy: str, *, line: int | None = None) -> None:
        super().__init__(f"{source}{f':{line}' if line else ''}: {reason} {remedy}")
        self.source = source
        self.reason = reason
        self.remedy = remedy
        self.line = line


class CorpusError(DafuError):
    """A labelled letter breaks the corpus' rules: offsets, labels, sentence cuts, splits."""


class ModelError(DafuError):
    """A model folder is missing, damaged, of another format, or not trusted."""


class OutputError(DafuError):
    """An output cannot be written: unknown suffix, missing folder, full disk."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the known word closest to ``name``, or lists what is known."""
    words = sorted(known)
    close = difflib.get_close_matches(name, words, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(words)}"
