"""The shipped model against its floors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import gate  # type: ignore[import-not-found]


@pytest.fixture(scope="module")
def measured() -> dict[str, float]:
    values: dict[str, float] = gate.measure()
    return values


def test_no_measure_falls_below_its_floor(measured: dict[str, float]) -> None:
    floors = gate.read_floors()["floors"]
    below = {n: (measured.get(n), floor) for n, floor in floors.items() if measured.get(n, 0.0) < floor}
    assert not below
    assert set(measured) == set(floors)


def test_the_floors_were_measured_on_this_data() -> None:
    assert gate.read_floors()["data"] == gate.data_digest(), "run python tests/gate/gate.py --update"


def test_contrast_pairs_are_sound() -> None:
    pairs = gate.contrast_pairs()
    assert len(pairs) >= 300
    assert len({p["id"] for p in pairs}) == len(pairs)
    for pair in pairs:
        for half in (pair["a"], pair["b"]):
            assert half["text"].count(half["sentence"]) == 1, pair["id"]
        assert pair["a"]["labels"] != pair["b"]["labels"], pair["id"]


def test_a_fallen_measure_is_refused_without_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gate, "FLOORS", tmp_path / "floors.json")
    monkeypatch.setattr(gate, "data_digest", lambda: "x")
    for value, arguments, code in (
        (0.9, ["--update"], 0),
        (0.8, ["--update"], 1),
        (0.8, ["--lower", "new data"], 0),
    ):
        monkeypatch.setattr(gate, "measure", lambda value=value: {"F1": value})
        monkeypatch.setattr(sys, "argv", ["gate.py", *arguments])
        assert gate.main() == code
    kept = gate.read_floors()
    assert kept["floors"]["F1"] < 0.8
    assert kept["lowered"] == [{"reason": "new data", "measures": ["F1"]}]
