from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dafu.corpus import Bag, LabelledLetter, from_row
from dafu.deciding import Contest, Score, Units, compare_on, contest, decide, out_of_fold_answers, units_of
from dafu.errors import CorpusError
from dafu.records import LABELS
from dafu.tagger import Tagger

RNG = np.random.default_rng(0)


def units(letters: int = 40, of_each: int = 10) -> Units:
    gold = RNG.integers(0, 2, (letters * of_each, 3)).astype(np.int8)
    owner = np.repeat(np.arange(letters), of_each)
    return Units(LABELS, gold, owner, tuple((str(i), f"句{i}") for i in range(len(gold))), letters)


def spoiled(gold: np.ndarray, share: float) -> np.ndarray:
    return np.where(RNG.random(gold.shape) < share, 1 - gold, gold).astype(np.int8)


def test_a_clearly_better_challenger_is_found_better() -> None:
    given = units()
    result = contest(given, spoiled(given.gold, 0.3), spoiled(given.gold, 0.05))
    assert result.macro.difference[1] > 0
    assert len(result.gained) > len(result.lost)
    assert result.p_value < 0.001
    assert decide(result, None, 5).verdict == "better"
    assert decide(replace(result, letters=10), None, 5).verdict == "unclear"
    assert decide(result, None, 1).verdict == "unclear"


def test_a_worse_challenger_is_found_worse_and_an_equal_one_unclear() -> None:
    given = units()
    good, bad = spoiled(given.gold, 0.05), spoiled(given.gold, 0.3)
    assert decide(contest(given, good, bad), None, 5).verdict == "worse"
    same = contest(given, good, good)
    assert (same.gained, same.lost, same.p_value) == ([], [], 1.0)
    assert decide(same, None, 5).verdict == "unclear"


def with_difference(value: float, low: float, high: float) -> Contest:
    score = Score((0.8, 0.7, 0.9), (0.8, 0.7, 0.9), (value, low, high), 10)
    return Contest(100, 50, {}, score, [], [], 1.0)


@pytest.mark.parametrize(
    ("own", "shipped", "verdict"),
    [
        ((0.03, 0.01, 0.05), -0.01, "better"),
        ((0.03, 0.01, 0.05), -0.03, "mixed"),
        ((0.03, -0.01, 0.05), -0.01, "unclear"),
        ((0.03, -0.01, 0.05), -0.03, "worse"),
        ((-0.03, -0.05, -0.01), 0.01, "worse"),
        (None, -0.03, "worse"),
        (None, -0.01, "unclear"),
    ],
)
def test_the_rule(own: tuple[float, float, float] | None, shipped: float, verdict: str) -> None:
    theirs = with_difference(*own) if own else None
    said = decide(theirs, with_difference(shipped, shipped - 0.01, shipped + 0.01), 5)
    assert said.verdict == verdict
    assert f"{shipped:+.3f}" in said.zh


def letter(number: int, body: str) -> LabelledLetter:
    text = f"我局已印发第{number}号通知。\n下一步，将加大投入。感谢支持。"
    row = {"id": str(number), "text": text, "spans": [], "meta": {"issuer": body}}
    first = text.index("。") + 1
    row["spans"] = [{"start": 0, "end": first, "label": "completed"}]
    return from_row(row, "x")


def test_units_are_seen_sentences_and_paragraphs_labelled_as_wholes(tagger: Tagger) -> None:
    x = letter(1, "甲")
    x = replace(x, seen=(True, False, False), bags=(Bag(1, (1, 2), frozenset({"planned"})),))
    given, (said,) = units_of([x], [[tagger(x.letter.text)]], LABELS)
    assert [text for _, text in given.places] == ["我局已印发第1号通知。", "下一步，将加大投入。感谢支持。"]
    assert given.gold.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert said.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_out_of_fold_answers_never_come_from_a_model_that_saw_the_body(tagger: Tagger) -> None:
    letters = [letter(i, f"机关{i % 3}") for i in range(7)]
    asked: list[set[str]] = []

    def make(part):  # type: ignore[no-untyped-def]
        asked.append({x.issuer for x in part})
        return tagger.model

    answers = out_of_fold_answers(letters, make)
    assert all(answer is not None for answer in answers)
    assert [answer.letter.id for answer in answers if answer] == [x.letter.id for x in letters]
    assert sorted(map(sorted, asked)) == [["机关0", "机关1"], ["机关0", "机关2"], ["机关1", "机关2"]]


def test_a_single_body_gives_no_answers(tagger: Tagger) -> None:
    letters = [letter(i, "甲") for i in range(3)]
    assert out_of_fold_answers(letters, lambda _: tagger.model) == [None] * 3
    assert compare_on(letters, [], [None] * 3, LABELS) is None


def test_folds_that_cannot_be_trained_are_left_out(tagger: Tagger) -> None:
    letters = [letter(0, "甲"), letter(1, "乙")]

    def make(part):  # type: ignore[no-untyped-def]
        if part[0].issuer == "甲":
            raise CorpusError("too few")
        return tagger.model

    assert [answer is None for answer in out_of_fold_answers(letters, make)] == [False, True]
