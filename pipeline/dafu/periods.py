"""Periods and deadlines in words (近三年, 2025年底前, “十五五”期间), resolved against the letter's date."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, NamedTuple

from dafu.dates import YearOnly, day_known, earliest, month_end, number
from dafu.durations import (
    CN,
    COUNT,
    FEASTS,
    OPEN,
    YEARS_AWAY,
    Days,
    bare_year,
    feast_days,
    later,
    loose_days,
    months_between,
    now_days,
    plan_days,
    span_days,
    within_days,
    year_days,
)


class Period(NamedTuple):
    """A period in a text. ``first`` and ``last`` are ISO 8601 days, ``None`` where that end is open or where
    the words cannot be placed in the calendar (本届任期内). ``by`` says that it sets a limit (…前, …内)."""

    start: int
    end: int
    text: str
    first: str | None
    last: str | None
    by: bool


_YEAR = r"(?:(?:19|20)\d\d|(?:二零|一九)[零一二三四五六七八九]{2})"
_MONTH = rf"(?:1[0-2]|0?[1-9]|十[一二]|[{CN}])"
_DAY = rf"(?:[12]\d|3[01]|0?[1-9]|[二三]?十[{CN}]?|[{CN}])"
_MONTHS_AWAY: Final = {"本月": 0, "这个月": 0, "下个月": 1, "下月": 1, "上个月": -1, "上月": -1}
_SPANS: Final = {"上半年": (1, 6), "下半年": (7, 12)}

# One point of the calendar: a year, a part of a year, an edge of either. Groups are read again by _POINT.
_PART = (
    rf"(?P<half>[上下]半年)|(?P<quarters>前[二两三23]个?季度|前(?:[2-9]|1[01]|[二两三四五六七八九十])个?月)|第?(?P<quarter>[1-4一二三四])季度"
    rf"|(?<!\d)(?P<month>{_MONTH})月份?(?:(?P<third>[上中下]旬)|(?P<day>{_DAY})[日号])?"
    r"|(?P<season>[春夏秋冬](?:季学期|季开学|季(?!节)|天|(?=[，、造种灌修播防]))|[寒暑]假)"
)
_EDGE = r"(?P<edge>年?[底末](?!线|端|层|部|数|气|梢|尾)|年终(?!奖|考)|年初|年中(?!心|央|国|旬)|初(?!中|步|期|级|始|衷|审|稿|选|心|年|次)|中(?=前|旬))"
_POINT = (
    rf"(?:(?P<year>{_YEAR}) ?年度?|(?P<away>{'|'.join(YEARS_AWAY)}))(?:{_PART})?(?:{_EDGE})?"
    rf"|(?:{_PART.replace('P<', 'P<b')})(?:{_EDGE.replace('P<', 'P<b')})?"
    rf"|(?P<nearmonth>{'|'.join(_MONTHS_AWAY)})(?P<nearedge>[底末初])?(?:(?P<nearday>{_DAY})[日号])?"
    r"|(?<![\d半多每整全周今明去来前后当本上下几两三四五六七八九十成青少中老壮陈往历逐万丰瑞])年(?P<bare>[底末初终内])(?!线|端|级|次)|月底(?P<monthend>)"
)
_POINT_PATTERN = re.compile(_POINT)
_AS_PLAIN = re.compile(r"\(\?P<\w+>")
_PLAIN_POINT = _AS_PLAIN.sub("(?:", _POINT)
_BEFORE = rf"(?:以前|之前|来临前|到来前|前(?!期|[后来\d{CN}]|述|端|往|列|茅|沿|瞻|提|置|景|年|进|移))"
_TAIL = rf"(?:{_BEFORE}|以来|来(?=，|，|累|全|，)|至今|起(?!草|点|步|来|诉|降|伏)|开始|以后|之后|后(?!续|勤|备|期|来|方|半|年)|以内|之内|内(?!部|容|外|控|涝|河|设|地|环|城|在|陆|科|需)|期间|为止)"
_HEAD = r"(?:截至|截止到?|自从?|从|到|至|于)"

_PATTERNS: Final = {
    "plan": r"(?:到|至)?[“‘\"]?十[一二三四五]?五[”’\"]?(?:规划)?(?:期间|时期|末期?|以来|初期?|期末|期内|开局之年|收官之年)",
    "now": r"(?:截至|截止到?|到)(?:目前|现在|当前|今(?!年|天))(?:为止)?|迄今为止|至今(?!年|天|日|未|没|仍|还|尚)",
    "span": rf"(?:最近|过去|近|前|今后|未来|接下来|此后)的?{COUNT}(?:年|个?月|个季度|周)(?:以来|来|内|时间|间)?(?!前|度|级|期)|(?<!第){COUNT}年来"
    r"|近年来?|近几年来?|多年来|长期以来|一直以来|年初以来|近期(?=内|，)?",
    "year": r"(?<![每半])全年(?!龄|级|度|段|任务|目标|计划|无|开放|不)|今明两年|去今两年|(?:当|同)年(?![底末初级度])|[一二三四五六七八九十两]{1,2}年间",
    "within": rf"(?<![第\d{CN}])(?:{COUNT}(?:年|个?月)?(?:-{{1,2}}|至|到|、))?{COUNT}(?:个?(?:自然|工作)日|个月|个小时|个季度|小时|年|月|日|天|周)(?:时间)?(?:之内|以内|内(?!部|容|外|控|涝|河|设|地|环))",
    "feast": rf"(?:今年|明年|去年|{_YEAR}年)?[“‘]?(?:{FEASTS})[”’]?(?:节)?(?:假期)?(?:{_BEFORE}|期间|之?后(?!续))",
    "loose": r"本届(?:政府|委员会|任期)*(?:任期)?内|(?:届|任期)内|(?:主?汛期|入[汛冬夏秋]|供暖[季期]?|采暖[季期]?|雨季|(?:秋季|春季)?开学|[寒暑]假|年|两会|节|麦收|秋收|春耕|上冻)(?:来临|到来)?之?前(?!期|后|列|述|端|往)"
    r"|(?:[寒暑]假|汛期|雨季)(?:期间|里|内)|近期内|短期内",
    "calendar": rf"{_HEAD}? ?(?:{_PLAIN_POINT})(?: ?(?:-{{1,2}}|至|到) ?(?:{_PLAIN_POINT}|{_YEAR}年|{_DAY}[日号])|(?:、{_DAY}[日号])+)? ?{_TAIL}?"
    rf"|{_HEAD}? ?(?:{_YEAR})(?:-{{1,2}}|至|到)(?:{_YEAR}) ?年度?|(?<!\d)(?:{_MONTH})(?:-{{1,2}}|至|到|、)(?:{_MONTH})月份?",
}
#: Every period holds one of these, among its first 16 characters (1-3个工作日时间之内) and before any mark that ends a
#: clause: most sentences hold none.
_SIGNS: Final = "年月季周期届直今现五前后内假春夏秋冬"
_SIGN = re.compile(f"[{_SIGNS}]")
_SWEEP = re.compile(
    rf"(?=[\d{CN}第几数截自从到至于近最过前今未接此上明去后来本下年月迄多长全“‘\"春夏秋冬端中元清国劳入汛次翌主供采雨开寒暑两节麦届任短这当同])"
    rf"(?=[^{_SIGNS}，。；：]{{0,16}}+[{_SIGNS}])(?:"
    + "|".join(f"(?P<{name}>{_AS_PLAIN.sub('(?:', pattern)})" for name, pattern in _PATTERNS.items())
    + ")"
)
_TITLE = re.compile(r"《[^《》\n]{1,120}+》")
_REPEATED = re.compile(r"(?:每年|每月|历年|逐年|每逢|比|较|同|《)$")
_BASE_AFTER = re.compile(r"(?:度?同期|[的]?(?:基数|水平|基础))")


def find_periods(folded: str, today: date | None, *, past: bool | None = None) -> list[Period]:
    """The periods and deadlines of one folded sentence, in order.

    ``today`` is the letter's date; without it only what names its year is resolved. ``past`` says which way
    a bare month or feast looks: back (a completed measure), ahead (a planned one), neither (the letter's
    year). Where the letter's year alone is known (:class:`~dafu.dates.YearOnly`), a bare month is one of that year,
    and what counts from the letter's day (截至目前, 两年内, 近6个月, 春节前) has no days. A bare month takes the year
    named before it in the sentence. What a change is measured from (较2020年, 比去年同期) is no period.

    >>> [(p.text, p.first, p.last) for p in find_periods("近两年已建成，2025年底前扩面", date(2025, 4, 28))]
    [('近两年', '2023-01-01', '2024-12-31'), ('2025年底前', None, '2025-12-31')]
    >>> [(p.first, p.last) for p in find_periods("“十五五”期间，本届任期内", None)]
    [('2026-01-01', '2030-12-31'), (None, None)]
    """
    if not _SIGN.search(folded):
        return []
    found: list[Period] = []
    context: int | None = None
    titles = [m.span() for m in _TITLE.finditer(folded)] if "《" in folded else []
    for match in _SWEEP.finditer(folded):
        kind = match.lastgroup
        if kind is None or (titles and any(s <= match.start() < e for s, e in titles)):
            continue
        start, end = match.span()
        text = match.group()
        before = folded[max(0, start - 3) : start]
        if _REPEATED.search(before) or (before and before[-1].isdigit() and text[0].isdigit()):
            continue
        if kind == "calendar":
            if _BASE_AFTER.match(folded, end):
                continue
            days, context, by = _calendar(text, today, context, past)
        else:
            days = _RESOLVERS[kind](text, today, past)
            if text in ("全年", "当年", "同年") and context is not None:
                days = months_between(context, 1, 12)
            by = kind in ("within", "loose") or (kind == "feast" and "前" in text)
        if kind == "calendar" and text[0] in "自从" and (since := _SINCE.match(folded, end)):
            end = since.end()  # 自1999年设立以来
            text = folded[start:end]
            days = days[0], day_known(today)
        first, last = days
        stripped = text.lstrip("于 ").rstrip()
        start += len(text) - len(text.lstrip("于 "))
        if (
            found and found[-1].end == start and _WHOLE_YEAR.fullmatch(found[-1].text)
        ):  # 今年1-9月, 明年麦收前
            start = found.pop().start
            stripped = folded[start:end].rstrip()
        elif (
            found
            and folded[found[-1].end : start] == "、"
            and _WHOLE_YEAR.fullmatch(found[-1].text)
            and (years := _TWO_YEARS.match(folded, start))
            and found[-1].first
            and first
        ):  # 2008年、2009年两年
            first = date.fromisoformat(found[-1].first)
            start, end = found.pop().start, years.end()
            stripped = folded[start:end]
        elif (
            found
            and folded[found[-1].end : start] == "、"
            and _LISTED.fullmatch(found[-1].text)
            and _LISTED.fullmatch(text)
            and found[-1].first
            and last
        ):  # 2018年、2020年, 5月、7月
            first = date.fromisoformat(found[-1].first)
            start = found.pop().start
            stripped = folded[start:end]
        found.append(Period(start, start + len(stripped), stripped, _iso(first), _iso(last), by))
    return found


def lies_ahead(period: Period, today: date) -> bool:
    """Whether a period lies after the letter's day as a whole, or sets a limit that does.

    Where the letter's year alone is known, limits in that year (9月底前, 2019年底) count as ahead.
    """
    if period.last is None:
        return False
    now = today.isoformat()
    if isinstance(today, YearOnly) and period.first is None and not period.text.startswith("截"):
        named = period.last == now or period.text.endswith(("前", "内"))
        return period.last > now or (named and not lies_behind(period, today))
    return period.last > now and (period.first is None or period.first > now)


def lies_behind(period: Period, today: date) -> bool:
    """Whether a period was over on the letter's day, whichever day that was."""
    return period.last is not None and period.last < earliest(today).isoformat()


