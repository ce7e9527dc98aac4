"""Letters in traditional characters get the labels of the same letters in simplified ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafu.records import TaggedLetter
from dafu.settings import traditional_pairs
from dafu.tagger import Tagger


def traditional(text: str) -> str:
    """A letter as it would be set in traditional type, by the shipped table read backwards."""
    back = {simplified: written for written, simplified in reversed(traditional_pairs("only"))}
    for kept in "里后面只发系制表周松台志采布岩郁家准范征朱胡仇余累奸凶冲占卷周咸喂帘席幸恤托":
        back.pop(kept, None)
    return text.translate(str.maketrans({**back, "于": "於", "后": "後"}))


def labels(tagged: TaggedLetter) -> list[tuple[int, int, tuple[str, ...]]]:
    return [
        (sentence.start, sentence.end, tag.labels)
        for sentence, tag in zip(tagged.letter.sentences, tagged.sentences, strict=True)
    ]


@pytest.mark.parametrize("name", ["nursery", "reply", "road"])
def test_the_examples_keep_their_labels_and_tables(tagger: Tagger, root: Path, name: str) -> None:
    text = (root / "corpus" / "examples" / f"{name}.txt").read_text(encoding="utf-8")
    converted = traditional(text)
    assert sum(a != b for a, b in zip(text, converted, strict=True)) > len(text) / 8
    plain, other = tagger(text), tagger(converted)
    assert labels(other) == labels(plain)
    assert [(f.start, f.end, f.value) for f in other.figures] == [
        (f.start, f.end, f.value) for f in plain.figures
    ]
    assert [(c.start, c.end, c.deadline_end) for c in other.commitments] == [
        (c.start, c.end, c.deadline_end) for c in plain.commitments
    ]


def test_what_users_see_is_the_letters_own_writing(tagger: Tagger) -> None:
    tagged = tagger(
        "經研究,現答覆如下:\n下一步,我局將會同縣財政局於2025年底前完成三座水廠改造。\n青沅縣水務局\n2024年5月6日"
    )
    assert tagged.letter.meta.issuer == "青沅縣水務局"
    (row,) = tagged.commitments
    assert row.action == "完成三座水廠改造"
    assert row.roles[0].body == "縣財政局"
