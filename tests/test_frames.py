from __future__ import annotations

import numpy as np
import pytest

from dafu.features import batch_sentences, clause_years
from dafu.frames import EARLIER, MOODS, VERBS, WHO, frame_keys
from dafu.letter import parse_letter


def frames(text: str) -> list[tuple[str, str, str]]:
    """Who, mood and verb of each clause of a text."""
    found = batch_sentences([parse_letter(text)]).frames
    return [(WHO[w], MOODS[m], VERBS[v]) for w, m, v in zip(found.who, found.mood, found.verb, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我局更换了三处路灯。", ("own", "perfect", "act")),
        ("本中心已发放补贴。", ("own", "past", "act")),
        ("县交通局将修建候车亭。", ("body", "future", "act")),
        ("镇政府正在整治河道。", ("body", "under way", "act")),
        ("业主拆除围墙。", ("private", "bare", "act")),
        ("排查隐患点。", ("nobody", "bare", "act")),
        ("我们会加大巡查力度。", ("own", "soft future", "act")),
        ("我局无法安排资金。", ("own", "negated", "act")),
        ("请您补充材料。", ("private", "rule", "act")),
        ("单位应当公开标准。", ("nobody", "rule", "act")),
        ("天气晴朗。", ("nobody", "bare", "none")),
    ],
)
def test_a_clause_says_who_acts_in_what_mood(text: str, expected: tuple[str, str, str]) -> None:
    assert frames(text)[0] == expected


def test_who_acts_and_the_mood_hold_for_the_clauses_that_follow_in_the_sentence() -> None:
    text = "我局将约谈企业，整治占道。更换井盖。"
    found = batch_sentences([parse_letter(text)]).frames
    assert [WHO[w] for w in found.who] == ["own", "own earlier", "nobody"]
    assert [EARLIER[e] for e in found.earlier] == ["nothing", "future", "nothing"]


def test_a_clause_that_ends_in_的_says_to_whom_a_rule_applies() -> None:
    assert [mood for _, mood, _ in frames("对擅自占道的，由中队处理。")] == ["rule", "bare"]


def test_unknown_words_between_body_and_act_change_nothing() -> None:
    one = batch_sentences([parse_letter("公路局在青埠岭险段安装了防护网。")])
    other = batch_sentences([parse_letter("教育局给各校校车更换了座椅套。")])
    years = np.zeros(1, np.int64)
    assert frame_keys(one.frames, years).tolist() == frame_keys(other.frames, years).tolist()


def test_keys_of_different_frames_differ_and_kinds_of_keys_never_meet() -> None:
    batch = batch_sentences([parse_letter("我局更换了路灯。我局将更换路灯。业主更换了路灯。")])
    keys = frame_keys(batch.frames, clause_years(batch))
    assert keys.shape == (3, 6)
    assert len({tuple(row) for row in keys.tolist()}) == 3
    kinds = [set(column) for column in keys.T.tolist()]
    assert sum(map(len, kinds)) == len(set().union(*kinds))


def test_years_are_seen_from_the_letters_own() -> None:
    letter = "2023年已实施改造，更换管道。2025年建设泵站。2024年开工。无年份。\n青埠县水务局\n2024年5月6日"
    years = clause_years(batch_sentences([parse_letter(letter)]))
    assert years[:5].tolist() == [1, 1, 3, 2, 0]
    undated = clause_years(batch_sentences([parse_letter("2023年已实施改造。")]))
    assert undated.tolist() == [4]


def test_no_text_has_no_frames() -> None:
    batch = batch_sentences([parse_letter("")])
    assert len(batch.frames.who) == 0
    assert frame_keys(batch.frames, clause_years(batch)).shape == (0, 6)
