"""What a trained model needs to answer: arrays and NumPy. Training (scikit-learn) is in :mod:`dafu.classifier`.

Kept apart because importing scikit-learn takes most of a second, which whoever only tags need not wait for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafu.context import sigmoid
from dafu.records import COMPLETED, PLANNED, Label

Doubles = NDArray[np.float64]
_PIECE = 64


class TextScorer:
    """The text pass' weights, ``weights_`` (buckets, labels + 2) and ``bias_`` (labels + 2,): see
    :func:`dafu.features.text_scores`."""

    weights_: NDArray[np.float32]
    bias_: Doubles


class ContextScorer:
    """The context pass' weights, ``weights_`` (k, outputs), ``bias_`` (outputs,), and ``members_`` (outputs, labels):
    1 and 0 where an output is a set of labels with or without a label, -1 where it does not speak of it."""

    weights_: Doubles
    bias_: Doubles
    members_: NDArray[np.int8]

    def predict_proba(self, X: Any, allowed: NDArray[np.bool_] | None = None) -> Doubles:
        """Probability of each label, shape (n, labels); given ``allowed`` (n, labels), if a row has no others."""
        outputs = self._outputs(self._input(X)) + self.bias_
        if allowed is not None:
            outputs[(~allowed[:, None, :] & (self.members_ == 1)[None]).any(axis=2)] -= 1e3
        result = np.zeros((len(outputs), self.members_.shape[1]))
        blocks = self.members_ >= 0
        for pattern in np.unique(blocks, axis=0):
            own = (blocks == pattern).all(axis=1)
            raised = np.exp(outputs[:, own] - outputs[:, own].max(axis=1, keepdims=True))
            shares = raised / raised.sum(axis=1, keepdims=True)
            result[:, pattern] = shares @ self.members_[own][:, pattern]
        return result

    def _outputs(self, X: NDArray[np.float32]) -> Doubles:
        # In small pieces, which BLAS multiplies in this thread: on busy cores it waits longer for its threads than
        # the whole product takes.
        pieces = [X[i : i + _PIECE] @ self.weights_ for i in range(0, len(X), _PIECE)]
        return np.concatenate(pieces) if pieces else X @ self.weights_

    def _input(self, X: Any) -> NDArray[np.float32]:
        return np.asarray(X, np.float32)

    def decision_function(self, X: Any, allowed: NDArray[np.bool_] | None = None) -> Doubles:
        """Log-odds of each label, shape (n, labels); ``allowed`` as in :meth:`predict_proba`."""
        likely = np.clip(self.predict_proba(X, allowed), 1e-6, 1 - 1e-6)
        return np.asarray(np.log(likely / (1 - likely)))

    def predict(self, X: Any) -> NDArray[np.int8]:
        """0 or 1 for each label, shape (n, labels)."""
        return (self.predict_proba(X) > 0.5).astype(np.int8)


class Calibrator:
    """Slope, offset and threshold of each label, shapes (labels,)."""

    slope_: Doubles
    offset_: Doubles
    threshold_: Doubles

    def transform(self, X: Doubles) -> Doubles:
        """Calibrated probabilities of log-odds, shape (n, labels)."""
        return sigmoid(X * self.slope_ + self.offset_)


#: Probabilities of done and planned that together are less than this do not speak for both.
_BOTH = 1.1


def decided(scores: Doubles, thresholds: Doubles, labels: Sequence[Label]) -> NDArray[np.bool_]:
    """Which labels sentences are given, shape (n, labels), by calibrated probabilities of the same shape.

    A label is given from its threshold on, which lies below one half. So a sentence that is done or planned, but not
    clearly which, would be given both; it is given the likelier.
    """
    given = np.asarray(scores >= thresholds, bool)
    if COMPLETED in labels and PLANNED in labels:
        pair = [labels.index(COMPLETED), labels.index(PLANNED)]
        two = scores[:, pair]
        doubtful = np.flatnonzero(given[:, pair].all(axis=1) & (two.sum(axis=1) < _BOTH))
        given[doubtful, np.array(pair)[two[doubtful].argmin(axis=1)]] = False
    return given
