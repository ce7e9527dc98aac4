"""How a quantity is approximated, whether it is a level or a change, and what the change is measured from."""

from __future__ import annotations

import re
from typing import Final

from dafu.numerals import ABOUT, AT_LEAST, AT_MOST, EXACT, OVER, UNDER

LEVEL: Final = "level"
INCREASE_BY: Final = "increase_by"
INCREASE_TO: Final = "increase_to"
DECREASE_BY: Final = "decrease_by"
DECREASE_TO: Final = "decrease_to"

_BEFORE: Final = (
    (
        AT_LEAST,
        "不[得能应可宜]?(?:少于|低于|小于|短于|下于)|至少(?:有|需要?|要|配备|加)?|最少|最低|起码",
    ),
    (
        AT_MOST,
        "(?:不[得能应可宜]?|未)(?:超过|高于|多于|大于|长于)|不超|至多|最多(?:可提?|提)?|最高|最大|顶多|控制在",
    ),
    (UNDER, "将近|接近|不足|不到|不满|未满|未到|低于|少于|小于|近|未达"),
    (OVER, "超过|超出|突破|多于|高于|大于|逾|超|上|过"),
    (ABOUT, "(?:大约|大概|大致|约)(?:需要?|[有为合占计值容])?|左右"),
)
_KIND: Final = {f"k{i}": kind for i, (kind, _) in enumerate(_BEFORE)}
_APPROX_BEFORE = re.compile(
    "(?:" + "|".join(f"(?P<k{i}>{words})" for i, (_, words) in enumerate(_BEFORE)) + ") ?$"
)
#: Words that only look like an approximation: 最近, 附近, 大约束, 通过.
_NOT_APPROX = re.compile(
    r"(?:最近|附近|临近|靠近|邻近|就近|条约|节约|预约|合约|契约|履约|签约|违约|公约|通过|经过|不过|难过|度过|以上|路上|线上|网上|省上|县上|镇上|村上|山上|晚上|早上|海上)$"
)
_APPROX_AFTER = re.compile(
    r" ?(?:(?P<about>左右|上下|许(?=[，。；]))|(?P<at_least>及?以上|及其以上|往上|起(?=[，。；）]))|(?P<at_most>及?以内|之内|及?以下|以里)|(?P<over>有余|出头|还多|开外|稍多|多(?=[，。；、）\n的]|$)|余(?=[，。；、）\n的]|$)))"
)


def approximation(folded: str, left: int, start: int, end: int, right: int, own: str) -> tuple[int, int, str]:
    """The span of a quantity with its words of approximation, and their kind.

    ``left`` and ``right`` bound what may be looked at; ``own`` is what the numeral says itself (余, 多).

    >>> approximation("全年约82家以上", 0, 3, 6, 8, "exact"), approximation("惠及300户左右", 0, 2, 6, 8, "exact")
    ((2, 8, 'at_least'), (2, 8, 'about'))
    """
    kind = own
    before = folded[max(left, start - 6) : start]
    match = _APPROX_BEFORE.search(before)
    if (
        match
        and not _NOT_APPROX.search(before)
        and (match.group() not in ("上", "过") or folded[start] in "十百千万亿半")  # 上万, 过半; not 桌上8个
    ):
        start -= len(before) - match.start()
        kind = _KIND[match.lastgroup or ""]
        if kind == AT_MOST and match.group().startswith("控制在"):
            start += len("控制在")
            kind = own
    after = _APPROX_AFTER.match(folded, end, right)
    if after:
        end = after.end()
        if kind in (EXACT, OVER, ABOUT):
            kind = {"about": ABOUT, "at_least": AT_LEAST, "at_most": AT_MOST, "over": OVER}[
                after.lastgroup or ""
            ]
    return start, end, kind


