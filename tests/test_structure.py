from __future__ import annotations

from dataclasses import replace

import pytest

from dafu.features import batch_sentences
from dafu.letter import parse_letter
from dafu.structure import structure_columns


@pytest.mark.parametrize(
    ("sentence", "first", "share"),
    [
        ("拆除违建，加装护栏。", 1, 1),
        ("（二）定期开展抽检，结果上墙。", 1, 0.5),
        ("该路全长3公里，路面破损。", 0, 0),
        ("管理局负责人表示理解。", 0, 0),
    ],
)
def test_clauses_that_begin_with_an_act(sentence: str, first: float, share: float) -> None:
    values, names = structure_columns(batch_sentences([parse_letter(f"一、工作情况\n{sentence}")]))
    row = dict(zip(names, values[1], strict=True))
    assert (row["act_first"], row["acts"]) == (first, share)


@pytest.mark.parametrize("date", ["2024-05-01", "2024-05", "2024"])
def test_years_are_seen_from_the_letters_date(date: str) -> None:
    letter = parse_letter("王委员：\n2023年已建成。2024年推进。2025年完工。")
    letter = replace(letter, meta=replace(letter.meta, date=date))
    values, names = structure_columns(batch_sentences([letter]))
    table = [dict(zip(names, row, strict=True)) for row in values]
    assert [(row["year_past"], row["year_same"], row["year_future"]) for row in table[1:4]] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]
