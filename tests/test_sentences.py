from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafu.folding import fold
from dafu.sentences import paragraph_spans, sentence_spans


def cut(text: str) -> list[str]:
    folded = fold(text)
    return [
        text[a:b]
        for start, end in paragraph_spans(folded)
        for a, b in sentence_spans(folded[start:end], start)
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("已完成改造。下一步继续推进。", ["已完成改造。", "下一步继续推进。"]),
        ("一是加强宣传；二是严格执法；", ["一是加强宣传；", "二是严格执法；"]),
        ("印发《关于A；B的通知。》并落实。", ["印发《关于A；B的通知。》并落实。"]),
        ("他说：“好的。”我们照办。", ["他说：“好的。”", "我们照办。"]),
        ("建成公厕40座（含新建12座；改建28座）。", ["建成公厕40座（含新建12座；改建28座）。"]),
        ("“甲（乙。丙）丁”完成。", ["“甲（乙。丙）丁”完成。"]),
        ("投资2.5亿元;同比增长3.2%;", ["投资2.5亿元;", "同比增长3.2%;"]),
        ("1.加强监管。2.强化服务。", ["1.加强监管。", "2.强化服务。"]),
        ("见http://a.gov.cn/x?y=1;z办理。完毕", ["见http://a.gov.cn/x?y=1;z办理。", "完毕"]),
        ("未闭合的（括号。第二句。", ["未闭合的（括号。", "第二句。"]),
        ("为什么？！因为。", ["为什么？！", "因为。"]),
        ("没有句号的一行", ["没有句号的一行"]),
        ("　　缩进的一句。\n\n 下一行。 ", ["缩进的一句。", "下一行。"]),
        ("谢谢!欢迎监督!", ["谢谢!", "欢迎监督!"]),
        ("已办结。。下一步。", ["已办结。。", "下一步。"]),
        ("他问“是否完成？是否验收？”，我们答复了。", ["他问“是否完成？是否验收？”，我们答复了。"]),
        ("您反映的“路灯为何不亮？”的问题收悉。", ["您反映的“路灯为何不亮？”的问题收悉。"]),
    ],
)
def test_cuts_as_the_guide_says(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


@given(st.text(alphabet='甲乙。！？；，：“”‘’《》（）()[]"; \n\u3000', max_size=80))
def test_sentences_cover_the_text_in_order_without_overlap(text: str) -> None:
    folded = fold(text)
    spans = [s for start, end in paragraph_spans(folded) for s in sentence_spans(folded[start:end], start)]
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    inside = {i for a, b in spans for i in range(a, b)}
    assert all(folded[i].isspace() for i in range(len(folded)) if i not in inside)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ["（", "“", "《）", "。", "；”", '"', "甲", "“（《"])
def test_a_megabyte_of_one_pattern_is_cut_in_linear_time(pattern: str) -> None:
    line = pattern * (350_000 // len(pattern))
    begin = time.perf_counter()
    sentence_spans(fold(line))
    assert time.perf_counter() - begin < 5  # quadratic behaviour would take minutes
