"""Fitting the tables' choices to labelled rows."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dafu.choices import Chooser, weights_file
from dafu.commitments import GRADE
from dafu.corpus import LabelledLetter, load_corpus
from dafu.cuts import CUTS, OPENS
from dafu.dating import PERIODS
from dafu.fitting import decisions, labelled_rows
from dafu.indicators import BEGINS, ENDS
from dafu.letter import parse_letter
from dafu.records import PLANNED, QUANTITATIVE

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
TEXT = "2025年底前，全县改造老旧小区19个，发放补贴4.2亿元，建立巡查台账。"


def figure(text: str, **cells: Any) -> dict[str, Any]:
    start = TEXT.index(text)
    empty = dict.fromkeys(("indicator", "period", "period_start", "period_end"))
    return {"letter": "x", "sentence": 0, "start": start, "end": start + len(text)} | empty | cells


def promise(text: str, grade: str) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"letter": "x", "sentence": 0, "start": start, "end": start + len(text), "grade": grade}


def chosen(question: str, rows: dict[str, list[dict[str, Any]]], text: str = TEXT) -> list[Any]:
    """The values of the right candidates of a question, in the order of the decisions."""
    letter = replace(parse_letter(text), id="x")
    labelled = LabelledLetter(letter, (frozenset((PLANNED, QUANTITATIVE)),), {"year": 2024})
    return [found[right] for found, right in decisions([labelled], rows)[question]]


ROWS = {
    "figures": [
        figure(
            "19个",
            indicator="老旧小区",
            period="2025年底前",
            period_end="2025-12-31",
        ),
        figure("4.2亿元", indicator="补贴"),
    ],
    "commitments": [
        promise("2025年底前，全县改造老旧小区19个", "specific"),
        promise("发放补贴4.2亿元", "specific"),
        promise("建立巡查台账", "vague"),
    ],
}


def test_labelled_answers_are_kept_with_their_candidates() -> None:
    ends = chosen(ENDS, ROWS)
    assert [(c.group, c.values[1], c.kind) for c in ends] == [
        ("before", "小区", "count"),
        ("before", "补贴", "money"),
    ]
    assert [c.values[0] for c in chosen(BEGINS, ROWS)] == ["0", "0"]  # 老旧小区 and 补贴: one word each
    assert [c.group for c in chosen(PERIODS, ROWS)] == ["before", "none"]
    assert [c.group for c in chosen(CUTS, ROWS)] == [OPENS, "runs on", OPENS, OPENS]
    assert not chosen(GRADE, ROWS)  # the date holds for all three


def test_a_promise_without_date_or_figure_teaches_its_grade() -> None:
    text = "完善公交线网规划，加强道路保洁工作。"
    rows = [
        {"letter": "x", "sentence": 0, "start": 0, "end": 8, "grade": "concrete"},
        {"letter": "x", "sentence": 0, "start": 9, "end": 17, "grade": "vague"},
    ]
    found = chosen(GRADE, {"figures": [], "commitments": rows}, text)
    assert [c.group for c in found] == ["concrete", "vague"]


def test_what_is_not_labelled_teaches_nothing() -> None:
    found = decisions(
        [LabelledLetter(replace(parse_letter(TEXT), id="x"), (frozenset((PLANNED, QUANTITATIVE)),), {})],
        {"figures": [], "commitments": []},
    )
    assert not found[ENDS]
    assert {options[right].group for options, right in found[CUTS]} == {"outside"}


def test_a_label_that_no_candidate_fits_teaches_nothing() -> None:
    rows = {
        "figures": [figure("19个", indicator="改造老"), figure("4.2亿元", indicator="补贴")],
        "commitments": [],
    }
    assert [c.values[1] for c in chosen(ENDS, rows)] == ["补贴"]


def test_the_rows_are_of_other_bodies_than_those_for_measuring() -> None:
    rows = labelled_rows(CORPUS)
    taught = {row["letter"] for own in rows.values() for row in own}
    measured = {
        json.loads(line)["letter"]
        for name in ("figures", "commitments")
        for line in (CORPUS / "ledger" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    }
    letters = {x.letter.id: x for x in load_corpus(CORPUS)}
    assert len(rows["figures"]) >= 7000
    assert len(rows["commitments"]) >= 4500
    assert {letters[id].split for id in measured} == {"heldout"}
    assert "heldout" not in {letters[id].split for id in taught}
    assert not {letters[id].meta["issuer"] for id in taught} & {letters[id].meta["issuer"] for id in measured}


def test_rows_are_verbatim() -> None:
    letters = {x.letter.id: x.letter for x in load_corpus(CORPUS)}
    for name, own in labelled_rows(CORPUS).items():
        for row in own:
            letter = letters[row["letter"]]
            assert letter.text[row["start"] : row["end"]] == row["text"]
            sentence = letter.sentences[row["sentence"]]
            words = letter.text[sentence.start : sentence.end]
            cells = ("indicator", "scope", "period", "base") if name == "figures" else ("action", "object")
            assert all(row[cell] is None or row[cell] in words for cell in cells), row


@pytest.mark.slow
def test_the_shipped_weights_are_those_of_the_shipped_rows(tmp_path: Path) -> None:
    """Fitted anew they decide alike (rounding may differ between processors)."""
    out = tmp_path / "weights.json"
    subprocess.run([sys.executable, "-m", "dafu.fitting", str(CORPUS), "-o", str(out)], check=True)
    new = json.loads(out.read_text(encoding="utf-8"))["weights"]
    old = json.loads(weights_file().read_text(encoding="utf-8"))["weights"]
    assert new.keys() == old.keys()
    rows = labelled_rows(CORPUS)
    wanted = {row["letter"] for own in rows.values() for row in own}
    letters = [x for x in load_corpus(CORPUS) if x.letter.id in wanted][:60]
    for question, found in decisions(letters, rows).items():
        a, b = Chooser(old[question]), Chooser(new[question])
        same = [a.best(options) == b.best(options) for options, _ in found]
        assert sum(same) >= 0.995 * len(same), question
