"""Dates, feasts, and periods resolved against the letter's date."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafu.dates import (
    YearOnly,
    day_known,
    earliest,
    feast,
    feast_names,
    field_date,
    find_date,
    letter_day,
    month_end,
    number,
)
from dafu.folding import fold
from dafu.periods import find_periods, lies_ahead, lies_behind

TODAY = date(2025, 4, 28)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("二零二一年六月十八日", "2021-06-18"),
        ("二〇二一年六月", "2021-06"),
        ("2024年5月16日", "2024-05-16"),
        ("2024-05-16", "2024-05-16"),
        ("2019.3.7", "2019-03-07"),
        ("2023年3月1日印发，2024年5月16日", "2024-05-16"),
        ("2021月6月18日", None),
        ("2021年13月1日", None),
        ("第2021号", None),
    ],
)
def test_the_last_date_of_a_text(text: str, iso: str | None) -> None:
    assert find_date(fold(text)) == iso


@pytest.mark.parametrize(
    ("digits", "value"),
    [("12", 12), ("十二", 12), ("二十", 20), ("三十一", 31), ("廿八", 28), ("两", 2), ("二零二一", 2021)],
)
def test_small_numbers(digits: str, value: int) -> None:
    assert number(digits) == value


def test_a_month_alone_stands_for_its_last_day() -> None:
    assert letter_day("2024-02") == date(2024, 2, 29)


@pytest.mark.parametrize("iso", [None, "", "无日期"])
def test_no_date_is_no_day(iso: str | None) -> None:
    assert letter_day(iso) is None


@pytest.mark.parametrize(
    ("name", "year", "day"),
    [
        ("春节", 2024, date(2024, 2, 10)),
        ("春节", 2025, date(2025, 1, 29)),
        ("春节", 2026, date(2026, 2, 17)),
        ("春节", 2034, date(2034, 2, 19)),
        ("端午", 2025, date(2025, 5, 31)),
        ("中秋", 2025, date(2025, 10, 6)),
        ("国庆", 2025, date(2025, 10, 1)),
        ("春节", 1999, None),
        ("中秋", 2036, None),
    ],
)
def test_feasts_fall_on_their_day(name: str, year: int, day: date | None) -> None:
    assert feast(name, year) == day


def test_lunar_new_year_falls_between_the_21st_of_january_and_february() -> None:
    days = [feast("春节", year) for year in range(2000, 2036)]
    assert all(day and date(day.year, 1, 21) <= day <= date(day.year, 2, 21) for day in days)
    gaps = {(b - a).days for a, b in pairwise(days) if a and b}
    assert gaps <= {353, 354, 355, 383, 384, 385}


def test_every_feast_is_known_in_every_year_of_the_table() -> None:
    assert all(feast(name, year) for name in feast_names() for year in range(2000, 2036))


def one(text: str, *, past: bool | None = False) -> tuple[str, str | None, str | None]:
    (found,) = find_periods(fold(text), TODAY, past=past)
    return found.text, found.first, found.last


RESOLVED = [
    ("近三年持续投入", "近三年", "2022-01-01", "2024-12-31"),
    ("近两年已建成", "近两年", "2023-01-01", "2024-12-31"),
    ("过去五年", "过去五年", "2020-01-01", "2024-12-31"),
    ("三年来，我局坚持", "三年来", "2022-01-01", "2024-12-31"),
    ("未来三年", "未来三年", "2026-01-01", "2028-12-31"),
    ("近6个月", "近6个月", "2024-10-28", "2025-04-28"),
    ("去年新建", "去年", "2024-01-01", "2024-12-31"),
    ("明年上半年开工", "明年上半年", "2026-01-01", "2026-06-30"),
    ("今年上半年", "今年上半年", "2025-01-01", "2025-06-30"),
    ("今年以来", "今年以来", "2025-01-01", "2025-04-28"),
    ("2020年以来", "2020年以来", "2020-01-01", "2025-04-28"),
    ("自2019年起实施", "自2019年起", "2019-01-01", None),
    ("从今年7月起", "从今年7月起", "2025-07-01", None),
    ("截至2024年底", "截至2024年底", None, "2024-12-31"),
    ("截至目前", "截至目前", None, "2025-04-28"),
    ("2025年底前建成", "2025年底前", None, "2025-12-31"),
    ("年底前建成", "年底前", None, "2025-12-31"),
    ("年内出台", "年内", "2025-01-01", "2025-12-31"),
    ("6月底前完成", "6月底前", None, "2025-06-30"),
    ("6月前完成", "6月前", None, "2025-05-31"),
    ("2026年前完成", "2026年前", None, "2025-12-31"),
    ("9月30日前完成", "9月30日前", None, "2025-09-30"),
    ("三季度末前", "三季度末前", None, "2025-09-30"),
    ("第四季度", "第四季度", "2025-10-01", "2025-12-31"),
    ("今年前三季度", "今年前三季度", "2025-01-01", "2025-09-30"),
    ("今年1—9月", "今年1—9月", "2025-01-01", "2025-09-30"),
    ("2023年1月至6月", "2023年1月至6月", "2023-01-01", "2023-06-30"),
    ("2021—2023年", "2021—2023年", "2021-01-01", "2023-12-31"),
    ("2024年6月至2025年3月", "2024年6月至2025年3月", "2024-06-01", "2025-03-31"),
    ("5月3日至6日", "5月3日至6日", "2025-05-03", "2025-05-06"),
    ("12月中旬", "12月中旬", "2025-12-11", "2025-12-20"),
    ("本月底前", "本月底前", None, "2025-04-30"),
    ("下月初", "下月初", None, None),
    ("到2027年", "到2027年", None, "2027-12-31"),
    ("“十五五”期间", "“十五五”期间", "2026-01-01", "2030-12-31"),
    ("“十四五”以来", "“十四五”以来", "2021-01-01", "2025-04-28"),
    ("十三五时期", "十三五时期", "2016-01-01", "2020-12-31"),
    ("到“十四五”末", "到“十四五”末", None, "2025-12-31"),
    ("2—3年内完成", "2—3年内", "2025-04-28", "2028-04-28"),
    ("两年内建成", "两年内", "2025-04-28", "2027-04-28"),
    ("6个月内", "6个月内", "2025-04-28", "2025-10-28"),
    ("10日内反馈", "10日内", "2025-04-28", "2025-05-08"),
    ("春节前发放到位", "春节前", None, "2026-02-16"),
    ("2025年国庆前", "2025年国庆前", None, "2025-09-30"),
    ("二〇二四年六月", "二〇二四年六月", "2024-06-01", "2024-06-30"),
    ("2026年春季", "2026年春季", None, None),
    ("2024年度", "2024年度", "2024-01-01", "2024-12-31"),
    # a year's or month's end, unless it begins something, is the day by which
    ("去年底统计", "去年底", None, "2024-12-31"),
    ("2026年6月底全部更换", "2026年6月底", None, "2026-06-30"),
    ("自2022年底起", "自2022年底起", "2022-12-31", None),
    ("全年完成", "全年", "2025-01-01", "2025-12-31"),
    ("从2002年开始退耕", "从2002年开始", "2002-01-01", None),
    ("自2007年建设", "自2007年", "2007-01-01", None),
    ("6月14日、15日早高峰", "6月14日、15日", "2025-06-14", "2025-06-15"),
    ("今年3、4月间", "今年3、4月", "2025-03-01", "2025-04-30"),
    ("2018年、2020年建成", "2018年、2020年", "2018-01-01", "2020-12-31"),
    ("“十五五”末达到85%", "“十五五”末", None, "2030-12-31"),
    ("至今参保61万人", "至今", None, "2025-04-28"),
    ("今明两年补种", "今明两年", "2025-01-01", "2026-12-31"),
    ("五年间，累计", "五年间", "2020-01-01", "2024-12-31"),
    ("2021年、2022年两年", "2021年、2022年两年", "2021-01-01", "2022-12-31"),
    ("自2012年设站以来", "自2012年设站以来", "2012-01-01", "2025-04-28"),
    # vague: seasons and beginnings
    ("年初排查", "年初", None, None),
    ("去年夏天", "去年夏天", None, None),
    ("从今年秋季学期起", "从今年秋季学期起", None, None),
]


@pytest.mark.parametrize(("text", "words", "first", "last"), RESOLVED)
def test_a_period_is_resolved_against_the_letters_date(
    text: str, words: str, first: str | None, last: str | None
) -> None:
    assert one(text) == (fold(words), first, last)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("近年来", "近年来"),
        ("近几年来", "近几年来"),
        ("本届任期内", "本届任期内"),
        ("汛期前完成加固", "汛期前"),
        ("15个工作日内", "15个工作日内"),
        ("明年麦收前", "明年麦收前"),
    ],
)
def test_what_no_calendar_knows_stays_text(text: str, words: str) -> None:
    assert one(text) == (words, None, None)


@pytest.mark.parametrize(
    ("text", "past", "first"),
    [
        ("11月召开", True, "2024-11-01"),
        ("11月召开", False, "2025-11-01"),
        ("2月召开", False, "2026-02-01"),
        ("2月召开", True, "2025-02-01"),
    ],
)
def test_a_bare_month_looks_back_in_reports_and_ahead_in_plans(text: str, past: bool, first: str) -> None:
    assert one(text, past=past)[1] == first


def test_all_the_year_is_the_one_that_is_over_save_in_plans() -> None:
    assert one("全年接待游客", past=True)[1:] == ("2024-01-01", "2024-12-31")
    assert one("全年接待游客", past=False)[1:] == ("2025-01-01", "2025-12-31")


def test_a_bare_month_takes_the_year_named_before_it() -> None:
    found = find_periods("2023年立项，6月开工，次年3月完工", TODAY)
    assert [(p.first, p.last) for p in found[1:]] == [
        ("2023-06-01", "2023-06-30"),
        ("2024-03-01", "2024-03-31"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "第3条",
        "每年3月检查",
        "较2020年增长",
        "比去年同期增加",
        "3个村",
        "六年级",
        "老年人",
        "常年坚持",
        "少年宫",
        "《规划（2021-2025年）》",
    ],
)
def test_what_is_no_period(text: str) -> None:
    assert find_periods(fold(text), TODAY) == []


def test_without_the_letters_date_only_what_names_its_year_is_resolved() -> None:
    found = find_periods("去年完成，2025年底前扩面", None)
    assert [(p.text, p.last) for p in found] == [("去年", None), ("2025年底前", "2025-12-31")]


@pytest.mark.parametrize("text", ["2025年底前", "两年内", "年内", "春节前", "到2027年"])
def test_a_limit_is_marked(text: str) -> None:
    (found,) = find_periods(text, TODAY)
    assert found.by


@pytest.mark.parametrize("text", ["2019-13", "2019-2020", "十届三次", "19", "12019", "2019年年"])
def test_what_is_no_date_of_a_field(text: str) -> None:
    assert field_date(fold(text)) is None


def test_a_year_alone_is_any_day_of_it() -> None:
    day = letter_day("2019")
    assert day is not None
    assert (day, earliest(day), day_known(day)) == (date(2019, 12, 31), date(2019, 1, 1), None)
    month = letter_day("2019-05")
    assert month is not None
    assert (month, earliest(month), day_known(month)) == (date(2019, 5, 31),) * 3


BY_YEAR = [
    ("今年完成", None, "今年", "2019-01-01", "2019-12-31"),
    ("去年完成", True, "去年", "2018-01-01", "2018-12-31"),
    ("近三年累计", True, "近三年", "2016-01-01", "2018-12-31"),
    ("未来三年", False, "未来三年", "2020-01-01", "2022-12-31"),
    ("五年间，累计", True, "五年间", "2014-01-01", "2018-12-31"),
    ("全年完成", False, "全年", "2019-01-01", "2019-12-31"),
    ("今明两年补种", False, "今明两年", "2019-01-01", "2020-12-31"),
    ("今年三季度", False, "今年三季度", "2019-07-01", "2019-09-30"),
    ("今年1-9月", True, "今年1-9月", "2019-01-01", "2019-09-30"),
    ("三季度开工", True, "三季度", "2019-07-01", "2019-09-30"),
    ("上半年开工", False, "上半年", "2019-01-01", "2019-06-30"),
    ("9月底前完成", False, "9月底前", None, "2019-09-30"),
    ("9月30日前完成", False, "9月30日前", None, "2019-09-30"),
    ("2019年底前建成", False, "2019年底前", None, "2019-12-31"),
    ("年底前建成", False, "年底前", None, "2019-12-31"),
    ("年内出台", False, "年内", "2019-01-01", "2019-12-31"),
    ("明年上半年开工", False, "明年上半年", "2020-01-01", "2020-06-30"),
    # a bare month is one of the letter's own year, whichever way the sentence looks
    ("11月召开", True, "11月", "2019-11-01", "2019-11-30"),
    ("2月召开", False, "2月", "2019-02-01", "2019-02-28"),
    ("3月至6月开展", False, "3月至6月", "2019-03-01", "2019-06-30"),
    ("六月内完成", False, "六月内", "2019-06-01", "2019-06-30"),
    # what counts from a day that nobody knows has no days
    ("截至目前", True, "截至目前", None, None),
    ("今年以来", True, "今年以来", "2019-01-01", None),
    ("年初以来", True, "年初以来", "2019-01-01", None),
    ("2017年以来", True, "2017年以来", "2017-01-01", None),
    ("“十三五”以来", True, "“十三五”以来", "2016-01-01", None),
    ("自2012年设站以来", True, "自2012年设站以来", "2012-01-01", None),
    ("近6个月", True, "近6个月", None, None),
    ("近两周内", True, "近两周内", None, None),
    ("两年内建成", False, "两年内", None, None),
    ("10日内反馈", False, "10日内", None, None),
    ("6个月内", False, "6个月内", None, None),
    ("本月底前", False, "本月底前", None, None),
    ("下月完成", False, "下月", None, None),
    ("月底完成", False, "月底", None, None),
    ("春节前发放到位", False, "春节前", None, None),
    ("今年国庆前", False, "今年国庆前", None, "2019-09-30"),
    # what names its year needs no date
    ("截至2018年底", True, "截至2018年底", None, "2018-12-31"),
    ("2021年6月", False, "2021年6月", "2021-06-01", "2021-06-30"),
]


@pytest.mark.parametrize(("text", "past", "words", "first", "last"), BY_YEAR)
def test_nothing_is_invented_beyond_the_letters_year(
    text: str, past: bool | None, words: str, first: str | None, last: str | None
) -> None:
    (found,) = find_periods(fold(text), letter_day("2019"), past=past)
    assert (found.text, found.first, found.last) == (fold(words), first, last)


@pytest.mark.parametrize(
    ("text", "iso", "ahead", "behind"),
    [
        ("9月底前完成", "2019", True, False),
        ("2019年底前完成", "2019", True, False),
        ("2019年底，", "2019", True, False),
        ("到2020年", "2019", True, False),
        ("2020年", "2019", True, False),
        ("2019年", "2019", False, False),
        ("2019年6月", "2019", False, False),
        ("2019年6月底，", "2019", False, False),
        ("截至2019年6月底", "2019", False, False),
        ("截至2019年底", "2019", False, False),
        ("2018年底前", "2019", False, True),
        ("2018年", "2019", False, True),
        ("截至目前", "2019", False, False),
        ("9月底前完成", "2019-10-08", False, True),
        ("2019年6月底，", "2019-05-06", True, False),
        ("2019年", "2019-05-06", False, False),
        ("2019年6月", "2019-05-06", True, False),
    ],
)
def test_before_and_after_the_letter(text: str, iso: str, ahead: bool, behind: bool) -> None:
    today = letter_day(iso)
    assert today is not None
    (period,) = find_periods(fold(text), today, past=None)
    assert (lies_ahead(period, today), lies_behind(period, today)) == (ahead, behind)


WORDS = st.sampled_from(
    [
        "今年",
        "去年",
        "2024年",
        "6月",
        "底",
        "前",
        "内",
        "至",
        "-",
        "春节",
        "“十四五”",
        "期间",
        "近",
        "三",
        "年",
        "1",
        "个月",
        "日",
        "第",
        "季度",
        "以来",
        "，",
        "截至",
        "上半年",
        "二零",
        "到",
    ]
)


@given(
    st.lists(WORDS, max_size=14).map("".join),
    st.dates(date(2000, 1, 1), date(2035, 12, 31))
    | st.integers(2000, 2035).map(lambda year: YearOnly(year, 12, 31)),
    st.sampled_from([None, True, False]),
)
@settings(max_examples=500, deadline=None)
def test_spans_slice_back_and_intervals_run_forwards(text: str, today: date, past: bool | None) -> None:
    end = 0
    for period in find_periods(text, today, past=past):
        assert end <= period.start < period.end
        assert text[period.start : period.end] == period.text
        end = period.end
        for day in (period.first, period.last):
            assert day is None or date.fromisoformat(day)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
@settings(deadline=None)
def test_a_months_end_is_followed_by_a_first(day: date) -> None:
    assert (month_end(day.year, day.month) + timedelta(days=1)).day == 1
