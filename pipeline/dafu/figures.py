"""Tagged sentences to figures: each quantity with its value, change, indicator, scope, period and aim."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Final

from dafu.changes import (
    DECREASE_BY,
    DECREASE_TO,
    INCREASE_BY,
    INCREASE_TO,
    LEVEL,
    approximation,
    base_of,
    change_of,
    is_pair,
)
from dafu.choices import BY_WEIGHTS, Judge
from dafu.dates import letter_day
from dafu.dating import FROM, Dated, period_of
from dafu.indicators import Nouns, Place, scope_of
from dafu.numerals import OVER, UNDER, Number, parse_fraction, parse_number
from dafu.periods import Period, find_periods, lies_ahead, lies_behind
from dafu.records import COMPLETED, OTHER, PLANNED, QUANTITATIVE, Figure, Label, Letter, Quantity, SentenceTag

Span = tuple[int, int]

#: How far back in its sentence a figure's clause, scope and aim are looked for: lines of a megabyte without a
#: full stop occur, and time must stay linear in them.
_LOOK_BACK: Final = 400
#: How far behind the last figure what it counts may stand.
_LOOK_AHEAD: Final = 40
#: What ends a clause; a short gloss inside a noun does not (执业（助理）医师).
_CLAUSE = re.compile(r"（[\u4e00-\u9fff、]{1,6}）(?=[\u4e00-\u9fff])|[，。；：！？（）\n]")
_PERCENT: Final = {"%": 0.01, "‰": 0.001}
_POINT_UNITS: Final = {"个百分点": "百分点", "百分点": "百分点", "个点": "百分点", "个千分点": "千分点"}
_DOUBLINGS: Final = {"一": 2.0, "两": 4.0, "二": 4.0, "三": 8.0, "四": 16.0}
_RATE = re.compile(r"(?:率|覆盖|浓度|度|存贷比|生师比)$")
_PRICES: Final = ("价", "价格", "单价", "收费标准", "收费", "票价", "资费")
_PLAN_WORDS = re.compile(
    r"将(?!军|近|领|士)|拟(?!定|订|人)|计划(?!数|任务|的)|力争|争取|确保|预计|预期|目标|打算|准备|努力|规划|要求(?=到)|估计|有望|下一?步|明年|后年|今后|届时|不得|概算|预算|要(?!求|素|道|件|闻)|达到?(?=[^，。；]{0,8}以[上内])"
)
_DONE_WORDS = re.compile(
    r"已(?!经?批)|目前|现有|截至|截止|累计|实际|完成了|建成了|去年|上年|以来|近[一二两三四五六七八九十几\d]+年|先后|过去|[了过](?=[\d约近超一二两三四五六七八九十百])|现(?=有|为|达)"
)
_JOINT = re.compile(r" ?[、和与及，] ?(?:以及)?")
_SHARED = re.compile(r"分别|依次|各(?!自|类|项|级)")


def find_figures(
    letter: Letter,
    folded: str,
    tags: Sequence[SentenceTag],
    quantities: Sequence[Sequence[Quantity]],
    judge: Judge = BY_WEIGHTS,
) -> tuple[Figure, ...]:
    """The figures of a tagged letter, in text order.

    ``folded`` is the letter's folded text; ``tags`` and ``quantities`` have one entry a sentence, and the
    quantities' offsets refer to the letter's text. Sentences without the label ``quantitative`` give none.
    Conventions: design, *The JSONL output*; every text cell is a slice of the letter. ``judge`` makes the choices
    that the words leave open.

    >>> from dafu.folding import fold
    >>> from dafu.letter import parse_letter
    >>> from dafu.quantities import find_quantities
    >>> letter = parse_letter("近两年，全市安排专项激励资金约2.5亿元，同比增长7%。")
    >>> tag = SentenceTag(("completed", "quantitative"), {"quantitative": 0.98})
    >>> rows = find_figures(letter, letter.text, [tag], [find_quantities(letter.text)])
    >>> [(f.text, f.value, f.approx, f.change, f.base, f.indicator, f.scope, f.period) for f in rows]
    [('约2.5亿元', 250000000.0, 'about', 'level', None, '专项激励资金', '全市', '近两年'), ('7%', 0.07, 'exact', 'increase_by', '同比', '专项激励资金', '全市', '近两年')]
    """
    today = letter_day(letter.meta.date)
    figures: list[Figure] = []
    for index, (sentence, tag, found) in enumerate(zip(letter.sentences, tags, quantities, strict=True)):
        if found and QUANTITATIVE in tag.labels:
            figures += _sentence_figures(
                letter.text, folded, index, (sentence.start, sentence.end), tag, found, today, judge
            )
    return tuple(figures)


def _sentence_figures(
    text: str,
    folded: str,
    index: int,
    span: Span,
    tag: SentenceTag,
    found: Sequence[Quantity],
    today: date | None,
    judge: Judge,
) -> list[Figure]:
    start, end = span
    planned, completed = PLANNED in tag.labels, COMPLETED in tag.labels
    past = None if planned == completed else completed
    periods = [
        Period(p.start + start, p.end + start, p.text, p.first, p.last, p.by)
        for p in find_periods(folded[start:end], today, past=past)
        if planned or not (p.by and p.text.endswith("内"))  # 房龄20年以内 is a property, not a period
    ]
    cuts = [start, *(m.end() for m in _CLAUSE.finditer(folded, start, end) if m.end() - m.start() == 1), end]
    starts = [quantity.start for quantity in found]
    nouns = Nouns(
        folded, max(start, found[0].start - _LOOK_BACK), min(end, found[-1].end + _LOOK_AHEAD), judge
    )
    shared, echoed = _shared_indicators(folded, found, cuts, nouns)
    spans: list[Span | None] = []
    figures: list[Figure] = []
    last_end = start
    base: Span | None = None
    base_clause = -1
    probability = tag.scores.get(QUANTITATIVE, 0.0)
    level = 0
    for position, quantity in enumerate(found):
        while level + 1 < len(cuts) - 1 and cuts[level + 1] <= quantity.start:
            level += 1
        clause = max(cuts[level], quantity.start - _LOOK_BACK)
        number, unit, unit_class = _reading(quantity, text)
        left = max(clause, last_end)
        right = found[position + 1].start if position + 1 < len(found) else end
        begin, finish, approx = approximation(
            folded, left, quantity.start, quantity.end, right, number.approx
        )
        change = change_of(folded, clause, begin, finish, quantity.unit_class, quantity.number)
        if change == LEVEL and figures and is_pair(folded, clause, begin):
            change = _direction(figures[-1], number)
        if (
            change == LEVEL
            and figures
            and (
                (quantity in shared and found[position - 1] in shared)
                or (quantity in echoed and found[position - 1] in echoed)
            )
            and clause < last_end
        ):
            change = figures[-1].change  # 分别净增2281家、26682家
        own_base = base_of(
            folded, max(start, clause - _LOOK_BACK) if _compares(folded, clause) else clause, begin
        )
        if own_base:
            base, base_clause = own_base, cuts[level]
        kept_base = base if base and base_clause == cuts[level] and change != LEVEL else None
        indicator = shared.get(quantity)
        if quantity in echoed:
            indicator = spans[-echoed[quantity]]
        place = Place.of(begin, finish, unit, unit_class)
        if indicator:
            nouns.enter(place)
            nouns.settle(indicator)
        else:
            indicator = nouns.choose(place, clause, right)
        spans.append(indicator)
        scope = scope_of(folded, max(start, begin - _LOOK_BACK), begin)
        period = period_of(
            folded,
            periods,
            Dated(
                begin,
                finish,
                (clause, cuts[level + 1]),
                unit_class,
                unit,
                change,
                kept_base,
                folded[slice(*indicator)] if indicator else "",
                ("P" if planned else "") + ("C" if completed else ""),
            ),
            starts,
            today,
            judge,
        )
        target = _is_target(
            folded, (start, clause, begin, cuts[level + 1]), planned, completed, period, today, change
        )
        label: Label = PLANNED if planned and (target or not completed) else COMPLETED if completed else OTHER
        name = text[slice(*indicator)] if indicator else None
        figures.append(
            Figure(
                sentence=index,
                start=begin,
                end=finish,
                text=text[begin:finish],
                value=number.value,
                low=number.low,
                high=number.high,
                unit=unit,
                unit_class=_class_of(unit_class, unit, change, name),
                approx=approx,
                change=change,
                base=text[slice(*kept_base)] if kept_base else None,
                indicator=name,
                scope=text[slice(*scope)] if scope else None,
                period=text[period.start : period.end] if period else None,
                period_start=period.first if period else None,
                period_end=period.last if period else None,
                target=target,
                label=label,
                probability=probability,
            )
        )
        last_end = finish
    return figures


def _reading(quantity: Quantity, text: str) -> tuple[Number, str, str]:
    """Value in the unit's base, unit as written, unit class."""
    written = quantity.number
    unit = (
        text[quantity.end - len(quantity.unit) : quantity.end]
        if quantity.text.endswith(quantity.unit)
        else quantity.unit
    )
    if quantity.unit in _PERCENT and written != quantity.text:
        number = _ranged(written, quantity.unit)
        return number.times(_PERCENT[quantity.unit]), quantity.unit, "share"
    if quantity.unit_class == "rank":
        digits = re.sub(r"[第前后位名强 ]", "", written)
        number = parse_number(digits) or Number(None)
        return number, unit if quantity.text.endswith(quantity.unit) else quantity.unit, "rank"
    if quantity.unit_class == "ratio":
        parts = [float(part) for part in re.split(r" ?[:：∶] ?", written)]
        return (
            Number(float(f"{parts[0] / parts[1]:.15g}") if len(parts) == 2 and parts[1] else None),
            "",
            "ratio",
        )
    if quantity.unit == "成":
        return parse_fraction(quantity.text) or Number(None), "%", "share"
    if quantity.unit == "%" and ("番" in written or "倍" in written):
        return (
            Number(next((value for key, value in _DOUBLINGS.items() if key in written), 2.0)),
            "倍",
            "multiple",
        )
    if quantity.unit == "%":  # in words: 三成五, 三分之二, 一半
        return _worded(written), "%", "share"
    if quantity.unit in _POINT_UNITS:
        return _ranged(written, quantity.unit), _POINT_UNITS[quantity.unit], "share"
    return _ranged(written, quantity.unit), unit.strip(), quantity.unit_class


