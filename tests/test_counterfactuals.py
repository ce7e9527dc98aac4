from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dafu.classifier import label_matrix
from dafu.counterfactuals import AHEAD, DONE, NONE, UNCLEAR, Part, counterfactuals
from dafu.letter import parse_letter
from dafu.records import Letter
from dafu.training import Parts

PROGRESS = "一、工作开展情况\n拆除危旧围墙，补种行道树。我局已完成验收。该路段车流较大。\n"
PLANS = "二、下一步打算\n加装防滑垫，清理排水沟。2025年底前建成二期。\n"
LETTER = PROGRESS + PLANS
TENSES = {"拆除": DONE, "我局": DONE, "加装": AHEAD, "2025": AHEAD}


def tenses(letters: Sequence[Letter]) -> np.ndarray:
    return np.array(
        [
            TENSES.get(letter.text[s.start :][:2], TENSES.get(letter.text[s.start :][:4], NONE))
            for letter in letters
            for s in letter.sentences
        ]
    )


def parts(*texts: str, tense: np.ndarray | None = None) -> list[tuple[int, Part]]:
    letters = [parse_letter(text, id=str(i)) for i, text in enumerate(texts)]
    return list(counterfactuals(letters, tenses(letters) if tense is None else tense))


def test_bare_sentences_stand_under_a_heading_of_the_other_tense() -> None:
    found = parts(LETTER)
    texts = [part.letter.text for _, part in found]
    assert "一、下一步打算\n拆除危旧围墙，补种行道树。该路段车流较大。" in texts
    assert "二、工作开展情况\n加装防滑垫，清理排水沟。" in texts
    for _, part in found:
        told = [part.letter.text[s.start : s.end][:2] for s in part.letter.sentences]
        assert list(part.turned) == [head in ("拆除", "加装") for head in told]
        assert not {"我局", "20"} & set(told)  # what tells its own tense is left out


def test_bare_sentences_follow_a_neighbour_of_the_other_tense() -> None:
    one = "我局已完成该路段的全部验收工作。更换井盖。路面宽七米。"
    other = "下一步我局将在该路段增设信号灯。粉刷护栏。"
    tense = np.array([DONE, DONE, NONE, AHEAD, AHEAD])
    texts = {part.letter.text: part for _, part in parts(one, other, tense=tense)}
    turned = texts["下一步我局将在该路段增设信号灯。更换井盖。路面宽七米。"]
    assert turned.turned == [False, True, False]
    assert turned.rows == [3, 1, 2]
    assert "我局已完成该路段的全部验收工作。粉刷护栏。" in texts


def test_sentences_of_unclear_tense_are_never_turned() -> None:
    letters = [parse_letter(LETTER)]
    assert not list(counterfactuals(letters, np.full(len(letters[0].sentences), UNCLEAR)))


def test_the_same_letters_give_the_same_parts() -> None:
    assert parts(LETTER, LETTER) == parts(LETTER, LETTER)


def test_turned_sentences_change_tense_and_keep_their_figures() -> None:
    names = ("completed", "planned", "quantitative")
    y = label_matrix([frozenset({"completed", "quantitative"}), frozenset({"planned"}), frozenset()], names)
    both = Parts(np.zeros((3, 1), np.float32), np.array([0, 1, 0]), np.array([True, True, False]))
    assert both.labels(y, names).tolist() == [[0, 1, 1], [1, 0, 0], [1, 0, 1]]
