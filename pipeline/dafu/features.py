"""Sentences to feature arrays: hashed character n-grams for the text pass, columns for the context pass."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafu.cues import CueHits, find_cues
from dafu.folding import code_points, fold
from dafu.layout import list_marker
from dafu.quantities import find_quantities
from dafu.records import Letter, Quantity
from dafu.settings import cue_rules, unit_classes
from dafu.verbs import ACT_START, ADVERB_START

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

KINDS = ("header", "title", "salutation", "opening", "heading", "body", "closing", "signature")
SECTIONS = ("progress", "plans", "other")
SOURCES = ("heading", "lead-in", "cue", "none")
#: How neighbours fade with distance, and how far the context pass looks.
_FADING = ((0.5, 6), (0.85, 20))
#: Structure columns that also enter times the probability of being a measure.
_GATED = (
    "act",
    "section=",
    "marker=",
    "cue=",
    "letter_has",
    "citizen",
    "kind=closing",
    "kind=opening",
    "year_",
)
_MARKER_DEPTHS = 7
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d) ?年(?!级)")
_LE = ord("了")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_BASE = 0x100000001B3
_BASE_INVERSE = pow(_BASE, -1, 2**64)
_CLAUSE_ENDS = np.array([ord(c) for c in "，。；：！？"], np.uint32)
_CLAUSE_MARKS = np.array([ord(c) for c in "，。；：！？、（）“”《》 "], np.uint32)


@dataclass(frozen=True, slots=True)
class SentenceBatch:
    """The sentences of many letters as columns.

    ``text`` is every sentence, folded, each with a line break before it; ``points`` its code points.
    ``start`` and ``end`` (shape (n,)) bound each sentence in ``text``; ``origin`` is what to add to a
    position in ``text`` to get the offset in the letter. ``letter`` (n,) is the index of its letter.
    """

    letters: Sequence[Letter]
    text: str
    points: NDArray[np.uint32]
    start: Ints
    end: Ints
    origin: Ints
    letter: Ints
    cues: CueHits
    cue_sentence: Ints
    quantities: Sequence[Quantity]
    quantity_sentence: Ints

    def __len__(self) -> int:
        return len(self.start)


def batch_sentences(letters: Sequence[Letter], folded: Sequence[str] | None = None) -> SentenceBatch:
    """Join the sentences of many letters, find cues and quantities in one sweep."""
    if folded is None:
        folded = [fold(letter.text) for letter in letters]
    pieces: list[str] = []
    offsets: list[int] = []
    owners: list[int] = []
    for index, (letter, text) in enumerate(zip(letters, folded, strict=True)):
        for sentence in letter.sentences:
            pieces.append(text[sentence.start : sentence.end])
            offsets.append(sentence.start)
            owners.append(index)
    joined = "\n" + "\n".join(pieces)
    lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
    start = np.cumsum(lengths + 1) - lengths
    end = start + lengths
    cues = find_cues(joined)
    quantities = find_quantities(joined)
    quantity_start = np.fromiter((q.start for q in quantities), np.int64, len(quantities))
    return SentenceBatch(
        letters,
        joined,
        code_points(joined),
        start,
        end,
        np.array(offsets, np.int64) - start if pieces else start,
        np.array(owners, np.int64),
        cues,
        np.searchsorted(start, cues.start, "right") - 1,
        quantities,
        np.searchsorted(start, quantity_start, "right") - 1,
    )


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
    """The text features of all sentences, in two groups: character n-grams, and words.

    The line break before a sentence counts as its first character, so that n-grams know a sentence's
    beginning. Words come three times: as they are, as the first of their clause, as the first of their
    sentence. A group's values are counts over the square root of the group's size in the sentence.
    ``buckets`` is a power of two.
    """
    points = batch.points.astype(np.uint64)
    points[(points >= 0x30) & (points <= 0x39)] = 0x30  # every digit is 0
    upper = (points >= 0x41) & (points <= 0x5A)
    points[upper] += np.uint64(0x20)
    return _ngrams(points, orders, buckets), _words(batch, points, buckets)


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
    from dafu.words import tokenizer

    words = tokenizer()(batch.text)
    length = np.fromiter(map(len, words), np.int64, len(words))
    end = np.cumsum(length)
    start = end - length
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


def count_matrix(batch: SentenceBatch, orders: Sequence[int], buckets: int) -> Any:
    """The text features as a scipy CSR matrix of shape (n, buckets)."""
    from scipy.sparse import coo_matrix

    rows: list[Ints] = []
    columns: list[Ints] = []
    values: list[NDArray[np.float64]] = []
    for group in text_grams(batch, orders, buckets):
        row = np.concatenate([_owner(batch, grams.position) for grams in group])
        totals = np.bincount(row, minlength=len(batch))
        rows.append(row)
        columns.append(np.concatenate([grams.bucket for grams in group]))
        values.append((1 / np.sqrt(np.maximum(totals, 1)))[row])
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
    start = _clause_starts(batch)
    first = np.searchsorted(start, batch.start)
    edges = np.append(start - 1, len(batch.points))
    sentences = np.zeros((len(batch), heads))
    clauses = np.zeros((len(start), heads))
    for group in groups:
        total = np.zeros_like(clauses)
        number = np.zeros(len(start))
        for grams in group:
            cut = np.searchsorted(grams.position, edges)
            total += _sums(grams.bucket[cut[0] :], cut - cut[0], weights)
            number += np.diff(cut)
        clauses += total / np.sqrt(np.maximum(number, 1))[:, None]
        whole = np.maximum(np.add.reduceat(number, first), 1)
        sentences += np.add.reduceat(total, first, axis=0) / np.sqrt(whole)[:, None]
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


def _clause_starts(batch: SentenceBatch) -> Ints:
    """Where clauses begin in ``batch.text``: at every sentence and after every mark inside one."""
    after = np.flatnonzero(np.isin(batch.points, _CLAUSE_ENDS)) + 1
    starts = np.union1d(batch.start, after)
    owner = np.searchsorted(batch.start, starts, "right") - 1
    inside: Ints = starts[(starts < batch.end[owner]) | np.isin(starts, batch.start)]
    return inside


def cue_slice(names: Sequence[str]) -> slice:
    """Which of :func:`structure_columns`' columns are cue counts."""
    at = [i for i, name in enumerate(names) if name.startswith("cue=")]
    return slice(at[0], at[-1] + 1)


