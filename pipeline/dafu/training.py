"""Labelled letters to a model. Deterministic: same letters, same settings, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dafu.bags import FEWEST, Choice, known_labels, settle, settle_blindly
from dafu.classifier import Calibration, ContextPass, TextPass, head_matrix
from dafu.context import context_columns, own_columns
from dafu.corpus import LabelledLetter, fold_of
from dafu.counterfactuals import AHEAD, DONE, NONE, UNCLEAR, counterfactuals
from dafu.crops import crops
from dafu.errors import CorpusError
from dafu.features import SentenceBatch, batch_sentences, count_matrix, text_grams, text_scores
from dafu.records import COMPLETED, PLANNED, QUANTITATIVE, Letter
from dafu.settings import TrainSettings
from dafu.structure import structure_columns
from dafu.tagger import Model

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Labelled letters as arrays: features X (n, buckets), structure (n, k), labels y (n, labels), folds (n,).

    ``y`` is -1 where a label is not known; ``choices`` are what labels of paragraphs leave open.
    """

    batch: SentenceBatch
    X: object
    structure: NDArray[np.float32]
    names: Sequence[str]
    y: NDArray[np.int8]
    fold: NDArray[np.int64]
    choices: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the letters (see :func:`dafu.crops.crops` and :func:`dafu.counterfactuals.counterfactuals`) as input of
    the context pass: columns (m, k); for each of the m sentences its row among those of the letters, which has its label
    and its fold, and whether it stands in the other tense."""

    columns: NDArray[np.float32]
    rows: NDArray[np.int64]
    turned: NDArray[np.bool_]

    def labels(self, y: NDArray[np.int8], names: Sequence[str]) -> NDArray[np.int8]:
        """The labels of the sentences, shape (m, labels), given those of the letters' sentences."""
        own = y[self.rows]
        if self.turned.any():
            completed, planned = names.index(COMPLETED), names.index(PLANNED)
            tenses = own[self.turned]
            tenses[:, [completed, planned]] = tenses[:, [planned, completed]]
            own[self.turned] = tenses
        return own


def prepare(
    letters: Sequence[LabelledLetter], settings: TrainSettings, weights: Sequence[float] | None = None
) -> Prepared:
    """Features, labels and folds (by issuing body) of labelled letters; ``weights`` as in
    :func:`dafu.features.count_matrix`.

    Raises:
        CorpusError: there is no sentence.
    """
    batch = batch_sentences([labelled.letter for labelled in letters])
    if not len(batch):
        raise CorpusError("no labelled sentence to learn from / 没有可供训练的标注句子")
    structure, names = structure_columns(batch)
    y, choices = known_labels(letters, settings.labels)
    if not choices and not (y >= 0).any():
        raise CorpusError("no labelled sentence to learn from / 没有可供训练的标注句子")
    folds = np.array([fold_of(labelled.issuer, settings.folds) for labelled in letters])
    return Prepared(
        batch,
        count_matrix(batch, settings.orders, settings.buckets, weights),
        structure,
        names,
        y,
        folds[batch.letter],
        choices,
    )


def train(
    letters: Sequence[LabelledLetter],
    settings: TrainSettings,
    *,
    name: str = "model",
    progress: Progress | None = None,
) -> Model:
    """Train a model on labelled letters.

    The text pass is fitted per fold of issuing bodies; its out-of-fold scores are what the context pass
    learns from (decision 4 of the design); the context pass' own out-of-fold scores calibrate it. Labels of
    paragraphs (decision 7) are settled in rounds: by the out-of-fold scores of a model that was trained on what
    is known, then of one that was trained on what these settled.

    Raises:
        CorpusError: no sentence, or fewer than two issuing bodies.
    """
    from threadpoolctl import threadpool_limits

    # one thread: what is multiplied is small, and the sums come out the same on any number of cores
    with threadpool_limits(limits=1):
        return _train(letters, settings, name, progress or (lambda _: None))


def _train(letters: Sequence[LabelledLetter], settings: TrainSettings, name: str, say: Progress) -> Model:
    data = prepare(letters, settings)
    folds = np.unique(data.fold)
    if len(folds) < 2:
        raise CorpusError(
            "the letters are of too few issuing bodies to train on: at least two are needed / 发文机关太少,至少需要两个"
        )
    known, rounds = data.y, 0
    if data.choices:
        rare = np.flatnonzero((known == 1).sum(axis=0) < FEWEST)
        rounds = settings.bag_rounds
        data = replace(data, y=settle_blindly(known, data.choices, rare.tolist()))
    columns, parts, second, within = _passes(data, known, settings, say)
    for number in range(rounds):
        say(f"段落标签 {number + 1}/{rounds}")
        calibration = Calibration().fit(second, data.y)
        scores = calibration.transform(within)
        data = replace(data, y=settle(known, data.choices, scores, calibration.threshold_))
        columns, parts, second, within = _passes(data, known, settings, say)
    everything = np.ones(len(data.batch), bool)
    say("全部数据")
    return Model(
        name,
        settings.labels,
        fit_text(data, everything, settings),
        fit_context(columns, data, everything, settings, parts),
        Calibration().fit(second, data.y),
        settings.orders,
        settings.buckets,
        settings.review_band,
    )


