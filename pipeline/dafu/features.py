"""Sentences as columns, and the text pass' features: hashed character n-grams, words and frames of clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafu.cues import CueHits, find_cues
from dafu.folding import code_points, fold
from dafu.frames import Frames, carried, frame_keys, read_frames
from dafu.quantities import find_quantities
from dafu.records import Kind, Letter, Quantity
from dafu.words import tokenizer

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_BASE = 0x100000001B3
_BASE_INVERSE = pow(_BASE, -1, 2**64)
#: Weights of the groups of text features: n-grams, words, frames. The more a group weighs the less it is penalised.
GROUP_WEIGHTS = (1.0, 1.0, 2.0)
#: A year that is named (2023年), not a class that entered school in it (2023年级). Begins with a set of characters, not
#: with a look-behind: such a sweep is four times faster.
_YEAR = re.compile(r"[12](?:(?<!\d1)(?<=1)9|(?<!\d2)(?<=2)0)\d\d(?= ?年(?!级))")
_CLAUSE_ENDS = np.array([ord(c) for c in "，。；：！？"], np.uint32)
_CLAUSE_MARKS = np.array([ord(c) for c in "，。；：！？、（）“”《》 "], np.uint32)


@dataclass(frozen=True, slots=True)
class SentenceBatch:
    """The sentences of many letters as columns.

    ``text`` is every sentence, folded, each with a line break before it; ``points`` its code points.
    ``start`` and ``end`` (shape (n,)) bound each sentence in ``text``; ``origin`` is what to add to a
    position in ``text`` to get the offset in the letter. ``letter`` (n,) is the index of its letter,
    ``paragraph`` (n,) that of its paragraph in the letter; ``kinds`` are the paragraphs' kinds.
    Words (m,) and clauses (c,) are given by where they begin; ``clause_sentence`` is the sentence of each clause.
    ``year_place`` (y,) is where years are named, ``year_seen`` (y,) what they are to the letter's own year: 1 one before,
    2 the same, 3 a later one, 4 the letter has no date.
    """

    letters: Sequence[Letter]
    text: str
    points: NDArray[np.uint32]
    start: Ints
    end: Ints
    origin: Ints
    letter: Ints
    paragraph: Ints
    kinds: Sequence[Kind]
    cues: CueHits
    cue_sentence: Ints
    quantities: Sequence[Quantity]
    quantity_sentence: Ints
    word_start: Ints
    word_length: Ints
    clause_start: Ints
    clause_sentence: Ints
    frames: Frames
    year_place: Ints
    year_seen: Ints

    def __len__(self) -> int:
        return len(self.start)


def batch_sentences(letters: Sequence[Letter], folded: Sequence[str] | None = None) -> SentenceBatch:
    """Join the sentences of many letters, find cues and quantities in one sweep."""
    if folded is None:
        folded = [fold(letter.text) for letter in letters]
    pieces: list[str] = []
    offsets: list[int] = []
    owners: list[int] = []
    paragraphs: list[int] = []
    kinds: list[Kind] = []
    for index, (letter, text) in enumerate(zip(letters, folded, strict=True)):
        for sentence in letter.sentences:
            pieces.append(text[sentence.start : sentence.end])
            offsets.append(sentence.start)
            paragraphs.append(sentence.paragraph)
            kinds.append(letter.paragraphs[sentence.paragraph].kind)
        owners += [index] * len(letter.sentences)
    joined = "\n" + "\n".join(pieces)
    lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
    start = np.cumsum(lengths + 1) - lengths
    end = start + lengths
    cues = find_cues(joined)
    quantities = find_quantities(joined)
    points = code_points(joined)
    words = tokenizer()(joined)
    word_length = np.fromiter(map(len, words), np.int64, len(words))
    word_start = np.cumsum(word_length) - word_length
    clause_start, clause_sentence = _clauses(points, start, end)
    word_clause = np.maximum(np.searchsorted(clause_start, word_start, "right") - 1, 0)
    quantity_start = np.fromiter((q.start for q in quantities), np.int64, len(quantities))
    return SentenceBatch(
        letters,
        joined,
        points,
        start,
        end,
        np.array(offsets, np.int64) - start if pieces else start,
        np.array(owners, np.int64),
        np.array(paragraphs, np.int64),
        kinds,
        cues,
        np.searchsorted(start, cues.start, "right") - 1,
        quantities,
        np.searchsorted(start, quantity_start, "right") - 1,
        word_start,
        word_length,
        clause_start,
        clause_sentence,
        read_frames(words, word_clause, clause_sentence),
        *_years(letters, joined, start, np.array(owners, np.int64)),
    )


def _years(letters: Sequence[Letter], text: str, start: Ints, letter: Ints) -> tuple[Ints, Ints]:
    """``year_place`` and ``year_seen`` of a batch."""
    own = np.array([int(x.meta.date[:4]) if x.meta.date else 0 for x in letters], np.int64)
    named = np.array([(found.start(), int(found[0])) for found in _YEAR.finditer(text)], np.int64).reshape(
        -1, 2
    )
    place, year = named.T
    letter_year = own[letter[np.searchsorted(start, place, "right") - 1]]
    return place, np.where(letter_year == 0, 4, np.sign(year - letter_year) + 2)


def _clauses(points: NDArray[np.uint32], start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Where clauses begin, at every sentence and after every mark inside one, and the sentence of each."""
    begins = np.zeros(len(points) + 1, bool)
    begins[1:] = np.isin(points, _CLAUSE_ENDS)
    begins[end] = False
    begins[start] = True
    starts = np.flatnonzero(begins)
    return starts, np.searchsorted(start, starts, "right") - 1


