"""Scores and decisions of many sentences, as arrays, to the tags of sentences and paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from dafu.records import OTHER, QUANTITATIVE, TIE_ORDER, Evidence, Label, Letter, ParagraphTag, SentenceTag


def sentence_tags(
    labels: Sequence[Label],
    positive: NDArray[np.bool_],
    scores: NDArray[np.float64],
    evidence: Iterable[tuple[Evidence, ...]],
    review: NDArray[np.bool_],
) -> list[SentenceTag]:
    """A tag for each row of ``positive`` and ``scores``, shape (n, labels), and ``review``, shape (n,)."""
    named = [dict(zip(labels, row, strict=True)) for row in scores.tolist()]
    return list(map(SentenceTag, label_sets(labels, positive), named, evidence, review.tolist()))


def label_sets(labels: Sequence[Label], positive: NDArray[np.bool_]) -> list[tuple[Label, ...]]:
    """The labels of each row of ``positive``, shape (n, labels). Equal sets are one tuple."""
    rows = list(map(tuple, positive.tolist()))
    sets = {row: tuple(compress(labels, row)) for row in set(rows)}
    return [sets[row] for row in rows]


def paragraph_tags(
    letter: Letter, tags: Sequence[SentenceTag], labels: Sequence[Label]
) -> tuple[ParagraphTag, ...]:
    """Paragraph labels of one letter from its sentences' tags: see :func:`bag_tags`."""
    shape = (len(tags), len(labels))
    return tuple(
        bag_tags(
            labels,
            np.array([s.paragraph for s in letter.sentences], np.int64),
            len(letter.paragraphs),
            np.array([s.end - s.start for s in letter.sentences], np.int64),
            np.array([[label in tag.labels for label in labels] for tag in tags], bool).reshape(shape),
            np.array([[tag.scores.get(label, 0.0) for label in labels] for tag in tags], float).reshape(
                shape
            ),
        )
    )


def bag_tags(
    labels: Sequence[Label],
    paragraph: NDArray[np.int64],
    count: int,
    length: NDArray[np.int64],
    positive: NDArray[np.bool_],
    scores: NDArray[np.float64],
) -> list[ParagraphTag]:
    """Labels of ``count`` paragraphs from those of their sentences, by the annotation guide's rule (section Paragraphs).

    ``paragraph`` and ``length`` (n,) are each sentence's paragraph and its characters, ``positive`` and ``scores``
    (n, labels) its labels and their scores. A paragraph's scores are one minus the product of the sentences'
    (1 - score): the chance that at least one sentence carries the label.
    """
    measure = positive & np.array([label != QUANTITATIVE for label in labels], bool)
    told = np.where(measure.any(axis=1, keepdims=True), measure, positive)
    absent = np.ones((len(labels), count))
    weight = np.zeros((len(labels), count))
    present = np.zeros((count, len(labels)), bool)
    for i in range(len(labels)):
        np.multiply.at(absent[i], paragraph, 1 - scores[:, i])
        weight[i] = np.bincount(paragraph, told[:, i] * length, count)
        present[paragraph[positive[:, i]], i] = True
    ranks = [TIE_ORDER.index(label) if label in TIE_ORDER else len(TIE_ORDER) for label in labels]
    order = np.argsort(ranks, kind="stable")
    heaviest = order[weight[order].argmax(axis=0)].tolist()
    likely = (1 - absent).T.tolist()
    return [
        ParagraphTag(
            labels[first] if found else OTHER,
            found,
            {label: round(value, 4) for label, value in zip(labels, row, strict=True)},
        )
        for first, found, row in zip(heaviest, label_sets(labels, present), likely, strict=True)
    ]