def structure_columns(batch: SentenceBatch) -> tuple[Floats, list[str]]:
    """What structure, cues and quantities say of each sentence: shape (n, k), and the k names."""
    n = len(batch)
    columns: list[NDArray[np.floating] | NDArray[np.bool_]] = []
    names: list[str] = []

    def add(name: str, column: NDArray[np.floating] | NDArray[np.bool_]) -> None:
        names.append(name)
        columns.append(column)

    sentences = [s for letter in batch.letters for s in letter.sentences]
    paragraphs = [letter.paragraphs[s.paragraph] for letter in batch.letters for s in letter.sentences]
    kind = np.array([KINDS.index(p.kind) for p in paragraphs])
    section = np.array([SECTIONS.index(s.section) for s in sentences])
    source = np.array([SOURCES.index(s.source) for s in sentences])
    marker = np.array([s.marker for s in sentences])
    distance = np.array([s.distance for s in sentences], np.float32)
    for i, value in enumerate(KINDS):
        add(f"kind={value}", kind == i)
    for i, value in enumerate(SECTIONS):
        add(f"section={value}", section == i)
        for j, origin in enumerate(SOURCES):
            add(f"section={value}&source={origin}", (section == i) & (source == j))
    for depth in range(1, _MARKER_DEPTHS):
        add(f"marker={depth}", marker == depth)
    add("distance", np.log1p(distance) / 3)
    counts = np.bincount(batch.letter, minlength=len(batch.letters))
    first = np.cumsum(counts) - counts
    position = np.arange(n) - first[batch.letter]
    total = counts[batch.letter]
    add("position", position / np.maximum(total, 1))
    add("from_start", np.minimum(position, 8) / 8)
    add("from_end", np.minimum(total - 1 - position, 8) / 8)
    add("letter_length", np.log1p(total) / 5)
    length = batch.end - batch.start
    add("length", np.log1p(length) / 5)
    add("short", length <= 12)
    last = batch.points[np.maximum(batch.end - 1, 0)]
    for mark in "。；：！？":
        add(f"ends={mark}", last == ord(mark))
    add("ends=none", ~np.isin(last, [ord(c) for c in "。；：！？"]))
    plans = np.zeros(len(batch.letters), bool)
    progress = np.zeros(len(batch.letters), bool)
    for i, letter in enumerate(batch.letters):
        headings = {p.section for p in letter.paragraphs if p.kind == "heading"}
        plans[i], progress[i] = "plans" in headings, "progress" in headings
    add("letter_has_plans", plans[batch.letter])
    add("letter_has_progress", progress[batch.letter])
    citizen = np.array(
        [
            "网友" in letter.text[:80] or "您好" in letter.text[:120] or "你好" in letter.text[:120]
            for letter in batch.letters
        ],
        bool,
    )
    add("citizen", citizen[batch.letter])
    add(
        "has_title", np.array([letter.meta.title is not None for letter in batch.letters], bool)[batch.letter]
    )

    per_rule = np.zeros((n, len(cue_rules())), np.float32)
    np.add.at(per_rule, (batch.cue_sentence, batch.cues.rule), 1)
    np.minimum(per_rule, 3, out=per_rule)
    for i, rule in enumerate(cue_rules()):
        add(f"cue={rule.id}", per_rule[:, i])
    classes = (*unit_classes(), "ratio")
    per_class = np.zeros((n, len(classes)), np.float32)
    if len(batch.quantities):
        index = np.array([classes.index(q.unit_class) for q in batch.quantities])
        np.add.at(per_class, (batch.quantity_sentence, index), 1)
    for i, name in enumerate(classes):
        add(f"quantity={name}", np.minimum(per_class[:, i], 4) / 2)
    number = per_class.sum(1)
    add("quantities", np.log1p(number))
    add("no_quantity", number == 0)
    chinese = np.zeros(n, np.float32)
    for q, s in zip(batch.quantities, batch.quantity_sentence, strict=True):
        chinese[s] += not any(c.isdigit() for c in q.number)
    add("chinese_quantities_only", (chinese > 0) & (chinese == number))
    first_act, acts = _acts(batch)
    add("act_first", first_act)
    add("acts", acts)
    for i, value in enumerate(SECTIONS):
        add(f"act_first&section={value}", first_act * (section == i))
        add(f"acts&section={value}", acts * (section == i))
    columns_of_years = _years(batch)
    for name, column in zip(
        ("year_past", "year_same", "year_future", "year_first"), columns_of_years, strict=True
    ):
        add(name, column)
    le = np.zeros(n, np.float32)
    np.add.at(le, np.searchsorted(batch.start, np.flatnonzero(batch.points == _LE), "right") - 1, 1)
    add("了", np.minimum(le, 3))
    return np.column_stack([np.asarray(c, np.float32) for c in columns]), names