_UP = "增长|增加|增|提高|提升|上升|上涨|上浮|上调|涨|扩大|扩|升高|升|回升|攀升|递增|提速|增收|增产|新增|净增|多收|多|高出|高|快|超出|超收|加|延长|拓宽|翻"
_DOWN = "下降|降低|降|减少|减|减轻|下调|下滑|下浮|压减|压缩|压降|缩短|缩小|缩减|精简|回落|收窄|跌|少收|少|低|落后|核减|节约|节省|削减|裁减|压|慢"
_FILLER = r"(?:了|约|近|超过?|将近|接近|不少于|不低于|不超过|至少|大约|分别|再|各|率|速度?|幅度?|量|额|净|平均|年均|也|都|均|还|已|又|为|达到?|上|出|过|起码|最多|逾|不到|不足|[，、 ])*"
_BY = re.compile(rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?P<filler>{_FILLER})$")
_TO = re.compile(
    r"(?:(?P<up>增长|增加|增|提高|提升|提|上升|上涨|上调|涨|扩大|扩展|扩容|扩|升|回升|攀升|加|延长|拓宽|放宽|调高|恢复|发展|翻|壮大|拓展|增厚)|(?P<down>下降|降低|降|减少|减|下调|下滑|压减|压缩|压降|压|缩短|缩小|缩减|缩|精简|回落|收窄|跌|调低|削减|落|控))"
    r"(?:了|率|幅|价)?(?:到|至|为|成)(?:了|约|近|每\w{1,4}|不少于|不低于|不超过|以上|现在的|目前的|原来的|全\w|同期的|分别|[的 ])*$"
)
_RANGE_TO = re.compile(
    r"(?:到|至|变为|变成|改为|调整为|调为|改成|变|增减到)(?:了|现在的|目前的|如今的|约|近|超过?|不足|不到|今年的|去年的|20\d\d年的?|每\w{1,4})*$"
)
_FROM = re.compile(r"(?:由|从|自)(?!事|于)[^，。；]{0,14}$")
_LEVEL_BEFORE = re.compile(
    r"(?:由|从)(?:原来的?|过去的?|去年的?|目前的?|现行的?|20\d\d年的?|每\w{1,4}|最初的?|以前的?|平均|上年的?|[^，。；\d]{0,6}的)?$"
)
#: 增加投入300万元, 新增停车位200个: the verb, its object, the figure.
_BY_OBJECT = re.compile(
    r"(?:(?P<up>增加|新增|净增|增设|增配|扩增|增收)|(?P<down>减少|压减|核减|削减|减轻|降低|节约|节省))(?!到|至|为)[^，。；、：\d的到至为]{1,14}$"
)
_RATE_UP = re.compile(r"(?:增速|增幅|增长率|涨幅|增长目标|增长速度|升幅)[^，。；\d]{0,8}$")
_RATE_DOWN = re.compile(r"(?:降幅|减幅|跌幅|下降率|压减率|降低率|减排率|削减率)[^，。；\d]{0,8}$")
_AFTER_UP = re.compile(r"(?:的)?(?:年均)?(?:增长(?!点|极)|增幅|增速|涨幅)")
_AFTER_DOWN = re.compile(r"(?:的)?(?:下降|降幅|跌幅)")
_BASE = re.compile(
    r"同比|环比|(?<![对相可之占不无反配])(?:比|较|与)(?:(?:19|20)\d\d年|去年|上年|前年|上一年|今年|上季度?|上月|上半年|年初|此前|以往|往年|常年|原来|过去|改造前|整治前|之前|以前|计划)"
    r"(?:[^，。；\d]{0,3}(?:同期|同月|同口径)|[底末初]|全年|[上下]半年|第?[一二三四]季度|\d{1,2}月份?|平均水平|平均)?(?:相比)?"
    r"|(?<![对相可之占不无反配])(?:比|较|与)(?![例重分值价率赛武较])[^，。；：、\d]{1,12}?(?:相比|平均(?:水平)?|水平|同期)?(?=[，]|(?:实现|净|分别|又|还|再|都|也)?(?:增|减|上升|下降|升|降|提高|提升|上涨|下调|多|少|高|低|翻|扩|缩|压|涨|快|慢|回落|平均|年均))"
    r"|在(?:20\d\d年|上年|去年|现有|原有)[^，。；]{0,6}(?:基础上|水平上)"
)


