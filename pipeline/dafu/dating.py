"""The period that a figure holds for: chosen among the periods of its sentence and none, by weights fitted to labelled
figures (:mod:`dafu.choices`)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from dafu.choices import NUMBERS, Candidate, Judge, step
from dafu.periods import Period, lies_ahead

Span = tuple[int, int]
#: The question.
PERIODS: Final = "period"
#: How many periods before a figure and after it may be its own, and over how many marks those after.
_BACK: Final = 5
_ON: Final = 2
_MARKS_ON: Final = 3
_YES: Final = ("", "1")
_DIGITS = re.compile(r"\d+")
_MARK = re.compile(r"[，；：。]")
#: What ends the reign of a period that a clause before the figure's named: another time, a rule or plan that the
#: act of that time laid down (2019年印发办法，设置48项指标).
_OTHER_TIME = re.compile(r"目前|当前|现[有已行在为]|至今|截至|迄今")
_LAID_DOWN = re.compile(
    r"印发|下发|出台|颁布|发布|受理|启动|立项|批复|批准|通过(?=[，；：])|建于|建成于|形成于|始建|设立|成立|进场|会议(?!室)|修订|申报|《"
)
_STANDING = re.compile(r"不得|标准|规定|明确|要求|应当?(?!急|对|用|届)|须|每[人年月户生亩平个家所吨]")
_RAISED = re.compile(
    r"[^，。；]{1,14}?(?:提高|提升|增加|扩大|上升|下降|降低|减少|降|增|提|升|压减|调整|拓展|延长|缩短)了?(?:到|至|为)"
)
#: 由2012年的1870家增加到: the year of the first level is not that of the second.
_OLD_LEVEL = re.compile(
    r"的[^，。；]*?(?:增加|增长|提高|提升|扩大|上升|下降|降低|减少|降|增|提|升|压减)(?:到|至|为)"
)
#: What a figure rises or falls from.
FROM = re.compile(
    r"(?:由|从)(?:原来的?|目前的?|现在的?|去年的?|现行的?|20\d\d年的?|上年的?)?[^，。；\d]{0,8}$"
)


class Dated(NamedTuple):
    """A figure as far as it is read: its place, its clause, and what it says."""

    start: int
    end: int
    clause: Span
    kind: str
    unit: str
    change: str
    base: Span | None
    indicator: str
    labels: str


def period_of(
    folded: str,
    periods: Sequence[Period],
    figure: Dated,
    starts: Sequence[int],
    today: date | None,
    judge: Judge,
) -> Period | None:
    """The period of a figure.

    ``periods`` are those of its sentence in order, ``starts`` the places of the sentence's figures.
    """
    if not periods:
        return None
    place = bisect_right(periods, figure.start, key=lambda period: period.end)
    before = [p for p in periods[max(0, place - _BACK) : place] if not _of_other_level(folded, p, figure)]
    after = [
        p
        for p in periods[place : place + _ON]
        if p.start >= figure.end and len(_MARK.findall(folded, figure.end, p.start)) <= _MARKS_ON
    ]
    options: list[Period | None] = [*reversed(before), *after, None]
    candidates = [
        _before(folded, period, back, figure, starts, today) for back, period in enumerate(reversed(before))
    ]
    candidates += [
        _after(folded, period, on, bool(before), figure, starts) for on, period in enumerate(after)
    ]
    candidates.append(
        Candidate(
            "none",
            "",
            (
                "",
                figure.labels,
                step(len(before)),
                figure.kind,
                figure.unit,
                figure.change,
                _YES[bool(after)] + "." + _YES[bool(before)],
                figure.indicator[-2:],
                figure.indicator[-1:],
                folded[figure.start - 2 : figure.start],
            ),
        )
    )
    return options[judge.choose(PERIODS, (figure.start, figure.end), options, candidates)]


def _before(
    folded: str, period: Period, back: int, figure: Dated, starts: Sequence[int], today: date | None
) -> Candidate:
    """A period named before the figure."""
    start, _, (clause, _), kind, unit, change, base, indicator, labels = figure
    between = folded[period.end : start]
    marks = step(len(_MARK.findall(between)))
    near = _YES[period.start >= clause]
    reigns = _YES[_reigns(folded, period, figure)] + near
    ahead = _YES[today is not None and lies_ahead(period, today)]
    figures_between = bisect_left(starts, start) - bisect_left(starts, period.end)
    return Candidate(
        "before",
        "",
        (
            "",
            step(back),
            marks,
            step(back) + marks,
            near,
            near + labels,
            reigns,
            reigns + marks,
            _YES[period.by] + labels,
            _YES[period.first is None] + "." + _YES[period.last is None],
            near + change,
            near + kind,
            unit,
            near + unit,
            ahead + labels,
            _YES[base is not None and base[0] <= period.start < base[1]],
            _DIGITS.sub("0", period.text[:8]),
            period.text[-1:],
            near + folded[period.end : period.end + 1],
            folded[period.end : period.end + 2],
            folded[period.start - 1 : period.start],
            step(figures_between),
            near + _YES[figures_between > 0],
            step(len(between) // 6),
            near + indicator[-2:],
            near + indicator[-1:],
            folded[start - 2 : start],
        ),
    )


def _after(
    folded: str, period: Period, on: int, others: bool, figure: Dated, starts: Sequence[int]
) -> Candidate:
    """A period named after the figure (2.5万吨粮仓，5月28日竣工)."""
    near = _YES[period.start < figure.clause[1]]
    marks = step(len(_MARK.findall(folded, figure.end, period.start)))
    between = bisect_left(starts, period.start) > bisect_right(starts, figure.start)
    return Candidate(
        "after",
        "",
        (
            "",
            NUMBERS[on],
            near,
            near + figure.labels,
            near + _YES[period.by],
            near + _YES[others],
            marks,
            folded[figure.end : figure.end + 2] if near else "",
            step((period.start - figure.end) // 3),
            _DIGITS.sub("0", period.text[:8]),
            near + period.text[-1:],
            near + folded[period.end : period.end + 2],
            folded[period.start - 1 : period.start],
            near + _YES[between],
        ),
    )


def _of_other_level(folded: str, period: Period, figure: Dated) -> bool:
    """Whether a period before the figure belongs to the level that the figure rises or falls from or to."""
    between = folded[period.end : figure.start]
    if FROM.search(between) and _RAISED.match(folded, figure.start):
        return True  # 今年由115元提高到145元: the first level is not this year's
    return bool(
        period.start >= figure.clause[0]
        and _OLD_LEVEL.match(between)
        and folded[period.start - 1] in "由从较比"
    )


def _reigns(folded: str, period: Period, figure: Dated) -> bool:
    """Whether a period named before may still govern the figure, by the words between."""
    clause = figure.clause[0]
    if period.start >= clause:
        return True
    if _OTHER_TIME.search(folded, period.end, figure.start):
        return False
    if period.first is None or period.last is None or period.text.endswith("来"):
        return True
    return not (
        _LAID_DOWN.search(folded, max(0, period.start - 4), figure.start)
        or _STANDING.search(folded, max(clause, period.end), figure.end)
    )
