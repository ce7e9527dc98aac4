"""Choices by fitted weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dafu import choices
from dafu.choices import Candidate, Chooser, fit
from dafu.errors import ModelError


def noun(distance: int, tail: str, kind: str = "") -> Candidate:
    return Candidate("noun", kind, ("", str(distance), tail))


def test_the_highest_sum_wins_and_of_equals_the_first() -> None:
    chooser = Chooser({"noun": {"": [{"": 0.5}, {"1": 1.0, "2": -1.0}, {"户": 0.25}]}})
    assert chooser.score(noun(1, "户")) == 1.75
    assert chooser.score(noun(9, "unseen")) == 0.5
    assert chooser.best([noun(2, "户"), noun(1, "元"), noun(1, "元")]) == 1


def test_a_class_has_weights_on_top_of_those_for_all() -> None:
    chooser = Chooser({"noun": {"": [{}, {}, {"费": 1.0}], "money": [{}, {}, {"费": 2.0}]}})
    assert chooser.score(noun(1, "费")) == chooser.score(noun(1, "费", "count")) == 1.0
    assert chooser.score(noun(1, "费", "money")) == 3.0


def test_a_group_that_was_never_seen_scores_nothing() -> None:
    assert Chooser({}).score(noun(1, "户", "count")) == 0


def test_fitting_finds_what_decides() -> None:
    """The right noun is the near one, save for money, which wants 费; tails of other nouns are noise."""
    random = np.random.default_rng(3)
    decisions = []
    for _ in range(400):
        money = random.random() < 0.5
        tails = [*random.choice(["户", "村", "路"], 2), "费"]
        order = random.permutation(3)
        found = [noun(int(order[i]), tails[i], "money" if money else "count") for i in range(3)]
        decisions.append((found, 2 if money else int(np.argmin(order))))
    chooser = Chooser(fit(decisions[:300], strength=1.0))
    right = [chooser.best(found) == place for found, place in decisions[300:]]
    assert np.mean(right) == 1.0


def test_values_seen_once_get_no_weight() -> None:
    decisions = [([noun(1, f"only{i}"), noun(2, "often")], 1) for i in range(6)]
    weights = fit(decisions, strength=1.0)
    assert set(weights["noun"][""][2]) == {"often"}


def test_the_same_decisions_give_the_same_weights() -> None:
    decisions = [([noun(1, "户"), noun(2, "村")], 0), ([noun(2, "户"), noun(1, "村")], 1)] * 5
    assert fit(decisions, strength=0.5) == fit(decisions, strength=0.5)


@pytest.mark.parametrize("content", ["", "{", '{"weights": 3}', "[]", None])
def test_damaged_weights_are_told_with_file_and_remedy(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weights.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(choices, "weights_file", lambda: path)
    choices.choosers.cache_clear()
    try:
        with pytest.raises(ModelError, match=r"weights\.json.*重新安装"):
            choices.choosers()
    finally:
        choices.choosers.cache_clear()
