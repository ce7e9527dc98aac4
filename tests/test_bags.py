from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dafu.bags import Choice, known_labels, settle, settle_blindly
from dafu.corpus import Bag, LabelledLetter, from_row, load_corpus, to_row
from dafu.errors import CorpusError
from dafu.records import LABELS
from dafu.settings import TrainSettings
from dafu.training import train

TEXT = "我局已印发通知。下一步，将加大投入。\n感谢支持。\n已建成。"


def span(part: str, **more: Any) -> dict[str, Any]:
    return {"start": TEXT.index(part), "end": TEXT.index(part) + len(part), **more}


FIRST = "我局已印发通知。下一步，将加大投入。"


def row(**changes: Any) -> dict[str, Any]:
    return {"id": "1", "text": TEXT, "meta": {}, "spans": []} | changes


def test_paragraphs_leave_their_sentences_unseen() -> None:
    given = from_row(row(paragraphs=[span(FIRST, labels=["completed", "planned"])]), "x")
    assert given.known == (False,) * 4
    assert [(b.sentences, set(b.labels)) for b in given.bags] == [((0, 1), {"completed", "planned"})]


def test_sentences_with_a_span_are_seen_beside_paragraphs() -> None:
    given = from_row(
        row(
            spans=[span("已建成。", label="completed")],
            paragraphs=[span("感谢支持。", labels=[])],
        ),
        "x",
    )
    assert given.known == (False, False, False, True)


def test_seen_names_the_sentences_that_somebody_looked_at() -> None:
    sentence = span("感谢支持。")
    given = from_row(row(seen=[[sentence["start"], sentence["end"]]]), "x")
    assert given.known == (False, False, True, False)


def test_rows_without_either_mean_what_they_meant() -> None:
    given = from_row(row(spans=[span("已建成。", label="completed")]), "x")
    assert given.known == (True,) * 4
    assert given.bags == ()


def test_rows_with_bags_round_trip() -> None:
    source = row(
        spans=[span("已建成。", label="completed")], paragraphs=[span(FIRST, labels=["planned"])], seen=[]
    )
    again = to_row(from_row(source, "x"))
    assert from_row(again, "x") == from_row(source, "x")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"paragraphs": [span("我局已印发通知。", labels=[])]}, "is not a paragraph"),
        ({"paragraphs": [{"start": 0, "end": 999, "labels": []}]}, "outside the text of"),
        ({"paragraphs": [span(FIRST, labels=["plannd"])]}, "did you mean 'planned'"),
        ({"paragraphs": [span(FIRST)]}, "has no list of labels"),
        ({"paragraphs": [span(FIRST, labels=[]), span(FIRST, labels=[])]}, "stands twice"),
        ({"paragraphs": 3}, "not a list of objects"),
        ({"spans": [{"start": "0", "end": 3, "label": "completed"}]}, "whole numbers"),
        ({"seen": [3]}, r"\[start, end\]"),
        ({"text": "  "}, "has no text"),
        (
            {
                "spans": [span("已建成。", label="completed")],
                "paragraphs": [span("已建成。", labels=["planned"])],
            },
            "contradict each other",
        ),
    ],
)
def test_bad_rows_say_what_is_wrong(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        from_row(row(**changes), "x")


def test_what_follows_from_a_bag_alone_is_known() -> None:
    given = from_row(
        row(
            paragraphs=[
                span(FIRST, labels=["completed", "planned"]),
                span("感谢支持。", labels=[]),
                span("已建成。", labels=["completed"]),
            ]
        ),
        "x",
    )
    y, choices = known_labels([given], LABELS)
    assert y.tolist() == [[-1, -1, 0], [-1, -1, 0], [0, 0, 0], [1, 0, 0]]
    assert [(c.rows.tolist(), c.column, c.needed) for c in choices] == [([0, 1], 0, True), ([0, 1], 1, True)]


def test_a_label_that_a_seen_sentence_carries_is_not_needed_of_the_others() -> None:
    given = from_row(
        row(
            spans=[span("我局已印发通知。", label="completed")],
            paragraphs=[span(FIRST, labels=["completed", "planned"])],
        ),
        "x",
    )
    y, choices = known_labels([given], LABELS)
    assert y[:2].tolist() == [[1, 0, 0], [-1, 1, 0]]
    assert [(c.rows.tolist(), c.column, c.needed) for c in choices] == [([1], 0, False)]


def test_choices_go_to_those_over_the_threshold_or_else_to_the_highest() -> None:
    y = np.full((3, 1), -1, np.int8)
    rows = np.arange(3)
    threshold = np.array([0.5])
    low = np.array([[0.1], [0.4], [0.2]])
    assert settle(y, [Choice(rows, 0, True)], low, threshold)[:, 0].tolist() == [0, 1, 0]
    assert settle(y, [Choice(rows, 0, False)], low, threshold)[:, 0].tolist() == [0, 0, 0]
    assert settle(y, [Choice(rows, 0, True)], low + 0.3, threshold)[:, 0].tolist() == [0, 1, 1]
    assert settle_blindly(y, [Choice(rows, 0, True)], [0])[:, 0].tolist() == [1, 1, 1]


@pytest.mark.slow
def test_letters_labelled_by_paragraph_alone_are_enough_to_learn_from(root: Path) -> None:
    def by_paragraph(x: LabelledLetter) -> LabelledLetter:
        members: dict[int, list[int]] = {}
        for i, sentence in enumerate(x.letter.sentences):
            members.setdefault(sentence.paragraph, []).append(i)
        bags = tuple(
            Bag(p, tuple(rows), frozenset[str]().union(*(x.labels[i] for i in rows)))
            for p, rows in members.items()
        )
        none = (frozenset[str](),) * len(x.labels)
        return replace(x, labels=none, bags=bags, seen=(False,) * len(none))

    letters = load_corpus(root / "corpus")[:60]
    small = replace(TrainSettings(), buckets=2**14, folds=3)
    model = train([by_paragraph(x) for x in letters], small)
    from dafu.evaluation import macro_f1, tag_labelled
    from dafu.tagger import Tagger

    answers = tag_labelled(Tagger(model), letters)
    assert macro_f1(answers.gold, answers.said) > 0.6
