from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import LETTER
from dafu.letter import parse_letter

PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "一、工作情况\n",
                "下一步，",
                "（一）",
                "《",
                "》",
                "。",
                "；",
                "\n",
                "李××委员：\n",
                "2024年5月1日\n",
                "“",
                "”",
                "将",
                "2.5亿元",
                "　",
                "\x00",
                "\ud800",
                "\U0001f600",
            ]
        ),
        st.text(max_size=8),
    ),
    max_size=30,
).map("".join)


@settings(max_examples=200)
@given(PIECES)
def test_any_text_is_a_letter_whose_offsets_slice_back(text: str) -> None:
    letter = parse_letter(text)
    assert letter.text == text
    for sentence in letter.sentences:
        paragraph = letter.paragraphs[sentence.paragraph]
        assert paragraph.start <= sentence.start < sentence.end <= paragraph.end <= len(text)
    for paragraph in letter.paragraphs:
        assert "\n" not in text[paragraph.start : paragraph.end]
        assert paragraph.heading is None or letter.paragraphs[paragraph.heading].kind == "heading"


def test_header_fields() -> None:
    meta = parse_letter(LETTER).meta
    assert meta.title == "青沅县交通运输局关于县政协十届三次会议第0057号提案答复的函"
    assert meta.issuer == "青沅县交通运输局"
    assert meta.addressees == ("李明远",)
    assert meta.proposal_number == "0057"
    assert meta.session == "县政协十届三次会议"
    assert meta.date == "2024-05-16"


def test_index_table_fields() -> None:
    meta = parse_letter(
        "索 引 号：QY0113/2024-00021\n发文字号：青教函〔2024〕31号\n签发人：周海\n办理结果类别：B\n"
        "关于县十八届人大四次会议第45号建议的答复\n王芳、陈立代表：\n你们提出的建议收悉。\n我局已增设学位。\n青沅县教育局\n二〇二四年六月三日"
    ).meta
    assert (meta.index_number, meta.document_number) == ("QY0113/2024-00021", "青教函〔2024〕31号")
    assert (meta.signatory, meta.category) == ("周海", "B")
    assert (meta.proposal_number, meta.date) == ("45", "2024-06-03")
    assert meta.addressees == ("王芳", "陈立")


def test_what_a_letter_does_not_say_is_none() -> None:
    meta = parse_letter("我局已派人修复路灯。").meta
    assert (meta.title, meta.issuer, meta.date, meta.proposal_number, meta.addressees) == (
        None,
        None,
        None,
        None,
        (),
    )


def test_headings_nest() -> None:
    letter = parse_letter(LETTER)
    headings = [i for i, p in enumerate(letter.paragraphs) if p.kind == "heading"]
    body = [p for p in letter.paragraphs if p.kind == "body"]
    assert [letter.text[letter.paragraphs[i].start : letter.paragraphs[i].end] for i in headings] == [
        "一、工作开展情况",
        "二、下一步工作打算",
    ]
    assert {p.heading for p in body} == set(headings)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("我局主要做了以下工作：\n一是拆除违建；", ["body", "body"]),
        ("前段工作\n拆除违建。", ["heading", "body"]),
        ("4月12日召开专题会，各单位已办妥：\n（1）更换立管；", ["body", "body"]),
        ("李明远委员：\n拆除违建。", ["salutation", "body"]),
    ],
)
def test_a_part_of_a_letter_is_read_as_one(text: str, kinds: list[str]) -> None:
    assert [p.kind for p in parse_letter(text).paragraphs] == kinds
