from __future__ import annotations

from pathlib import Path

import pytest

from dafu.errors import SettingsError
from dafu.settings import (
    TrainSettings,
    cue_rules,
    frame_words,
    policy_fields,
    section_patterns,
    train_settings,
    unit_classes,
)


def test_the_shipped_settings_are_the_defaults(root: Path) -> None:
    assert train_settings(root / "configs" / "train.toml") == TrainSettings()


def test_the_shipped_rule_files_load() -> None:
    assert set(section_patterns()) == {"progress", "plans", "other"}
    assert len(cue_rules()) >= 20
    assert "元" in unit_classes()["money"]
    assert len(policy_fields()) >= 30


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fold = 5", "unknown key 'fold'; did you mean 'folds'"),
        ("folds = 'five'", "should be of type int"),
        ("folds = true", "should be of type int"),
        ("folds = ", "not valid TOML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "t.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        train_settings(tmp_path / "t.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[past]", "[pasts]", r"missing class \[past\]|did you mean 'past'"),
        ("[mark]", "[past]", "not valid TOML"),
    ],
)
def test_classes_of_words_are_checked(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    shipped = (root / "configs" / "frames.toml").read_text(encoding="utf-8")
    (tmp_path / "frames.toml").write_text(shipped.replace(old, new), encoding="utf-8")
    monkeypatch.setattr("dafu.settings.config_folder", lambda: tmp_path)
    with pytest.raises(SettingsError, match=message):
        frame_words.__wrapped__()