_SINCE = re.compile(r"[^，。；：\d]{1,10}?以来")
_LISTED = re.compile(
    rf"(?:(?:{_YEAR}年|{'|'.join(YEARS_AWAY)})?(?:{_MONTH}月(?:{_DAY}[日号])?)?)(?:、(?:{_DAY}[日号]|{_MONTH}月(?:{_DAY}[日号])?))*"
)
_TWO_YEARS = re.compile(rf"(?:{_YEAR}年|{'|'.join(YEARS_AWAY)})(?:[两二]年)")
_WHOLE_YEAR = re.compile(rf"{_YEAR}年度?|{'|'.join(YEARS_AWAY)}")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


_ENDING = re.compile(rf"(?:{_TAIL})$")
_STARTING = re.compile(_HEAD)
_JOIN = re.compile(r" ?(?:-{1,2}|至|到|、) ?")
_BARE_YEARS = re.compile(rf"({_YEAR})(?:-{{1,2}}|至|到)({_YEAR})")
_BARE_DAY = re.compile(rf"({_DAY})[日号]")
_BARE_MONTHS = re.compile(rf"({_MONTH})(?:-{{1,2}}|至|到|、)({_MONTH})月")


def _calendar(
    text: str, today: date | None, context: int | None, past: bool | None
) -> tuple[Days, int | None, bool]:
    """Days of a calendar expression, the year that it leaves in force, whether it sets a limit."""
    head_match = _STARTING.match(text)
    head = head_match.group() if head_match else ""
    tail_match = _ENDING.search(text)
    tail = tail_match.group() if tail_match else ""
    core = text[len(head) : len(text) - len(tail) if tail else None].strip()
    if core == "年":  # 年内
        core, tail = "年内", ""
    by = (
        tail.endswith("前")
        or tail in ("内", "以内", "之内")
        or head in ("到", "至")
        or core.endswith(("底", "末", "年内"))
    )
    years = _BARE_YEARS.search(core)
    if years:
        first_year, last_year = number(years[1]), number(years[2])
        return (
            _bounded((date(first_year, 1, 1), date(last_year, 12, 31)), head, tail, False, today),
            last_year,
            by,
        )
    points: list[tuple[Days, bool]] = []
    position = 0
    months = _BARE_MONTHS.match(core)
    if months:
        year = (
            context if context is not None else bare_year(number(months[1]), number(months[2]), today, past)
        )
        if year is None:
            return OPEN, context, by
        low, high = number(months[1]), number(months[2])
        return (date(year, low, 1), month_end(year, high)), context, by
    while position < len(core):
        match = _POINT_PATTERN.match(core, position)
        if match is None or match.end() == position:
            day = _BARE_DAY.fullmatch(core, position)
            start = points[-1][0][0] if points else None
            if day and start:  # 5月3日至6日
                last_day = start.replace(day=min(number(day[1]), month_end(start.year, start.month).day) or 1)
                points.append(((last_day, last_day), True))
            break
        days, context, closed = _point(match, today, context, past)
        points.append((days, closed))
        position = match.end()
        join = _JOIN.match(core, position)
        if join is None:
            break
        position = join.end()
    if not points:
        return OPEN, context, by
    first = points[0][0]
    last, closed = points[-1]
    return _bounded((first[0], last[1]), head if len(points) == 1 else "", tail, closed, today), context, by


