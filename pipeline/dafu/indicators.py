"""What a quantity counts (indicator) and over whom or where (scope), read from the words around it."""

from __future__ import annotations

import re
from typing import Final

from dafu.verbs import ACT, ACT_START, ADVERB_START

_FUNCTION = "年月日全我本在由对经为将和与及至到从向于各该此近一两三四五六七八九持助请使是有的个等把被让也"
_SCOPE = re.compile(
    r"全[国省市县区州镇乡村街旗域校厅系司行]|我[国省市县区州镇乡街旗村校](?!们)|本[省市县区镇乡村校](?!级)|全社会|"
    rf"(?<![\u4e00-\u9fff])(?:(?![{_FUNCTION}])[\u4e00-\u9fff]){{2,4}}?(?:自治区|省|市|县|(?<![社小园景片库校厂城户陷灾山牧林矿成])区|镇|乡|街道)"
    r"(?![委政长级域场区民局镇际直属内部划位人组规干])"
)
#: Words that may stand between an indicator and its figure, and belong to neither.
_LINK = re.compile(
    r"(?:达到了?|达|[为是有共占]|分别为?|合计|共计|总计|累计|约|超过|超|近|突破|不少于|不低于|不超过|逾|增长|增加|提高|提升|上升|上涨|下降|降低|减少|压减|压缩|缩短|回落|扩大|精简|核减|下调|上调|上浮|下浮|增|减|升|降|涨|了|到|至|由|从|在|(?<!船)只|仅|控制|保持|稳定"
    r"|稳定在|一般|平均|每年|每月|每人|每户|每亩|每村|就|已|已经|均|都|各|再|还|能|可|要|需|将|即|等|也|不足|不到|高|低|多|少|最高|最低|同比|环比|年均|净|接近|将近|大约|左右|实现|力争|预计|补助|按|以|上|其中|另|现|计|于|：|“|”| )$"
)
_BASE_WORDS = re.compile(
    r"(?:同比|环比|(?:比|较|与)[^，。；]{1,10}?(?:年|同期|底|初|前|以来|相比|平均|水平|计划)|在[^，。；]{1,8}基础上)(?:相比|分别)?"
)
_LEAD = re.compile(
    rf"(?:{ADVERB_START.pattern}(?<!就)|就(?!业|医|近|诊|学)|至今|[一二三四五六七八九十]是|其中|截至[^，]{{0,8}}|今年以?来?|去年|明年|近年来|以来|年底前?|底前|前|到|至|共|累计|合计|总|和|与|及|以及|并|的|个|等|有|是|为|对|把|将|由|从|向|在(?!校|册|建|职|岗|编|园|库|读)|给|按|每|用|"
    r"全[国省市县区州镇乡村街校]|我[国省市县区局委办厅部院校镇乡街们州]|本[省市县区局]|镇里|县里|市里|省里|村里|乡里|、|）|（|“|”|-| |接近|约|相当于|低于|高于|占|[一二两三四五六七八九十\d]{1,3}(?:年|个?月|天)|\d{4}年|\d{1,2}月份?|上半年|下半年|[一二三四1-4]季度|省级|中央|市级|县级)"
)
_KEPT: Final = ("净增", "新增")
_SUBJECT_VERB = re.compile(
    rf"[^，。；的]{{1,12}}?(?:[局厅委府政道镇乡市县区省司门院校心队业行村们里央]|已|共|新|实际|累计|先后|又)(?:已|共|还|又|再|也)?(?P<verb>{ACT})(?![费率额])"
)
_AFTER_STOP = re.compile(
    rf"[，。；：、！？（）“”\n\d《》]|的|和|与|及|或|在|已|将|均|都|是|为|被|由|从|到|用于|用|全部|进行|参加|参与|享受|给|向|对|把|等|中|内|后|前|每|按|以|可|能|要|需|不|未|没|有|也|就|再|还|又|因|共|分别|左右|上下|领|获|仍|搬|使|占|达|上[半一]|下[半一]|今年|去年|明年|年|只|一[起并次]|逐|以[上下内]|{ACT}"
)
_NOUN = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,12}")
_LONGEST: Final = 18


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
    start = end
    if folded.startswith("的", start):
        start += 1
    stop = _AFTER_STOP.search(folded, start, right)
    limit = stop.start() if stop else right
    if limit - start < 2 or limit - start > _LONGEST:
        return None
    match = _NOUN.match(folded, start, limit)
    return match.span() if match and match.end() - start >= 2 else None


