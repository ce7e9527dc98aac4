from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafu.folding import code_points, fold

ANY = st.text(alphabet=st.characters(), max_size=200)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢ１２", "AB12"),
        ("同比增长７％;", "同比增长7%；"),
        ("（一）[2024]12号", "（一）〔2024〕12号"),
        ("5—8个,5～8个", "5-8个，5-8个"),
        ("二〇二四", "二零二四"),
        ("　　我局\xa0已", "  我局 已"),
        ("「答复」", "“答复”"),
        ("", ""),
    ],
)
def test_folds_variants_to_one_form(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY)
def test_folding_moves_nothing(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(ANY)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=50))
def test_lone_surrogates_are_kept_as_code_points(text: str) -> None:
    assert len(code_points(text)) == len(text)