def _bounded(days: Days, head: str, tail: str, closed: bool, today: date | None) -> Days:
    """What 截至, 前, 以来, 起, 后 make of a span. ``closed``: it names its last day (底, 末, a day)."""
    first, last = days
    if first is None and tail in ("以来", "来", "至今", "起"):  # 自2022年底起
        first = last
    if tail.endswith("前"):
        if closed or first is None:
            return None, last
        return None, first - timedelta(days=1)
    if tail in ("以来", "来", "至今"):
        return first, day_known(today)
    if tail in ("起", "开始") or (head == "自" and not tail):  # 自2007年建设
        return first, None
    if tail in ("后", "之后", "以后"):
        return (last + timedelta(days=1) if last else None), None
    if head in ("截至", "截止", "截止到", "到", "至"):
        return None, last
    return first, last


def _point(
    match: re.Match[str], today: date | None, context: int | None, past: bool | None
) -> tuple[Days, int | None, bool]:
    """Days of one point, the year in force after it, whether its last day is named."""
    groups = match.groupdict()
    if groups["nearmonth"]:
        return _near_month(groups, today, context)
    if match.group() == "月底":
        return (
            ((None, month_end(now.year, now.month)) if (now := day_known(today)) else OPEN),
            context,
            True,
        )
    prefix = ""
    if groups["year"]:
        context = number(groups["year"])
    elif groups["away"]:
        origin = context if groups["away"] in ("次年", "翌年") else today.year if today else None
        context = origin + YEARS_AWAY[groups["away"]] if origin is not None else None
    elif groups["bare"]:
        year = context if context is not None else today.year if today else None
        if groups["bare"] == "初":
            return OPEN, context, False
        if groups["bare"] in "底末终":
            return (None, date(year, 12, 31)) if year else OPEN, context, True
        return months_between(year, 1, 12), context, True
    else:
        prefix = "b"
    part = {
        name: groups[prefix + name]
        for name in ("half", "quarters", "quarter", "month", "third", "day", "season", "edge")
    }
    low, high = _months_of(part)
    year = context if context is not None or not prefix else bare_year(low, high, today, past)
    if year is None:
        return OPEN, context, False
    edge = part["edge"][-1] if part["edge"] else ""
    if part["month"]:
        return (
            _month_days(year, low, part, edge),
            context,
            bool(part["day"] or edge in ("底", "末") or part["third"]),
        )
    if part["season"] or edge in ("初", "中"):
        return OPEN, context, False
    if edge in ("底", "末"):
        return (None, month_end(year, high)), context, True
    return months_between(year, low, high), context, False