def noun_before(folded: str, left: int, start: int) -> tuple[int, int] | None:
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
    begin, verb = _after_verb(folded, left, end)
    if begin >= end:
        return verb
    begin, end = _head(folded, begin, end)
    if end - begin < 2 or _EMPTY.fullmatch(folded, begin, end):
        return None if folded.startswith(("其", "剩", "另", "每", "占"), begin) else verb
    return begin, end


_EACH = re.compile(
    r"每(?:年|月|天|日|周|季度?|人次?|户|亩|生|场|次|村|镇|校|家|班|台|吨|度|公里|平方米|座|所|个|名|套|单元|社区|小时|桶|公?斤|位|处|件)$"
)
_EMPTY = re.compile(r"(?:其余的?|其他|另外|剩余|剩下|现有|共有|总共|每[^，。；]{1,4}|占.*|平方米|个人)")


def _unlinked(folded: str, left: int, end: int) -> int:
    """The end without copulas, verbs of change and 每人每月 before the figure."""
    while end > left:
        match = _EACH.search(folded, max(left, end - 4), end) or _LINK.search(folded, max(left, end - 5), end)
        if match is None:
            break
        end = match.start()
    return end


def _after_verb(folded: str, begin: int, end: int) -> tuple[int, tuple[int, int] | None]:
    """Where the noun phrase begins: after subject, adverbs and the first verb; and that verb."""
    verb: tuple[int, int] | None = None
    while begin < end:
        match = _LEAD.match(folded, begin, end)
        if match and match.end() > begin:
            begin = match.end()
            continue
        act = ACT_START.match(folded, begin, end) if verb is None else None
        if act is None or (act.group() in _KEPT and act.end() < end):
            break
        verb = act.span()
        begin = act.end()
    if verb is None and begin < end:  # 市财政安排资金: the verb stands after its subject
        inner = _SUBJECT_VERB.match(folded, begin, end)
        if inner and end - inner.end() >= 2 and folded[inner.end()] not in "从由按每至到为达":
            verb = inner.span("verb")
            begin = inner.start("verb") if inner["verb"] in _KEPT else inner.end()
    while begin < end and folded[begin] in "了过的到":
        begin += 1
    return begin, verb


def _head(folded: str, begin: int, end: int) -> tuple[int, int]:
    """The part of a phrase that names what is counted: without a share's whole, a preposition, a long attribute."""
    for word in ("占", "低于", "高于", "相当于", "从", "由"):
        cut = folded.find(word, begin + 2, end)
        if cut >= 0:
            end = _unlinked(folded, begin, cut)
    for at in range(end - 2, begin, -1):  # 县财政按每所: what the preposition governs
        if folded[at] in "按把对向给" and folded[at + 1] not in "照口于象外内策应标":
            begin = at + 1
            break
    at = folded.rfind("、", begin, end)
    if at >= 0 and any(c.isdigit() for c in folded[begin:at]):
        begin = at + 1
    at = folded.rfind("的", begin, end - 1)
    if at >= 0 and end - begin > _LONGEST:
        begin = at + 1
    begin = max(begin, end - _LONGEST)
    while begin < end and folded[begin] in " 、）（”的":
        begin += 1
    while begin < end and folded[end - 1] in " 、（“的":
        end -= 1
    if begin and folded[begin - 1] == "“" and folded.find("”", begin, end) >= 0:  # “三无”船只
        begin -= 1
    return begin, end
