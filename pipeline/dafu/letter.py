"""Text to :class:`~dafu.records.Letter`: header fields, sections, paragraphs and sentences, with offsets."""

from __future__ import annotations

from dafu.folding import fold
from dafu.header import read_meta
from dafu.layout import line_kinds, list_marker
from dafu.records import OTHER, Letter, Paragraph, Sentence
from dafu.sections import SectionTracker
from dafu.sentences import paragraph_spans, sentence_spans


def parse_letter(text: str, *, id: str = "", source: str = "") -> Letter:
    """Cut a letter into paragraphs and sentences and say which section each stands in.

    ``text`` is kept unchanged; every offset slices it back. Any string is a letter: a text without
    recognisable structure has body paragraphs in section ``other``.
    """
    return parse_folded(text, fold(text), id=id, source=source)


def parse_folded(text: str, folded: str, *, id: str = "", source: str = "") -> Letter:
    """:func:`parse_letter` for a text whose folded form is at hand."""
    spans = list(paragraph_spans(folded))
    lines = [folded[start:end] for start, end in spans]
    tracker = SectionTracker()
    paragraphs: list[Paragraph] = []
    sentences: list[Sentence] = []
    for index, ((start, end), line, found) in enumerate(zip(spans, lines, line_kinds(lines), strict=True)):
        tracker.open_paragraph()
        cuts = sentence_spans(line, start)
        if found.kind == "heading":
            section = tracker.open_heading(line, found.level, index)
            heading = tracker.parent_index()
            sentences += [Sentence(s, e, index, section, "heading", 0, found.level) for s, e in cuts]
        elif found.kind in ("body", "opening", "closing"):
            heading = tracker.heading_index()
            section = tracker.current()[0]
            first = len(sentences)
            for s, e in cuts:
                sentences.append(Sentence(s, e, index, *tracker.sentence(folded[s:e])))
            section = sentences[first].section
        else:
            heading, section = None, OTHER
            sentences += [Sentence(s, e, index, marker=list_marker(folded[s:e])[0]) for s, e in cuts]
        paragraphs.append(Paragraph(start, end, found.kind, section, found.level, heading))
    return Letter(id, text, read_meta(text, folded, paragraphs), tuple(paragraphs), tuple(sentences), source)
