from __future__ import annotations

import time

import pytest

from dafu.cues import find_cues
from dafu.folding import fold
from dafu.records import LABELS, OTHER
from dafu.settings import CueRule, cue_rules

RULES = list(enumerate(cue_rules()))


@pytest.mark.parametrize(("index", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_every_rule_applies_to_its_examples_and_not_to_its_counter_examples(
    index: int, rule: CueRule
) -> None:
    assert rule.examples
    assert rule.counter
    for text in rule.examples:
        assert index in find_cues(fold(text)).rule, text
    for text in rule.counter:
        assert index not in find_cues(fold(text)).rule, text


def test_rules_speak_for_known_labels_and_have_ids_of_their_own() -> None:
    assert {rule.label for _, rule in RULES} <= {*LABELS, OTHER}
    assert len({rule.id for _, rule in RULES}) == len(RULES)


def test_hits_lie_where_their_words_stand() -> None:
    text = fold("我局拟增设路灯。\n已印发通知。")
    hits = find_cues(text)
    for rule, start, end in zip(hits.rule, hits.start, hits.end, strict=True):
        assert text[start:end] in cue_rules()[rule].words


def test_a_rule_does_not_look_into_the_sentence_before() -> None:
    # "已" at the end of the first sentence would suppress 将 if the line break were no border
    rules = cue_rules()
    found = {rules[r].id for r in find_cues("材料已\n将于年底开工").rule}
    assert "will" in found


@pytest.mark.slow
@pytest.mark.parametrize("word", ["将", "已", "拟", "，", "要", "将要"])
def test_a_megabyte_of_one_word_takes_linear_time(word: str) -> None:
    begin = time.perf_counter()
    find_cues(word * (350_000 // len(word)))
    assert time.perf_counter() - begin < 10
