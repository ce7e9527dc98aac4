"""What to label next: the units of unlabelled letters that would teach a model most.

A unit's value is how unsure the model is of its sentences. Units are drawn with a chance that grows with their
value (A. Kirsch et al., Stochastic Batch Acquisition, 2021: the plain top of the list is a heap of look-alikes),
then thinned to a set that is far apart (weighted greedy k-center; O. Sener and S. Savarese, 2018).
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dafu.features import batch_sentences, count_matrix
from dafu.folding import fold
from dafu.letter import parse_folded
from dafu.records import Document, Label, Letter
from dafu.tagger import Tagger

Unit = Literal["sentence", "paragraph", "letter"]
Doubles = NDArray[np.float64]

#: Lines that state nothing by the annotation guide: nobody need look at them.
_STATES_NOTHING = ("header", "title", "salutation", "heading", "signature")
#: How sharply a unit's chance grows with its value; 0 is blind chance.
SHARPNESS = 4.0
#: Candidates that are kept, for each unit wanted.
_KEPT = 10
_BATCH = 64
#: Features that tell look-alikes: character bigrams and trigrams, hashed.
_ORDERS, _BUCKETS, _DIMENSIONS = (2, 3), 2**15, 256
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit of a letter that somebody might label, and what the model says of it.

    ``spans`` are its sentences, ``labels`` the model's for each, ``value`` how unsure the model is: the mean
    over the sentences, in bits.
    """

    letter: Document
    start: int
    end: int
    value: float
    spans: tuple[tuple[int, int], ...]
    labels: tuple[tuple[Label, ...], ...]


def doubt(scores: Doubles, thresholds: Doubles) -> Doubles:
    """How unsure a model is of each sentence, in bits: the entropy of each label, summed.

    ``scores`` has shape (n, labels). Probabilities are first moved so that the label's threshold lies at one
    half: there the answer turns.
    """
    clipped = np.clip(scores, 1e-6, 1 - 1e-6)
    odds = np.log(clipped / (1 - clipped)) - np.log(thresholds / (1 - thresholds))
    p = np.clip(1 / (1 + np.exp(-odds)), 1e-9, 1 - 1e-9)
    return np.asarray((-p * np.log2(p) - (1 - p) * np.log2(1 - p)).sum(axis=1))


def chance(value: float, name: str, seed: int) -> float:
    """The key by which candidates are drawn: the highest of ``log(value)`` plus Gumbel noise.

    The noise is a fixed function of the unit's ``name``, so that the draw does not depend on the order of the
    corpus. Keeping the n highest keys draws n without replacement, by weight ``value ** SHARPNESS``.
    """
    digest = hashlib.sha256(f"{seed}/{name}".encode("utf-8", "surrogatepass")).digest()
    uniform = (int.from_bytes(digest[:8], "big") + 0.5) / 2**64
    return float(SHARPNESS * np.log(max(value, 1e-9)) - np.log(-np.log(uniform)))


def far_apart(
    vectors: NDArray[np.float32],
    values: Doubles,
    owners: Sequence[object],
    count: int,
    *,
    most: int | None = None,
) -> list[int]:
    """Indices of up to ``count`` rows, valuable and far from each other, at most ``most`` of each owner.

    Greedy: the next is the one with the greatest value times cosine distance to what is chosen. ``vectors`` is
    rows of length one.
    """
    distance = np.ones(len(values))
    free = np.ones(len(values), bool)
    taken: Counter[object] = Counter()
    chosen: list[int] = []
    rows_of: dict[object, list[int]] = {}
    for i, owner in enumerate(owners):
        rows_of.setdefault(owner, []).append(i)
    while len(chosen) < count and free.any():
        best = int(np.argmax(np.where(free, values * distance, -1.0)))
        chosen.append(best)
        free[best] = False
        taken[owners[best]] += 1
        if most is not None and taken[owners[best]] >= most:
            free[rows_of[owners[best]]] = False
        distance = np.minimum(distance, np.clip(1 - vectors @ vectors[best], 0, 1))
    return chosen