def _passes(
    data: Prepared, known: NDArray[np.int8], settings: TrainSettings, say: Progress
) -> tuple[NDArray[np.float32], Parts, NDArray[np.float64], NDArray[np.float64]]:
    """The context pass' input, that of parts of the letters, its log-odds of every sentence by a model that did not see it, and the same given
    that a sentence carries no label which is known not to be there."""
    logits, clauses = out_of_fold(data, settings, say)
    columns = context_columns(data.batch, data.structure, data.names, logits, clauses)
    parts = parts_of(data, logits, clauses, settings, known)
    second, within = np.zeros(data.y.shape), np.zeros(data.y.shape)
    folds = np.unique(data.fold)
    for number, fold in enumerate(folds, 1):
        say(f"上下文层 {number}/{len(folds)}")
        inside = data.fold == fold
        model = fit_context(columns, data, ~inside, settings, parts)
        second[inside] = model.decision_function(columns[inside])
        if data.choices:
            within[inside] = model.decision_function(columns[inside], known[inside] != 0)
    return columns, parts, second, within


def parts_of(
    data: Prepared,
    logits: NDArray[np.float64],
    clauses: NDArray[np.float64],
    settings: TrainSettings,
    known: NDArray[np.int8],
) -> Parts:
    """Parts of the letters: ``settings.crops`` a letter, and counterfactuals of what is ``known``, not of labels that a
    model settled. A sentence's first-pass scores do not depend on what stands around it and are those that it has in
    its letter."""
    letters = data.batch.letters
    found: list[tuple[Letter, Sequence[int], Sequence[bool]]] = [
        (part, rows, [False] * len(rows)) for _, part, rows in crops(letters, settings.crops)
    ]
    if settings.counterfactuals and {COMPLETED, PLANNED} <= set(settings.labels):
        tense = _tenses(known, settings.labels)
        found += [(part.letter, part.rows, part.turned) for _, part in counterfactuals(letters, tense)]
    rows = np.array([row for _, own, _ in found for row in own], np.int64)
    turned = np.array([yes for _, _, own in found for yes in own], bool)
    batch = batch_sentences([part for part, _, _ in found])
    if not len(batch):
        return Parts(np.zeros((0, 0), np.float32), rows, turned)
    structure, names = structure_columns(batch)
    return Parts(context_columns(batch, structure, names, logits[rows], clauses[rows]), rows, turned)


def _tenses(y: NDArray[np.int8], names: Sequence[str]) -> NDArray[np.int64]:
    """What :func:`dafu.counterfactuals.counterfactuals` wants to know of each sentence."""
    completed, planned = y[:, names.index(COMPLETED)], y[:, names.index(PLANNED)]
    tense = np.full(len(y), UNCLEAR)
    tense[(completed == 0) & (planned == 0)] = NONE
    tense[(completed == 1) & (planned == 0)] = DONE
    tense[(completed == 0) & (planned == 1)] = AHEAD
    return tense


def out_of_fold(
    data: Prepared, settings: TrainSettings, progress: Progress | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Every sentence's first-pass scores (see :func:`dafu.features.text_scores`) by a text pass that did not see it."""
    grams = text_grams(data.batch, settings.orders, settings.buckets)
    heads = len(settings.labels) + 2
    logits, clauses = np.zeros((len(data.batch), heads)), np.zeros((len(data.batch), 4 * heads + 1))
    for fold in np.unique(data.fold):
        if progress:
            progress(f"文本层 {fold + 1}/{settings.folds}")
        inside = data.fold == fold
        model = fit_text(data, ~inside, settings)
        scores, parts = text_scores(data.batch, grams, model.weights_, model.bias_)
        logits[inside], clauses[inside] = scores[inside], parts[inside]
    return logits, clauses


def fit_text(data: Prepared, rows: NDArray[np.bool_], settings: TrainSettings) -> TextPass:
    """The text pass on some rows."""
    heads = head_matrix(data.y[rows], settings.labels)
    return TextPass(settings.text_strength, settings.min_count).fit(data.X[rows], heads)  # type: ignore[index]


def fit_context(
    columns: NDArray[np.float32],
    data: Prepared,
    rows: NDArray[np.bool_],
    settings: TrainSettings,
    parts: Parts | None = None,
) -> ContextPass:
    """The context pass on some rows, and on those of the parts that belong to them."""
    alone = tuple(i for i, name in enumerate(settings.labels) if name == QUANTITATIVE)
    own = own_columns(data.names, len(settings.labels) + 2)
    model = ContextPass(settings.context_strength, alone, own, settings.neighbours)
    if parts is None or not len(parts.rows):
        return model.fit(columns[rows], data.y[rows])
    kept = rows[parts.rows]
    labels = parts.labels(data.y, settings.labels)
    return model.fit(np.vstack([columns[rows], parts.columns[kept]]), np.vstack([data.y[rows], labels[kept]]))
