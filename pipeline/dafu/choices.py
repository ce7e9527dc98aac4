"""Choices by fitted weights: of several candidates the one whose values' weights add up to the most.

A candidate is a group (what sort of candidate it is), a class (of the figure's unit, say) and a tuple of values, one for
each template of the group. Every value of a template has a weight for all classes together, and one for each class on
top of it. The weights are fitted to hand-made choices (:func:`fit`) and kept in ``models/tables/weights.json``.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from dafu.errors import ModelError
from dafu.settings import model_folder

Span = tuple[int, int]
#: Weights by group, class ("" for all), place of the template, value.
Weights = dict[str, dict[str, list[dict[str, float]]]]
#: Counts as values: exact here, in steps that widen in :func:`step`.
NUMBERS: Final = tuple(map(str, range(64)))
_STEPS: Final = tuple("0 1 2 3 4 4 6 6 6 9".split())
_ALL: Final = ""
#: Weights nearer to nothing than this are not kept.
_LEAST: Final = 0.01


def step(count: int) -> str:
    """A count as a value, the larger the coarser.

    >>> step(2), step(5), step(200)
    ('2', '4', '9')
    """
    return _STEPS[count] if count < 9 else _STEPS[-1]


class Candidate(NamedTuple):
    """What may be chosen, as the weights see it."""

    group: str
    kind: str
    values: tuple[str, ...]


class Chooser:
    """The weights of one question, such as which noun a figure measures."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._tables: dict[tuple[str, str], tuple[dict[str, float], ...]] = {}
        self._differences: dict[int, tuple[dict[str, complex], ...]] = {}

    def score(self, candidate: Candidate) -> float:
        """The sum of the weights of a candidate's values."""
        group, kind, values = candidate
        tables = self._tables.get((group, kind)) or self._merged(group, kind, len(values))
        return sum(filter(None, map(dict.get, tables, values)))  # all of it in C: most of the time goes here

    def best(self, candidates: Sequence[Candidate]) -> int:
        """The place of the highest score; of equals the first."""
        scores = [self.score(candidate) for candidate in candidates]
        return scores.index(max(scores))

    def classify(self, groups: Sequence[str], values: tuple[str, ...]) -> int:
        """The place of the best of two or three groups for the same values; of equals the first.

        A question has one order of groups; fewer of them are its first. What counts is how much better than the first
        the others do: two differences are one complex number, so that every value is looked up once.
        """
        tables = self._differences.get(len(groups)) or self._differ(groups, len(values))
        found = sum(filter(None, map(dict.get, tables, values)), 0j)
        if found.real >= found.imag:
            return int(found.real > 0)
        return 2 if found.imag > 0 else 0

    def _differ(self, groups: Sequence[str], size: int) -> tuple[dict[str, complex], ...]:
        first, second, *third = [self._merged(group, _ALL, size) for group in groups]
        last = third[0] if third else first
        found = tuple(
            {
                value: complex(b.get(value, 0.0) - a.get(value, 0.0), c.get(value, 0.0) - a.get(value, 0.0))
                for value in a.keys() | b.keys() | c.keys()
            }
            for a, b, c in zip(first, second, last, strict=True)
        )
        self._differences[len(groups)] = found
        return found

    def _merged(self, group: str, kind: str, size: int) -> tuple[dict[str, float], ...]:
        """The weights for all classes and those of one class added up, once for all."""
        own = self.weights.get(group, {})
        nothing: list[dict[str, float]] = [{}] * size
        special = own.get(kind, nothing) if kind != _ALL else nothing
        tables = tuple(
            {value: a.get(value, 0.0) + b.get(value, 0.0) for value in a.keys() | b.keys()}
            for a, b in zip(own.get(_ALL, nothing), special, strict=True)
        )
        self._tables[group, kind] = tables
        return tables


class Judge:
    """Answers the questions that the words leave open, by the weights. What fits the weights answers otherwise.

    ``place`` is where in the letter a question is asked, ``options`` what there is to choose.
    """

    def choose(
        self, question: str, place: Span, options: Sequence[Any], candidates: Sequence[Candidate]
    ) -> int:
        """The place of the option whose candidate is the best."""
        return choosers()[question].best(candidates)

    def classify(self, question: str, place: Span, options: Sequence[str], values: tuple[str, ...]) -> int:
        """The same where the options are two or three groups of no class that share their values."""
        return choosers()[question].classify(options, values)


BY_WEIGHTS: Final = Judge()


def weights_file() -> Path:
    """Where the weights of all questions lie."""
    return model_folder() / "tables" / "weights.json"


def weights_digest() -> str:
    """SHA-256 of the weights: other weights fill the tables otherwise.

    Raises:
        ModelError: the file of weights is missing.
    """
    return hashlib.sha256(_read()).hexdigest()


@functools.cache
def choosers() -> Mapping[str, Chooser]:
    """The choosers of all questions, by name.

    Raises:
        ModelError: the file of weights is missing or damaged.
    """
    try:
        return {name: Chooser(weights) for name, weights in json.loads(_read())["weights"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(error) from error


def _read() -> bytes:
    try:
        return weights_file().read_bytes()
    except OSError as error:
        raise _broken(error) from error


def _broken(error: Exception) -> ModelError:
    return ModelError(
        f"{weights_file()}: the weights of the tables cannot be read, install dafu anew / 表格抽取的权重读不了，请重新安装 dafu: {error}"
    )


def fit(decisions: Sequence[tuple[Sequence[Candidate], int]], strength: float, least: int = 2) -> Weights:
    """Weights by which the chosen candidates score highest: conditional logistic regression.

    ``decisions`` are candidates with the place of the right one. ``strength`` is the prior variance of a weight; values
    that occur in fewer than ``least`` candidates get none.
    """
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    counts = Counter(feature for found, _ in decisions for c in found for feature in _features(c))
    places = {feature: i for i, feature in enumerate(f for f, n in counts.items() if n >= least)}
    columns: list[int] = []
    edges = [0]
    for found, _ in decisions:
        for candidate in found:
            columns += [places[f] for f in _features(candidate) if f in places]
            edges.append(len(columns))
    matrix = csr_matrix((np.ones(len(columns)), columns, edges), shape=(len(edges) - 1, len(places)))
    sizes = np.array([len(found) for found, _ in decisions])
    first = np.cumsum(sizes) - sizes
    owner = np.repeat(np.arange(len(sizes)), sizes)
    right = first + np.array([place for _, place in decisions])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        scores -= np.maximum.reduceat(scores, first)[owner]
        odds = np.exp(scores)
        total = np.add.reduceat(odds, first)
        slope = odds / total[owner]
        slope[right] -= 1
        value = np.log(total).sum() - scores[right].sum() + weights @ weights / (2 * strength)
        return float(value), matrix.T @ slope + weights / strength

    fitted = minimize(loss, np.zeros(len(places)), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    weights: Weights = {}
    shapes = {c.group: len(c.values) for found, _ in decisions for c in found}
    for (group, kind, template, value), place in places.items():
        if abs(fitted[place]) >= _LEAST:
            own = weights.setdefault(group, {}).setdefault(kind, [{} for _ in range(shapes[group])])
            own[template][value] = round(float(fitted[place]), 3)
    return weights


def _features(candidate: Candidate) -> Iterator[tuple[str, str, int, str]]:
    group, kind, values = candidate
    for template, value in enumerate(values):
        yield group, _ALL, template, value
        if kind != _ALL:
            yield group, kind, template, value