def vectors_of(texts: Sequence[str]) -> NDArray[np.float32]:
    """Hashed character n-grams of texts, a row each, of length one; what all share weighs little.

    Projected at random to a few hundred dimensions, which keeps cosines (D. Achlioptas, 2003).
    """
    from scipy.sparse import diags

    letters = [_one_sentence(text) for text in texts]
    batch = batch_sentences(letters)
    counts = count_matrix(batch, _ORDERS, _BUCKETS)
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    weighted = (counts @ diags(np.log((1 + len(texts)) / (1 + frequency)))).tocsr()
    signs = 2 * np.random.default_rng(0).integers(0, 2, (_BUCKETS, _DIMENSIONS)).astype(np.float32) - 1
    flat = np.asarray(weighted @ signs, np.float32)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(length, 1e-9), np.float32)


def _one_sentence(text: str) -> Letter:
    from dafu.records import Meta, Paragraph, Sentence

    flat = text.replace("\n", " ")
    return Letter("", flat, Meta(), (Paragraph(0, len(flat), "body"),), (Sentence(0, len(flat), 0),))


def units_of(letter: Letter, unit: Unit) -> Iterator[tuple[int, int, list[int]]]:
    """(start, end, indices of its sentences) of each unit of a letter that may state something."""
    told = [
        i
        for i, s in enumerate(letter.sentences)
        if letter.paragraphs[s.paragraph].kind not in _STATES_NOTHING and s.end - s.start >= _SHORTEST
    ]
    if unit == "sentence":
        for i in told:
            yield letter.sentences[i].start, letter.sentences[i].end, [i]
    elif unit == "letter":
        if told:
            yield 0, len(letter.text), told
    else:
        groups: dict[int, list[int]] = {}
        for i in told:
            groups.setdefault(letter.sentences[i].paragraph, []).append(i)
        for index, members in groups.items():
            paragraph = letter.paragraphs[index]
            yield paragraph.start, paragraph.end, members


def build_queue(
    documents: Iterable[Document],
    tagger: Tagger,
    count: int,
    *,
    unit: Unit = "paragraph",
    most: int | None = 3,
    seed: int = 0,
    advance: Callable[[int], None] | None = None,
) -> list[Candidate]:
    """Up to ``count`` units of unlabelled letters, at most ``most`` of a letter, in the order to label them.

    Letters stream by: what is kept in memory depends on ``count`` alone. ``advance`` is told of letters done.
    """
    kept: list[tuple[float, str, Candidate]] = []
    stream = iter(documents)
    while documents_now := list(islice(stream, _BATCH)):
        for candidate in _candidates(documents_now, tagger, unit):
            name = f"{candidate.letter.id}/{candidate.start}"
            entry = (chance(candidate.value, name, seed), name, candidate)
            if len(kept) < _KEPT * count:
                heapq.heappush(kept, entry)
            elif entry[0] > kept[0][0]:
                heapq.heapreplace(kept, entry)
        if advance:
            advance(len(documents_now))
    if not kept:
        return []
    kept.sort(reverse=True, key=lambda entry: (entry[0], entry[1]))
    candidates = [candidate for _, _, candidate in kept]
    vectors = vectors_of([c.letter.text[c.start : c.end] for c in candidates])
    values = np.array([c.value for c in candidates])
    order = far_apart(vectors, values, [c.letter.id for c in candidates], count, most=most)
    return [candidates[i] for i in order]


def _candidates(documents: Sequence[Document], tagger: Tagger, unit: Unit) -> Iterator[Candidate]:
    folded = [fold(d.text) for d in documents]
    letters = [
        parse_folded(d.text, f, id=d.id, source=d.source) for d, f in zip(documents, folded, strict=True)
    ]
    scores, _ = tagger.scores(batch_sentences(letters, folded))
    thresholds = tagger.model.calibration.threshold_
    unsure = doubt(scores, thresholds) if len(scores) else np.zeros(0)
    names = tagger.model.labels
    row = 0
    for document, letter in zip(documents, letters, strict=True):
        for start, end, members in units_of(letter, unit):
            yield Candidate(
                document,
                start,
                end,
                float(np.mean([unsure[row + i] for i in members])),
                tuple((letter.sentences[i].start, letter.sentences[i].end) for i in members),
                tuple(
                    tuple(n for n, p, t in zip(names, scores[row + i], thresholds, strict=True) if p >= t)
                    for i in members
                ),
            )
        row += len(letter.sentences)