def _worded(written: str) -> Number:
    if written.startswith(("近半", "不到半")):
        return Number(0.5, approx=UNDER)
    if written.startswith(("过半", "大半", "超过半")):
        return Number(0.5, approx=OVER)
    return parse_fraction(written) or Number(None)


def _ranged(written: str, unit: str) -> Number:
    """A number, or a span whose unit may stand at both ends (5万元至8万元)."""
    number = parse_number(written)
    if number is None and unit and unit in written:
        number = parse_number(written.replace(unit, "").strip())
    return number or Number(None)


def _class_of(unit_class: str, unit: str, change: str, indicator: str | None) -> str:
    """The finer class of the table: growth and rate beside share, price beside money."""
    if unit_class == "share":
        if change in (INCREASE_BY, DECREASE_BY):
            return "growth"
        return "rate" if indicator and _RATE.search(indicator) else "share"
    if unit_class == "money" and ("/" in unit or (indicator and indicator.endswith(_PRICES))):
        return "price"
    return unit_class


def _compares(folded: str, clause: int) -> bool:
    """Whether the clause before ended in a comparison: 与去年相比，…"""
    return folded.endswith(("相比，", "基础上，", "比较，"), max(0, clause - 4), clause)


def _direction(last: Figure, number: Number) -> str:
    if last.value is None or number.value is None or last.value == number.value:
        return LEVEL
    return INCREASE_TO if number.value > last.value else DECREASE_TO


