"""``dafu retrain`` and ``dafu models`` as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from dafu.cli import main
from dafu.corpus import load_corpus, to_row, write_rows

SETTINGS = """folds = 3
[labels]
completed = "已办举措"
planned = "计划举措"
quantitative = "量化表述"
explained = "依法解释"
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path) -> Path:
    """A home of its own for each test, and a small shipped corpus, so that the comparison is quick."""
    monkeypatch.setenv("DAFU_HOME", str(tmp_path / "home"))
    small = tmp_path / "small"
    small.mkdir()
    held = [x for x in load_corpus(root / "corpus" / "roads.jsonl") if x.split == "heldout"]
    write_rows([to_row(x) for x in held[:6]], small / "held.jsonl")
    monkeypatch.setattr("dafu.retraining.corpus_folder", lambda: small)
    monkeypatch.setattr("dafu.deciding._FOLDS", 2)
    return tmp_path / "home"


def sample(number: int, body: int, *, law: bool = False) -> dict[str, Any]:
    done, plan = f"我局已于2024年完成第{number + 1}处整治。", "下一步，我局将加大巡查力度。"
    rule = f"根据《管理条例》第{number + 1}条，该事项不属于我局职权范围。"
    text = f"您的建议收悉。\n{done}\n{rule if law else '情况属实。'}\n{plan}\n感谢支持。"
    marks = [(done, "completed"), (plan, "planned")] + ([(rule, "explained")] if law else [])
    spans = [
        {"start": text.index(part), "end": text.index(part) + len(part), "label": label}
        for part, label in marks
    ]
    return {"id": f"n{number}", "text": text, "spans": spans, "meta": {"issuer": f"甲{body}县交通局"}}


