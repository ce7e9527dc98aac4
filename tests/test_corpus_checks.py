"""The checks themselves, and the shipped corpus under them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dafu.corpus import LabelledLetter, from_row, load_corpus, split_of
from dafu.corpus_checks import near_duplicates, suspicions, variety


@pytest.fixture(scope="module")
def letters(root: Path) -> list[LabelledLetter]:
    return load_corpus(root / "corpus")


def letter(id: str, text: str, *labels: str) -> LabelledLetter:
    spans = [{"start": 0, "end": len(text), "label": label} for label in labels]
    return from_row({"id": id, "text": text, "spans": spans, "meta": {}}, id)


@pytest.mark.parametrize(
    ("text", "labels", "reason"),
    [
        ("我局投入资金320万元改造校舍。", ("completed",), "a sum or share"),
        ("我局将加大巡查力度。", (), "a plan's words"),
        ("我局先后开展培训并组织演练。", (), "a done measure's words"),
        ("我局加大宣传力度。", ("quantitative",), "no number"),
        ("我局投入资金320万元改造校舍。", ("completed", "quantitative"), None),
        ("您反映的情况属实。", (), None),
    ],
)
def test_doubtful_labels_are_listed(text: str, labels: tuple[str, ...], reason: str | None) -> None:
    found = list(suspicions([letter("a", text, *labels)]))
    assert [reason in doubt.reason for doubt in found if reason] == ([True] if reason else [])


def test_near_duplicates_are_found_between_letters_only() -> None:
    a = "我局联合街道办事处对解放路沿街商铺开展了为期两个月的专项整治行动，规范经营秩序，劝导商户入店经营，清理占道物品。"
    pairs, number = near_duplicates(
        [
            letter("a", a),
            letter("b", a.replace("专项整治行动", "专项治理行动")),
            letter("c", "该路段全长较短，无法设置港湾式停靠站台，请您理解。"),
        ]
    )
    assert (len(pairs), number) == (1, 3)


def test_variety_tells_sameness() -> None:
    same = variety(["我局高度重视，立即组织人员现场核实。"] * 200)
    different = variety(
        [f"{chr(0x4E00 + i)}{chr(0x5000 + 3 * i)}事项{chr(0x6000 + 7 * i)}已办结。" for i in range(200)]
    )
    assert same.distinct_bigrams < different.distinct_bigrams
    assert same.alike > different.alike


def test_the_corpus_is_large_and_covers_its_plan(letters: list[LabelledLetter]) -> None:
    kinds = Counter(x.meta["kind"] for x in letters)
    assert kinds["letter"] + kinds["co-handling"] >= 1000
    assert kinds["citizen"] >= 150
    assert kinds["report"] >= 80
    assert sum(len(x.labels) for x in letters) >= 20_000
    assert sum(len(x.meta["hard"]) for x in letters) >= 2_000
    assert len({x.issuer for x in letters}) >= 300
    assert len({x.meta["field"] for x in letters}) >= 30
    official = [x for x in letters if x.meta["kind"] in ("letter", "co-handling")]
    assert sum(x.meta["level"] in ("区县", "乡镇") for x in official) >= len(official) / 2
    assert sum(x.meta["length"] == "short" for x in official) >= len(official) / 4


def test_the_corpus_keeps_its_splits(letters: list[LabelledLetter]) -> None:
    assert all(x.split == split_of(x.issuer) for x in letters)
    issuers = [{x.issuer for x in letters if x.split == split} for split in ("train", "dev", "heldout")]
    assert len(set.union(*issuers)) == sum(map(len, issuers))
    assert 0.10 <= len(issuers[2]) / sum(map(len, issuers)) <= 0.20


def test_the_corpus_does_not_repeat_itself(letters: list[LabelledLetter]) -> None:
    pairs, number = near_duplicates(letters)
    assert len(pairs) < 0.01 * number


def test_doubtful_labels_of_the_corpus_are_few(letters: list[LabelledLetter]) -> None:
    assert sum(1 for _ in suspicions(letters)) <= 0.01 * sum(len(x.labels) for x in letters)


def test_no_corpus_file_is_too_large(root: Path) -> None:
    assert all(file.stat().st_size < 5_000_000 for file in (root / "corpus").iterdir())
