from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dafu.annotators import gather
from dafu.errors import CorpusError
from dafu.records import LABELS

TEXT = "我局已印发通知。下一步，将加大投入。"
DONE, PLAN = (0, 8), (8, 18)


def row(who: str, done: str | None, **more: Any) -> dict[str, Any]:
    spans = [{"start": DONE[0], "end": DONE[1], "label": done}] if done else []
    spans.append({"start": PLAN[0], "end": PLAN[1], "label": "planned"})
    return {"id": "1", "text": TEXT, "meta": {"annotator": who}, "spans": spans} | more


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    (folder / "new.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return folder


def test_the_majority_of_annotators_decides_each_sentence(tmp_path: Path) -> None:
    found = gather(write(tmp_path, row("甲", "completed"), row("乙", "completed"), row("丙", None)), LABELS)
    (letter,) = found.letters
    assert [set(x) for x in letter.labels] == [{"completed"}, {"planned"}]
    assert letter.known == (True, True)
    assert "甲、乙、丙" in found.notes[0][0]


def test_a_tie_leaves_the_sentence_unseen_and_is_told(tmp_path: Path) -> None:
    found = gather(write(tmp_path, row("甲", "completed"), row("乙", None)), LABELS)
    (letter,) = found.letters
    assert letter.known == (False, True)
    assert "1 句意见相持" in found.notes[0][0]


def test_paragraph_labels_of_several_annotators_are_merged_too(tmp_path: Path) -> None:
    def bag(who: str, *labels: str) -> dict[str, Any]:
        paragraphs = [{"start": 0, "end": len(TEXT), "labels": list(labels)}]
        return {"id": "1", "text": TEXT, "meta": {"annotator": who}, "spans": [], "paragraphs": paragraphs}

    two = gather(write(tmp_path, bag("甲", "planned"), bag("乙", "planned"), bag("丙")), LABELS)
    assert [set(b.labels) for b in two.letters[0].bags] == [{"planned"}]
    tied = gather(write(tmp_path, bag("甲", "planned"), bag("乙")), LABELS)
    assert tied.letters[0].bags == ()


def test_a_label_that_never_occurs_is_told(tmp_path: Path) -> None:
    notes = gather(write(tmp_path, row("甲", None)), LABELS).notes
    assert [zh for zh, _ in notes if "已办举措" in zh]


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "new.jsonl").write_text(
        "{\n"
        + json.dumps(row("甲", "complete"))
        + "\n"
        + json.dumps(row("甲", None))
        + "\n"
        + json.dumps(row("乙", None, text="别的正文。", spans=[]))
        + "\n[1]\n",
        encoding="utf-8",
    )
    with pytest.raises(CorpusError) as caught:
        gather(tmp_path, LABELS)
    message = str(caught.value)
    for part in ("new.jsonl:1", "did you mean 'completed'", "names another text", "not a JSON object"):
        assert part in message


def test_too_many_letters_are_refused_with_the_memory_they_need(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="GB of memory"):
        gather(write(tmp_path, row("甲", None), row("乙", None)), LABELS, most=1)


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_no_letters_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "new.jsonl").write_bytes(content)
    with pytest.raises(CorpusError, match="no labelled letter"):
        gather(tmp_path, LABELS)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "new.jsonl").write_bytes('{"id": "1", "text": "答复"}'.encode("gb18030"))
    with pytest.raises(CorpusError, match=r"new\.jsonl: not UTF-8"):
        gather(tmp_path, LABELS)
