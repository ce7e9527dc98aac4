"""Calendar dates as letters write them."""

from __future__ import annotations

import re

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


def number(digits: str) -> int:
    """A small whole number in Arabic or Chinese digits.

    >>> number("12"), number("十二"), number("二十"), number("二零二一")
    (12, 12, 20, 2021)
    """
    if digits.isascii() and digits.isdigit():
        return int(digits)
    if "十" in digits:
        tens, _, ones = digits.partition("十")
        return 10 * (int(_CHINESE[tens]) if tens else 1) + (int(_CHINESE[ones]) if ones else 0)
    return int("".join(_CHINESE.get(c, "0") for c in digits) or "0")


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
