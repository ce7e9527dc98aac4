from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import LETTER
from dafu.letter import parse_letter
from dafu.records import LABELS, Document, Place, SentenceTag
from dafu.tables import commitment_table, sentence_table
from dafu.tagger import Tagger
from dafu.tags import paragraph_tags
from dafu.writers import letter_row


def labels_of(tagger: Tagger, text: str) -> list[tuple[str, tuple[str, ...]]]:
    tagged = tagger(text)
    return [
        (text[s.start : s.end], tag.labels)
        for s, tag in zip(tagged.letter.sentences, tagged.sentences, strict=True)
    ]


def test_a_letter_comes_back_labelled(tagger: Tagger) -> None:
    found = dict(labels_of(tagger, LETTER))
    done = next(text for text in found if text.startswith("去年以来"))
    aim = next(text for text in found if text.startswith("2025年底前"))
    assert found[done] == ("completed", "quantitative")
    assert found[aim] == ("planned", "quantitative")
    assert found["李明远委员："] == found["一、工作开展情况"] == found["青沅县交通运输局"] == ()


def test_the_heading_decides_where_words_do_not(tagger: Tagger) -> None:
    sentence = "完善巡查制度，强化日常监管。"
    progress = labels_of(
        tagger,
        f"王××代表：\n您的建议收悉。\n一、工作开展情况\n{sentence}加强宣传引导。\n二、下一步打算\n继续努力。",
    )
    plans = labels_of(tagger, f"王××代表：\n您的建议收悉。\n一、下一步工作打算\n{sentence}加强宣传引导。")
    assert dict(progress)[sentence] == ("completed",)
    assert dict(plans)[sentence] == ("planned",)


def test_every_tag_shows_the_words_that_it_rests_on(tagger: Tagger) -> None:
    tagged = tagger(LETTER)
    for sentence, tag in zip(tagged.letter.sentences, tagged.sentences, strict=True):
        assert {item.label for item in tag.evidence} <= set(tag.labels)
        for item in tag.evidence:
            assert 0 <= item.start < item.end <= len(LETTER)
            if item.source != "heading":
                assert sentence.start <= item.start
                assert item.end <= sentence.end
    shown = {LETTER[e.start : e.end] for tag in tagged.sentences for e in tag.evidence}
    assert {"先后", "320万元", "一、工作开展情况"} <= shown


def test_scores_are_probabilities_of_every_label(tagger: Tagger) -> None:
    for tag in tagger(LETTER).sentences:
        assert set(tag.scores) == set(LABELS)
        assert all(0 <= score <= 1 for score in tag.scores.values())


def test_a_letter_is_tagged_alike_alone_and_among_others(tagger: Tagger, root: Path) -> None:
    rows = (root / "corpus" / "citykeeping.jsonl").read_text(encoding="utf-8").splitlines()[:80]
    documents = [Document(row["id"], row["text"], "") for row in map(json.loads, rows)]
    for document, among in zip(documents, tagger.tag(documents), strict=True):
        alone = tagger.tag([document])[0]
        assert [t.labels for t in among.sentences] == [t.labels for t in alone.sentences]
        assert [t.evidence for t in among.sentences] == [t.evidence for t in alone.sentences]
        assert [f.text for f in among.figures] == [f.text for f in alone.figures]
        assert [c.text for c in among.commitments] == [c.text for c in alone.commitments]
        for a, b in zip(alone.sentences, among.sentences, strict=True):
            assert a.scores == pytest.approx(b.scores, abs=2e-4)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=120))
def test_any_text_is_tagged(text: str) -> None:
    import dafu

    tagger = _cached(dafu)
    tagged = tagger(text)
    assert tagged.letter.text == text
    assert len(tagged.sentences) == len(tagged.letter.sentences)


_TAGGERS: list[Tagger] = []


def _cached(dafu: object) -> Tagger:
    if not _TAGGERS:
        _TAGGERS.append(dafu.load())  # type: ignore[attr-defined]
    return _TAGGERS[0]