def change_of(folded: str, clause: int, start: int, end: int, unit_class: str, number: str) -> str:
    """Level or change of the quantity at ``start`` (with its approximation), by the words of its clause.

    >>> change_of("价格由5元提高到10元", 0, 8, 11, "money", "10"), change_of("价格由5元提高到10元", 0, 3, 5, "money", "5")
    ('increase_to', 'level')
    >>> change_of("产值增长7%", 0, 4, 6, "share", "7"), change_of("压减近三成", 0, 3, 5, "share", "三成")
    ('increase_by', 'decrease_by')
    """
    if "翻" in number or "加倍" in number:
        return INCREASE_TO
    if number == "减半":
        return DECREASE_BY
    before = folded[max(clause, start - 24) : start]
    if not before:
        return LEVEL
    match = _TO.search(before)
    if match:
        return INCREASE_TO if match["up"] else DECREASE_TO
    if _LEVEL_BEFORE.search(before):
        return LEVEL
    match = _BY.search(before)
    if (
        match
        and match.group(1 if match["up"] else 2) in _ADJECTIVES
        and unit_class not in ("share", "multiple")
        and not (re.search("[了出]", match["filler"]) or _BASE.search(before))
    ):  # 檐口高10米 is a height, no change
        match = None
    if match and not _TAKEN.search(before[: match.end(1) if match["up"] else match.end(2)]):
        if "为" in match["filler"] or ("达" in match["filler"] and unit_class not in ("share", "multiple")):
            pass
        else:
            return INCREASE_BY if match["up"] else DECREASE_BY
    if unit_class in ("share", "multiple"):
        if _RATE_UP.search(before) or _AFTER_UP.match(folded, end):
            return INCREASE_BY
        if _RATE_DOWN.search(before) or _AFTER_DOWN.match(folded, end):
            return DECREASE_BY
    match = _BY_OBJECT.search(before)
    if match:
        return INCREASE_BY if match["up"] else DECREASE_BY
    if folded.endswith("百分点", start, end):  # 低于控制目标0.2个百分点
        match = _BEYOND.search(before)
        if match:
            return INCREASE_BY if match["up"] else DECREASE_BY
    return LEVEL


_BEYOND = re.compile(r"(?:(?P<up>高于|超过|高出|快于)|(?P<down>低于|落后于?|少于|慢于))[^，。；\d]{1,16}$")


_ADJECTIVES: Final = frozenset({"高", "低", "多", "少", "快", "慢", "加", "压"})
#: Words that end like a verb of change and are none: 最多, 至少, 最高, 不少.
_TAKEN = re.compile(
    r"(?:最[多高低少快]|至[多少]|不[少多低高]|起码|许多|很多|减少到|大多|多少|缺少|提高到|更多|众多|至多|参加|追加|附加|外加|海拔高|身高|较高|中高|新高|加多|楼高|坝高|高低|年增|叠加|增多)$"
)


def is_pair(folded: str, clause: int, start: int) -> bool:
    """Whether the quantity at ``start`` is the Y of 由X到Y, with no verb to tell the way."""
    before = folded[max(clause, start - 24) : start]
    match = _RANGE_TO.search(before)
    return bool(
        match
        and re.search(r"\d|[一二两三四五六七八九十百千万]", before[: match.start()])
        and _FROM.search(folded[max(clause, start - 40) : start - len(match.group())])
    )


def base_of(folded: str, left: int, start: int) -> tuple[int, int] | None:
    """The span of what a change is measured from (同比, 较2020年), the last one in ``folded[left:start]``.

    >>> text = "产值比2020年同期增长7%"
    >>> text[slice(*base_of(text, 0, 12))]
    '比2020年同期'
    """
    found = None
    for match in _BASE.finditer(folded, left, start):
        found = match.span()
    return found
