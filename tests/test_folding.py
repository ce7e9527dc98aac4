from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafu.folding import as_written, code_points, fold

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


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("經縣農業農村局研究,現答覆如下:", "经县农业农村局研究，现答复如下："),
        ("關於隨著覆蓋率顯著提高", "关于随着覆盖率显著提高"),
        ("後續將爲臺東群眾裝設線路", "后续将为台东群众装设线路"),
    ],
)
def test_traditional_characters_meet_the_simplified_rules(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "text", ["乾隆年间的皇后里弄", "著作权于右任", "干部余额丑时", "淡於名利，张昇同志已答覆"]
)
def test_what_simplified_texts_use_stays(text: str) -> None:
    assert fold(text) == text.replace(",", "，")


def test_as_written_gives_the_letters_own_characters() -> None:
    text = "澜浦縣交通運輸局"
    assert as_written("交通运输局", text, fold(text)) == "交通運輸局"