def _months_of(part: dict[str, str | None]) -> tuple[int, int]:
    """First and last month of a part of a year; the whole year where there is none."""
    if part["half"]:
        return _SPANS[part["half"]]
    if part["quarters"]:
        count = number(part["quarters"].strip("前个季度月"))
        return 1, min(12, count if part["quarters"].endswith("月") else 3 * count)
    if part["quarter"]:
        last = 3 * number(part["quarter"])
        return last - 2, last
    if part["month"]:
        month = min(number(part["month"]), 12)
        return month, month
    return _SPANS.get(part["season"] or "", (1, 12))


def _month_days(year: int, month: int, part: dict[str, str | None], edge: str) -> Days:
    last = month_end(year, month)
    if part["day"]:
        day = min(number(part["day"]), last.day) or 1
        return date(year, month, day), date(year, month, day)
    if part["third"]:
        first_day, last_day = {"上": (1, 10), "中": (11, 20), "下": (21, last.day)}[part["third"][0]]
        return date(year, month, first_day), date(year, month, last_day)
    if edge in ("底", "末"):
        return None, last
    if edge == "初":
        return OPEN
    return date(year, month, 1), last


def _near_month(
    groups: dict[str, str | None], today: date | None, context: int | None
) -> tuple[Days, int | None, bool]:
    if today is None or isinstance(today, YearOnly):
        return OPEN, context, False
    first = later(today.replace(day=1), _MONTHS_AWAY[groups["nearmonth"] or ""])
    part: dict[str, str | None] = {"day": groups["nearday"], "third": None}
    edge = groups["nearedge"] or ""
    return _month_days(first.year, first.month, part, edge), context, bool(edge or groups["nearday"])


_RESOLVERS: Final[dict[str, Callable[[str, date | None, bool | None], Days]]] = {
    "plan": plan_days,
    "now": now_days,
    "span": span_days,
    "within": within_days,
    "year": year_days,
    "feast": feast_days,
    "loose": loose_days,
}
