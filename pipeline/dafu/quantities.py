"""Numbers that count as checkable quantities (annotation guide, ``quantitative``)."""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from dafu.records import Quantity
from dafu.settings import unit_classes

_CN = "一二两三四五六七八九"
_CN_NUMBER = rf"[{_CN}十百千万亿零几数]"
#: Words of approximation that belong to the number.
_BEFORE = (
    r"(?:约|大约|近|将近|超|超过|逾|上|达|不少于|不低于|不高于|不超过|不多于|至少|至多|最多|最高|最低|低于|高于|多于|少于|不足|不到|"
    r"不小于|不大于|突破|接近)"
)
_DIGITS = r"(?:\d{1,3}(?:，\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_RANGE = r"(?: ?(?:-{1,2}|至|到) ?)"
# What a number must not follow: part of a longer number, of a name, an ordinal or an identifier.
_NOT_BEFORE = r"(?<![\dA-Za-z.#＃\-/第〔+一二两三四五六七八九十百千万亿零])(?<!第[\d十])(?<!第\d\d)"
_IDENTIFIER_AFTER = re.compile(
    r" ?(?:年|月|日|号(?!召)|时(?!代|尚)|点(?:钟|半|整|\d|前|后|至|到|-|左右)|[:：]\d|路(?!段|灯|次|面|口)|#|＃|室|房(?!屋|源|间)|楼|弄|附|幢\d|栋\d|届|线(?!路|上|下|索)|"
    r"分钟|小时|秒|天|周(?!岁)|星期|个(?:多|半)?(?:月|小时|工作日|自然日|星期|季度|学期|学年|年头|交易日|昼夜|周)|年|季度|世纪|年代|学期|工作日|日内|旬|"
    r"章|条(?:第|规定|款|的规定|之|之规定)|款|[A-Za-z]{2,}\d|〕|万年|多年|余年|级|型|区\d)"
)
_DURATION = re.compile(
    r" ?(?:多|余|来|几)?(?:年|天|日|周(?!岁)|小时|分钟|秒|个(?:多|半)?(?:月|小时|工作日|自然日|星期|季度|学期|学年|交易日|周))"
)
_ONE = re.compile(r"^(?:0*1|一)$")
_POINTS = re.compile(
    r"^ ?(?:大|个)?(?:方面|点(?!位)|条意见|个问题|层次|个环节|件事|项原则|种情形|种情况|类情形|大类?问题|个阶段|大原则|个原则|个要点)"
)
_POINTING = re.compile(r"(?:以下|如下|下列|上述|前述|这|该|那|其他|其它|另外|后|前|此|前后|上面)(?:的)?$")
_ADDRESSEES = re.compile(r"(?:等|等共)$")
_ORDINAL_RANK = re.compile(r"第 ?(?:\d{1,3}|[一二三四五六七八九十]{1,3}) ?(?:位|名)")
_MASKED = re.compile(r"\*+(?:万|亿)?")


@dataclass(frozen=True, slots=True)
class _Grammar:
    number: re.Pattern[str]
    classes: dict[str, str]


