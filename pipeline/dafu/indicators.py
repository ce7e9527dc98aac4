"""What a quantity counts (indicator) and over whom or where (scope), read from the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from dafu.phrases import VERBS, Span, phrase_end, phrase_start, words_of
from dafu.records import Quantity
from dafu.verbs import ACT

#: Where sentence, clause, what no earlier figure covers, and the figure begin; its end; the start of the next figure.
Places = tuple[int, int, int, int, int, int]

_FUNCTION = "年月日全我本在由对经为将和与及至到从向于各该此近一两三四五六七八九持助请使是有的个等把被让也"
_SCOPE = re.compile(
    r"(?=[全我咱本该省市县区镇乡村站您你])(?:全[国省市县区州镇乡村街旗域校厅系司行]|(?:我|咱|我们)[国省市县区州镇乡街旗村校站馆](?!们)(?:境内)?|本[省市县区镇乡村校](?!级)|该[省市县区镇乡村校场馆站局院](?!所)|该(?:机构|公司|小区|单位|项目|企业)"
    r"|(?<![\u4e00-\u9fff])[省市县区镇乡村站]里|(?:您|你)家|全社会)"
    rf"|(?<![\u4e00-\u9fff])(?!{ACT}|按照|根据|依托|围绕|其中|目前|这|但|需|因|如|凡|退出)(?:(?![{_FUNCTION}])[\u4e00-\u9fff]){{2,5}}?"
    r"(?:自治区|省|(?<!超)市|县|(?<![社小园景片库校厂城户陷灾山牧林矿成采置分])区|镇|(?<!城)乡|街道|医院|宿舍区?|片区|街区|电厂|境内|地区|号楼)"
    r"(?![委政长级域场民局镇际直属内部划位人组规干的])"
)
#: Words that may stand between an indicator and its figure, and belong to neither.
_LINK = re.compile(
    r"(?:达到了?|达|[为是有共占]|分别为?|合计|共计|总计|累计|约|超过|超|近|突破|不少于|不低于|不超过|逾|增长|增加|提高|提升|上升|上涨|下降|降低|减少|压减|压缩|缩短|回落|扩大|精简|核减|下调|上调|上浮|下浮|增|减|升|降|涨|了|到|至|由|从|在|(?<!船)只|仅|控制|保持|稳定"
    r"|稳定在|一般|平均|每年|每月|每人|每户|每亩|每村|就|已|已经|均|都|各|再|还|能|可|要|需|将|即|等|也|不足|不到|高|低|多|少|最高|最低|同比|环比|年均|净|接近|将近|大约|左右|实现|力争|预计|按|以|上|其中|另|现|计|于|：| )$"
)
_BASE_WORDS = re.compile(
    r"(?:同比|环比|(?:比|较|与)[^，。；]{1,10}?(?:年|同期|底|初|前|以来|相比|平均|水平|计划)|在[^，。；]{1,8}基础上)(?:相比|分别)?"
)
_AFTER_STOP = re.compile(r"[，。；：！？（）\n\d《》]|的|分别|左右|上下|(?<!规模)以[上下内]")
#: Words further from the figure than this are not looked at.
_LONGEST: Final = 24
_NEAR: Final = 14


#: What money is: the last words of a noun that a sum can measure.
_MONEY: Final = tuple(
    "金 款 费 额 价 债 税 贷 薪 钱 值 资 利 补助 补贴 奖补 奖励 收入 支出 投入 标准 成本 财力 罚 赔偿 补偿 预算 亏损 贸易 消费 报酬 津贴 存款 资产 收益 利润 销售 营收 "
    "价格 信贷 补给 所得 支付 债券 券 专项附加扣除 负债 规模 额度 尚欠".split()
)
#: Who pays or is paid: no sum measures it.
_PAYER: Final = tuple(
    "局 委 厅 部 院 镇 乡 区 县 市 省 户 人 者 会 团 级 政府 财政 机关 公司 集团 中央 地方 企业 银行 基地 学校 小学 大学 高校 部门 居民 单位 员工 职工 学生 项目 群众 家庭 村".split()
)
#: What a share can be of itself.
_RATE: Final = tuple("率 比 比例 比重 面积 人数".split())
#: A sum whose noun comes after it: 每亩60元的标准发放补贴, 30%给予补助.
_LATER = re.compile(
    r"(?:的?(?:标准|比例))?(?:给予|予以|发放|计发|增加|核定|补助)(?:一次性|定额|全额|适当)?(?P<noun>[\u4e00-\u9fff]{2,10})"
)
_PARTS: Final = ("share", "multiple", "ratio", "rank", "temperature", "score")


#: The key of the noun that the figure before measured, whatever its unit.
LAST: Final = ""


def choose(folded: str, places: Places, quantity: Quantity, named: dict[str, Span]) -> Span | None:
    """The noun that a figure measures, kept in ``named`` for those after it; the lone verb of a count without any."""
    found = _noun(folded, places, quantity, named)
    if found:
        named[quantity.unit] = named[LAST] = found
    elif quantity.unit_class not in ("money", *_PARTS):
        found = _lone_verb(folded, places[2], places[3])
    return found


def _noun(folded: str, places: Places, quantity: Quantity, named: Mapping[str, Span]) -> Span | None:
    """The first fit noun of those after it, before it, and named before.

    ``places`` are the starts of its sentence, of its clause, of what no earlier figure covers, and of the figure,
    the figure's end, and the start of the next. ``named`` holds the nouns of the sentence's earlier figures by unit.
    A sum wants a noun of money; a count takes up the noun of an earlier figure only where that has the same unit
    (改造小区58个，完工17个); a share takes up whatever was named last.
    """
    sentence, clause, _, begin, finish, right = places
    kind = quantity.unit_class
    if kind != "money" and kind not in _PARTS:
        return _counted(folded, places, quantity, named)
    before = _fit_before(folded, places, kind)
    last = named.get(LAST)
    if kind == "money":
        if before and folded.endswith(_MONEY, *before):
            return before
        for found in _money_nouns(folded, places, last):
            if found and folded.endswith(_MONEY, *found):
                return found
        if folded.startswith("的", finish) and (found := noun_after(folded, finish, right)):
            return found  # 15万元的发票
        found = _earlier(folded, sentence, begin, _MONEY)
        return found or (before if before and not folded.endswith(_PAYER, *before) else None)
    if folded.startswith("的", finish) and not (before and folded.endswith(_RATE, *before)):
        return noun_after(folded, finish, right) or before or last
    if kind == "share" and (found := _noun_later(folded, finish, right) or _source(folded, clause, begin)):
        return found
    return before or last or (_earlier(folded, sentence, begin, _RATE) if kind == "share" else None)


def _counted(folded: str, places: Places, quantity: Quantity, named: Mapping[str, Span]) -> Span | None:
    """What a count counts; the noun before it, which is dear to find, is looked for only where it can be the one."""
    _, clause, left, _, finish, right = places
    people = left == clause and quantity.unit in ("人", "人次") and not folded.startswith("的", finish)
    found = _fit_before(folded, places, quantity.unit_class) if people else None
    found = found or noun_after(folded, finish, right)
    if found is None and not people:
        found = _fit_before(folded, places, quantity.unit_class)
    if found:
        return found
    last = named.get(quantity.unit)
    return last if last and not folded.endswith(_MONEY, *last) else None


def _fit_before(folded: str, places: Places, kind: str) -> Span | None:
    """The noun before a figure; one character is none, save of a sum at the beginning of its clause (价5元)."""
    _, clause, left, begin, _, _ = places
    before = noun_before(folded, left, begin, elliptic=kind not in ("share", "multiple"))
    if before and before[1] - before[0] < 2 and (kind != "money" or left > clause):
        return None
    return before


def _money_nouns(folded: str, places: Places, last: Span | None) -> Iterator[Span | None]:
    """What a sum may be, besides the noun before it; the likeliest first."""
    _, clause, _, begin, finish, right = places
    yield _noun_later(folded, finish, right)
    yield noun_after(folded, finish, right)
    yield _source(folded, clause, begin)
    yield last


#: Verbs that make or finish any thing, and so name none.
_MAKING: Final = frozenset(
    "改造 建设 建成 完成 争取 开通 划转 安排 固定 起来 新建 达到 投入 超过 动工 归集 建立 打造 实施 组织 设置 解决 需要 形成".split()
)


def _lone_verb(folded: str, left: int, begin: int) -> Span | None:
    """The verb before a figure that counts what no noun names (今年开工1592个)."""
    end = _unlinked(folded, left, begin)
    words = words_of(folded, max(left, end - 8), end)
    if (
        words
        and words[-1].kind in VERBS
        and words[-1].end - words[-1].start > 1
        and words[-1].text not in _MAKING
    ):
        return words[-1].start, words[-1].end
    return None


def _source(folded: str, clause: int, begin: int) -> Span | None:
    """What a part is taken from: 从土地出让收益中提取10%."""
    match = _OUT_OF.search(folded, max(clause, begin - _LONGEST), begin)
    return phrase_end(words_of(folded, *match.span("noun"))) if match else None


_OUT_OF = re.compile(r"从(?P<noun>[^，。；从]{2,16}?)中[^，。；、的]{0,6}$")


def _earlier(folded: str, sentence: int, begin: int, wanted: tuple[str, ...]) -> Span | None:
    """The nearest noun of the sentence, before the figure, that can be its measure (收费标准为每生每课时2元)."""
    start = max(sentence, begin - _FAR)
    ends = [m.start() for m in _PHRASE_END.finditer(folded, start, begin)]
    for end in reversed(ends[-4:]):
        found = noun_before(folded, max(start, end - _LONGEST), end)
        if found and folded.endswith(wanted, *found):
            return found
    return None


_FAR: Final = 120
_PHRASE_END = re.compile(r"[，；：]|[为是按在](?!了|主|例|照)")


def _noun_later(folded: str, finish: int, right: int) -> Span | None:
    match = _LATER.match(folded, finish, right)
    return phrase_start(words_of(folded, *match.span("noun"))) if match else None


def scope_of(folded: str, left: int, start: int) -> tuple[int, int] | None:
    """The span of the last scope word (全市, 我县, 青沅县) of ``folded[left:start]``.

    >>> text = "截至5月底，全市建成充电桩300个"
    >>> text[slice(*scope_of(text, 0, 14))]
    '全市'
    """
    found = None
    for match in _SCOPE.finditer(folded, left, start):
        found = match.span()
    return found


def noun_after(folded: str, end: int, right: int) -> tuple[int, int] | None:
    """The span of the noun that stands right after a quantity (19个小区更换了管网: 小区).

    >>> text = "为9个小区更换管网"
    >>> text[slice(*noun_after(text, 3, len(text)))]
    '小区'
    """
    start = end + folded.startswith("的", end)
    limit = min(right, start + _NEAR)
    stop = _AFTER_STOP.search(folded, start, limit)
    if stop:
        limit = stop.start()
    return phrase_start(words_of(folded, start, limit)) if limit > start else None


def noun_before(folded: str, left: int, start: int, *, elliptic: bool = True) -> tuple[int, int] | None:
    """The span of the noun phrase that ends right before a quantity, without verb, subject and adverbs.

    >>> text = "近两年我市已安排专项激励资金约"
    >>> text[slice(*noun_before(text, 3, len(text)))]
    '专项激励资金'
    """
    end = start
    end = _unlinked(folded, left, start)
    for match in _BASE_WORDS.finditer(folded, left, end):
        if match.end() >= end - 1:
            end = match.start()
            break
    if end > left and folded[end - 1] == "》":
        opened = folded.rfind("《", left, end)
        return (opened, end) if opened >= 0 else None
    whole = _before_share(folded, left, end)
    if whole < end or folded.startswith("占", end):  # 住平房的占三成: the part is named, its noun left out
        end, elliptic = whole, True
    if end <= left:
        return None
    return phrase_end(words_of(folded, max(left, end - _LONGEST), end), elliptic=elliptic)


_EACH = re.compile(
    r"每(?:年|月|天|日|周|季度?|人次?|户|亩|生|场|次|村|镇|校|家|班|台|吨|度|公里|平方米|千瓦时|亩次|课时|学期|栋|间|层|人天|百户|千人|万人|\d*[十百千万]*(?:人口|常住人口|名居民|公斤)|座|所|个|名|套|单元|社区|小时|桶|公?斤|位|处|件)$"
)

#: The characters that end a word of the two patterns: most figures stand behind none.
_LAST: Final = frozenset(
    "达了到为是有共占别计约过超近破于低增长加提高升涨降少减缩短落大精简核调浮至由从在船只仅制持定般均年月人户亩村就已经都各再还能可要需将即等也不足多最同比环净接大左右实现力争预按以上其中另现：“” 天日周季度次生场校家班台吨公里平方米座所个名套元社区小时桶斤位处件课学期栋间层口民克"
)


def _unlinked(folded: str, left: int, end: int) -> int:
    """The end without copulas, verbs of change and 每人每月 before the figure."""
    while end > left and folded[end - 1] in _LAST:
        match = _EACH.search(folded, max(left, end - 8), end) or _LINK.search(folded, max(left, end - 5), end)
        if match is None:
            break
        end = match.start()
    return end


def _before_share(folded: str, begin: int, end: int) -> int:
    """The end without the whole that a share is taken of, or the bound that a level is compared with."""
    for match in _SHARE_OF.finditer(folded, begin, end):
        if match.group() not in ("由", "从") or match.start() - begin >= 2:
            return _unlinked(folded, begin, match.start())
    return end


_SHARE_OF = re.compile(
    r"占(?!比|地|用|道|压)|低于|高于|相当于|恢复到|不得|(?:位居|位列|居|列|排名?)(?=[全第前后本])|(?<=..)(?:由|从)(?!于|业|事|此|而)"
)
