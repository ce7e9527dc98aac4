from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from conftest import LETTER
from dafu.tagger import Tagger

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    spacy = pytest.importorskip("spacy")
    from spacy import displacy
    from spacy.tokens import DocBin


@pytest.fixture(scope="module")
def nlp():  # type: ignore[no-untyped-def]
    nlp = spacy.blank("zh")
    nlp.add_pipe("dafu")
    return nlp


def spans_of(doc) -> list[tuple[int, int, str]]:  # type: ignore[no-untyped-def]
    return [(s.start_char, s.end_char, s.label_) for s in doc.spans["dafu"]]


def test_spans_are_the_taggers_sentences(nlp, tagger: Tagger) -> None:  # type: ignore[no-untyped-def]
    tagged = tagger(LETTER)
    expected = [
        (s.start, s.end, label)
        for s, tag in zip(tagged.letter.sentences, tagged.sentences, strict=True)
        for label in tag.labels
    ]
    doc = nlp(LETTER)
    assert doc.text == LETTER
    assert spans_of(doc) == expected
    assert doc._.letter["meta"]["proposal_number"] == "0057"
    assert 0 < doc.cats["completed"] < 1


def test_to_disk_and_back_gives_the_same_tags_and_tokens(nlp, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    nlp.to_disk(tmp_path / "m")
    again = spacy.load(tmp_path / "m")
    first, second = nlp(LETTER), again(LETTER)
    assert [t.text for t in first] == [t.text for t in second]
    assert spans_of(first) == spans_of(second)


def test_pipe_docbin_and_displacy(nlp) -> None:  # type: ignore[no-untyped-def]
    docs = list(nlp.pipe([LETTER, "我局已办结。"]))
    store = DocBin(docs=docs)
    back = list(DocBin().from_bytes(store.to_bytes()).get_docs(nlp.vocab))
    assert [spans_of(d) for d in back] == [spans_of(d) for d in docs]
    html = displacy.render(docs[1], style="span", options={"spans_key": "dafu"}, page=False, jupyter=False)
    assert "completed" in html


def test_odd_white_space_survives_the_tokenizer(nlp) -> None:  # type: ignore[no-untyped-def]
    for text in ("  我局  已\u3000办结。\n\n下一步 ，", " ", "", "a b  c"):
        assert nlp.tokenizer(text).text == text
