"""Tagged letters to rows: the same tables for csv, xlsx and parquet, with Chinese column names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dafu.records import (
    KIND_NAMES,
    LABEL_NAMES,
    OTHER,
    SECTION_NAMES,
    Evidence,
    Label,
    Problem,
    TaggedLetter,
)

Level = Literal["sentence", "paragraph", "letter"]
Cell = str | int | float | bool | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its columns as (name, type, width in characters), and its rows of a letter."""

    name: str
    columns: tuple[tuple[str, type, int], ...]
    rows: Callable[[TaggedLetter], Iterator[Row]]


def label_name(label: Label) -> str:
    """The name that users see: 已办举措 for ``completed``; labels of other schemes name themselves."""
    return LABEL_NAMES.get(label, label)


def label_names(labels: Sequence[Label]) -> str:
    """Names of a label set, joined; 其他 for the empty set."""
    return "、".join(map(label_name, labels)) or LABEL_NAMES[OTHER]


def evidence_text(tagged: TaggedLetter, evidence: Sequence[Evidence]) -> str:
    """The words that a tag rests on, verbatim, grouped by label: 已办举措:先后、印发;量化表述:2.5亿元."""
    text = tagged.letter.text
    groups: dict[str, list[str]] = {}
    for item in evidence:
        words = groups.setdefault(label_name(item.label), [])
        word = text[item.start : item.end].strip()
        shown = f"〔{word}〕" if item.source == "heading" else word
        if shown and not any(shown in other for other in words):
            words.append(shown)
    return ";".join(f"{label}:{'、'.join(words)}" for label, words in groups.items())


def _letter_cells(tagged: TaggedLetter) -> tuple[Cell, ...]:
    meta = tagged.letter.meta
    return tagged.letter.id, meta.issuer, meta.proposal_number, meta.date


_LETTER_COLUMNS: tuple[tuple[str, type, int], ...] = (
    ("编号", str, 14),
    ("发文机关", str, 18),
    ("提案号", str, 9),
    ("日期", str, 11),
)


def sentence_table(labels: Sequence[Label]) -> Table:
    """One row a sentence."""

    def rows(tagged: TaggedLetter) -> Iterator[Row]:
        text = tagged.letter.text
        head = _letter_cells(tagged)
        for number, (sentence, tag) in enumerate(
            zip(tagged.letter.sentences, tagged.sentences, strict=True), 1
        ):
            kind = tagged.letter.paragraphs[sentence.paragraph].kind
            yield (
                *head,
                sentence.paragraph + 1,
                number,
                KIND_NAMES[kind],
                SECTION_NAMES[sentence.section],
                text[sentence.start : sentence.end],
                label_names(tag.labels),
                *(tag.scores[label] for label in labels),
                evidence_text(tagged, tag.evidence),
                "是" if tag.needs_review else "",
                sentence.start,
                sentence.end,
            )

    return Table(
        "句子",
        (
            *_LETTER_COLUMNS,
            ("段序", int, 6),
            ("句序", int, 6),
            ("位置", str, 8),
            ("部分", str, 8),
            ("原文", str, 70),
            ("标签", str, 18),
            *((f"{label_name(label)}概率", float, 10) for label in labels),
            ("依据", str, 36),
            ("需复核", str, 8),
            ("起", int, 7),
            ("止", int, 7),
        ),
        rows,
    )


def paragraph_table(labels: Sequence[Label]) -> Table:
    """One row a paragraph."""

    def rows(tagged: TaggedLetter) -> Iterator[Row]:
        text = tagged.letter.text
        head = _letter_cells(tagged)
        for number, (paragraph, tag) in enumerate(
            zip(tagged.letter.paragraphs, tagged.paragraphs, strict=True), 1
        ):
            yield (
                *head,
                number,
                KIND_NAMES[paragraph.kind],
                SECTION_NAMES[paragraph.section],
                text[paragraph.start : paragraph.end],
                label_name(tag.label),
                label_names(tag.labels),
                *(tag.scores[label] for label in labels),
                paragraph.start,
                paragraph.end,
            )

    return Table(
        "段落",
        (
            *_LETTER_COLUMNS,
            ("段序", int, 6),
            ("位置", str, 8),
            ("部分", str, 8),
            ("原文", str, 80),
            ("主标签", str, 12),
            ("全部标签", str, 20),
            *((f"{label_name(label)}概率", float, 10) for label in labels),
            ("起", int, 7),
            ("止", int, 7),
        ),
        rows,
    )


def letter_table(labels: Sequence[Label]) -> Table:
    """One row a letter: what it says of itself, and how many of its sentences carry each label."""

    def rows(tagged: TaggedLetter) -> Iterator[Row]:
        meta = tagged.letter.meta
        counts = [sum(label in tag.labels for tag in tagged.sentences) for label in labels]
        yield (
            tagged.letter.id,
            tagged.letter.source,
            meta.title,
            meta.issuer,
            "、".join(meta.addressees),
            meta.proposal_number,
            meta.session,
            meta.document_number,
            meta.date,
            meta.category,
            len(tagged.letter.text),
            len(tagged.paragraphs),
            len(tagged.sentences),
            *counts,
            sum(tag.needs_review for tag in tagged.sentences),
        )

    return Table(
        "信件",
        (
            ("编号", str, 14),
            ("来源", str, 24),
            ("标题", str, 40),
            ("发文机关", str, 20),
            ("主送", str, 16),
            ("提案号", str, 9),
            ("届次", str, 20),
            ("文号", str, 20),
            ("日期", str, 11),
            ("类别", str, 6),
            ("字数", int, 8),
            ("段落数", int, 8),
            ("句子数", int, 8),
            *((f"{label_name(label)}句数", int, 10) for label in labels),
            ("需复核句数", int, 10),
        ),
        rows,
    )


PROBLEM_COLUMNS: tuple[tuple[str, type, int], ...] = (
    ("来源", str, 40),
    ("行号", int, 8),
    ("原因", str, 50),
    ("处理办法", str, 50),
)


def problem_row(problem: Problem) -> Row:
    """A problem as a row of the problems table."""
    return problem.source, problem.line, problem.reason, problem.remedy


def table_of(level: Level, labels: Sequence[Label]) -> Table:
    """The table of a level."""
    return {"sentence": sentence_table, "paragraph": paragraph_table, "letter": letter_table}[level](labels)
