from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafu.words import domain_words, tokenizer

SENTENCES = [
    "近三年累计投入专项资金2.5亿元，新建和改建农村公路三百余公里。",
    "下一步，我局将会同相关部门加大对占道经营的整治力度。",
    "经查，该小区建于2001年，未办理竣工验收备案手续。",
    "力争2025年底前完成老旧小区加装电梯120部。",
    "责令其立行立改，并纳入河长制考核台账。",
    "对符合条件的灵活就业人员给予社会保险补贴。",
]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_words_join_to_the_text(text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    assert "".join(tokenizer()(clean)) == clean


def test_domain_words_are_kept_whole() -> None:
    words = tokenizer()("纳入河长制台账，加装电梯，老旧小区")
    assert {"河长制", "台账", "加装电梯", "老旧小区"} <= set(words)
    assert len(domain_words()) == len(set(domain_words()))


def test_both_implementations_give_the_same_words() -> None:
    pytest.importorskip("rjieba")
    for sentence in SENTENCES:
        assert tokenizer("rjieba")(sentence) == tokenizer("jieba")(sentence)


def test_the_process_wide_dictionary_is_left_alone() -> None:
    import jieba

    tokenizer("jieba")
    assert not jieba.dt.initialized
