"""Labels of paragraphs beside labels of sentences: what is known of each sentence, and how the rest is settled.

A paragraph's labels are a bag: its sentences carry only those labels, and each label at least once (decision 7 of
the design). What follows from that alone is taken as known; the rest is settled by a model's scores, in turns
with training. Source: multiple-instance learning by hard assignment, Andrews, Tsochantaridis, Hofmann,
Support vector machines for multiple-instance learning, 2003 (mi-SVM).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafu.corpus import LabelledLetter
from dafu.records import Label

UNKNOWN = -1

#: A label that fewer sentences than this are known to carry cannot settle labels of paragraphs.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """One label of one paragraph, which ``rows`` may carry; at least one of them must, where ``needed``."""

    rows: NDArray[np.int64]
    column: int
    needed: bool


def known_labels(
    letters: Sequence[LabelledLetter], names: Sequence[Label]
) -> tuple[NDArray[np.int8], list[Choice]]:
    """What is known of every sentence, shape (n, labels): 1, 0, or -1 unknown; and what is left to choose.

    A paragraph of one sentence, and one without labels, leave nothing to choose.
    """
    total = sum(len(labelled.labels) for labelled in letters)
    y = np.full((total, len(names)), UNKNOWN, np.int8)
    choices: list[Choice] = []
    first = 0
    for labelled in letters:
        for i, (given, seen) in enumerate(zip(labelled.labels, labelled.known, strict=True)):
            if seen:
                y[first + i] = [name in given for name in names]
        for bag in labelled.bags:
            rows = np.array([first + i for i in bag.sentences if not labelled.known[i]], np.int64)
            carried = frozenset[Label]().union(*(labelled.labels[i] for i in bag.sentences))
            for column, name in enumerate(names):
                if name not in bag.labels:
                    y[rows, column] = 0
                elif len(rows) == 1 and name not in carried:
                    y[rows, column] = 1
                elif len(rows):
                    choices.append(Choice(rows, column, name not in carried))
        first += len(labelled.labels)
    return y, choices


def settle(
    y: NDArray[np.int8],
    choices: Sequence[Choice],
    scores: NDArray[np.float64],
    thresholds: NDArray[np.float64],
) -> NDArray[np.int8]:
    """``y`` with every choice made as the scores (n, labels) say: those over the threshold, or else the highest."""
    settled = y.copy()
    for choice in choices:
        own = scores[choice.rows, choice.column]
        said = own >= thresholds[choice.column]
        if choice.needed and not said.any():
            said[int(np.argmax(own))] = True
        settled[choice.rows, choice.column] = said
    return settled


def settle_blindly(
    y: NDArray[np.int8], choices: Sequence[Choice], columns: Sequence[int]
) -> NDArray[np.int8]:
    """``y`` with every choice of some columns made in favour of the label: a beginning where nothing else is known."""
    settled = y.copy()
    for choice in choices:
        if choice.column in columns:
            settled[choice.rows, choice.column] = 1
    return settled
