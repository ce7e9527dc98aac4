"""New labelled letters to a better model: the base model's weights are where training starts and what it is held to.

The base corpus is not needed. Its model stands in for it: weights are fitted to the new letters, and every step away
from the base model's costs (a Gaussian prior around its weights). So retraining takes seconds, works the same from a
wheel and from a checkout, and on any model, also one whose letters are not at hand. Source: C. Chelba, A. Acero,
Adaptation of maximum entropy capitalizer: little data can help a lot, 2006. Measured in ``tests/bench/update_curve.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafu.bags import FEWEST, settle, settle_blindly
from dafu.classifier import Calibration, ContextPass, TextPass, head_matrix
from dafu.context import context_columns, context_names, own_columns, sigmoid
from dafu.corpus import LabelledLetter
from dafu.errors import CorpusError
from dafu.features import text_grams, text_scores
from dafu.settings import TrainSettings
from dafu.tagger import Model
from dafu.training import Prepared, Progress, prepare

Doubles = NDArray[np.float64]
#: The smallest spread by which a context column is scaled: what is rare in few letters must not move far.
_LEAST_SPREAD = 0.1
#: Which text features move: n-grams and words. Frames are so general that what few letters say of theirs would change
#: the reading of all others.
_MOVING = (1.0, 1.0, 0.0)
#: When fitting stops: later steps change the weights by less than half precision keeps of them.
_STOP = {"maxiter": 100, "ftol": 1e-6, "maxcor": 5}


@dataclass(frozen=True, slots=True)
class _Base:
    """The base model's arrays, widened to the new labels: those start from zero. ``logits`` and ``clauses`` are its
    first-pass scores of the new letters (see :func:`dafu.features.text_scores`)."""

    text: TextPass
    context: ContextPass
    fresh: tuple[int, ...]
    logits: Doubles
    clauses: Doubles


def update(
    base: Model,
    letters: Sequence[LabelledLetter],
    settings: TrainSettings,
    *,
    weight: float = 1.0,
    name: str = "model",
    progress: Progress | None = None,
) -> Model:
    """The base model, moved towards new labelled letters.

    ``weight`` is by how much a new sentence counts: the higher, the further from the base model. Labels beyond the
    base model's are learned from the new letters alone; calibration and thresholds of the base model's labels stay.
    The new letters' first-pass scores are out of fold (by issuing body; by letter where there is one body).

    Raises:
        CorpusError: no labelled sentence; a label of the base model that the settings lack.
    """
    from threadpoolctl import threadpool_limits

    say = progress or (lambda _: None)
    missing = [label for label in base.labels if label not in settings.labels]
    if missing:
        raise CorpusError(
            f"the base model knows labels that the settings lack ({', '.join(missing)}): keep them, or train on your "
            f"letters alone (--alone) / 基础模型的标签 {'、'.join(missing)} 不在设置中:请保留这些标签,或用 --alone 只用自己的信件训练"
        )
    labels = (*base.labels, *(label for label in settings.labels if label not in base.labels))
    settings = replace(settings, labels=labels, orders=base.orders, buckets=base.buckets)
    # one thread: what is multiplied is small, and the sums come out the same on any number of cores
    with threadpool_limits(limits=1):
        return _update(base, letters, settings, weight, name, say)


def _update(
    base: Model,
    letters: Sequence[LabelledLetter],
    settings: TrainSettings,
    weight: float,
    name: str,
    say: Progress,
) -> Model:
    labels = settings.labels
    say("读取特征")
    data = prepare(letters, settings, _MOVING)
    wide = _widen(base, data, labels)
    weights = np.full(len(data.batch), weight)
    folds = _folds(data)
    if data.choices:
        rare = [column for column in wide.fresh if (data.y[:, column] == 1).sum() < FEWEST]
        known = data.y
        scores, thresholds = _first_scores(base, data)
        first = [choice for choice in data.choices if choice.column not in wide.fresh]
        data = replace(data, y=settle(settle_blindly(known, data.choices, rare), first, scores, thresholds))
        for number in range(settings.bag_rounds):
            say(f"段落标签 {number + 1}/{settings.bag_rounds}")
            _, second, within = _passes(wide, data, known, settings, weights, folds)
            calibration = _calibrate(base, wide.fresh, second, data)
            scores = calibration.transform(within)
            data = replace(data, y=settle(known, data.choices, scores, calibration.threshold_))
    say("文本层与上下文层")
    columns, second, _ = _passes(wide, data, data.y, settings, weights, folds)
    everything = np.ones(len(data.batch), bool)
    return Model(
        name,
        labels,
        _shift_text(wide, data, everything, settings, weights),
        _shift_context(wide, columns, data, everything, settings, weights),
        _calibrate(base, wide.fresh, second, data),
        base.orders,
        base.buckets,
        base.review_band,
    )


def _folds(data: Prepared) -> NDArray[np.int64]:
    """Folds by issuing body, or by letter where there is one body only; a single letter is one fold."""
    if len(np.unique(data.fold)) > 1:
        return data.fold
    return np.asarray(data.batch.letter % 5, np.int64)


def _first_scores(base: Model, data: Prepared) -> tuple[Doubles, Doubles]:
    """What the base model says of the new letters, given what is known of them: calibrated scores and thresholds, 0
    for labels that it does not know."""
    grams = text_grams(data.batch, base.orders, base.buckets)
    logits, clauses = text_scores(data.batch, grams, base.text.weights_, base.text.bias_)
    columns = context_columns(data.batch, data.structure, data.names, logits, clauses)
    scores = np.zeros(data.y.shape)
    old = len(base.labels)
    within = base.context.decision_function(columns, data.y[:, :old] != 0)
    scores[:, :old] = base.calibration.transform(within)
    thresholds = np.full(data.y.shape[1], 0.5)
    thresholds[:old] = base.calibration.threshold_
    return scores, thresholds


def _widen(base: Model, data: Prepared, labels: Sequence[str]) -> _Base:
    names = data.names
    old, new = len(base.labels), len(labels)
    fresh = tuple(range(old, new))
    at = [*range(old), new, new + 1]
    text = TextPass()
    text.weights_ = np.zeros((base.buckets, new + 2), np.float32)
    text.weights_[:, at] = base.text.weights_
    text.bias_ = np.zeros(new + 2)
    text.bias_[at] = base.text.bias_
    columns = {name: i for i, name in enumerate(context_names(names, labels))}
    place = [columns[name] for name in context_names(names, base.labels)]
    outputs = base.context.weights_.shape[1]
    context = ContextPass()
    context.weights_ = np.zeros((len(columns), outputs + 2 * len(fresh)))
    context.weights_[place, :outputs] = base.context.weights_
    context.bias_ = np.zeros(outputs + 2 * len(fresh))
    context.bias_[:outputs] = base.context.bias_
    context.members_ = np.full((outputs + 2 * len(fresh), new), -1, np.int8)
    context.members_[:outputs, :old] = base.context.members_
    for number, column in enumerate(fresh):
        context.members_[outputs + 2 * number : outputs + 2 * number + 2, column] = (0, 1)
    grams = text_grams(data.batch, base.orders, base.buckets)
    return _Base(text, context, fresh, *text_scores(data.batch, grams, text.weights_, text.bias_))


def _passes(
    base: _Base,
    data: Prepared,
    known: NDArray[np.int8],
    settings: TrainSettings,
    weights: Doubles,
    folds: NDArray[np.int64],
) -> tuple[NDArray[np.float32], Doubles, Doubles]:
    """The context pass' input and its log-odds, both by models that did not see the sentence; and the log-odds given
    that a sentence carries no label which is known not to be there."""
    grams = text_grams(data.batch, settings.orders, settings.buckets)
    logits, clauses = base.logits.copy(), base.clauses.copy()
    numbers = np.unique(folds)
    if len(numbers) > 1:
        for fold in numbers:
            inside = folds == fold
            model = _shift_text(base, data, ~inside, settings, weights)
            own, parts = text_scores(data.batch, grams, model.weights_, model.bias_)
            logits[inside], clauses[inside] = own[inside], parts[inside]
    columns = context_columns(data.batch, data.structure, data.names, logits, clauses)
    second, within = np.zeros(data.y.shape), np.zeros(data.y.shape)
    for fold in numbers:
        inside = folds == fold
        learned = ~inside if len(numbers) > 1 else np.zeros(len(inside), bool)
        model_of = _shift_context(base, columns, data, learned, settings, weights)
        second[inside] = model_of.decision_function(columns[inside])
        within[inside] = model_of.decision_function(columns[inside], known[inside] != 0)
    return columns, second, within


def _shift_text(
    base: _Base, data: Prepared, rows: NDArray[np.bool_], settings: TrainSettings, weights: Doubles
) -> TextPass:
    X: Any = data.X[rows]  # type: ignore[index]
    heads = head_matrix(data.y[rows], settings.labels)
    frequency = np.asarray((X > 0).sum(axis=0)).ravel()
    inverse = np.where(frequency >= settings.min_count, np.log((1 + X.shape[0]) / (1 + frequency)) + 1, 0.0)
    kept = np.flatnonzero(inverse)
    scaled = X[:, kept].multiply(inverse[kept]).tocsr()
    start = base.logits[rows]
    model = TextPass()
    model.weights_, model.bias_ = base.text.weights_.copy(), base.text.bias_.copy()
    for column in range(heads.shape[1]):
        asked = heads[:, column] >= 0
        strength = settings.text_strength if column in base.fresh else settings.update_text
        step, offset = _shift_binary(
            scaled[asked], heads[asked, column], weights[rows][asked], start[asked, column], strength
        )
        moved = model.weights_[kept, column] + step * inverse[kept]
        model.weights_[kept, column] = moved.astype(np.float16)
        model.bias_[column] += offset
    return model


def _shift_binary(
    X: Any, y: NDArray[np.int8], weight: Doubles, start: Doubles, strength: float
) -> tuple[Doubles, float]:
    """Logistic regression for what is to be added to ``start``, the log-odds so far: (weights, offset)."""
    from scipy.optimize import minimize

    width = X.shape[1]
    if not len(y):
        return np.zeros(width), 0.0
    transposed = X.T.tocsr()

    def loss(step: Doubles) -> tuple[float, Doubles]:
        z = start + X @ step[:-1] + step[-1]
        value = (weight * (np.logaddexp(0, z) - y * z)).sum() + step @ step / (2 * strength)
        gradient = weight * (sigmoid(z) - y)
        return float(value), np.append(transposed @ gradient, gradient.sum()) + step / strength

    found = minimize(loss, np.zeros(width + 1), jac=True, method="L-BFGS-B", options=_STOP)
    return found.x[:-1], float(found.x[-1])


def _shift_context(
    base: _Base,
    columns: NDArray[np.float32],
    data: Prepared,
    rows: NDArray[np.bool_],
    settings: TrainSettings,
    weights: Doubles,
) -> ContextPass:
    model = ContextPass()
    model.members_ = base.context.members_
    model.weights_, model.bias_ = base.context.weights_.copy(), base.context.bias_.copy()
    model.n_features_in_, model.classes_ = len(model.weights_), np.arange(len(settings.labels))
    if not rows.any():
        return model
    X = columns[rows].astype(np.float64)
    mean, spread = X.mean(axis=0), np.maximum(X.std(axis=0), _LEAST_SPREAD)
    spread[own_columns(data.names, len(settings.labels) + 2) :] /= settings.neighbours
    scaled = (X - mean) / spread
    blocks = model.members_ >= 0
    for pattern in np.unique(blocks, axis=0):
        own = np.flatnonzero((blocks == pattern).all(axis=1))
        held = model.members_[own][:, pattern]
        target = (data.y[rows][:, None, pattern] == held[None]).all(axis=2)
        known = target.any(axis=1)  # also leaves out sets of labels that the base model never saw
        fresh = bool(set(np.flatnonzero(pattern)) & set(base.fresh))
        start = X[known] @ base.context.weights_[:, own] + base.context.bias_[own]
        step, offset = _shift_softmax(
            scaled[known],
            target[known],
            weights[rows][known],
            start,
            settings.context_strength if fresh else settings.update_context,
        )
        model.weights_[:, own] += step / spread[:, None]
        model.bias_[own] += offset - (mean / spread) @ step
    return model


def _shift_softmax(
    X: Doubles, target: NDArray[np.bool_], weight: Doubles, start: Doubles, strength: float
) -> tuple[Doubles, Doubles]:
    """As :func:`_shift_binary` for classes that exclude each other: (weights (k, classes), offsets (classes,))."""
    from scipy.optimize import minimize

    width, classes = X.shape[1], target.shape[1]
    if not len(X):
        return np.zeros((width, classes)), np.zeros(classes)

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        step = flat.reshape(-1, classes)
        z = start + X @ step[:-1] + step[-1]
        raised = np.exp(z - z.max(axis=1, keepdims=True))
        shares = raised / raised.sum(axis=1, keepdims=True)
        value = -(weight * np.log(np.maximum(shares[target], 1e-300))).sum() + flat @ flat / (2 * strength)
        gradient = weight[:, None] * (shares - target)
        return float(value), (np.vstack([X.T @ gradient, gradient.sum(axis=0)]) + step / strength).ravel()

    found = minimize(loss, np.zeros((width + 1) * classes), jac=True, method="L-BFGS-B", options=_STOP)
    step = found.x.reshape(-1, classes)
    return step[:-1], step[-1]


def _calibrate(base: Model, fresh: Sequence[int], second: Doubles, data: Prepared) -> Calibration:
    """The base model's calibration for its labels; the new labels' from their out-of-fold scores."""
    own = Calibration().fit(second, data.y)
    old = len(base.labels)
    own.slope_[:old], own.offset_[:old] = base.calibration.slope_, base.calibration.offset_
    own.threshold_[:old] = base.calibration.threshold_
    for column in fresh:
        if (data.y[:, column] == 1).sum() == 0:  # never seen: never given
            own.threshold_[column] = 1.01
    return own