def _acts(batch: SentenceBatch) -> tuple[Floats, Floats]:
    """Whether a sentence begins with a verb that names an act, and the share of its clauses that do.

    In officialese a clause that begins so (拆除…, 定期开展…) tells a measure; whether done or planned, its
    surroundings say. List markers and adverbs before the verb do not count.
    """
    text = batch.text
    starts = _clause_starts(batch)
    owner = np.searchsorted(batch.start, starts, "right") - 1
    found = np.zeros(len(starts), np.float32)
    limits = batch.end[owner].tolist()
    for i, (at, end) in enumerate(zip(starts.tolist(), limits, strict=True)):
        at += list_marker(text[at : at + 12])[1]
        while adverb := ADVERB_START.match(text, at, end):
            if ACT_START.match(text, at, end) or adverb.end() == at:
                break
            at = adverb.end()
        found[i] = ACT_START.match(text, at, end) is not None
    first = np.searchsorted(starts, batch.start)
    count = np.diff(np.append(first, len(starts)))
    if not len(batch):
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    return found[first], (np.add.reduceat(found, first) / count).astype(np.float32)


def _years(batch: SentenceBatch) -> list[Floats]:
    """Whether a sentence names a year before, in or after its letter's own, and begins with one."""
    n = len(batch)
    own = [int(letter.meta.date[:4]) if letter.meta.date else 0 for letter in batch.letters]
    found = [np.zeros(n, np.float32) for _ in range(4)]
    starts = batch.start.tolist()
    owners = batch.letter.tolist()
    for match in _YEAR.finditer(batch.text):
        sentence = bisect_right(starts, match.start()) - 1
        year, letter_year = int(match[1]), own[owners[sentence]]
        if letter_year:
            found[0 if year < letter_year else 1 if year == letter_year else 2][sentence] = 1
        if match.start() - starts[sentence] < 4:
            found[3][sentence] = 1
    return found


def context_columns(
    batch: SentenceBatch,
    structure: Floats,
    names: Sequence[str],
    logits: NDArray[np.float64],
    clauses: NDArray[np.float64],
) -> Floats:
    """The context pass' input, shape (n, m).

    ``structure`` is (n, k) with its column ``names``; ``logits`` (n, labels + 2) are the first pass' log-odds
    per label, then of "is a measure" and of "planned rather than completed"; ``clauses`` what
    :func:`text_scores` says of the clauses.

    A sentence without a marker takes its tense from its neighbours, but only if it is a measure at all. So
    what the neighbours say (their tense weighed by how much they are measures, fading with distance, before
    and after, in the paragraph and in the letter) enters twice: as it is, and times the sentence's own
    probability of being a measure; likewise section, list marker and cues.
    """
    measure = sigmoid(logits[:, -2:-1])
    tense = measure * np.tanh(logits[:, -1:] / 2)
    seen = np.hstack([tense, measure, sigmoid(logits[:, :-2])]).astype(np.float32)
    paragraph = paragraph_index(batch)
    around: list[Floats] = []
    for group in (paragraph, batch.letter):
        for fading, reach in _FADING:
            for direction in (-1, 1):
                around.append(_faded(seen, group, fading, reach, direction))
        around.append(_before_mean(seen, group))
        around.append(_group_mean(seen, group))
    cues = structure[:, cue_slice(names)]
    for step in (-2, -1, 1, 2):
        around.append(shifted(seen, batch.letter, step))
    near = [
        shifted(cues, batch.letter, -1),
        shifted(cues, batch.letter, 1),
        np.minimum(_before_sum(cues, paragraph), 3),
    ]
    gated = structure[:, [i for i, name in enumerate(names) if name.startswith(_GATED)]]
    neighbours = np.hstack(around)
    weight = measure.astype(np.float32)
    return np.hstack(
        [
            structure,
            (np.clip(logits, -8, 8) / 4).astype(np.float32),
            clauses.astype(np.float32),
            gated * weight,
            neighbours,
            *near,
            neighbours * weight,
        ]
    )


