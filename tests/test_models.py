from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import dafu
from conftest import LETTER
from dafu.errors import ModelError
from dafu.models import load_model, save_model
from dafu.settings import TrainSettings, train_settings
from dafu.tagger import Tagger


@pytest.fixture
def settings(root: Path) -> TrainSettings:
    return train_settings(root / "configs" / "train.toml")


@pytest.fixture
def folder(tagger: Tagger, settings: TrainSettings, tmp_path: Path) -> Path:
    save_model(tagger.model, tmp_path / "m", settings, {})
    return tmp_path / "m"


def test_a_saved_model_gives_the_same_answers(tagger: Tagger, folder: Path) -> None:
    again = Tagger(load_model(folder))(LETTER)
    assert again.sentences == tagger(LETTER).sentences


def test_the_same_model_gives_the_same_bytes(
    tagger: Tagger, settings: TrainSettings, tmp_path: Path, folder: Path
) -> None:
    save_model(tagger.model, tmp_path / "n", settings, {})
    for name in ("model.npz", "manifest.json"):
        assert (tmp_path / "n" / name).read_bytes() == (folder / name).read_bytes()


def test_the_shipped_model_is_small(root: Path) -> None:
    assert sum(file.stat().st_size for file in (root / "models" / "default").iterdir()) < 5_000_000


def _truncate(folder: Path) -> None:
    data = (folder / "model.npz").read_bytes()
    (folder / "model.npz").write_bytes(data[: len(data) // 2])


def _flip(folder: Path) -> None:
    data = bytearray((folder / "model.npz").read_bytes())
    data[1000] ^= 1
    (folder / "model.npz").write_bytes(data)


def _manifest(**changes: object):  # type: ignore[no-untyped-def]
    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


def _arrays(**changes: np.ndarray):  # type: ignore[no-untyped-def]
    """Replaces arrays and makes the manifest's digest agree: what a forger would do."""

    def change(folder: Path) -> None:
        import hashlib

        path = folder / "model.npz"
        arrays = dict(np.load(path)) | changes
        with path.open("wb") as out:
            np.savez(out, **arrays)
        _manifest(files={"model.npz": hashlib.sha256(path.read_bytes()).hexdigest()})(folder)

    return change


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_truncate, "damaged or changed"),
        (_flip, "damaged or changed"),
        (lambda f: (f / "model.npz").unlink(), "missing"),
        (lambda f: (f / "manifest.json").unlink(), "no model here"),
        (lambda f: (f / "manifest.json").write_text("{"), "damaged"),
        (lambda f: (f / "manifest.json").write_text("[]"), "damaged"),
        (_manifest(format_version=99), "model format 99"),
        (_manifest(rules="0"), "other rule files"),
        (_arrays(text_bias=np.zeros(2)), "text_bias has shape"),
        (_arrays(slope=np.array(["a", "b", "c"])), "slope has shape"),
        (_arrays(context_weights=np.zeros((4, 99))), "context_weights has shape"),
    ],
)
def test_damaged_and_foreign_models_are_refused(folder: Path, damage, message: str) -> None:  # type: ignore[no-untyped-def]
    damage(folder)
    with pytest.raises(ModelError, match=message):
        load_model(folder)


def test_pickled_objects_in_a_model_are_never_unpickled(folder: Path, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple:
            return Path.touch, (tmp_path / "ran",)

    _arrays(slope=np.array([Bomb()], dtype=object))(folder)
    with pytest.raises(ModelError, match="not a model file"):
        load_model(folder)
    assert not (tmp_path / "ran").exists()


def test_a_small_file_that_claims_to_be_huge_is_refused(folder: Path) -> None:
    import hashlib

    path = folder / "model.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("text_weights.npy", "w", force_zip64=True) as out,
    ):
        for _ in range(600):
            out.write(bytes(1 << 20))
    _manifest(files={"model.npz": hashlib.sha256(path.read_bytes()).hexdigest()})(folder)
    with pytest.raises(ModelError, match="claims to be larger"):
        load_model(folder)


def test_a_folder_with_other_things_is_not_overwritten(
    tagger: Tagger, settings: TrainSettings, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ModelError, match="not a model folder"):
        save_model(tagger.model, tmp_path, settings, {})
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_load_takes_a_folder(folder: Path) -> None:
    assert dafu.load(folder).model.name.startswith("m@")
