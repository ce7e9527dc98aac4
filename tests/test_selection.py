from __future__ import annotations

import numpy as np
import pytest

from conftest import LETTER
from dafu.letter import parse_letter
from dafu.records import Document
from dafu.selection import build_queue, chance, doubt, far_apart, units_of, vectors_of
from dafu.tagger import Tagger


def test_doubt_is_greatest_where_the_answer_turns() -> None:
    scores = np.array([[0.4], [0.01], [0.99], [0.3]])
    values = doubt(scores, np.array([0.4]))
    assert int(np.argmax(values)) == 0
    assert values[0] == pytest.approx(1)
    assert values[3] > max(values[1], values[2])


def test_far_apart_leaves_out_look_alikes_and_caps_a_letter() -> None:
    texts = [
        "我局已印发停车管理办法。",
        "我局已印发停车管理办法。",
        "下一步将新建幼儿园三所。",
        "投入资金二百万元修路。",
    ]
    vectors = vectors_of(texts)
    values = np.array([1.0, 0.99, 0.5, 0.4])
    assert far_apart(vectors, values, list("abcd"), 3) == [0, 2, 3]
    assert far_apart(vectors, values, list("aabb"), 4, most=1) == [0, 2]


def test_units_leave_out_what_states_nothing() -> None:
    letter = parse_letter(LETTER)
    shown = [LETTER[start:end] for start, end, _ in units_of(letter, "paragraph")]
    assert not any(text.startswith(("青沅县", "李明远", "一、")) for text in shown)
    assert any("施工图" in text for text in shown)
    assert len(list(units_of(letter, "letter"))) == 1
    assert len(list(units_of(letter, "sentence"))) > len(shown)


def test_the_queue_is_bounded_capped_and_the_same_in_any_order(tagger: Tagger) -> None:
    letters = [
        Document(str(i), LETTER.replace("石桥", name), "") for i, name in enumerate("甲乙丙丁戊己庚辛")
    ]
    queue = build_queue(letters, tagger, 6, most=2)
    assert len(queue) == 6
    assert max(sum(c.letter.id == d.id for c in queue) for d in letters) <= 2
    again = build_queue(reversed(letters), tagger, 6, most=2)
    assert [(c.letter.id, c.start) for c in queue] == [(c.letter.id, c.start) for c in again]


def test_unsure_units_are_drawn_more_often() -> None:
    drawn = [chance(0.9, f"a{i}", 0) > chance(0.3, f"b{i}", 0) for i in range(500)]
    assert np.mean(drawn) == pytest.approx(0.9**4 / (0.9**4 + 0.3**4), abs=0.03)


@pytest.mark.parametrize("texts", [[], [""], ["。"]])
def test_an_empty_corpus_has_an_empty_queue(texts: list[str], tagger: Tagger) -> None:
    assert build_queue([Document(str(i), t, "") for i, t in enumerate(texts)], tagger, 5) == []