def _shared_indicators(
    folded: str, found: Sequence[Quantity], cuts: Sequence[int], nouns: Nouns
) -> tuple[dict[Quantity, Span], dict[Quantity, int]]:
    """Indicators of 甲、乙分别达到8042家、69503家: the first list to the second, item by item.

    Second, of figures that repeat a list before theirs (…286家、床位4.8万张，分别增长47%、31%): how many figures
    back the one stands whose indicator they share.
    """
    shared: dict[Quantity, Span] = {}
    echoed: dict[Quantity, int] = {}
    position = 0
    while position < len(found):
        run = [found[position]]
        while position + 1 < len(found) and _JOINT.fullmatch(
            folded, found[position].end, found[position + 1].start
        ):
            position += 1
            run.append(found[position])
        position += 1
        if len(run) < 2:
            continue
        clause = cuts[bisect_right(cuts, run[0].start) - 1]
        words = folded[clause : run[0].start]
        if not _SHARED.search(words) and "、" not in words:
            continue
        mark = re.search(
            r"(?:总数|数量|总量|人数|规模)?(?:分别|依次|各|总数|达到?|为|增长|提高|下降|有|突破|超过?)", words
        )
        names = re.split(r"[、和与及]", words[: mark.start()] if mark else words)
        if len(names) != len(run):
            if len(names) == 1 and position >= 2 * len(run) and re.search("分别|依次", words):
                echoed |= dict.fromkeys(run, len(run))
            continue
        at = clause
        for quantity, name in zip(run, names, strict=True):
            at = folded.index(name, at) if name else at
            span = nouns.phrase(at, at + len(name))
            if span:
                shared[quantity] = span
            at += len(name)
    return shared, echoed


_AIM = re.compile(r"目标|力争|规划(?:到|目标|建设)|计划(?!数|任务|的)|预计|拟(?!定|订|人)")


def _is_target(
    folded: str,
    places: tuple[int, int, int, int],
    planned: bool,
    completed: bool,
    period: Period | None,
    today: date | None,
    change: str,
) -> bool:
    """Whether the number is an aim: not reached at the letter's date.

    ``places`` are the starts of sentence, clause and figure, and the clause's end. In a sentence that is
    both, the last word before the figure that tells decides (计划建16个，现建成3个).
    """
    sentence, clause, begin, stop = places
    if change == LEVEL and FROM.search(folded[max(clause, begin - 14) : begin]):
        return False
    ahead = behind = False
    if period and today:
        ahead, behind = lies_ahead(period, today), lies_behind(period, today)
    words = folded[clause:stop]
    if planned and not completed:
        return not (behind or _DONE_WORDS.search(words))
    if completed and not planned:
        return ahead and bool(_PLAN_WORDS.search(words))
    if planned:
        sentence = max(sentence, begin - _LOOK_BACK)
        done = max((m.start() for m in _DONE_WORDS.finditer(folded, sentence, begin)), default=-1)
        aim = max((m.start() for m in _PLAN_WORDS.finditer(folded, sentence, begin)), default=-1)
        return aim > done or (ahead and done < clause)
    return ahead or bool(_AIM.search(words) and not behind)
