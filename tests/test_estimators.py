"""The classifier is a scikit-learn estimator: what scikit-learn's users do with one works."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict
from sklearn.pipeline import Pipeline

from dafu.classifier import TextPass
from dafu.estimators import SentenceFeatures
from dafu.evaluation import macro_f1

DONE = [
    "我局已印发通知。",
    "投入资金30万元。",
    "已建成停车场。",
    "先后开展检查12次。",
    "完成了路面修复。",
    "目前已投用。",
]
PLAN = [
    "下一步将加大力度。",
    "将推进立法。",
    "拟于明年实施。",
    "我局将研究制定办法。",
    "计划新建学校。",
    "将持续改进。",
]
TEXTS = (DONE + PLAN) * 3
Y = np.array(([[1, 0]] * 6 + [[0, 1]] * 6) * 3, np.int8)


@pytest.fixture
def model() -> Pipeline:
    return Pipeline([("features", SentenceFeatures(buckets=2**12)), ("text", TextPass(min_count=1))])


def test_a_pipeline_over_texts_learns(model: Pipeline) -> None:
    assert (model.fit(TEXTS, Y).predict(TEXTS) == Y).all()
    assert model.predict_proba(["已印发方案。"]).shape == (1, 2)


def test_cross_val_predict_gives_out_of_fold_answers(model: Pipeline) -> None:
    folds = KFold(3, shuffle=True, random_state=0)
    assert macro_f1(Y, cross_val_predict(model, TEXTS, Y, cv=folds)) > 0.9
    assert cross_val_predict(model, TEXTS, Y, cv=folds, method="predict_proba").shape == Y.shape


def test_grid_search_reaches_the_parameters_of_both_steps(model: Pipeline) -> None:
    grid = {"text__strength": [1.0, 10.0], "features__orders": [(1,), (1, 2)]}
    search = GridSearchCV(model, grid, cv=KFold(2), scoring=lambda m, X, y: macro_f1(y, m.predict(X)))
    search.fit(TEXTS, Y)
    assert search.best_params_.keys() == grid.keys()
    assert search.best_score_ > 0.9


def test_a_dumped_model_gives_the_same_answers(model: Pipeline, tmp_path: Path) -> None:
    joblib.dump(model.fit(TEXTS, Y), tmp_path / "m.joblib")
    again = joblib.load(tmp_path / "m.joblib")
    np.testing.assert_array_equal(again.predict_proba(TEXTS), model.predict_proba(TEXTS))
    assert not hasattr(clone(model).named_steps["text"], "weights_")


def test_sentence_features_are_those_of_the_tagger() -> None:
    from dafu.features import batch_sentences, count_matrix
    from dafu.letter import parse_letter

    text = "我局已印发通知。"
    ours = SentenceFeatures(buckets=2**12).transform([text])
    theirs = count_matrix(batch_sentences([parse_letter(text)]), (1, 2, 3, 4), 2**12)
    assert (ours != theirs).nnz == 0
