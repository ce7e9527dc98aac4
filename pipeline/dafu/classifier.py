"""The two passes as scikit-learn estimators, and the calibration of their probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import (
    _check_sample_weight,
    check_array,
    check_consistent_length,
    check_is_fitted,
)

from dafu.context import sigmoid
from dafu.records import COMPLETED, PLANNED, QUANTITATIVE
from dafu.scoring import Calibrator, ContextScorer, TextScorer

Doubles = NDArray[np.float64]


def _as_matrix(y: Any) -> NDArray[np.int8]:
    """Labels as a matrix of shape (n, labels) of 1, 0 and -1 (not asked); a single column is one label."""
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    given = check_array(y, ensure_2d=False, dtype="numeric", input_name="y")
    return np.asarray(np.sign(given.reshape(len(given), -1)), np.int8)


def _weights(sample_weight: Any, X: Any) -> Doubles | None:
    return None if sample_weight is None else np.asarray(_check_sample_weight(sample_weight, X), np.float64)


class _Multilabel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """What both passes tell scikit-learn: y is a matrix of labels that do not exclude each other."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.single_output, tags.target_tags.multi_output = False, True
        tags.classifier_tags.multi_label = True
        return tags

    def _checked(self, X: Any, **options: Any) -> Any:
        check_is_fitted(self)
        X = check_array(X, **options)
        if X.shape[1] != self.weights_.shape[0]:
            raise ValueError(
                f"X has {X.shape[1]} features, but {type(self).__name__} is expecting {self.weights_.shape[0]} features as input"
            )
        return X


class _Constant:
    """Stands in for a label of which only one value was ever seen."""

    def __init__(self, width: int, value: int) -> None:
        self.coef_ = np.zeros((1, width))
        self.intercept_ = np.array([8.0 if value else -8.0])


def _fit_label(estimator: LogisticRegression, X: Any, y: NDArray[np.int8], weight: Doubles | None) -> Any:
    asked = y >= 0
    if not asked.all():
        X, y, weight = X[asked], y[asked], None if weight is None else weight[asked]
    if not len(y) or y.min() == y.max():
        return _Constant(X.shape[1], int(y[0]) if len(y) else 0)
    return estimator.fit(X, y, sample_weight=weight)


class TextPass(TextScorer, _Multilabel):
    """Logistic regression over hashed n-gram counts, one a label (decision 5 of the design).

    Args:
        strength: inverse of the L2 penalty.
        min_count: an n-gram bucket that fewer sentences than this have is ignored.

    ``fit`` takes X of shape (n, buckets) (sparse; see :func:`dafu.features.count_matrix`) and y of shape
    (n, labels) with 1, 0, and -1 where a row is not to teach a column. The inverse document frequencies are folded into ``weights_``, shape
    (buckets, labels), so that scoring is one gather and one sum.
    """

    def __init__(self, strength: float = 4.0, min_count: int = 2) -> None:
        self.strength = strength
        self.min_count = min_count

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Doubles | None = None) -> TextPass:
        X = check_array(X, accept_sparse="csr")
        labels = _as_matrix(y)
        check_consistent_length(X, labels)
        sample_weight = _weights(sample_weight, X)
        frequency = np.asarray((X > 0).sum(axis=0)).ravel()
        inverse = np.where(frequency >= self.min_count, np.log((1 + X.shape[0]) / (1 + frequency)) + 1, 0.0)
        kept = np.flatnonzero(inverse)
        scaled = (
            X[:, kept].multiply(inverse[kept]).tocsr() if hasattr(X, "tocsr") else X[:, kept] * inverse[kept]
        )
        self.weights_ = np.zeros((X.shape[1], labels.shape[1]), np.float32)
        self.bias_ = np.zeros(labels.shape[1], np.float64)
        for column in range(labels.shape[1]):
            model = _fit_label(
                LogisticRegression(C=self.strength, solver="liblinear", max_iter=500),
                scaled,
                labels[:, column],
                sample_weight,
            )
            # half precision: halves the model and changes no score by more than a thousandth
            self.weights_[kept, column] = (model.coef_[0] * inverse[kept]).astype(np.float16)
            self.bias_[column] = model.intercept_[0]
        self.n_features_in_ = X.shape[1]
        self.classes_ = np.arange(labels.shape[1])
        return self

    def decision_function(self, X: Any) -> Doubles:
        """Log-odds, shape (n, labels)."""
        X = self._checked(X, accept_sparse="csr")
        return np.asarray(X @ self.weights_ + self.bias_, np.float64)

    def predict_proba(self, X: Any) -> Doubles:
        """Probability of each label, shape (n, labels); labels do not exclude each other."""
        return sigmoid(self.decision_function(X))

    def predict(self, X: Any) -> NDArray[np.int8]:
        """0 or 1 for each label, shape (n, labels)."""
        return (self.decision_function(X) > 0).astype(np.int8)


