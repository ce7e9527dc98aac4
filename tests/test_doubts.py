from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import dafu.doubts
from dafu.corpus import LabelledLetter, load_corpus
from dafu.doubts import confident, find_doubts, restricted
from dafu.letter import parse_letter
from dafu.settings import train_settings
from dafu.tagger import Tagger


def spoil(letters: list[LabelledLetter], every: int) -> tuple[list[LabelledLetter], set[tuple[str, int]]]:
    """Letters with every n-th completed sentence called planned, and where."""
    wrong: set[tuple[str, int]] = set()
    number = 0
    spoiled = []
    for x in letters:
        labels = list(x.labels)
        for i, own in enumerate(labels):
            if "completed" in own and "planned" not in own:
                number += 1
                if number % every == 0:
                    labels[i] = own - {"completed"} | {"planned"}
                    wrong.add((x.letter.id, x.letter.sentences[i].start))
        spoiled.append(replace(x, labels=tuple(labels)))
    return spoiled, wrong


def test_planted_errors_are_found_with_the_model_at_hand(root: Path, tagger: Tagger) -> None:
    heldout = [x for x in load_corpus(root / "corpus") if x.split == "heldout"][:60]
    letters, wrong = spoil(heldout, 10)
    found, whose = find_doubts(letters, tagger, train_settings())
    assert whose == "model"
    places = {(d.id, d.start) for d in found}
    assert len(wrong & places) >= 0.7 * len(wrong)
    first = {(d.id, d.start) for d in found[: len(wrong)]}
    assert len(wrong & first) >= 0.5 * len(wrong)
    assert all(d.reasons for d in found)
    assert any("模型认为应有“已办举措”" in reason for d in found for reason in d.reasons)


@pytest.mark.slow
def test_planted_errors_are_found_by_models_of_other_bodies(
    root: Path, tagger: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dafu.doubts, "_ENOUGH", 100)
    letters, wrong = spoil([x for x in load_corpus(root / "corpus") if x.split == "dev"], 10)
    found, whose = find_doubts(letters, tagger, train_settings())
    assert whose == "folds"
    assert len(wrong & {(d.id, d.start) for d in found}) >= 0.6 * len(wrong)


def test_rules_doubt_labels_too_and_only_what_was_looked_at(root: Path, tagger: Tagger) -> None:
    letter = parse_letter("去年投入资金320万元。\n下一步，我局将继续推进。")
    bare = LabelledLetter(letter, (frozenset(), frozenset()), {})
    found, _ = find_doubts([bare], tagger, train_settings())
    assert any("却没有“量化表述”" in reason for d in found for reason in d.reasons)
    assert find_doubts([restricted(bare, set())], tagger, train_settings())[0] == []


@pytest.mark.parametrize("size", [0, 5, 50])
def test_confident_learning_doubts_nothing_where_nothing_varies(size: int) -> None:
    assert not confident(np.zeros(size, np.int8), np.full(size, 0.1)).any()
