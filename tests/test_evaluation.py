from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dafu import evaluation as ev
from dafu.corpus import LabelledLetter, from_row
from dafu.tagger import Tagger

TEXT = "张××代表：\n您的建议收悉。\n我局已投入资金30万元修复路面。\n下一步，我局将加大巡查力度。"


def labelled(wrong: bool = False) -> LabelledLetter:
    def span(text: str, label: str) -> dict[str, object]:
        return {"start": TEXT.index(text), "end": TEXT.index(text) + len(text), "label": label}

    done, plan = "我局已投入资金30万元修复路面。", "下一步，我局将加大巡查力度。"
    spans = [
        span(done, "completed"),
        span(done, "quantitative"),
        span(plan, "completed" if wrong else "planned"),
    ]
    row = {
        "id": f"w{wrong}",
        "text": TEXT,
        "spans": spans,
        "meta": {"issuer": f"甲县{wrong}局", "year": 2020},
    }
    return from_row(row, "x")


def test_right_answers_score_one(tagger: Tagger) -> None:
    report = ev.score(ev.tag_labelled(tagger, [labelled()]))
    assert (report.macro_f1, report.exact, report.primary) == (1, 1, 1)
    assert report.counts["completed"].precision == report.counts["planned"].recall == 1


def test_wrong_answers_are_counted_and_listed(tagger: Tagger) -> None:
    answers = ev.tag_labelled(tagger, [labelled(), labelled(wrong=True)])
    report = ev.score(answers)
    assert report.counts["planned"] == ev.Counts(1, 1, 0)
    assert report.counts["completed"] == ev.Counts(2, 0, 1)
    assert report.confusion["completed", "planned"] == 1
    (error,) = list(ev.errors(answers))
    assert error[4:6] == ("已办举措", "计划举措")
    assert error[2] == "我局已投入资金30万元修复路面。"


def test_groups_add_up(tagger: Tagger) -> None:
    answers = ev.tag_labelled(tagger, [labelled(), labelled(wrong=True)])
    for group in ev.GROUPS:
        assert sum(number for _, number, _ in ev.by_group(answers, group)) == len(answers.gold)


@pytest.mark.parametrize(
    ("gold", "scores", "expected"),
    [([1, 1, 0, 0], [0.9, 0.9, 0.1, 0.1], 0.1), ([1, 0], [1.0, 0.0], 0.0), ([0, 0], [0.95, 0.95], 0.95)],
)
def test_calibration_error(gold: list[int], scores: list[float], expected: float) -> None:
    assert ev.calibration_error(np.array([gold], np.int8), np.array([scores])) == pytest.approx(expected)


def test_a_model_against_itself_neither_gains_nor_loses(tagger: Tagger) -> None:
    answers = ev.tag_labelled(tagger, [labelled(), labelled(wrong=True)])
    result = ev.compare(answers, answers)
    assert (result.gained, result.lost, result.p_value) == ([], [], 1.0)


def test_gains_and_losses_name_sentences(tagger: Tagger) -> None:
    answers = ev.tag_labelled(tagger, [labelled()])
    worse = ev.Tagged(
        answers.letters,
        answers.tagged,
        answers.labels,
        answers.gold,
        np.zeros_like(answers.said),
        answers.scores,
        answers.letter,
    )
    result = ev.compare(worse, answers)
    assert [text for _, text in result.gained] == [
        "我局已投入资金30万元修复路面。",
        "下一步，我局将加大巡查力度。",
    ]
    assert 0 < result.p_value <= 1


def test_the_reliability_diagram_is_a_png(tagger: Tagger, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    ev.draw_reliability(ev.tag_labelled(tagger, [labelled()]), tmp_path / "r.png")
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")