class ContextPass(ContextScorer, _Multilabel):
    """Logistic regression over structure, cues and the neighbours' first-pass scores.

    Measures depend on each other (a sentence is seldom completed and planned at once), so their label sets are
    the classes of one multinomial model; a label's probability is the sum over the sets that hold it. Columns
    named in ``alone`` have a model of their own.

    Args:
        strength: inverse of the L2 penalty on the standardised columns.
        alone: indices of labels that are independent of the others (quantitative).
        own: the number of leading columns that speak of the sentence itself (``None``: all).
        neighbours: by how much the standardised other columns are scaled before the fit. Below 1 the
            penalty on them is the stronger: what neighbours say carries over badly from one kind of
            text to another (0.2 against 1: macro-F1 on replies to citizens from 0.78 to 0.82, on
            letters and reports unchanged).

    ``fit`` takes X of shape (n, k) (see :func:`dafu.context.context_columns`; the first-pass scores in it
    must be out of fold) and y of shape (n, labels), with -1 where a label is not known: such rows do not teach
    the labels that are modelled together with it. Learned: ``weights_`` (k, outputs), ``bias_`` (outputs,),
    and ``members_`` (outputs, labels), which says of each output which labels it holds.
    """

    def __init__(
        self,
        strength: float = 0.01,
        alone: tuple[int, ...] = (),
        own: int | None = None,
        neighbours: float = 0.2,
    ) -> None:
        self.strength = strength
        self.alone = alone
        self.own = own
        self.neighbours = neighbours

    def fit(self, X: Any, y: Any, sample_weight: Doubles | None = None) -> ContextPass:
        X = check_array(X, dtype=np.float64)
        labels = _as_matrix(y)
        check_consistent_length(X, labels)
        sample_weight = _weights(sample_weight, X)
        mean, spread = X.mean(axis=0), X.std(axis=0) + 1e-3
        if self.own is not None:
            spread[self.own :] /= self.neighbours
        scaled = (X - mean) / spread
        together = [i for i in range(labels.shape[1]) if i not in self.alone]
        weights: list[Doubles] = []
        bias: list[float] = []
        members: list[NDArray[np.int8]] = []
        for columns in [together, *([i] for i in self.alone)]:
            if not columns:
                continue
            asked = (labels[:, columns] >= 0).all(axis=1)
            sets, index = np.unique(labels[asked][:, columns], axis=0, return_inverse=True)
            if not len(sets):  # nothing is known of these labels: never given
                sets = np.zeros((1, len(columns)), np.int8)
            if len(sets) == 1:
                coefficients, intercepts = np.zeros((1, X.shape[1])), np.zeros(1)
            else:
                model = LogisticRegression(C=self.strength, max_iter=2000).fit(
                    scaled[asked],
                    index.ravel(),
                    sample_weight=None if sample_weight is None else sample_weight[asked],
                )
                coefficients, intercepts = model.coef_, model.intercept_
                if len(sets) == 2:  # scikit-learn keeps one row for two classes
                    coefficients, intercepts = (
                        np.vstack([-coefficients / 2, coefficients / 2]),
                        np.r_[-intercepts / 2, intercepts / 2],
                    )
            for row, own, held in zip(coefficients, intercepts, sets, strict=True):
                weights.append(row / spread)
                bias.append(float(own - row @ (mean / spread)))
                member = np.full(labels.shape[1], -1, np.int8)
                member[columns] = held
                members.append(member)
        self.weights_ = np.column_stack(weights)
        self.bias_ = np.array(bias)
        self.members_ = np.array(members)
        self.n_features_in_ = X.shape[1]
        self.classes_ = np.arange(labels.shape[1])
        return self

    def _input(self, X: Any) -> NDArray[np.float32]:
        return np.asarray(self._checked(X, dtype=np.float32))


class Calibration(Calibrator, BaseEstimator):  # type: ignore[misc]
    """Platt scaling, a slope and an offset a label, and the threshold with the best F1 on the same data.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.
    """

    def fit(self, X: Any, y: Any) -> Calibration:
        """X: log-odds of held-out sentences, shape (n, labels); y: 0/1 of the same shape."""
        labels = _as_matrix(y)
        count = labels.shape[1]
        self.slope_ = np.ones(count)
        self.offset_ = np.zeros(count)
        self.threshold_ = np.full(count, 0.5)
        for column in range(count):
            asked = labels[:, column] >= 0
            target = labels[asked, column]
            if not len(target) or target.min() == target.max():
                continue
            model = LogisticRegression(C=1e6, max_iter=1000).fit(X[asked][:, [column]], target)
            self.slope_[column] = max(float(model.coef_[0, 0]), 1e-3)
            self.offset_[column] = float(model.intercept_[0])
            scores = sigmoid(X[asked, column] * self.slope_[column] + self.offset_[column])
            self.threshold_[column] = _best_threshold(scores, target)
        return self


def _best_threshold(scores: Doubles, target: NDArray[np.int8]) -> float:
    """The threshold with the highest F1 among 0.30, 0.31 … 0.60: far from 0.5 it would fit noise."""
    grid = np.round(np.arange(0.30, 0.601, 0.01), 2)
    best = [
        2 * float((target * (scores >= t)).sum()) / max(1, float(target.sum() + (scores >= t).sum()))
        for t in grid
    ]
    return float(grid[int(np.argmax(best))])


def label_matrix(labels: Sequence[frozenset[str]], names: Sequence[str]) -> NDArray[np.int8]:
    """Label sets as a 0/1 matrix of shape (n, len(names))."""
    return np.array([[name in given for name in names] for given in labels], np.int8).reshape(
        len(labels), len(names)
    )


def head_matrix(y: NDArray[np.int8], names: Sequence[str]) -> NDArray[np.int8]:
    """What the text pass learns, shape (n, labels + 2): the labels, "is a measure", "planned, not completed".

    The last is -1 (not asked) where a sentence is neither or both; both are where the labels are not known.
    """
    measures = [i for i, name in enumerate(names) if name != QUANTITATIVE]
    measure = y[:, measures].max(axis=1, initial=0)
    unknown = (y[:, measures] < 0).any(axis=1) & (measure < 1)
    measure[unknown] = -1
    tense = np.full(len(y), -1, np.int8)
    if COMPLETED in names and PLANNED in names:
        completed, planned = y[:, names.index(COMPLETED)], y[:, names.index(PLANNED)]
        clear = (completed >= 0) & (planned >= 0) & (completed + planned == 1)
        tense = np.where(clear, planned, np.int8(-1))
    return np.column_stack([y, measure, tense]).astype(np.int8)
