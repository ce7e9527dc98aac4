from __future__ import annotations

import math

import krippendorff
import numpy as np
import pytest

from dafu.agreement import agreements, judged, krippendorff_alpha
from dafu.exchange.rows import given_of
from dafu.records import LABELS

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers, twelve units, nominal
# data with gaps; alpha is 0.743 there.
EXAMPLE_C = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
# Ibidem, example A: two observers, ten units, binary data; alpha is 0.095.
EXAMPLE_A = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]


@pytest.mark.parametrize(("matrix", "expected"), [(EXAMPLE_A, 0.095), (EXAMPLE_C, 0.743)])
def test_alpha_of_the_published_examples(matrix: list[list], expected: float) -> None:
    units = [[v for v in column if v is not None] for column in zip(*matrix, strict=True)]
    assert krippendorff_alpha(units) == pytest.approx(expected, abs=0.0005)


@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_that_of_the_reference_package(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 3, (4, 40)).astype(float)
    matrix[rng.random(matrix.shape) < 0.3] = np.nan
    units = [[v for v in column if not np.isnan(v)] for column in matrix.T]
    expected = krippendorff.alpha(reliability_data=matrix, level_of_measurement="nominal")
    assert krippendorff_alpha(units) == pytest.approx(expected)


@pytest.mark.parametrize("units", [[], [(1,), (0,)], [(1, 1), (1, 1)]])
def test_alpha_is_undefined_where_nothing_varies(units: list) -> None:
    assert math.isnan(krippendorff_alpha(units))


def test_agreement_counts_what_two_people_looked_at_and_lists_disputes() -> None:
    text = "我局已办结。下一步继续办。谢谢。"
    cuts = [(0, 6), (6, 13), (13, 16)]

    def row(who: str, *labels: str | None, seen: int = 3, text: str = text) -> dict:
        spans = [{"start": a, "end": b, "label": n} for (a, b), n in zip(cuts, labels, strict=False) if n]
        return {
            "id": "1",
            "text": text,
            "meta": {"annotator": who},
            "spans": spans,
            "seen": [list(c) for c in cuts[:seen]],
        }

    rows = [
        row("甲", "completed", "planned"),
        row("乙", "completed", None),
        row("丙", "completed", "planned", seen=2),
    ]
    units = judged([*rows, row("丁", "planned", text=text + "另一版。")], given_of)
    assert [(u.text, u.disputed) for u in units] == [
        ("我局已办结。", False),
        ("下一步继续办。", True),
        ("谢谢。", False),
    ]
    everyone, *pairs = agreements(units, LABELS)
    assert everyone.units == 3
    assert everyone.alpha["completed"] == 1
    assert everyone.alpha["planned"] < 1
    assert [(p.annotators, p.units) for p in pairs] == [
        (("丙", "乙"), 2),
        (("丙", "甲"), 2),
        (("乙", "甲"), 3),
    ] or len(pairs) == 3
    assert math.isnan(everyone.alpha["quantitative"])