def own_columns(names: Sequence[str], heads: int) -> int:
    """How many of :func:`context_columns`' columns speak of the sentence itself; the rest of its neighbours."""
    return len(names) + heads + 4 * heads + 1 + sum(name.startswith(_GATED) for name in names)


def context_names(names: Sequence[str], labels: Sequence[str]) -> list[str]:
    """A name for each of :func:`context_columns`' columns, so that models of other label sets can be lined up."""
    heads = [*labels, "is-measure", "is-planned"]
    seen = ["is-planned", "is-measure", *labels]
    blocks = 2 * (2 * len(_FADING) + 2) + 4
    around = [f"around{block}={head}" for block in range(blocks) for head in seen]
    cues = names[cue_slice(names)]
    return [
        *names,
        *(f"score={head}" for head in heads),
        *(f"clause-{part}={head}" for part in ("max", "first", "last", "mean") for head in heads),
        "clauses",
        *(f"{name}*measure" for name in names if name.startswith(_GATED)),
        *around,
        *(f"{place}:{cue}" for place in ("before", "after", "earlier") for cue in cues),
        *(f"{name}*measure" for name in around),
    ]


def sigmoid(x: NDArray[np.floating]) -> NDArray[np.float64]:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(x, np.float64))))


def _faded(values: Floats, group: Ints, fading: float, reach: int, direction: int) -> Floats:
    """Sum over the next ``reach`` rows of the group on one side, each weighing ``fading`` times the one before."""
    total = np.zeros_like(values)
    for step in range(1, reach + 1):
        total += np.float32(fading**step) * shifted(values, group, direction * step)
    return total


def paragraph_index(batch: SentenceBatch) -> Ints:
    """A running number of each sentence's paragraph over the whole batch, shape (n,)."""
    paragraph = np.array([s.paragraph for letter in batch.letters for s in letter.sentences], np.int64)
    if not len(paragraph):
        return paragraph
    change = np.ones(len(paragraph), bool)
    change[1:] = (np.diff(paragraph) != 0) | (np.diff(batch.letter) != 0)
    return np.cumsum(change) - 1


def shifted(values: Floats, group: Ints, step: int) -> Floats:
    """Row ``i + step`` of ``values`` at row ``i`` where both are of one group, zeros elsewhere."""
    result = np.zeros_like(values)
    if abs(step) >= len(values):
        return result
    if step > 0:
        same = group[step:] == group[:-step]
        result[:-step][same] = values[step:][same]
    else:
        back = -step
        same = group[back:] == group[:-back]
        result[back:][same] = values[:-back][same]
    return result


def _group_mean(values: Floats, group: Ints) -> Floats:
    """The mean over each row's group, at each of its rows."""
    if not len(values):
        return values
    starts = np.flatnonzero(np.r_[True, np.diff(group) != 0])
    sizes = np.diff(np.r_[starts, len(group)])
    means = (np.add.reduceat(values, starts, axis=0) / sizes[:, None]).astype(np.float32)
    return np.repeat(means, sizes, axis=0)


def _before_sum(values: Floats, group: Ints) -> Floats:
    """Sum over the earlier rows of the same group."""
    if not len(values):
        return values
    running = np.cumsum(values.astype(np.float64), axis=0) - values
    starts = np.flatnonzero(np.r_[True, np.diff(group) != 0])
    sizes = np.diff(np.r_[starts, len(group)])
    return (running - np.repeat(running[starts], sizes, axis=0)).astype(np.float32)


def _before_mean(values: Floats, group: Ints) -> Floats:
    earlier = _before_sum(values, group)
    count = _before_sum(np.ones((len(values), 1), np.float32), group)
    return (earlier / np.maximum(count, 1)).astype(np.float32)
