"""dafu's text features as a scikit-learn transformer, for pipelines and searches over sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sklearn.base import BaseEstimator, TransformerMixin

from dafu.features import batch_sentences, count_matrix
from dafu.folding import fold
from dafu.records import Letter, Meta, Paragraph, Sentence


class SentenceFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Sentences (strings) to the matrix that :class:`dafu.classifier.TextPass` learns from, shape (n, buckets).

    Every string is one sentence; nothing is learned, so ``fit`` does nothing. What needs the whole letter (sections,
    neighbours) is not in it: that is what :func:`dafu.train` is for.

    >>> from sklearn.pipeline import make_pipeline
    >>> from dafu.classifier import TextPass
    >>> model = make_pipeline(SentenceFeatures(buckets=4096), TextPass(min_count=1))
    >>> texts = ["已印发通知。", "将加大投入。", "已建成投用。", "将推进立法。"]
    >>> model.fit(texts, [[1, 0], [0, 1], [1, 0], [0, 1]]).predict(["已印发方案。"]).tolist()
    [[1, 0]]
    """

    def __init__(self, orders: tuple[int, ...] = (1, 2, 3, 4), buckets: int = 262144) -> None:
        self.orders = orders
        self.buckets = buckets

    def fit(self, X: Iterable[str], y: Any = None) -> SentenceFeatures:
        """Nothing to learn."""
        return self

    def transform(self, X: Iterable[str]) -> Any:
        """The features of each string, a CSR matrix."""
        letters = []
        for text in X:
            body = Paragraph(0, len(text), "body")
            letters.append(Letter("", text, Meta(), (body,), (Sentence(0, len(text), 0),)))
        folded = [fold(letter.text).replace("\n", " ") for letter in letters]
        return count_matrix(batch_sentences(letters, folded), self.orders, self.buckets)

    def __sklearn_is_fitted__(self) -> bool:
        return True
