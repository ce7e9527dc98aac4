"""Encodings are told by the bytes: GB18030 or Big5 by which characters are common."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dafu.readers.text import decode, likely_encodings

SIMPLIFIED = "您的建议收悉，我局已经办结。"
TRADITIONAL = "您的建議收悉，我局已經辦結。"


@pytest.mark.parametrize("length", [14, 50, 200, 2000])
@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", SIMPLIFIED),
        ("big5", TRADITIONAL),
        ("gb18030", TRADITIONAL),
        ("utf-16-le", SIMPLIFIED),
        ("utf-16-be", TRADITIONAL),
        ("utf-8", TRADITIONAL),
    ],
)
def test_texts_of_every_length_are_decoded(encoding: str, text: str, length: int) -> None:
    text = (text * (length // len(text) + 1))[:length]
    assert decode(text.encode(encoding), "a.txt") == text


def test_letters_in_gb18030_are_never_taken_for_big5(root: Path) -> None:
    for file in sorted((root / "corpus").glob("*.jsonl"))[::4]:
        for line in file.read_text(encoding="utf-8").splitlines()[:10]:
            text = json.loads(line)["text"]
            for part in (text, text[:20], text[-50:]):
                assert likely_encodings(part.encode("gb18030"))[0] == "gb18030"


def test_hong_kong_characters_are_read() -> None:
    text = "九龍深水埗醫院已經啓用，嘅喺咗。" * 3
    assert decode(text.encode("big5hkscs"), "a.txt") == text