@functools.cache
def _grammar() -> _Grammar:
    classes = {unit: name for name, units in unit_classes().items() for unit in units}
    units = "|".join(re.escape(u) for u in sorted(classes, key=len, reverse=True))
    unit = rf"(?:{units})(?: ?[（(]?(?:{units})[）)])?(?:/(?:{units}|年|月|日|天|小时|人)(?:·(?:{units}|年|月|日|天|次))?)?"
    one = rf"(?:{_DIGITS}|{_CN_NUMBER}+)"
    scale = r"(?:[余多来几]?(?:十|百|千)?(?:万亿|万|亿)?|(?:百|千)万?)[余多来]?"
    pattern = (
        rf"(?P<share>百分之(?:{_DIGITS}|{_CN_NUMBER}+(?:点[{_CN}零]+)?)(?:{_RANGE}百分之(?:{_DIGITS}|{_CN_NUMBER}+(?:点[{_CN}零]+)?))?"
        rf"|[{_CN}十\d]{{1,3}}分之[{_CN}十\d]{{1,3}}|千分之(?:{_DIGITS}|{_CN_NUMBER}+)|过半数?(?=的|以上|$|，)|近半(?!年|个|月)(?:数)?|一半以上|一半(?!是|时)|翻[一两二三]?番|翻了[一两二三]番)"
        rf"|{_NOT_BEFORE}(?P<number>{one}{scale}(?:{_RANGE}{one}{scale})?) ?(?P<unit>{unit})"
        rf"|(?P<rank>第 ?(?:\d{{1,3}}|[一二三四五六七八九十]{{1,3}}) ?(?:位|名))"
        rf"|(?P<ratio>(?<![\d.：])\d+(?:\.\d+)? ?[:：] ?\d+(?:\.\d+)?(?![\d：]))(?=的?(?:比例|配|标准|$|，|。))"
    )
    return _Grammar(re.compile(pattern), classes)


_RANK_WORD = re.compile(
    r"(?:排名?|排在|排行|位列|位居|居|列|名列|跃升|上升|升至|升为|下降|降至|由|为|到|获|位次|并列)[^，。；]{0,14}$"
)
_CN_START = re.compile(rf"[{_CN}十几数]")
_NOT_CN = re.compile(
    r"^(?:一(?:次性|站式|体|户一|人一|个|批|次|项|系列|把手|带|路|律|定|般|直|些|方面|面|线|村一|点|层|期|类|件|条|家|名|起|种|道|组|对一|张网|张图|部分|块|支|座|台|只|户|场|套|处|所|本|份|片|年|轮|位|单|代|级|号)"
    r"|(?:几|数)(?:个|家|次|处|种|点|条|项|户|名|位|人|年|天|月|度)|千(?:家|方)|万(?:家|户|众)|百(?:家|姓|年))"
)


def find_quantities(folded: str) -> list[Quantity]:
    """The checkable quantities of a folded text, in order; they do not overlap.

    >>> [q.text for q in find_quantities("近两年安排资金2.5亿元，惠及三百余户，同比增长7%（第0886号）。")]
    ['2.5亿元', '三百余户', '7%']
    >>> find_quantities("2025年底前，24小时值班，建设一个平台，重点做好以下三个方面工作。")
    []
    """
    grammar = _grammar()
    found: list[Quantity] = []
    titles = _title_spans(folded)
    starts = [start for start, _ in titles]
    for match in grammar.number.finditer(folded):
        start, end = match.span()
        inside = bisect_right(starts, start) - 1
        if inside >= 0 and titles[inside][1] >= end:
            continue
        before = folded[max(0, start - 12) : start]
        after = folded[end : end + 16]
        if match["share"]:
            if match["share"].startswith("翻") or not before.endswith("每"):
                found.append(Quantity(start, end, match.group(), match.group(), "%", "share"))
            continue
        if match["rank"]:
            if _RANK_WORD.search(before) or re.match(r"(?:，|。|；|$)", after):
                found.append(Quantity(start, end, match.group(), match.group(), "位", "rank"))
            continue
        if match["ratio"]:
            found.append(Quantity(start, end, match.group(), match.group(), "", "ratio"))
            continue
        number, unit = match["number"], match["unit"]
        if not _counts(number, unit, before, after, grammar.classes):
            continue
        kind = grammar.classes.get(unit) or grammar.classes.get(re.split(r"[/（]", unit)[0].strip(), "count")
        found.append(Quantity(start, end, match.group(), number, unit, kind))
    return found


