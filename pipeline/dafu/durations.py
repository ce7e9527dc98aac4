"""Spans of time counted from the letter's date or named by plans and feasts, as first and last day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from dafu.dates import YearOnly, day_known, feast, feast_names, month_end, number

#: First and last day; ``None`` where the words leave that end open or say too little.
Days = tuple[date | None, date | None]
OPEN: Final[Days] = (None, None)

CN: Final = "一二两三四五六七八九十"
COUNT: Final = rf"(?:\d{{1,3}}|[{CN}几数]{{1,3}})"
FEASTS: Final = "|".join(feast_names())
YEARS_AWAY: Final = {
    "上一年度": -1, "上一年": -1, "上年度": -1, "上年": -1, "去年": -1, "前年": -2, "下一年度": 1, "下一年": 1, "下年度": 1,
    "明年": 1, "来年": 1, "后年": 2, "本年度": 0, "本年": 0, "今年": 0, "年内": 0, "次年": 1, "翌年": 1,
}  # fmt: skip


def bare_year(low: int, high: int, today: date | None, past: bool | None) -> int | None:
    """The year of a month that names none, looking back or ahead from the letter's date; where the letter's year
    alone is known, that year."""
    if today is None:
        return None
    if isinstance(today, YearOnly):
        return today.year
    if past is True and low > today.month:
        return today.year - 1
    if past is False and high < today.month:
        return today.year + 1
    return today.year


def months_between(year: int | None, low: int, high: int) -> Days:
    return (date(year, low, 1), month_end(year, high)) if year else OPEN


def later(day: date, months: int) -> date:
    """The same day so many months later (or earlier), or the month's last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_end(year, month + 1).day))


_PLAN = re.compile(r"十[一二三四五]?(?=五)")
_NUMBER = re.compile(rf"{COUNT}")
_UNIT = re.compile(r"年|月|日|天|周|季度|小时")


def plan_days(text: str, today: date | None, past: bool | None) -> Days:
    """Five-year plans: the tenth began in 2001."""
    match = _PLAN.search(text)
    assert match is not None
    first = 2001 + 5 * (number(match.group()) - 10)
    if text[0] in "到至":
        return None, date(first + 4, 12, 31)
    if text.endswith("以来"):
        return date(first, 1, 1), day_known(today)
    if text.endswith(("末", "末期", "期末")):
        return None, date(first + 4, 12, 31)
    if text.endswith("收官之年"):
        return date(first + 4, 1, 1), date(first + 4, 12, 31)
    if text.endswith("开局之年"):
        return date(first, 1, 1), date(first, 12, 31)
    return date(first, 1, 1), date(first + 4, 12, 31)


def now_days(text: str, today: date | None, past: bool | None) -> Days:
    return None, day_known(today)


def span_days(text: str, today: date | None, past: bool | None) -> Days:
    """近两年: the two whole years before the letter's own (design, the JSONL output); 未来三年: those after."""
    if today is None:
        return OPEN
    if text == "年初以来":
        return date(today.year, 1, 1), day_known(today)
    counted = _NUMBER.search(text)
    unit = _UNIT.search(text)
    if counted is None or unit is None or re.search("[几数]", counted.group()):
        return OPEN
    count = number(counted.group())
    ahead = text.startswith(("今后", "未来", "接下来", "此后"))
    if not 0 < count < 100:
        return OPEN
    if unit.group() == "年":
        if ahead:
            return date(today.year + 1, 1, 1), date(today.year + count, 12, 31)
        return date(today.year - count, 1, 1), date(today.year - 1, 12, 31)
    if isinstance(today, YearOnly):
        return OPEN
    if unit.group() == "周":
        other = today + timedelta(weeks=count if ahead else -count)
    else:
        months = count * (3 if unit.group() == "季度" else 1)
        other = later(today, months if ahead else -months)
    return (today, other) if ahead else (other, today)


def year_days(text: str, today: date | None, past: bool | None) -> Days:
    """全年 (the letter's year where it lies ahead, else the year before, which is over), 今明两年, 五年间; 当年 of no year named before stays open."""
    if today is None:
        return OPEN
    if text == "全年":
        over = past is not False and (isinstance(today, YearOnly) or today.month < 12)
        return months_between(today.year - over, 1, 12)
    if text in ("当年", "同年"):  # the year named before, which find_periods knows
        return OPEN
    if text.startswith(("今", "去")):
        first = today.year - text.startswith("去")
        return date(first, 1, 1), date(first + 1, 12, 31)
    count = number(text.removesuffix("年间"))
    return date(today.year - count, 1, 1), date(today.year - 1, 12, 31)


def within_days(text: str, today: date | None, past: bool | None) -> Days:
    """2-3年内: from the letter's date to the latest end. Working days and hours stay unresolved."""
    counted = _NUMBER.findall(text)
    if today is None or not counted or "工作" in text or "小时" in text or re.search("[几数]", counted[-1]):
        return OPEN
    count = number(counted[-1])
    unit = _UNIT.findall(text)[-1]
    if not 0 < count < 1000:
        return OPEN
    bare_month = unit == "月" and "个" not in text
    if isinstance(today, YearOnly) and not bare_month:
        return OPEN
    if unit in ("日", "天", "周"):
        return today, today + timedelta(days=count * (7 if unit == "周" else 1))
    if bare_month:  # 六月内 is a month, not a duration
        year = bare_year(count, count, today, past)
        return months_between(year, count, count) if count <= 12 else OPEN
    months = count * {"年": 12, "月": 1, "季度": 3}[unit]
    return today, later(today, min(months, 1200))


def feast_days(text: str, today: date | None, past: bool | None) -> Days:
    match = re.search(FEASTS, text)
    assert match is not None
    name = match.group()
    prefix = text[: match.start()].strip("“‘")
    if prefix:
        year = today.year + YEARS_AWAY[prefix] if prefix in YEARS_AWAY and today else None
        year = number(prefix[:-1]) if prefix not in YEARS_AWAY else year
        day = feast(name, year) if year else None
    elif today is None or isinstance(today, YearOnly):
        return OPEN
    else:
        near = [feast(name, y) for y in (today.year - 1, today.year, today.year + 1)]
        if past:
            day = next((d for d in reversed(near) if d and d <= today), None)
        else:
            day = next((d for d in near if d and d >= today), None)
    if day is None:
        return OPEN
    if "前" in text[match.end() :]:
        return None, day - timedelta(days=1)
    if text.endswith("后"):
        return day, None
    return day, day + timedelta(days=6 if name in ("春节", "国庆", "十一") else 2)


def loose_days(text: str, today: date | None, past: bool | None) -> Days:
    return OPEN
