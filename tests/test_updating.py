from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dafu
from dafu.context import context_columns, context_names
from dafu.corpus import LabelledLetter, from_row, load_corpus
from dafu.errors import CorpusError
from dafu.features import batch_sentences
from dafu.letter import parse_letter
from dafu.models import load_model, save_model
from dafu.records import LABELS
from dafu.settings import TrainSettings
from dafu.structure import structure_columns
from dafu.tagger import Tagger
from dafu.updating import update

EXPLAINED = "explained"
FOUR = replace(TrainSettings(), labels=(*LABELS, EXPLAINED))


def explained(number: int) -> LabelledLetter:
    """A letter with a kind of sentence that the shipped model does not know."""
    law = f"根据《管理条例》第{number + 1}条规定，该事项不属于我局职权范围。"
    done, plan = f"我局已于2024年{number % 12 + 1}月完成整治。", "下一步，我局将加大巡查力度。"
    text = f"您的建议收悉。\n{done}\n{law}\n{plan}\n感谢支持。"
    spans = [
        {"start": text.index(part), "end": text.index(part) + len(part), "label": label}
        for part, label in ((done, "completed"), (law, EXPLAINED), (plan, "planned"))
    ]
    row = {"id": str(number), "text": text, "spans": spans, "meta": {"issuer": f"甲{number % 6}县交通局"}}
    return from_row(row, "x", labels=FOUR.labels)


@pytest.fixture(scope="module")
def base() -> Tagger:
    return dafu.load()


@pytest.fixture(scope="module")
def four(base: Tagger) -> Tagger:
    return dafu.train([explained(n) for n in range(18)], FOUR, base=base)


def test_context_names_name_every_column() -> None:
    batch = batch_sentences([parse_letter("我局已印发通知。下一步，将加大投入。")])
    structure, names = structure_columns(batch)
    for labels in (LABELS, ("planned",), (*LABELS, "a", "b")):
        heads = len(labels) + 2
        columns = context_columns(batch, structure, names, np.zeros((2, heads)), np.zeros((2, 4 * heads + 1)))
        given = context_names(names, labels)
        assert len(given) == columns.shape[1]
        assert len(set(given)) == len(given)


def test_nothing_learned_is_nothing_changed(base: Tagger, root: Path) -> None:
    """With a prior that nothing can move, the model's answers are those of its base."""
    letters = load_corpus(root / "corpus")[:6]
    held = replace(TrainSettings(), update_text=1e-12, update_context=1e-12)
    model = update(base.model, letters, held)
    text = letters[0].letter.text
    for ours, theirs in zip(Tagger(model)(text).sentences, base(text).sentences, strict=True):
        assert ours.scores == pytest.approx(theirs.scores, abs=2e-3)


def test_a_fourth_label_is_learned_and_the_others_are_kept(four: Tagger) -> None:
    said = four("我局已建成停车场。\n根据《办法》第五条规定，此事不属于我局职权范围。\n下一步，将推进立法。")
    assert [tag.labels for tag in said.sentences] == [("completed",), (EXPLAINED,), ("planned",)]
    assert said.paragraphs[1].label == EXPLAINED


def test_a_model_with_a_fourth_label_can_be_stored(four: Tagger, tmp_path: Path) -> None:
    save_model(four.model, tmp_path / "m", FOUR, {})
    text = explained(3).letter.text
    assert Tagger(load_model(tmp_path / "m"))(text).sentences == four(text).sentences


def test_the_same_letters_give_the_same_model(base: Tagger) -> None:
    letters = [explained(n) for n in range(8)]
    one, two = (update(base.model, letters, FOUR) for _ in range(2))
    assert (one.text.weights_ == two.text.weights_).all()
    assert (one.context.weights_ == two.context.weights_).all()


def test_a_label_that_never_occurs_is_never_given(base: Tagger) -> None:
    model = update(
        base.model, [explained(n) for n in range(8)], replace(FOUR, labels=(*FOUR.labels, "never"))
    )
    assert not any("never" in tag.labels for tag in Tagger(model)(explained(0).letter.text).sentences)


def test_labels_of_the_base_model_cannot_be_dropped(base: Tagger) -> None:
    with pytest.raises(CorpusError, match="--alone"):
        update(base.model, [explained(0)], replace(TrainSettings(), labels=("planned", EXPLAINED)))


def test_paragraph_labels_move_the_model_too(base: Tagger) -> None:
    """A new label is learned from labels of paragraphs alone."""

    def coarse(number: int) -> LabelledLetter:
        x = explained(number)
        text = x.letter.text
        lines = [(p.start, p.end) for p in x.letter.paragraphs]
        labels = [[], ["completed"], [EXPLAINED], ["planned"], []]
        rows: list[dict[str, Any]] = [
            {"start": a, "end": b, "labels": given} for (a, b), given in zip(lines, labels, strict=True)
        ]
        row = {"id": x.letter.id, "text": text, "spans": [], "meta": x.meta, "paragraphs": rows}
        return from_row(row, "x", labels=FOUR.labels)

    model = update(base.model, [coarse(n) for n in range(12)], FOUR)
    said = Tagger(model)("根据《办法》第五条规定，此事不属于我局职权范围。")
    assert said.sentences[0].labels == (EXPLAINED,)


def test_one_letter_is_enough_to_begin_with(base: Tagger) -> None:
    model = update(base.model, [explained(0)], FOUR)
    assert model.labels == FOUR.labels


def test_unseen_sentences_teach_nothing(base: Tagger) -> None:
    x = explained(0)
    hidden = replace(x, seen=(False,) * len(x.labels))
    with pytest.raises(CorpusError, match="no labelled sentence"):
        update(base.model, [hidden], FOUR)


@pytest.mark.parametrize("labels", [("planned", "quantitative"), ("解释", "答复")])
def test_other_label_sets_train_tag_and_write_tables(
    labels: tuple[str, str], root: Path, tmp_path: Path
) -> None:
    """From letters to a workbook with a scheme that lacks labels of dafu's own."""
    from dafu.evaluation import score, tag_labelled
    from dafu.writers import open_writer

    renamed = dict(zip(("planned", "quantitative"), labels, strict=True))
    letters = [
        replace(x, labels=tuple(frozenset(renamed[y] for y in given if y in renamed) for given in x.labels))
        for x in load_corpus(root / "corpus")[:40]
    ]
    settings = replace(TrainSettings(), labels=labels, buckets=2**14, folds=3)
    tagger = dafu.train(letters, settings)
    save_model(tagger.model, tmp_path / "m", settings, {})
    answers = tag_labelled(dafu.load(tmp_path / "m"), letters)
    assert score(answers).macro_f1 > 0.7
    for name in ("o.xlsx", "o.csv", "o.jsonl", "o.parquet"):
        writer = open_writer(str(tmp_path / name), labels)
        for tagged in answers.tagged:
            writer.write(tagged)
        writer.close()
        assert (tmp_path / name).stat().st_size > 0
    if "quantitative" not in labels:
        assert not any(t.figures or t.commitments or t.measures for t in answers.tagged)
