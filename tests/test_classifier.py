from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.utils.estimator_checks import parametrize_with_checks

from dafu.classifier import Calibration, ContextPass, TextPass, head_matrix, label_matrix
from dafu.evaluation import macro_f1
from dafu.scoring import decided

RNG = np.random.default_rng(0)


def separable(n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    X = RNG.normal(size=(n, 6)).astype(np.float32)
    y = np.column_stack([X[:, 0] > 0, X[:, 1] > 0, X[:, 2] > 0.5]).astype(np.int8)
    return X, y


def test_text_pass_learns_labels_from_counts() -> None:
    X = csr_matrix(np.array([[1.0, 0, 0.5], [0, 1.0, 0.5]] * 20))
    y = np.array([[1, 0], [0, 1]] * 20)
    model = TextPass(strength=100).fit(X, y)
    assert (model.predict(X) == y).all()
    assert model.weights_.shape == (3, 2)


def test_rows_that_are_not_asked_teach_nothing() -> None:
    X = csr_matrix(np.array([[1.0, 0], [0, 1.0]] * 20))
    y = np.array([[1], [0]] * 20)
    noisy = csr_matrix(np.vstack([X.toarray(), [[0, 1.0]] * 30]))
    with_ignored = TextPass(min_count=0).fit(noisy, np.vstack([y, [[-1]] * 30]))
    assert with_ignored.decision_function(X)[0, 0] > 0 > with_ignored.decision_function(X)[1, 0]


def test_a_label_that_never_occurs_is_never_given() -> None:
    X = csr_matrix(np.array([[1.0, 0], [0, 1.0]] * 10))
    model = TextPass().fit(X, np.array([[1, 0], [0, 0]] * 10))
    assert model.predict(X)[:, 1].sum() == 0


def test_context_pass_probabilities_are_marginals_of_label_sets() -> None:
    X, y = separable()
    model = ContextPass(strength=10, alone=(2,)).fit(X, y)
    assert model.members_.shape[1] == 3
    assert macro_f1(y, model.predict(X)) > 0.9
    probabilities = model.predict_proba(X)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_exclusive_labels_are_learned_to_exclude_each_other() -> None:
    X = RNG.normal(size=(300, 2)).astype(np.float32)
    y = np.column_stack([X[:, 0] > 0, X[:, 0] <= 0]).astype(np.int8)
    said = ContextPass(strength=10).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(said.sum(axis=1), 1, atol=1e-9)


@pytest.mark.parametrize("estimator", [TextPass(), ContextPass()])
def test_estimators_keep_scikit_learns_contract(estimator: TextPass | ContextPass) -> None:
    X, y = separable(90)
    copy = clone(estimator)
    assert copy.get_params() == estimator.get_params()
    assert not hasattr(copy, "weights_")
    search = GridSearchCV(
        copy,
        {"strength": [0.1, 10.0]},
        cv=KFold(3),
        scoring=lambda model, X, y: macro_f1(y, model.predict(X)),
    ).fit(X, y)
    assert search.best_params_["strength"] == 10.0
    again = clone(search.best_estimator_).fit(X, y)
    np.testing.assert_array_equal(again.weights_, search.best_estimator_.weights_)


#: scikit-learn's checks that do not fit estimators whose y is a matrix of labels with -1 for "not asked".
NOT_MEANT = {
    **dict.fromkeys(
        (
            "check_classifiers_one_label",
            "check_classifiers_classes",
            "check_classifiers_train",
            "check_decision_proba_consistency",
        ),
        "classes of a single y, which are not given back as they came",
    ),
    **dict.fromkeys(
        (
            "check_estimator_sparse_array",
            "check_estimator_sparse_matrix",
            "check_classifiers_regression_target",
        ),
        "y with other values than 1, 0 and -1 is taken by its sign",
    ),
    "check_classifiers_multilabel_output_format_predict": "answers are int8, whatever y is",
    "check_sample_weight_equivalence_on_dense_data": "columns are standardised by all rows, weighted or not",
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([TextPass(min_count=0), ContextPass()], expected_failed_checks=lambda _: NOT_MEANT)
def test_estimators_pass_scikit_learns_own_checks(estimator, check) -> None:  # type: ignore[no-untyped-def]
    check(estimator)


def test_calibration_moves_overconfident_scores_towards_the_truth() -> None:
    true = RNG.uniform(size=4000)
    y = (RNG.uniform(size=4000) < true).astype(np.int8)[:, None]
    overconfident = (3 * np.log(true / (1 - true)))[:, None]
    calibrated = Calibration().fit(overconfident, y).transform(overconfident)[:, 0]
    assert abs(calibrated - true).mean() < 0.03


def test_heads_ask_for_tense_only_where_it_is_clear() -> None:
    names = ("completed", "planned", "quantitative")
    y = label_matrix(
        [frozenset({"completed"}), frozenset({"planned", "quantitative"}), frozenset(names), frozenset()],
        names,
    )
    assert head_matrix(y, names)[:, 3:].tolist() == [[1, 0], [1, 1], [1, -1], [0, -1]]


def test_other_label_schemes_have_heads_too() -> None:
    assert head_matrix(np.array([[1, 0], [0, 0]], np.int8), ("解释", "答复")).tolist() == [
        [1, 0, 1, -1],
        [0, 0, 0, -1],
    ]


def test_a_sentence_that_is_done_or_planned_is_the_likelier_of_both() -> None:
    labels = ("completed", "planned", "quantitative")
    scores = np.array(
        [[0.50, 0.45, 0.9], [0.42, 0.55, 0.1], [0.8, 0.7, 0.1], [0.3, 0.2, 0.5], [0.5, 0.1, 0.5]]
    )
    said = decided(scores, np.full(3, 0.4), labels)
    assert said.astype(int).tolist() == [[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1]]
    assert decided(scores[:, :2], np.full(2, 0.4), ("a", "b"))[0].tolist() == [True, True]
