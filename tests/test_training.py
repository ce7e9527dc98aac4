from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from dafu.cli import main
from dafu.corpus import LabelledLetter, load_corpus
from dafu.errors import CorpusError
from dafu.models import load_model, save_model
from dafu.settings import TrainSettings
from dafu.training import train

SMALL = replace(TrainSettings(), buckets=2**14, folds=3)


@pytest.fixture(scope="module")
def letters(root: Path) -> list[LabelledLetter]:
    return load_corpus(root / "corpus")[:60]


def test_training_twice_gives_the_same_bytes(letters: list[LabelledLetter], tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_model(train(letters, SMALL), tmp_path / name, SMALL, {})
    assert (tmp_path / "a" / "model.npz").read_bytes() == (tmp_path / "b" / "model.npz").read_bytes()


def test_a_single_issuing_body_cannot_be_split(letters: list[LabelledLetter]) -> None:
    with pytest.raises(CorpusError, match="too few issuing bodies"):
        train(letters[:1], SMALL)


def test_no_letters_is_an_error() -> None:
    with pytest.raises(CorpusError, match="no labelled sentence"):
        train([], SMALL)


def test_a_subset_of_labels_can_be_learned(letters: list[LabelledLetter]) -> None:
    only = [replace(x, labels=tuple(given & {"planned"} for given in x.labels)) for x in letters]
    model = train(only, replace(SMALL, labels=("planned",)))
    assert model.calibration.threshold_.shape == (1,)


@pytest.mark.slow
def test_the_shipped_model_is_what_the_command_gives(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    result = CliRunner().invoke(main, ["train", "configs/train.toml", "-o", str(tmp_path / "default")])
    assert result.exit_code == 0, result.output
    shipped, trained = load_model(root / "models" / "default"), load_model(tmp_path / "default")
    # Another processor may round the last bit differently: weights agree closely, on one machine exactly.
    np.testing.assert_allclose(trained.text.weights_, shipped.text.weights_, rtol=2e-2, atol=2e-2)
    np.testing.assert_allclose(trained.context.weights_, shipped.context.weights_, rtol=1e-2, atol=1e-2)
    np.testing.assert_allclose(trained.calibration.threshold_, shipped.calibration.threshold_, atol=0.011)
