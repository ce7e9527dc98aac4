"""Which ranks, ratios and numbers without a unit are checkable quantities."""

from __future__ import annotations

import re

from dafu.numerals import parse_number

_MASK = re.compile(r"[*×]+ ?(?:万|亿)?$")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d$")
_RANK_WORD = re.compile(
    r"(?:排名?|排在|排行|排到|排列|位[列居次]|居|名列|列|跃[升居]|升[至到为]?|晋位|前移|下降|降[至到]|[由为到获]|并列|保持|稳居|进入|跻身)[^，。；、（）]{0,14}$"
)
_RANK_SURE = re.compile(
    r"(?:排名?|排在|排行|排到|位[列居次]|稳居|居|名列|跃[升居]|升至|升到|进[入位]|跻身|入围|全[国省市县区州]|同类|行业|名次|倒数)[^，。；、（）]{0,8}$"
)
_RANK_END = re.compile(r"(?:[，。；、）（]|$|的|方阵|行列)")
_RANK_STOP = re.compile(r"(?:年|个?季度|期|人|天|月|周|批|次|后|步|届|条|款|章|百年|往|台|排|座|代)")


def is_ranked(text: str, before: str, after: str) -> bool:
    """Whether 第3位, 第一, 前三 is a place in an order of merit.

    >>> is_ranked("第3位", "综合得分居全市", "。"), is_ranked("第一", "坚持质量", "，")
    (True, False)
    """
    if text[0] == "第":
        if text[-1] in "位名":
            return bool(_RANK_WORD.search(before) or _RANK_END.match(after))
        return bool(_RANK_SURE.search(before) and _RANK_END.match(after))
    if text[-1] in "位名强":
        return (
            bool(before)
            and not after.startswith(("专", "同学"))
            and (bool(_RANK_SURE.search(before)) or after.startswith(("的", "，", "。", "；")))
        )
    return bool(_RANK_SURE.search(before) and _RANK_END.match(after)) and not _RANK_STOP.match(after)


_RATIO_BEFORE = re.compile(
    r"(?:比例?|[配为按达约]|不低于|高于|超过|比值|缩小|扩大|调整|提高|[至到从由])[^，。；]{0,6}$"
)
_RATIO_AFTER = re.compile(
    r"(?:的?(?:比例|比|配|标准|调换|置换|系数|要求|产权|方式|安置|进行|左右|以[内上]|负担|分担|承担|共担|出资|分配)|[，。；、）]|$)"
)
_CLOCK = re.compile(r"(?:[日天晚午晨时夜：:-]|上班|下班|周[一二三四五六日])\d{0,2}$")


def is_ratio(text: str, before: str, after: str) -> bool:
    """Whether 1：2.5 is a ratio and not a clock time, a score or a verse.

    >>> is_ratio("1：2.5", "师生比为", "。"), is_ratio("8：30", "每日", "开放")
    (True, False)
    """
    if _CLOCK.search(before) or after.startswith(("-", "至", "前", "开", "上班", "起")):
        return False
    first, _, second = re.sub("[：∶]", ":", text).replace(" ", "").partition(":")
    if (
        len(second) == 2
        and second[0] in "03"
        and int(first.split(".")[0]) <= 24
        and not re.search(r"[比例配]", before[-8:] + after[:4])
    ):
        return False
    return bool(_RATIO_BEFORE.search(before) and _RATIO_AFTER.match(after)) or after.startswith(
        ("的比例", "比例", "的比", "调换", "置换", "配")
    )


_BARE_BEFORE = re.compile(
    r"(?:人数|总数|户数|数量|总量|总额|总计|合计|共计|累计|数|[约近超过逾达破补扣给花欠还付交收要出]|达到|超过|突破|降[至到为]|增[至到加]|增加[至到]?|减少[至到]?|提高[至到]|升至|不足|不到|裁军|裁减"
    r"|[共计为]|流[出入])[了]?$"
)
_BARE_SURE = re.compile(
    r"(?:人数|总数|户数|数量|总量|达到?|超过?|突破|降[至到为]|增[至到]|增加[至到]|减少[至到]|提高[至到]|不足|不到)[了]?(?:为|约|近)?$"
)
#: What has no unit by its nature: 灌溉水利用系数由0.41提高到0.51.
_COEFFICIENT = re.compile(r"(?:系数|指数|倍数|容积率|比值)[^，。；、]{0,12}$")
_BARE_END = re.compile(r"(?:[，。；、）！计]|$|以[上下内]|左右|多|余|的)")
_BARE_NOT = re.compile(r"^[零一二三四五六七八九十]{2,4}$|^(?:[百千万亿]+|十)$")
_NOT_BARE_AFTER = re.compile(r"(?:[年月日号时点届期周岁届条]|个?小时|分钟|众|无一|家|物|里|一|余?年|多年)")


def is_bare_claim(text: str, before: str, after: str) -> bool:
    """Whether a number without a unit is a quantity: 参保人数突破一亿, 一套要两万八, 净流出31万.

    >>> is_bare_claim("一亿", "参保人数突破", "。"), is_bare_claim("2024", "截至", "年底")
    (True, False)
    """
    if _NOT_BARE_AFTER.match(after) or _MASK.search(before) or before.endswith(("第", "电话", "：")):
        return False
    parsed = parse_number(text)
    if parsed is None:
        return False
    if text[0].isdigit():
        if any(c in text for c in "万亿"):
            return True
        if any(c in text for c in "-至到") or _YEAR.match(text):
            return False
        if "." in text and _COEFFICIENT.search(before):
            return True
        return len(text) <= 12 and bool(_BARE_SURE.search(before) and _BARE_END.match(after))
    if _BARE_NOT.match(text) and not (
        text[0] in "百千万亿"
        and before.endswith(("近", "约", "超", "上", "过", "逾", "数以"))
        and _BARE_END.match(after)
    ):
        return False
    if text[0] in "百千万亿":
        return before.endswith(("近", "约", "超", "上", "超过", "逾", "突破", "数以")) and bool(
            _BARE_END.match(after) or after.startswith("计")
        )
    if any(c in text for c in "万亿"):
        return len(text) > 2 or text[0] != "一" or bool(_BARE_BEFORE.search(before))
    return (
        any(c in text for c in "百千")
        and bool(_BARE_END.match(after))
        and bool(_BARE_BEFORE.search(before) or text[-1] not in "百千")
    )