@dataclass(frozen=True, slots=True)
class Grams:
    """One family of text features: what stands where. All arrays have shape (k,), in text order.

    ``bucket`` is the hashed feature, ``position`` where in ``batch.text`` it begins, ``length`` how many
    characters it covers.
    """

    bucket: Ints
    position: Ints
    length: Ints


def text_grams(batch: SentenceBatch, orders: Sequence[int], buckets: int) -> tuple[tuple[Grams, ...], ...]:
    """The text features of all sentences, in three groups: character n-grams, words, and frames of clauses.

    The line break before a sentence counts as its first character, so that n-grams know a sentence's
    beginning. Words come three times: as they are, as the first of their clause, as the first of their
    sentence. A frame (:mod:`dafu.frames`) stands where the word does that names its act. A group's values are
    counts over the square root of the group's size in the sentence, times its weight. ``buckets`` is a power of two.
    """
    points = batch.points.astype(np.uint64)
    points[(points >= 0x30) & (points <= 0x39)] = 0x30  # every digit is 0
    upper = (points >= 0x41) & (points <= 0x5A)
    points[upper] += np.uint64(0x20)
    return _ngrams(points, orders, buckets), _words(batch, points, buckets), _frames(batch, buckets)


def _ngrams(points: NDArray[np.uint64], orders: Sequence[int], buckets: int) -> tuple[Grams, ...]:
    size = len(points)
    newline = points == 10
    found: list[Grams] = []
    rolling = np.zeros(size, np.uint64)
    valid = np.ones(size, bool)
    for n in range(1, max(orders) + 1):
        if size < n:
            break
        width = size - n + 1
        rolling = (rolling[:width] + np.uint64(1)) * np.uint64(1000003) ^ points[n - 1 :]
        valid = ~newline if n == 1 else valid[:width] & ~newline[n - 1 :]
        if n == 2:
            valid = ~newline[1:]
        if n in orders:
            position = np.flatnonzero(valid)
            found.append(Grams(_bucket(rolling[position], n, buckets), position, np.full(len(position), n)))
    return tuple(found)


def _words(batch: SentenceBatch, points: NDArray[np.uint64], buckets: int) -> tuple[Grams, ...]:
    start, length = batch.word_start, batch.word_length
    end = start + length
    # A word's hash from prefix sums: sum of c[i] * B^i over the word, times B^-start.
    powers = _powers(_BASE, len(points))
    prefix = np.zeros(len(points) + 1, np.uint64)
    np.cumsum(points * powers, out=prefix[1:])
    hashes = (prefix[end] - prefix[start]) * _powers(_BASE_INVERSE, len(points))[start]
    mark = np.isin(batch.points[start], _CLAUSE_MARKS) if len(start) else np.zeros(0, bool)
    newline = batch.points[start] == 10
    word = ~mark & ~newline
    before_mark = np.ones(len(word), bool)
    before_mark[1:] = ~word[:-1]
    before_newline = np.ones(len(word), bool)
    before_newline[1:] = newline[:-1]
    found = []
    for salt, kept in ((11, word), (12, word & before_mark), (13, word & before_newline)):
        at = np.flatnonzero(kept)
        found.append(Grams(_bucket(hashes[at], salt, buckets), start[at], length[at]))
    return tuple(found)


def _frames(batch: SentenceBatch, buckets: int) -> tuple[Grams, ...]:
    if not len(batch):
        return ()
    keys = frame_keys(batch.frames, clause_years(batch))
    word = batch.frames.word
    at = np.maximum(batch.word_start[word], batch.clause_start)  # a clause may begin inside a word
    return tuple(
        Grams(_bucket(column.astype(np.uint64), 14, buckets), at, batch.word_length[word])
        for column in np.ascontiguousarray(keys.T)
    )


