"""Numerals to numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafu.numerals import LONGEST, Number, parse_fraction, parse_number

VALUES = [
    ("2，281", 2281),
    ("1.3万", 13_000),
    ("2.5亿", 250_000_000),
    ("1万亿", 1e12),
    ("三万亿", 3e12),
    ("3万4", 34_000),
    ("14万6", 146_000),
    ("3万4千", 34_000),
    ("三百六十", 360),
    ("一百零五", 105),
    ("一万零三", 10_003),
    ("两千零五十", 2050),
    ("三千二百四十三万", 32_430_000),
    ("十三亿", 1_300_000_000),
    ("十", 10),
    ("二十五", 25),
    ("两万八", 28_000),
    ("七千二", 7200),
    ("三点五", 3.5),
    ("一点五万", 15_000),
    ("零点五", 0.5),
    ("二零二四", 2024),
    ("半", 0.5),
    ("5千", 5000),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_number_has_its_value(text: str, value: float) -> None:
    assert parse_number(text) == Number(value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("两三", 2, 3),
        ("三五", 3, 5),
        ("十几", 11, 19),
        ("二十几", 21, 29),
        ("几十", 20, 99),
        ("数百", 200, 999),
        ("数十万", 200_000, 990_000),
        ("10几万", 110_000, 190_000),
        ("十一二万", 110_000, 120_000),
        ("八九十", 80, 90),
        ("一百七八", 170, 180),
        ("三四百", 300, 400),
        ("5-8", 5, 8),
        ("1.2-1.5", 1.2, 1.5),
        ("5至8万", 50_000, 80_000),
        ("8000至1万", 8000, 10_000),
        ("1.2万至1.5万", 12_000, 15_000),
        ("两到三", 2, 3),
    ],
)
def test_a_span_has_two_ends_and_no_value(text: str, low: float, high: float) -> None:
    assert parse_number(text) == Number(None, low, high)


@pytest.mark.parametrize(
    ("text", "value", "approx"),
    [
        ("三百余", 300, "over"),
        ("10余万", 100_000, "over"),
        ("500多", 500, "over"),
        ("百余", 100, "over"),
        ("十来", 10, "about"),
        ("六千二百余", 6200, "over"),
    ],
)
def test_the_numeral_may_say_how_exact_it_is(text: str, value: float, approx: str) -> None:
    assert parse_number(text) == Number(value, approx=approx)


@pytest.mark.parametrize("text", ["", "几", "一一", "二四", "万公里", "abc", "3个", "1-2-3", "一" * 60, "余"])
def test_what_is_no_number_gives_none(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("百分之三十六点九", 0.369),
        ("百分之36.9", 0.369),
        ("百分之百", 1.0),
        ("千分之五", 0.005),
        ("三分之二", 2 / 3),
        ("四分之一", 0.25),
        ("三成", 0.3),
        ("三成五", 0.35),
        ("八成半", 0.85),
        ("一半", 0.5),
        ("过半数", 0.5),
    ],
)
def test_a_share_in_words_is_a_fraction_of_one(text: str, value: float) -> None:
    found = parse_fraction(text)
    assert found is not None
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("七八成", 0.7, 0.8), ("百分之三十至百分之四十", 0.3, 0.4), ("百分之二至三", 0.02, 0.03)],
)
def test_a_share_may_be_a_span(text: str, low: float, high: float) -> None:
    found = parse_fraction(text)
    assert found is not None
    assert (found.value, found.low, found.high) == (None, low, high)


def test_another_base_leaves_no_dust_of_binary_fractions() -> None:
    assert Number(36.9).times(0.01) == Number(0.369)


_PLACES = ["", "十", "百", "千"]


def spelt(value: int) -> str:
    """A number below 10^8 in Chinese, as written by hand in letters."""
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        tail = spelt(low) if low else ""
        return f"{spelt(high)}万{'零' if 0 < low < 1000 else ''}{tail}"
    out, zero = "", False
    digits = str(value)
    for place, digit in zip(reversed(range(len(digits))), digits, strict=True):
        if digit == "0":
            zero = bool(out)
            continue
        out += ("零" if zero else "") + "零一二三四五六七八九"[int(digit)] + _PLACES[place]
        zero = False
    return out or "零"


@given(st.integers(min_value=1, max_value=99_999_999))
@settings(max_examples=300, deadline=None)
def test_a_number_spelt_out_reads_back(value: int) -> None:
    assert parse_number(spelt(value)) == Number(float(value))


@given(st.decimals(min_value=0, max_value=9999, places=2, allow_nan=False), st.sampled_from(["", "万", "亿"]))
@settings(deadline=None)
def test_digits_with_a_scale_read_back(value: object, scale: str) -> None:
    found = parse_number(f"{value}{scale}")
    assert found is not None
    assert found.value == pytest.approx(float(str(value)) * {"": 1, "万": 1e4, "亿": 1e8}[scale])


@given(
    st.text(
        alphabet="零一二两三四五六七八九十百千万亿几数半余多来点，.-至到0123456789 成分之",
        max_size=2 * LONGEST,
    )
)
@settings(max_examples=500, deadline=None)
def test_any_string_gives_a_number_in_its_bounds_or_none(text: str) -> None:
    found = parse_number(text)
    if found is not None and found.low is not None and found.high is not None:
        assert found.low <= found.high
        assert found.value is None
    parse_fraction(text)
