"""The context pass' input: a sentence's structure and first-pass scores, and what its neighbours say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dafu.features import Floats, Ints, SentenceBatch
from dafu.structure import cue_slice

#: How neighbours fade with distance, and how far the context pass looks.
_FADING = ((0.5, 6), (0.85, 20))
#: Structure columns that also enter times the probability of being a measure.
_GATED = (
    "act",
    "bare",
    "section=",
    "marker=",
    "cue=",
    "letter_has",
    "citizen",
    "kind=closing",
    "kind=opening",
    "year_",
)


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
    and after, in the paragraph and in the letter; the tense of the last lead-in and heading, which are no measures
    themselves) enters three times: as it is, times the sentence's own probability of being a measure, and times
    whether it is bare as well (no clause tells its mood, see :mod:`dafu.frames`); likewise section, list marker
    and cues.
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
    neighbours = np.hstack([*around, _announced(batch, np.tanh(logits[:, -1] / 2).astype(np.float32))])
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
            neighbours * weight * structure[:, [names.index("bare")]],
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
    around += ["lead-in=is-planned", "heading=is-planned"]
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
        *(f"{name}*measure*bare" for name in around),
    ]


def sigmoid(x: NDArray[np.floating]) -> NDArray[np.float64]:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(x, np.float64))))


def _announced(batch: SentenceBatch, tense: Floats) -> Floats:
    """The tense of the last sentence before each that ends in a colon, and that of the last heading, shape (n, 2); 0
    where the letter has none. ``tense``, shape (n,), is what the first pass says of every sentence."""
    heading = np.array([kind == "heading" for kind in batch.kinds], bool)
    colon = batch.points[np.maximum(batch.end - 1, 0)] == ord("：")
    found = np.zeros((len(batch), 2), np.float32)
    for column, announces in enumerate((colon & ~heading, heading)):
        last = np.maximum.accumulate(np.where(announces, np.arange(len(batch)), -1))[:-1]
        here = (last >= 0) & (batch.letter[np.maximum(last, 0)] == batch.letter[1:])
        found[1:, column] = np.where(here, tense[np.maximum(last, 0)], 0)
    return found


def _faded(values: Floats, group: Ints, fading: float, reach: int, direction: int) -> Floats:
    """Sum over the next ``reach`` rows of the group on one side, each weighing ``fading`` times the one before."""
    total = np.zeros_like(values)
    for step in range(1, min(reach, len(values) - 1) + 1):
        same = group[step:] == group[:-step]
        if not same.any():
            break
        weight = (np.float32(fading**step) * same)[:, None]
        if direction > 0:
            total[:-step] += weight * values[step:]
        else:
            total[step:] += weight * values[:-step]
    return total


def paragraph_index(batch: SentenceBatch) -> Ints:
    """A running number of each sentence's paragraph over the whole batch, shape (n,)."""
    if not len(batch):
        return batch.paragraph
    change = np.ones(len(batch), bool)
    change[1:] = (np.diff(batch.paragraph) != 0) | (np.diff(batch.letter) != 0)
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