def clause_years(batch: SentenceBatch) -> Ints:
    """Which year each clause speaks of, as in ``batch.year_seen``, 0 for none. A year holds until the next is named in
    the sentence."""
    found = np.zeros(len(batch.clause_start), np.int64)
    clause = np.maximum(np.searchsorted(batch.clause_start, batch.year_place, "right") - 1, 0)
    found[clause] = batch.year_seen
    return carried(found, batch.clause_sentence)


def _bucket(hashes: NDArray[np.uint64], salt: int, buckets: int) -> Ints:
    shift = np.uint64(64 - (buckets.bit_length() - 1))
    mixed = (hashes + np.uint64(salt)) * _MULTIPLIER
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MULTIPLIER
    return (mixed >> shift).astype(np.int64)


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    """base^0 … base^(count-1) modulo 2^64."""
    powers = np.full(count, base, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _owner(batch: SentenceBatch, position: Ints) -> Ints:
    """The sentence that a position belongs to; the line break belongs to the sentence after it."""
    return np.asarray(np.searchsorted(batch.start, position + 1, "right") - 1, np.int64)


def count_matrix(
    batch: SentenceBatch,
    orders: Sequence[int],
    buckets: int,
    weights: Sequence[float] | None = None,
) -> Any:
    """The text features as a scipy CSR matrix of shape (n, buckets); a group of weight 0 is left out.

    ``weights`` are those of the groups; by default those that :func:`text_scores` uses.
    """
    from scipy.sparse import coo_matrix

    rows: list[Ints] = []
    columns: list[Ints] = []
    values: list[NDArray[np.float64]] = []
    for group, weight in zip(text_grams(batch, orders, buckets), weights or GROUP_WEIGHTS, strict=True):
        if not group or not weight:
            continue
        row = np.concatenate([_owner(batch, grams.position) for grams in group])
        totals = np.bincount(row, minlength=len(batch))
        rows.append(row)
        columns.append(np.concatenate([grams.bucket for grams in group]))
        values.append((weight / np.sqrt(np.maximum(totals, 1)))[row])
    matrix = coo_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(len(batch), buckets)
    ).tocsr()
    matrix.sum_duplicates()
    return matrix


def text_scores(
    batch: SentenceBatch,
    groups: Sequence[Sequence[Grams]],
    weights: NDArray[np.floating],
    bias: NDArray[np.floating],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First-pass log-odds of sentences, and what their clauses say.

    The first array, shape (n, heads), is what ``count_matrix @ weights + bias`` gives, by gather and sum. A long
    sentence may hold one clause that is a measure among many that are not, so the same weights also score
    every clause alone; the second array, shape (n, 4 * heads + 1), has the highest, first, last and mean
    clause's log-odds and the logarithm of the number of clauses.
    """
    heads = weights.shape[1]
    if not len(batch):
        return np.zeros((0, heads)), np.zeros((0, 4 * heads + 1))
    start = batch.clause_start
    first = np.searchsorted(start, batch.start)
    edges = np.append(start - 1, len(batch.points))
    sentences = np.zeros((len(batch), heads))
    clauses = np.zeros((len(start), heads))
    for group, weight in zip(groups, GROUP_WEIGHTS, strict=True):
        total = np.zeros_like(clauses)
        number = np.zeros(len(start))
        for grams in group:
            cut = np.searchsorted(grams.position, edges)
            total += _sums(grams.bucket[cut[0] :], cut - cut[0], weights)
            number += np.diff(cut)
        clauses += weight * total / np.sqrt(np.maximum(number, 1))[:, None]
        whole = np.maximum(np.add.reduceat(number, first), 1)
        sentences += weight * np.add.reduceat(total, first, axis=0) / np.sqrt(whole)[:, None]
    clauses = np.clip(clauses + bias, -8, 8) / 4
    count = np.diff(np.append(first, len(start)))
    parts = [
        np.maximum.reduceat(clauses, first, axis=0),
        clauses[first],
        clauses[first + count - 1],
        np.add.reduceat(clauses, first, axis=0) / count[:, None],
        np.log1p(count)[:, None] / 2,
    ]
    return sentences + bias, np.hstack(parts)


def _sums(bucket: Ints, cut: Ints, weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """The sum of the buckets' weights between each two cuts, shape (len(cut) - 1, heads): gathered and added in one
    sweep, as a product with a matrix of ones that is never more than its indices."""
    from scipy.sparse import csr_matrix

    ones = np.ones(len(bucket), weights.dtype)
    return np.asarray(
        csr_matrix((ones, bucket, cut), shape=(len(cut) - 1, len(weights)), copy=False) @ weights
    )
