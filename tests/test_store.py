from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dafu.errors import ModelError
from dafu.models import save_model
from dafu.settings import TrainSettings, model_folder
from dafu.store import Store, read_verdict, write_verdict
from dafu.tagger import Tagger


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def model(tagger: Tagger, tmp_path: Path, store: Store, number: int) -> Path:
    """A model folder with a digest of its own."""
    folder = tmp_path / f"m{number}"
    settings = replace(TrainSettings(), review_band=0.1 + number / 100)
    save_model(tagger.model, folder, settings, {"letters": [str(number)]}, store=store.folder)
    return folder


def test_an_empty_store_uses_the_shipped_model(store: Store) -> None:
    assert store.current() is None
    assert store.versions() == []
    with pytest.raises(ModelError, match="nothing to go back to"):
        store.rollback()


def test_promotion_and_the_way_back(tagger: Tagger, tmp_path: Path, store: Store) -> None:
    first = store.promote(str(model(tagger, tmp_path, store, 1)))
    second = store.promote(str(model(tagger, tmp_path, store, 2)))
    assert first.startswith("0001-")
    assert second.startswith("0002-")
    current = store.current()
    assert current is not None
    assert current.name == second
    assert [v.promoted for v in store.versions()] == [False, True]
    assert store.rollback() == first
    assert store.rollback() == "default"
    assert store.current() is None
    assert store.promote("2") == second


def test_a_model_is_stored_once_and_survives_its_source(tagger: Tagger, tmp_path: Path, store: Store) -> None:
    folder = model(tagger, tmp_path, store, 1)
    assert store.add(folder) == store.add(folder)
    (folder / "model.npz").unlink()
    assert store.promote("1") == store.versions()[0].name


def test_a_worse_model_is_promoted_only_by_force(tagger: Tagger, tmp_path: Path, store: Store) -> None:
    folder = model(tagger, tmp_path, store, 1)
    write_verdict(folder, {"verdict": "worse", "zh": "更差。", "en": "worse."})
    name = store.add(folder)
    with pytest.raises(ModelError, match="--force"):
        store.promote(name)
    assert store.current() is None
    assert store.promote(name, force=True) == name


def test_a_verdict_about_another_model_does_not_count(tagger: Tagger, tmp_path: Path, store: Store) -> None:
    one, two = (model(tagger, tmp_path, store, n) for n in (1, 2))
    write_verdict(one, {"verdict": "better"})
    (two / "verdict.json").write_bytes((one / "verdict.json").read_bytes())
    assert read_verdict(one)["verdict"] == "better"
    assert read_verdict(two) == {}


def test_a_model_from_elsewhere_is_not_promoted(tagger: Tagger, tmp_path: Path, store: Store) -> None:
    folder = model(tagger, tmp_path, Store(tmp_path / "elsewhere"), 1)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "trusted.txt").write_text("")
    with pytest.raises(ModelError, match="dafu models trust"):
        store.promote(str(folder))


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"current": "../../etc", "former": []}', '{"current": 3, "former": []}']
)
def test_a_damaged_pointer_is_told_not_guessed(store: Store, content: str) -> None:
    store.folder.mkdir()
    (store.folder / "current.json").write_text(content)
    with pytest.raises(ModelError, match="damaged"):
        store.current()


def test_a_promoted_model_that_is_gone_is_told(store: Store) -> None:
    store.folder.mkdir()
    (store.folder / "current.json").write_text(json.dumps({"current": "0001-12345678", "former": []}))
    with pytest.raises(ModelError, match="no such model"):
        store.current()


def test_a_damaged_version_does_not_hide_the_others(tagger: Tagger, tmp_path: Path, store: Store) -> None:
    for number in (1, 2):
        store.add(model(tagger, tmp_path, store, number))
    (store.versions()[0].folder / "manifest.json").unlink()
    assert [bool(version.digest) for version in store.versions()] == [False, True]


def test_names_that_are_nearly_right_are_helped(tagger: Tagger, tmp_path: Path, store: Store) -> None:
    name = store.add(model(tagger, tmp_path, store, 1))
    with pytest.raises(ModelError, match="did you mean"):
        store.find(name[:-1])
    assert store.find("default") == model_folder() / "default"


def test_a_promotion_that_fails_leaves_the_old_model(
    tagger: Tagger, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store.promote(str(model(tagger, tmp_path, store, 1)))
    second = store.add(model(tagger, tmp_path, store, 2))

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(ModelError, match="no space left"):
            store.promote(second)
    current = store.current()
    assert current is not None
    assert current.name == first
    assert [p.name for p in store.folder.iterdir() if p.name.startswith(".")] == []
