"""Calendar dates as letters write them, and the days on which feasts fall."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final

_CHINESE = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {
    "O": "0",
    "o": "0",
    "〇": "0",
    "○": "0",
    "Ｏ": "0",
}
_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d|[一二][零〇○O九][零〇○O一二三四五六七八九]{2}) ?[年\-/.] ?"
    r"(?P<m>\d{1,2}|[一二三四五六七八九十]{1,3}) ?[月\-/.]"
    r"(?: ?(?P<d>\d{1,2}(?!\d)|[一二三四五六七八九十廿]{1,3}))?"
)
#: A year alone, as fields have it: 2019, 2019年, 2019年度, and 2019.0 as tables keep whole numbers beside empty cells.
_YEAR_ALONE = re.compile(
    r"((?:19|20)\d\d|[一二][零〇○O九][零〇○O一二三四五六七八九]{2})(?:\.0+)? ?(?:年度?)?"
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(?:(0[1-9]|[12]\d|3[01])(?: .*)?)?")
_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)[-/.](0?[1-9]|1[0-2])")
#: Month and day of lunar feasts from 2000 on (computed with zhdate 0.1, the same with cnlunar 0.2.0): a table
#: of 36 years needs no dependency, and a letter promises nothing beyond it.
_LUNAR_FIRST: Final = 2000
_LUNAR: Final = {
    "春节": "0205 0124 0212 0201 0122 0209 0129 0218 0207 0126 0214 0203 0123 0210 0131 0219 0208 0128 0216 0205 0125 "
    "0212 0201 0122 0210 0129 0217 0206 0126 0213 0203 0123 0211 0131 0219 0208",
    "端午": "0606 0625 0615 0604 0622 0611 0531 0619 0608 0528 0616 0606 0623 0612 0602 0620 0609 0530 0618 0607 0625 "
    "0614 0603 0622 0610 0531 0619 0609 0528 0616 0605 0624 0612 0601 0620 0610",
    "中秋": "0912 1001 0921 0911 0928 0918 1006 0925 0914 1003 0922 0912 0930 0919 0908 0927 0915 1004 0924 0913 1001 "
    "0921 0910 0929 0917 1006 0925 0915 1003 0922 0912 1001 0919 0908 0927 0916",
}
_SOLAR: Final = {
    "元旦": (1, 1),
    "三八": (3, 8),
    "清明": (4, 4),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "六一": (6, 1),
    "七一": (7, 1),
    "八一": (8, 1),
    "十一": (10, 1),
    "国庆": (10, 1),
}


def number(digits: str) -> int:
    """A small whole number in Arabic or Chinese digits.

    >>> number("12"), number("十二"), number("二十"), number("二零二一")
    (12, 12, 20, 2021)
    """
    if digits.isascii() and digits.isdigit():
        return int(digits)
    if "十" in digits:
        tens, _, ones = digits.partition("十")
        return 10 * int(_CHINESE.get(tens, "1")) + int(_CHINESE.get(ones, "0"))
    if "廿" in digits:
        return 20 + int(_CHINESE.get(digits.partition("廿")[2], "0"))
    return int("".join(_CHINESE.get(c, "2" if c == "两" else "0") for c in digits) or "0")


def find_date(text: str) -> str | None:
    """The last date in a folded text as ISO 8601 (``2025-04-28``, or ``2025-04`` without a day).

    >>> find_date("二零二一年六月十八日"), find_date("2021年6月"), find_date("2021月6月18日")
    ('2021-06-18', '2021-06', None)
    """
    found = None
    for match in _DATE.finditer(text):
        year, month = number(match["y"]), number(match["m"])
        day = number(match["d"]) if match["d"] else 0
        if not 1 <= month <= 12:
            continue
        if 1 <= day <= 31:
            found = f"{year:04d}-{month:02d}-{day:02d}"
        elif day == 0:
            found = f"{year:04d}-{month:02d}"
    return found


def field_date(text: str) -> str | None:
    """The date that a field (folded) holds, as ISO 8601 of the precision that it has; ``None`` where it holds none.

    >>> field_date("2019年5月6日"), field_date("2019-05"), field_date("20190506"), field_date("2019年度")
    ('2019-05-06', '2019-05', '2019-05-06', '2019')
    """
    text = text.strip()
    if match := _YEAR_ALONE.fullmatch(text):
        return f"{number(match[1]):04d}"
    if match := _COMPACT.fullmatch(text) or _YEAR_MONTH.fullmatch(text):
        return "-".join(part.rjust(2, "0") for part in match.groups() if part)
    return find_date(text)


class YearOnly(date):
    """The last day of a letter's year where no more than the year is known: the letter is of any day up to it."""

    __slots__ = ()


def letter_day(iso: str | None) -> date | None:
    """A letter's date as a day; the last of the month where no day is given, ``None`` where it is no date.

    A year alone gives a :class:`YearOnly`.

    >>> letter_day("2025-04-28"), letter_day("2024-02"), letter_day("2021-06-31"), letter_day(None)
    (datetime.date(2025, 4, 28), datetime.date(2024, 2, 29), datetime.date(2021, 6, 30), None)
    >>> letter_day("2019")
    YearOnly(2019, 12, 31)
    """
    if not iso:
        return None
    parts = [int(part) for part in iso.split("-") if part.isdigit()]
    if not parts or not 1 <= parts[0] <= 9999:
        return None
    year = parts[0]
    if len(parts) == 1:
        return YearOnly(year, 12, 31)
    month = parts[1] if len(parts) > 1 and 1 <= parts[1] <= 12 else 12
    last = month_end(year, month)
    return date(year, month, min(parts[2], last.day)) if len(parts) > 2 and parts[2] >= 1 else last


def day_known(day: date | None) -> date | None:
    """A letter's day; ``None`` where its year alone is known.

    >>> day_known(letter_day("2019")), day_known(letter_day("2019-05-06"))
    (None, datetime.date(2019, 5, 6))
    """
    return None if isinstance(day, YearOnly) else day


def earliest(day: date) -> date:
    """The first day that the letter may be of.

    >>> earliest(YearOnly(2019, 12, 31)), earliest(date(2019, 5, 6))
    (datetime.date(2019, 1, 1), datetime.date(2019, 5, 6))
    """
    return date(day.year, 1, 1) if isinstance(day, YearOnly) else day


def month_end(year: int, month: int) -> date:
    """The last day of a month.

    >>> month_end(2024, 2)
    datetime.date(2024, 2, 29)
    """
    return date(year, month, calendar.monthrange(year, month)[1])


def feast(name: str, year: int) -> date | None:
    """The day of a feast in a year; lunar feasts are known from 2000 to 2035.

    >>> feast("春节", 2025), feast("国庆", 2025), feast("春节", 2050)
    (datetime.date(2025, 1, 29), datetime.date(2025, 10, 1), None)
    """
    if name in _SOLAR:
        return date(year, *_SOLAR[name])
    days = _LUNAR[name].split()
    if not 0 <= year - _LUNAR_FIRST < len(days):
        return None
    day = days[year - _LUNAR_FIRST]
    return date(year, int(day[:2]), int(day[2:]))


def feast_names() -> tuple[str, ...]:
    """The feasts that :func:`feast` knows."""
    return (*_LUNAR, *_SOLAR)
