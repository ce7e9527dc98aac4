from __future__ import annotations

import hashlib
import json
import pickle
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
from dafu.trust import trust


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
        path = folder / "model.npz"
        arrays = dict(np.load(path)) | changes
        with path.open("wb") as out:
            np.savez(out, **arrays)
        _manifest(files={"model.npz": hashlib.sha256(path.read_bytes()).hexdigest()})(folder)

    return change


def _digest(folder: Path) -> None:
    data = (folder / "model.npz").read_bytes()
    _manifest(files={"model.npz": hashlib.sha256(data).hexdigest()})(folder)


def _pickle(folder: Path) -> None:
    (folder / "model.npz").write_bytes(pickle.dumps({"text_weights": [1.0]}))
    _digest(folder)


def _swap_for_link(name: str):  # type: ignore[no-untyped-def]
    def change(folder: Path) -> None:
        (folder / name).rename(folder.parent / name)
        (folder / name).symlink_to(folder.parent / name)

    return change


def _huge_header(folder: Path) -> None:
    """An array that says it has a million million numbers, and has none."""
    path = folder / "model.npz"
    arrays = dict(np.load(path))
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as out:
                if name == "slope":
                    header = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
                    np.lib.format.write_array_header_1_0(out, header)
                else:
                    np.lib.format.write_array(out, array)
    _digest(folder)


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
        (_arrays(context_bias=np.array([np.nan] * 6)), "context_bias has shape|no numbers"),
        (_arrays(slope=np.array([1.0, np.inf, 1.0])), "slope holds values that are no numbers"),
        (_arrays(slope=np.ones(3, np.int64)), "slope has shape"),
        (_arrays(slope=np.ones(3, np.complex128)), "no array of numbers"),
        (_arrays(extra=np.zeros(2)), "other arrays"),
        (_manifest(labels=["completed", "planned", "completed"]), "stands twice"),
        (_manifest(labels=["completed", "planned", "other"]), "no label at all"),
        (_manifest(labels=[1, 2, 3]), "no short text"),
        (_manifest(settings={"buckets": "many"}), "should be of type int"),
        (_manifest(settings={"surprise": 1}), "unknown key"),
        (_manifest(files={"../../etc/passwd": "0", "model.npz": "0"}), "other files|damaged"),
        (_manifest(padding="x" * 5_000_000), "larger than 4 MB"),
        (lambda f: (f / "manifest.json").write_bytes(b"\xff\xfe"), "damaged"),
        (lambda f: (f / "manifest.json").write_text("[" * 100_000), "damaged"),
        (_pickle, "not a model file"),
        (_swap_for_link("model.npz"), "not a plain file"),
        (_swap_for_link("manifest.json"), "not a plain file"),
        (_huge_header, "no array of numbers of the size it claims"),
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


def test_a_model_as_the_first_version_wrote_it_still_loads(folder: Path, tagger: Tagger) -> None:
    """Format 1 as it began: settings without the later keys, nothing about labels' names, bases or letters."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    first = ("corpus", "labels", "buckets", "orders", "min_count", "text_strength", "context_strength")
    first += ("neighbours", "folds", "review_band")
    old = {key: manifest[key] for key in ("format_version", "labels", "rules", "files")}
    old |= {"settings": {key: manifest["settings"][key] for key in first}, "corpus": "0" * 64, "scores": {}}
    path.write_text(json.dumps(old))
    assert old["format_version"] == 1
    assert Tagger(load_model(folder))(LETTER).sentences == tagger(LETTER).sentences


def test_a_stored_model_needs_nothing_that_depends_on_scikit_learn(
    folder: Path, tagger: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the arrays say, multiplied out here with NumPy alone, is what the tagger says; and no estimator of
    scikit-learn is ever made on the way."""
    import sklearn
    from sklearn.linear_model import LogisticRegression

    from dafu.context import context_columns
    from dafu.features import batch_sentences, text_grams, text_scores
    from dafu.letter import parse_letter
    from dafu.structure import structure_columns

    def never(*_: object, **__: object) -> None:
        raise AssertionError("an estimator was made")

    monkeypatch.setattr(LogisticRegression, "__init__", never)
    monkeypatch.setattr(sklearn, "__version__", "99.0")
    said = Tagger(load_model(folder)).scores(batch_sentences([parse_letter(LETTER)]))[0]
    with zipfile.ZipFile(folder / "model.npz") as archive:
        assert not any(b"sklearn" in archive.read(name) for name in archive.namelist())
    a = dict(np.load(folder / "model.npz"))
    batch = batch_sentences([parse_letter(LETTER)])
    grams = text_grams(batch, (1, 2, 3, 4), len(a["text_weights"]))
    logits, clauses = text_scores(batch, grams, a["text_weights"].astype(np.float32), a["text_bias"])
    columns = context_columns(batch, *structure_columns(batch), logits, clauses)
    outputs = columns @ a["context_weights"] + a["context_bias"]
    likely = np.zeros((len(batch), 3))
    for column in range(3):
        block = a["context_members"][:, column] >= 0
        raised = np.exp(outputs[:, block])
        likely[:, column] = raised @ a["context_members"][block, column] / raised.sum(axis=1)
    likely = np.clip(likely, 1e-6, 1 - 1e-6)
    scores = 1 / (1 + np.exp(-(np.log(likely / (1 - likely)) * a["slope"] + a["offset"])))
    body = said.any(axis=1)  # headings are never labelled
    np.testing.assert_allclose(said[body], scores[body], atol=1e-5)


def test_a_model_from_elsewhere_is_refused_until_it_is_trusted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DAFU_HOME", str(tmp_path / "another"))
    with pytest.raises(ModelError, match="dafu models trust"):
        dafu.load(folder)
    trust(folder)
    assert dafu.load(folder).model.labels == dafu.load().model.labels
    _manifest(note="swapped")(folder)
    with pytest.raises(ModelError, match="dafu models trust"):
        dafu.load(folder)
