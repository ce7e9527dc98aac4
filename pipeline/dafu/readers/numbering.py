"""The automatic numbers of WordprocessingML (ECMA-376 part 1, 17.9), written out as Word shows them.

A number that stands only in ``numbering.xml`` is the marker 一、 or （二） of a heading: without it the letter
loses its sections.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dafu.readers.archive_limits import Element, attribute, local

_LEVELS: Final = 9
#: Characters of a number's pattern; what is longer is no number.
_LONGEST: Final = 40
_DIGITS: Final = "〇一二三四五六七八九"
_LEGAL: Final = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL: Final = "零壹貳參肆伍陸柒捌玖"
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_COUNTING: Final = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "koreanCounting",
}
#: Formats that are a run of code points: first code point, how many.
_RUNS: Final = {
    "decimalEnclosedCircle": (0x2460, 20),
    "decimalEnclosedCircleChinese": (0x2460, 20),
    "decimalEnclosedParen": (0x2474, 20),
    "decimalEnclosedFullstop": (0x2488, 20),
    "ideographEnclosedCircle": (0x3280, 10),
}


def format_number(number: int, style: str) -> str:
    """A number in a numbering format of the standard; decimal where the format is unknown or cannot say it.

    >>> [format_number(12, f) for f in ("chineseCountingThousand", "ideographDigital", "decimalEnclosedCircle")]
    ['十二', '一二', '⑫']
    >>> format_number(105, "chineseCounting"), format_number(3, "ideographTraditional"), format_number(4, "upperRoman")
    ('一百零五', '丙', 'IV')
    """
    if style in ("none", "bullet"):
        return ""
    if style in _COUNTING and 0 < number < 10_000:
        return _counting(number, _DIGITS, "十百千")
    if style in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital2"):
        return "".join(_DIGITS[int(d)] for d in str(number))
    if style in ("chineseLegalSimplified", "japaneseLegal") and 0 < number < 10_000:
        return _counting(number, _LEGAL, "拾佰仟")
    if style == "ideographLegalTraditional" and 0 < number < 10_000:
        return _counting(number, _LEGAL_TRADITIONAL, "拾佰仟")
    if style in _RUNS and 1 <= number <= _RUNS[style][1]:
        return chr(_RUNS[style][0] + number - 1)
    if style in ("ideographTraditional", "ideographZodiac"):
        letters = _STEMS if style == "ideographTraditional" else _BRANCHES
        return letters[number - 1] if 1 <= number <= len(letters) else str(number)
    if style in ("upperLetter", "lowerLetter") and 1 <= number <= 780:
        letter = chr(0x41 + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if style == "upperLetter" else letter.lower()
    if style in ("upperRoman", "lowerRoman") and 1 <= number < 4_000:
        roman = _roman(number)
        return roman if style == "upperRoman" else roman.lower()
    if style == "decimalZero":
        return f"{number:02d}"
    if style == "decimalFullWidth":
        return "".join(chr(0xFF10 + int(d)) for d in str(number))
    if style == "numberInDash":
        return f"- {number} -"
    return str(number)


def _counting(number: int, digits: str, units: str) -> str:
    text = ""
    gap = False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        if gap:
            text += "零" if digits[0] == "〇" else digits[0]
            gap = False
        leading_ten = place == 1 and digit == 1 and not text and digits[0] == "〇"
        text += ("" if leading_ten else digits[digit]) + (units[place - 1] if place else "")
    return text


def _roman(number: int) -> str:
    text = ""
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        text += letters * (number // value)
        number %= value
    return text


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False
    paragraph_style: str | None = None


@dataclass(slots=True)
class _Num:
    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int]


@dataclass(slots=True)
class Numbering:
    """The numbering definitions of a document, and the counters as its paragraphs are read in order."""

    _nums: dict[str, _Num] = field(default_factory=dict)
    _counters: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, root: Element | None, style_nums: Mapping[str, str]) -> Numbering:
        """From the root of ``numbering.xml``. ``style_nums`` maps a numbering style to its ``numId``."""
        if root is None:
            return cls()
        abstracts: dict[str, dict[int, _Level]] = {}
        links: dict[str, str] = {}
        styled: dict[str, str] = {}
        raw: list[tuple[str, Element]] = []
        for child in root:
            if local(child) == "abstractNum":
                id = attribute(child, "abstractNumId") or ""
                abstracts[id] = {}
                for item in child:
                    if local(item) == "lvl":
                        _put(abstracts[id], item, attribute(item, "ilvl"))
                    elif local(item) == "numStyleLink":
                        links[id] = attribute(item, "val") or ""
                    elif local(item) == "styleLink":
                        styled[attribute(item, "val") or ""] = id
            elif local(child) == "num":
                raw.append((attribute(child, "numId") or "", child))
        abstract_of = {
            id: next((attribute(c, "val") or "" for c in num if local(c) == "abstractNumId"), "")
            for id, num in raw
        }
        nums: dict[str, _Num] = {}
        for id, num in raw:
            abstract = abstract_of[id]
            if abstract in links:  # the definition stands in a numbering style
                name = links[abstract]
                abstract = styled.get(name) or abstract_of.get(style_nums.get(name, ""), abstract)
            levels = dict(abstracts.get(abstract, {}))
            starts: dict[int, int] = {}
            for override in (c for c in num if local(c) == "lvlOverride"):
                at = _number(attribute(override, "ilvl"), 0)
                for item in override:
                    if local(item) == "startOverride":
                        starts[at] = _number(attribute(item, "val"), 1)
                    elif local(item) == "lvl":
                        _put(levels, item, attribute(override, "ilvl"))
            nums[id] = _Num(abstract, levels, starts)
        return cls(nums)

    def level_of_style(self, num: str, style: str) -> int | None:
        """The level of a numbering that is linked to a paragraph style."""
        levels = self._nums[num].levels if num in self._nums else {}
        return next((at for at, level in levels.items() if level.paragraph_style == style), None)

    def next(self, num: str, at: int) -> str:
        """The number of the next paragraph at a level, empty for bullets and unknown ids; a tab behind it stands
        for the gap that the list sets before the text."""
        known = self._nums.get(num)
        if known is None or not 0 <= at < _LEVELS:
            return ""
        level = known.levels.get(at)
        if level is None:
            return ""
        counters = self._counters.setdefault(known.abstract, {})
        if at in known.starts and (num, at) not in self._started:
            counters[at] = known.starts[at]
        elif at in counters:
            counters[at] += 1
        else:
            counters[at] = level.start
        self._started.add((num, at))
        for deeper in range(at + 1, _LEVELS):
            restart = known.levels.get(deeper, _Level()).restart
            if restart is None or (restart and at < restart):
                counters.pop(deeper, None)

        def shown(match: re.Match[str]) -> str:
            index = int(match.group(1)) - 1
            other = known.levels.get(index, _Level())
            value = counters.get(index, known.starts.get(index, other.start))
            return format_number(value, "decimal" if level.legal and index != at else other.style)

        if level.style == "bullet":
            return ""
        text = re.sub(r"%([1-9])", shown, level.text)
        if not text.strip() or "\ue000" <= text.strip()[0] <= "\uf8ff":
            return ""
        return text if level.suffix == "nothing" else text + "\t"


def _put(levels: dict[int, _Level], element: Element, at: str | None) -> None:
    index = _number(at, 0)
    if 0 <= index < _LEVELS:
        levels[index] = _level(element)


def _level(element: Element) -> _Level:
    values = {local(item): attribute(item, "val") for item in element}
    return _Level(
        start=_number(values.get("start"), 1),
        style=values.get("numFmt") or "decimal",
        text=(values.get("lvlText") or "")[:_LONGEST],
        suffix=values.get("suff") or "tab",
        restart=_number(values["lvlRestart"], 0) if "lvlRestart" in values else None,
        legal="isLgl" in values and values["isLgl"] not in ("0", "false", "off"),
        paragraph_style=values.get("pStyle"),
    )


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,6}", text) else default
