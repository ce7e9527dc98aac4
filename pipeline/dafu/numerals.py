"""Arabic, Chinese and mixed numerals to numbers, with what they leave open: 两三, 十几, 三百余, 近百."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final

#: How a number is approximated (design, conventions of figures).
EXACT: Final = "exact"
ABOUT: Final = "about"
OVER: Final = "over"
UNDER: Final = "under"
AT_LEAST: Final = "at_least"
AT_MOST: Final = "at_most"

_ONES: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_MYRIADS: Final = {"万": 10**4, "亿": 10**8}
_PLACES: Final = (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10))
#: No honest numeral is longer (12，345，678.9万亿, 九千九百九十九万亿…).
LONGEST: Final = 24
_DIGIT = re.compile(r"[\d，]*\d(?:\.\d+)?")
_RANGE = re.compile(r" ?(?:-{1,2}|至|到) ?")
_SPOKEN = re.compile(r"[一二两三四五六七八九]{2}")
#: Digits that are spoken together for a span (两三个, 三五个), besides neighbours.
_SPOKEN_PAIRS: Final = frozenset({"三五"})


@dataclass(frozen=True, slots=True)
class Number:
    """What a numeral says: a ``value``, or ``low`` and ``high`` where it names a span. ``approx`` comes from
    the numeral itself (余, 多, 来), not from the words around it."""

    value: float | None
    low: float | None = None
    high: float | None = None
    approx: str = EXACT

    def times(self, factor: float) -> Number:
        """The same statement in another base, without the dust of binary fractions."""
        return Number(
            _scaled(self.value, factor), _scaled(self.low, factor), _scaled(self.high, factor), self.approx
        )


def parse_number(text: str) -> Number | None:
    """A folded numeral as a number; ``None`` where it is none.

    >>> parse_number("1.3万").value, parse_number("三百余"), parse_number("3万4").value
    (13000.0, Number(value=300.0, low=None, high=None, approx='over'), 34000.0)
    >>> [(n.low, n.high) for n in map(parse_number, ("两三", "十几", "数百", "5-8", "1.2万至1.5万", "5至8万"))]
    [(2.0, 3.0), (11.0, 19.0), (200.0, 999.0), (5.0, 8.0), (12000.0, 15000.0), (50000.0, 80000.0)]
    """
    parts = _RANGE.split(text.strip()) if len(text) <= 2 * LONGEST + 3 else []
    if len(parts) == 1:
        return _plain(parts[0])
    if len(parts) != 2:
        return None
    low, high = _plain(parts[0]), _plain(parts[1])
    if low is None or high is None:
        return None
    first = low.value if low.low is None else low.low
    last = high.value if high.high is None else high.high
    if first is None or last is None:
        return None
    if first < last and parts[0][-1] not in "十百千万亿":
        # 5至8万: the scale stands once, for both; 1至2.5亿 likewise. A part with its own scale keeps it.
        scale = _trailing_scale(parts[1])
        if scale > 1 and first * scale < last:
            first = _scaled(first, scale) or 0.0
    approx = high.approx if high.approx != EXACT else low.approx
    return Number(None, min(first, last), max(first, last), approx)


def parse_fraction(text: str) -> Number | None:
    """A share in words as a fraction of one; ``None`` where it is none.

    >>> [parse_fraction(t).value for t in ("百分之三十六点九", "三分之二", "千分之五", "三成五", "八成半", "一半")]
    [0.369, 0.6666666666666666, 0.005, 0.35, 0.85, 0.5]
    >>> parse_fraction("七八成").high, parse_fraction("百分之三十至百分之四十").low
    (0.8, 0.3)
    """
    if "成" in text:
        return _tenths(text)
    if "分之" not in text:
        return Number(0.5) if "半" in text else None
    parts = _RANGE.split(text)
    found: list[Number] = []
    below = ""
    for part in parts:
        if "分之" in part:
            below, _, above = part.partition("分之")
        else:
            above = part
        bottom, top = _plain(below), _plain(above)
        if bottom is None or top is None or not bottom.value:
            return None
        found.append(
            top.times(1 / bottom.value) if bottom.value in (100, 1000, 10000) else _divided(top, bottom.value)
        )
    if len(found) == 1:
        return found[0]
    first, last = found[0].value, found[-1].value
    if first is None or last is None:
        return found[-1]
    return Number(None, min(first, last), max(first, last))


def _divided(top: Number, bottom: float) -> Number:
    def over(x: float | None) -> float | None:
        return None if x is None else x / bottom

    return Number(over(top.value), over(top.low), over(top.high), top.approx)


def _tenths(text: str) -> Number | None:
    head, _, tail = text.partition("成")
    number = parse_number(head)
    if number is None:
        return None
    if tail[:1] == "半":
        number = Number(None if number.value is None else number.value + 0.5)
    elif tail[:1] in _ONES and tail:
        number = Number(None if number.value is None else number.value + _ONES[tail[0]] / 10)
    elif tail[:1] in ("多", "余"):
        number = Number(number.value, number.low, number.high, OVER)
    return number.times(0.1)


def _trailing_scale(text: str) -> float:
    scale = 1.0
    for character in reversed(text.rstrip("余多来")):
        if character in _MYRIADS:
            scale *= _MYRIADS[character]
        elif character in _TENS and (scale > 1 or text[0].isdigit()):
            scale *= _TENS[character]
        else:
            break
    return scale


@functools.lru_cache(maxsize=4096)
def _plain(text: str) -> Number | None:
    """A numeral without a range mark."""
    text = text.strip(" ")
    if not text or len(text) > LONGEST:
        return None
    approx = EXACT
    core = text
    for mark, kind in (("余", OVER), ("多", OVER), ("来", ABOUT)):
        if mark in core:
            core, approx = core.replace(mark, ""), kind
    if not core:
        return None
    number = _arabic(core) if core[0].isdigit() else _chinese(core)
    if number is None or approx == EXACT:
        return number
    return Number(number.value, number.low, number.high, approx)


def _arabic(text: str) -> Number | None:
    match = _DIGIT.match(text)
    if match is None:
        return None
    written = match.group().replace("，", "")
    rest = text[match.end() :]
    if not rest:
        return Number(float(written))
    if rest[0] in "几数" and written.isdigit() and written.endswith("0"):  # 10几万: 11 to 19 万
        scale = _scale(rest[1:])
        base = float(written)
        return None if scale is None else Number(None, base + 1, base + 9).times(scale)
    head, tail = rest, ""
    digit = re.search(r"\d", rest)
    if digit:  # 3万4, 14万6千
        head, tail = rest[: digit.start()], rest[digit.start() :]
    scale = _scale(head)
    if scale is None:
        return None
    value = _scaled(float(written), scale)
    if value is None or not tail:
        return None if value is None else Number(value)
    small = _arabic(tail) if len(tail) > 1 else Number(float(tail) * scale / 10)
    return None if small is None or small.value is None else Number(value + small.value)


def _scale(text: str) -> float | None:
    scale = 1.0
    for character in text:
        factor = _TENS.get(character) or _MYRIADS.get(character)
        if factor is None:
            return None
        scale *= factor
    return scale


def _chinese(text: str) -> Number | None:
    whole, point, fraction = text.partition("点")
    if point:
        cut = len(fraction.rstrip("十百千万亿"))
        digits, scale = fraction[:cut], _scale(fraction[cut:])
        number = _whole(whole)
        if (
            number is None
            or number.value is None
            or scale is None
            or not digits
            or any(c not in _ONES for c in digits)
        ):
            return None
        return Number(float(f"{int(number.value)}.{''.join(str(_ONES[c]) for c in digits)}")).times(scale)
    if text in ("半", "大半", "多半"):
        return Number(0.5)
    if text.endswith("半"):  # 两倍半 is written 两半 here
        number = _whole(text[:-1])
        return None if number is None or number.value is None else Number(number.value + 0.5)
    return _whole(text)


def _whole(text: str) -> Number | None:
    """A Chinese whole number; a spoken span (两三百, 十一二, 几十) gives its two ends."""
    if not text:
        return None
    if any(c in "几数" for c in text):
        return _some(text)
    pair = _SPOKEN.search(text)
    if pair and len(text) > 1 and not _spelt_out(text):
        first, second = tuple(pair.group())
        if _ONES[second] - _ONES[first] != 1 and pair.group() not in _SPOKEN_PAIRS:
            return None
        low, high = (
            _value(text[: pair.start()] + first + text[pair.end() :]),
            _value(text[: pair.start()] + second + text[pair.end() :]),
        )
        return None if low is None or high is None else Number(None, low, high)
    value = _value(text)
    return None if value is None else Number(value)


def _some(text: str) -> Number | None:
    """几十 (20 to 99), 数百 (200 to 999), 十几 (11 to 19), 二十几, 几个 is no number (None)."""
    at = next(i for i, c in enumerate(text) if c in "几数")
    head, tail = text[:at], text[at + 1 :]
    scale = _scale(tail)
    if scale is None:
        return None
    if not head:
        if not tail:
            return None
        unit = 10.0 if tail[0] == "十" else float(_TENS.get(tail[0]) or _MYRIADS.get(tail[0]) or 1)
        rest = scale / unit
        top = 10 * unit - 1 if unit < 10**4 else 9 * unit
        return Number(None, 2 * unit * rest, top * rest)
    base = _value(head)
    if base is None:
        return None
    step = 1.0 if head[-1] == "十" else float(_TENS.get(head[-1]) or _MYRIADS.get(head[-1]) or 10) / 10
    return Number(None, base + step, base + 9 * step).times(scale)


def _spelt_out(text: str) -> bool:
    """Whether digits are read one by one (二零二四): then neighbours are no span."""
    return len(text) >= 3 and all(c in _ONES for c in text)


def _value(text: str) -> float | None:
    if _spelt_out(text):
        return float("".join(str(_ONES[c]) for c in text))
    for mark, factor in _PLACES:
        head, found, tail = text.rpartition(mark)
        if found:
            above = _value(head) if head else 1.0
            if len(tail) == 1 and tail in _ONES and factor >= 100:
                below: float | None = _ONES[tail] * factor / 10  # 两万八, 七千二: a digit of the next place
            else:
                below = _value(tail) if tail else 0.0
            return None if above is None or below is None else above * factor + below
    text = text.lstrip("零") or text[-1:]
    return float(_ONES[text]) if text in _ONES else None


def _scaled(value: float | None, factor: float) -> float | None:
    """``value * factor``, rounded to the 15 digits that the written number can have had."""
    return None if value is None else float(f"{value * factor:.15g}")