@pytest.fixture
def new(tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    write_rows([sample(n, n % 5) for n in range(20)], tmp_path / "new" / "a.jsonl")
    return tmp_path / "new"


def test_retrain_compares_and_leaves_the_model_in_use(new: Path, tmp_path: Path) -> None:
    result = run("retrain", "--labels", new)
    assert result.exit_code == 0, result.output
    for part in ("20 new letters of 5", "champion F1", "McNemar p", "Verdict: ", "dafu models promote 0001-"):
        assert part in result.output
    listed = run("models", "list").output
    assert "* default" in listed
    assert "  0001-" in listed
    letter = tmp_path / "a.txt"
    letter.write_text("我局已印发通知。", encoding="utf-8")
    assert "promoted model" not in run("tag", letter, "-o", tmp_path / "a.jsonl").output
    assert run("models", "promote", "1", "--force").exit_code == 0
    done = run("tag", letter, "-o", tmp_path / "a.jsonl")
    assert "using the promoted model 0001-" in done.output
    assert json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8"))["model"].startswith("0001-")
    shown = run("models", "show", "1").output
    assert "base: default@" in shown
    assert "new letters: 20" in shown
    assert "In use: default" in run("models", "rollback").output


def test_the_same_letters_give_the_same_files(new: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("retrain", "--labels", new, "-o", tmp_path / name).exit_code == 0
    for file in ("model.npz", "manifest.json", "verdict.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_letters_that_the_model_in_use_learned_from_are_not_compared_on(new: Path) -> None:
    assert run("retrain", "--labels", new).exit_code == 0
    assert run("models", "promote", "1", "--force").exit_code == 0
    again = run("retrain", "--labels", new)
    assert "20 letters were learned by the present model" in again.output
    assert "not enough to tell" in again.output


def test_a_single_body_is_not_scored(tmp_path: Path) -> None:
    write_rows([sample(n, 1) for n in range(6)], tmp_path / "one.jsonl")
    result = run("retrain", "--labels", tmp_path / "one.jsonl")
    assert result.exit_code == 0, result.output
    assert "a single issuing body" in result.output
    assert "Your letters" not in result.output


def test_a_fourth_label_from_settings_to_workbook(tmp_path: Path) -> None:
    (tmp_path / "four.toml").write_text(SETTINGS, encoding="utf-8")
    write_rows([sample(n, n % 5, law=True) for n in range(20)], tmp_path / "new.jsonl")
    result = run("retrain", "--labels", tmp_path / "new.jsonl", "--settings", tmp_path / "four.toml")
    assert result.exit_code == 0, result.output
    assert run("models", "promote", "1", "--force").exit_code == 0
    letter = tmp_path / "a.txt"
    letter.write_text(sample(99, 1, law=True)["text"], encoding="utf-8")
    assert run("tag", letter, "-o", tmp_path / "a.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    head = [cell.value for cell in book["句子"][1]]
    assert "依法解释概率" in head
    labels = [row[head.index("标签")].value for row in book["句子"].iter_rows(min_row=2)]
    assert "依法解释" in labels
    assert "〔依法解释〕" in run("show", letter).output
    scored = run("evaluate", tmp_path / "new.jsonl", "--split", "all")
    assert "explained" in scored.output, scored.output
    assert run("models", "compare", "default", "1").exit_code == 0


def test_training_alone_with_labels_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(
        'folds = 3\nbuckets = 16384\nmin_count = 1\n[labels]\ncompleted = "办了"\nplanned = "要办"\n',
        encoding="utf-8",
    )
    write_rows([sample(n, n % 5) for n in range(20)], tmp_path / "new.jsonl")
    options = ("--settings", tmp_path / "two.toml", "--alone", "-o", tmp_path / "m")
    result = run("retrain", "--labels", tmp_path / "new.jsonl", *options)
    assert result.exit_code == 0, result.output
    assert (
        run("tag", tmp_path / "new.jsonl", "-o", tmp_path / "o.csv", "--model", tmp_path / "m").exit_code == 0
    )
    assert "办了概率" in (tmp_path / "o.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spans": [{"start": 0, "end": 7, "label": "complet"}]}, "did you mean 'completed'"),
        ({"spans": [{"start": 0, "end": 700, "label": "completed"}]}, "outside the text"),
        ({"text": ""}, "has no text"),
        ({"text": 3}, "has no text"),
        ({"meta": "甲"}, "meta"),
    ],
)
def test_bad_letters_stop_it_before_anything_is_written(
    change: dict[str, Any], message: str, tmp_path: Path, own_home: Path
) -> None:
    write_rows([sample(0, 0), sample(1, 1) | change], tmp_path / "new.jsonl")
    result = run("retrain", "--labels", tmp_path / "new.jsonl", "-o", tmp_path / "m")
    assert result.exit_code == 2
    assert message in result.output
    assert "new.jsonl:2" in result.output
    assert not (tmp_path / "m").exists()
    assert not own_home.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--alone", "--base", "default"), "exclude each other"),
        (("--base", "nothing"), "no such model"),
        (("--weight", "0"), "Invalid value"),
        (("--settings", "nowhere.toml"), "no such settings file"),
    ],
)
def test_wrong_usage_is_told(arguments: tuple[str, ...], message: str, new: Path) -> None:
    result = run("retrain", "--labels", new, *arguments)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("labels = []", "1 to 30 labels"),
        ('labels = ["a", "a"]', "stands twice"),
        ('labels = ["other"]', "no label at all"),
        ('[labels]\na = "甲"\nb = "甲"', "stands twice"),
        ('[labels]\na = "其他"', "表示无标签"),
        ("[labels]\na = 3", "no short text"),
        ("buckets = 1000", "power of two"),
    ],
)
def test_bad_label_settings_are_told(labels: str, message: str, new: Path, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(labels, encoding="utf-8")
    result = run("retrain", "--labels", new, "--settings", tmp_path / "s.toml")
    assert result.exit_code == 2
    assert message in result.output


def test_a_model_from_elsewhere_needs_trust(
    new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("retrain", "--labels", new, "-o", tmp_path / "m").exit_code == 0
    monkeypatch.setenv("DAFU_HOME", str(tmp_path / "another-computer"))
    refused = run("tag", new / "a.jsonl", "-o", tmp_path / "o.jsonl", "--model", tmp_path / "m")
    assert refused.exit_code == 2
    assert f"dafu models trust {tmp_path / 'm'}" in refused.output
    assert run("models", "trust", tmp_path / "m").exit_code == 0
    assert run("tag", new / "a.jsonl", "-o", tmp_path / "o.jsonl", "--model", tmp_path / "m").exit_code == 0


def test_the_shipped_model_is_never_overwritten(new: Path, root: Path) -> None:
    file = root / "models" / "default" / "model.npz"
    before = file.stat().st_mtime_ns
    result = run("retrain", "--labels", new, "-o", root / "models" / "default")
    assert "not overwritten" in result.output
    assert file.stat().st_mtime_ns == before