def test_pipe_is_lazy_and_keeps_order(tagger: Tagger) -> None:
    def texts():  # type: ignore[no-untyped-def]
        yield from (f"第{i}件已办结。" for i in range(5))
        raise AssertionError("read too far")

    stream = tagger.pipe(texts(), batch_size=5)
    assert [next(stream).letter.id for _ in range(5)] == ["0", "1", "2", "3", "4"]


def tags(*labels: str) -> list[SentenceTag]:
    return [SentenceTag(tuple(x.split("+")) if x else (), dict.fromkeys(LABELS, 0.5)) for x in labels]


@pytest.mark.parametrize(
    ("text", "given_labels", "primary", "union"),
    [
        ("甲已办结事项。乙。", ("completed", ""), "completed", ("completed",)),
        ("已办。将继续加大力度推进。", ("completed", "planned"), "planned", ("completed", "planned")),
        ("甲乙丙。丁戊己。", ("completed", "planned"), "planned", ("completed", "planned")),
        (
            "共有住户一千二百户之多。已办。",
            ("quantitative", "completed"),
            "quantitative",
            ("completed", "quantitative"),
        ),
        ("投入三百万元改造道路。", ("completed+quantitative",), "completed", ("completed", "quantitative")),
        ("情况属实。", ("",), "other", ()),
    ],
)
def test_paragraph_labels_follow_the_guide(
    text: str, given_labels: tuple[str, ...], primary: str, union: tuple[str, ...]
) -> None:
    found = paragraph_tags(parse_letter(text), tags(*given_labels), LABELS)
    assert (found[0].label, found[0].labels) == (primary, union)


def test_what_the_letter_does_not_say_its_container_completes(tagger: Tagger) -> None:
    said = {
        "issuer": "别的局",
        "title": "页面标题",
        "document_number": "青交函〔2024〕12号",
        "date": "2024/5/20 09:30",
        "x": "y",
    }
    (whole,) = tagger.tag([Document("1", LETTER, "", (), said)])
    assert whole.letter.meta.issuer == "青沅县交通运输局"
    assert whole.letter.meta.date == "2024-05-16"
    assert whole.letter.meta.document_number == "青交函〔2024〕12号"
    (bare,) = tagger.tag([Document("1", "我局将于年底前完成整改。", "", (), said)])
    assert (bare.letter.meta.title, bare.letter.meta.date) == ("页面标题", "2024-05-20")
    assert bare.commitments[0].deadline_end == "2024-12-31"


def test_places_travel_with_the_letter_and_into_the_tables(tagger: Tagger) -> None:
    text = "经研究，现答复如下：\n下一步，我局将于年底前完成整改。"
    places = (Place(0, 10, 1, "p 2"), Place(11, len(text), 2, "p 3"))
    tagged, plain = tagger.tag([Document("1", text, "", places), Document("2", text, "")])
    assert tagged.places == places
    rows = [
        dict(zip([n for n, _, _ in t.columns], r, strict=True))
        for t in (sentence_table(LABELS), commitment_table())
        for r in t.rows(tagged)
    ]
    assert [row["出处"] for row in rows] == ["第1页 p 2", "第2页 p 3", "第2页 p 3"]
    assert {row[-1] for row in sentence_table(LABELS).rows(plain)} == {None}
    assert letter_row(tagged)["places"][1] == {"start": 11, "end": len(text), "page": 2, "element": "p 3"}
    assert "places" not in letter_row(plain)


def test_labels_alone_are_the_same_labels(tagger: Tagger) -> None:
    full, labels = tagger(LETTER), Tagger(tagger.model, only_labels=True)(LETTER)
    assert [(t.labels, t.scores) for t in labels.sentences] == [(t.labels, t.scores) for t in full.sentences]
    assert labels.paragraphs == full.paragraphs
    assert not labels.figures
    assert not any(t.evidence for t in labels.sentences)
