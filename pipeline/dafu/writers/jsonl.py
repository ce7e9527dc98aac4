"""JSON lines: one line a letter, in the form that other programs read."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from dafu.records import Problem, TaggedLetter
from dafu.writers.base import WholeFile
from dafu.writers.delimited import ProblemFile


def letter_row(tagged: TaggedLetter) -> dict[str, Any]:
    """A tagged letter as the JSON object that the README describes; ``places`` only where there are any."""
    letter = tagged.letter
    meta = letter.meta
    places = {"places": [asdict(place) for place in tagged.places]} if tagged.places else {}
    return {
        "id": letter.id,
        "source": letter.source,
        "meta": {
            "title": meta.title,
            "issuer": meta.issuer,
            "addressees": list(meta.addressees),
            "proposal_number": meta.proposal_number,
            "session": meta.session,
            "document_number": meta.document_number,
            "date": meta.date,
            "category": meta.category,
        },
        "text": letter.text,
        "paragraphs": [
            {
                "start": paragraph.start,
                "end": paragraph.end,
                "kind": paragraph.kind,
                "section": paragraph.section,
                "label": tag.label,
                "labels": list(tag.labels),
                "scores": dict(tag.scores),
            }
            for paragraph, tag in zip(letter.paragraphs, tagged.paragraphs, strict=True)
        ],
        "sentences": [
            {
                "start": sentence.start,
                "end": sentence.end,
                "paragraph": sentence.paragraph,
                "labels": list(tag.labels),
                "scores": dict(tag.scores),
                "evidence": [
                    {"start": e.start, "end": e.end, "label": e.label, "source": e.source}
                    for e in tag.evidence
                ],
                "needs_review": tag.needs_review,
            }
            for sentence, tag in zip(letter.sentences, tagged.sentences, strict=True)
        ],
        "figures": [asdict(figure) for figure in tagged.figures],
        "commitments": [asdict(commitment) for commitment in tagged.commitments],
        **places,
        "model": tagged.model,
    }


def to_line(tagged: TaggedLetter) -> bytes:
    """One line in UTF-8; lone surrogates are written as escapes, so that the text comes back unchanged."""
    row = letter_row(tagged)
    try:
        return (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(row, separators=(",", ":")) + "\n").encode()


class JsonlWriter:
    """JSON lines to a file, or to standard output where ``path`` is ``None``. Problems go to a file beside it."""

    def __init__(self, path: Path | None, *, problems: bool = True) -> None:
        self._file = WholeFile(path) if path else None
        self._out: BinaryIO = self._file.aside.open("wb") if self._file else sys.stdout.buffer
        self._problems = ProblemFile(path if problems else None)

    def write(self, tagged: TaggedLetter) -> None:
        self._out.write(to_line(tagged))

    def problem(self, problem: Problem) -> None:
        self._problems.add(problem)

    def close(self) -> None:
        if self._file:
            self._out.close()
            self._file.commit()
        else:
            self._out.flush()
        self._problems.close()

    def abort(self) -> None:
        if self._file:
            self._out.close()
            self._file.discard()
