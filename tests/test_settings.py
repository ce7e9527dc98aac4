from __future__ import annotations

from pathlib import Path

import pytest

from dafu.errors import SettingsError
from dafu.settings import (
    TrainSettings,
    cue_rules,
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