def _counts(number: str, unit: str, before: str, after: str, classes: dict[str, str]) -> bool:
    """Whether a number with a unit is a checkable quantity, by the guide's no list."""
    chinese = not number[0].isdigit()
    kind = classes.get(unit, "count")
    if _DURATION.match(unit + after):
        return False
    if unit in (
        "点",
        "号",
        "度",
        "成",
        "分",
        "方",
        "里",
        "G",
        "P",
        "兆",
        "层",
        "站",
        "部",
        "节",
        "期",
        "面",
        "道",
        "条",
        "级",
        "段",
        "组",
        "班",
        "角",
    ) and _weak_unit(number, unit, before, after):
        return False
    if _MASKED.search(before[-3:]):
        return False
    if unit == "对" and before.endswith("月"):  # 3月21对该公司
        return False
    if unit in ("栋", "幢", "单", "组", "户") and (
        re.match(r"(?:元|\d|、\d)", after) or before.endswith(("小区", "花园", "、"))
    ):
        return False
    if unit == "条" and "." in number:
        return False
    if kind in ("count", "rank"):
        if _ONE.match(number):
            return False
        if (
            unit in ("名", "人", "位")
            and _ADDRESSEES.search(before)
            and re.match(r"(?:市|县|区|省|全国|政协)?(?:人大)?(?:代表|委员)", after)
        ):
            return False
        if _POINTS.match(unit + after) or _POINTING.search(before):
            return False
    if chinese:
        if number[0] in "零万亿千百" and not before.endswith(
            ("上", "近", "约", "超", "超过", "逾", "成", "达")
        ):
            return False
        if kind == "count" and _NOT_CN.match(number + unit):
            return False
        if unit in (
            "村",
            "校",
            "小区",
            "社区",
            "学校",
            "学生",
            "儿童",
            "老人",
            "职工",
            "群众",
            "居民",
            "村民",
            "农户",
            "家庭",
            "人口",
            "企业",
            "字",
            "分",
        ):
            return len(number) > 1 and number[-1] in "百千万余多"
        if number in ("二", "两") and unit == "人":
            return False
        if number in ("几", "数", "几十", "数十") and unit in ("年", "个"):
            return False
        if before.endswith(("进", "第", "“", "统", "唯", "同", "专", "不", "星期", "周", "农历")):
            return False
    elif len(number) == 4 and unit in ("人", "级") and number.startswith(("19", "20")):
        return not re.match(r"届", after)
    return True


def _weak_unit(number: str, unit: str, before: str, after: str) -> bool:
    """Units that are mostly something else: 三点, 4层楼 as an address, 5G, 2度, 一期, 三条."""
    chinese = not number[0].isdigit()
    if unit in ("G", "P"):
        return number in ("2", "3", "4", "5", "6")
    if unit == "成":
        return (
            not chinese
            or bool(re.match(r"[立功为果员熟长就效本绩分套品]", after))
            or not re.search(r"[近约超达为有占的到，]$", before)
        )
    if unit == "度":
        return chinese or (number in ("2", "3") and "“" in before)
    if unit == "分":
        return chinese or bool(re.match(r"[别钟局支公为区管类期]", after))
    if unit == "方":
        return chinese or bool(re.match(r"[案面式便法向可针]", after))
    if unit == "里":
        return bool(re.match(r"[的面程]", after)) or (chinese and len(number) == 1)
    if unit in ("期", "级", "班", "组", "段", "面", "道", "层", "站", "部", "节", "角"):
        return chinese or (
            unit in ("期", "级", "组", "层", "站", "节")
            and len(number) <= 2
            and bool(re.search(r"(?:第|项目|村|小区|园|楼|校|年|工程|栋|幢|社区)$", before))
        )
    if unit == "条":
        return bool(re.match(r"(?:例|件|第|规定|款|的规定|之|约|文|令)", after))
    return chinese


def _title_spans(folded: str) -> list[tuple[int, int]]:
    """Spans of 《…》 and of short “…”: what stands in them is a name, not a claim."""
    return [m.span() for m in re.finditer(r"《[^《》\n]{1,120}》|“[^“”\n。；]{1,14}”", folded)]


def quantity_texts(quantities: Iterable[Quantity]) -> list[str]:
    """The quantities as written, for tables."""
    return [q.text for q in quantities]
