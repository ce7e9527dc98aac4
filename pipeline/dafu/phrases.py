"""Noun phrases in the words of a clause: what a quantity may be counting, by jieba's parts of speech."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from dafu.verbs import ACT, ADVERB_START
from dafu.words import word_tagger

Span = tuple[int, int]

#: What a word is to a noun phrase: part of it; a verb that governs it; a verb that governs it or is part of it;
#: a verb that governs it only where the clause has none yet; a word outside of any; 的; a conjunction or bracket.
NOUN: Final = "noun"
VERB: Final = "verb"
EITHER: Final = "either"
MAYBE: Final = "maybe"
OUTSIDE: Final = "outside"
OF: Final = "of"
AND: Final = "and"
VERBS: Final = (VERB, EITHER, MAYBE)


class Word(NamedTuple):
    """A word with its place in the letter's text."""

    start: int
    end: int
    text: str
    kind: str
    tag: str


#: Words that jieba calls verbs and letters use as nouns.
_NOUNS: Final = frozenset(
    """
教育 养老 医疗 收入 支出 贷款 存款 运行 寄宿 示范 试点 就业 生产 消费 旅游 交易 事故 在册 在校 在编 在岗 出口 进口 需求 预算 决算 结余 住院 门诊 急诊 负荷 负债 亏损 合同 投诉 报修 触电 死亡 流失 成活 履约 托育
康复 惠民 便民 存栏 出栏 增加值 转移支付 罚款 补助 补贴 奖补 奖励 工资 薪酬 订单 综合 公共 持证 上岗 执法 执业 认定 备案 参保 参训 参评 迁建 出资 增资 融资 投资 投入 学历 任务 指标 重点 标准化 数字化 探头 有关
规模以上 规模 各项 各类 各级 最低 最高 平均 人均 户均 亩均 日均 年均 月均 生均 一般 基本 中小 主要 实际 以上 以下 性 涉嫌 违规 不合格 无障碍 可支配 智能 新型 老旧 高新 自助 专项 低保 救助 停车 充电 用水 用电 供水 供热 供电 等效 受损 互助
可用 可燃 免费 重复 自然 城镇 本科 初中 夜间 日间 独居 留守 退役 下岗 在建 待建 废弃 破损 受灾 拥堵 出租 常住 随迁 外来 进城 务工 返乡 散养 快速 慢行 兼职 在职 退休 离休 编外 学前 课后 第三方 快递 加油 加气 信访 违建
侵权 假冒 涉案 涉农 减排 节能 耗水 耗能 取水 排水 排涝 退耕 撂荒 居住 脱贫 腐蚀 后续 互联 共享 一次性 增速 增幅 降幅 涨幅 资助 转贷 全科 公租 廉租 再生
""".split()
)
#: Verbs that take an object and are parts of nouns as well (改造老旧小区, 小区改造项目).
_EITHER: Final = frozenset(
    """
保护 服务 管理 培训 改造 建设 治理 监管 维护 维修 养护 护理 照护 监测 检测 检查 审批 规划 创新 改革 发展 保障 体检 筛查 招聘 销售 种植 养殖 灌溉 绿化 保洁 配套 开放 供气 巡查 宣传 指导 帮扶 扶持 安置 回迁 转化
转型 登记 处罚 申报 使用 利用 覆盖 施工 设计 普查 分类 调解 仲裁 演出 展览 研究 评估 应用 演练 孵化 接入 回收 收购 采购 征收 拆迁 捐赠 经营 加工 储备 租赁 报销 统筹 救援 防控 阅读 借阅 放映 通行 供应 排放 处理
提取 缴存 实习 任教 控制 托管 救济 慰问 抚恤 优抚 补偿 赔偿 征地 承包 流转 流动 固定 加装 签约 清运 贴息 担保 增值 公示 巡回 直播 招生 开工 完工 竣工 立案 出让 配建
""".split()
)
#: Verbs that hand money out: what follows is what is handed out, never part of their own compound.
_GIVING: Final = frozenset(
    "安排 下达 拨付 发放 争取 投入 筹集 落实 整合 兑现 支付 享受 获得 追回 返还 减免 给予 领取 提高 增加 减少 降低 完成 达到 实现 取得 确定 核定 补缴 缴纳 收取 实施 新增 建立 设立 推进".split()
)
#: Words that name a measure: a verb right before them is part of the phrase (接入率, 搬迁补助).
_HEADS: Final = re.compile(
    r".*[率额价款费]|补助|补贴|奖补|标准|规模|面积|金额|价格|余额|比例|占比|收入|支出|人数|户数|年限|期限|限额|产值|投资|总量|数量|对象|人员"
)
_RATES: Final = re.compile(r".*率|占比|比例|比重|面积|规模")
#: A head of so few characters keeps its attribute (参与表决的业主; but 阳台的|使用面积).
_BARE: Final = 2
_AND: Final = frozenset("、和与及或·-") | {"以及", "暨"}
_BRACKETS: Final = {"“": "”", "（": "）", "《": "》"}
_OUTSIDE_TAGS: Final = frozenset(
    {"d", "r", "t", "p", "c", "ul", "uz", "ug", "ud", "uv", "y", "e", "m", "f", "x", "df"}
)
_OUTSIDE_WORDS: Final = re.compile(
    r"其中|截至|累计|合计|共计|总计|现有|现行|全年|全部|首[批次年期]|当[晚天年月日]|以来|期间|里面|左右|上下|所有|目前|分别|一次性|年底|年初|月底|月末|期末|底|末|初|年|月|日|时|月份|小时|学期|季度?|年度|第[一二三四五六七八九十]"
    r"|每|[您你我他她它其此这那]|我们|他们|自己|[因而还尚应需要可会拟将须该且即若如凡另又共才]|不得|不能|愿意|愿|一共|直接|如果|按照|根据|依据|通过|关于|对于|由于|因为|用于|作为|围绕|统计|测算|计算|提案|建议|方面|范围|之间|境内|位于|居|位居|排|提出|认为|发现"
    r"|全[国省市县区州镇乡村街旗域校厅系司行]|我[国省市县区州镇乡街旗村校局委办厅部院会站镇们]|本[省市县区镇乡村校局]|[省市县区镇乡村]里|各地|有的|不少|多数|首先|[省市县区]财政|[省市区县]级财政|中央财政|财政"
)
#: 生|均, 户|均: per head of what.
_EACH: Final = frozenset("生户人亩年月日班村")
_SUFFIX: Final = frozenset("率型数额费价量值度户员者业类级款岁面券钱法点")
_PLACE = re.compile(r".{1,4}[省市县区镇乡村州旗]")
_ACT = re.compile(ACT)


@functools.lru_cache(maxsize=1 << 16)
def _kind(text: str, tag: str) -> str:
    if text in _AND:
        return AND
    if text == "的":
        return OF
    if text in _NOUNS:
        return NOUN
    if text in _EITHER:
        return EITHER
    if _OUTSIDE_WORDS.fullmatch(text) or (tag == "ns" and _PLACE.fullmatch(text)):
        return OUTSIDE
    if _ACT.fullmatch(text):
        return VERB
    if tag in _OUTSIDE_TAGS or ADVERB_START.fullmatch(text):
        return OUTSIDE
    if tag in ("v", "vg", "vd", "vi", "vq"):
        return MAYBE
    return NOUN


def words_of(folded: str, left: int, right: int) -> list[Word]:
    """The words of ``folded[left:right]``. Suffixes that jieba cuts off (护理|型, 接入|率) stay with their word, and
    what stands in quotation marks or brackets is one.

    >>> [word.text for word in words_of("护理型床位占比", 0, 7)]
    ['护理型', '床位', '占比']
    """
    found: list[Word] = []
    at = left
    closing = ""
    for text, tag in word_tagger()(folded[left:right]):
        end = at + len(text)
        last = found[-1] if found else None
        if len(text) > 1 and not closing:  # brackets and suffixes are single characters
            found.append(Word(at, end, text, _kind(text, tag), tag))
        elif closing and last:
            found[-1] = Word(last.start, end, last.text + text, NOUN, "n")
            if text == closing:
                closing = ""
        elif text in _BRACKETS and folded.find(_BRACKETS[text], end, right) >= 0:
            closing = _BRACKETS[text]
            found.append(Word(at, end, text, NOUN, "x"))
        elif last and (
            (text == "均" and last.text[-1] in _EACH)
            or (text in _SUFFIX and last.kind in (NOUN, *VERBS))
            or (text == "比" and last.text in ("占", "存贷"))
        ):
            found[-1] = Word(last.start, end, last.text + text, NOUN, "n")
        else:
            found.append(Word(at, end, text, _kind(text, tag), tag))
        at = end
    return found


def phrase_end(words: Sequence[Word], *, elliptic: bool = True) -> Span | None:
    """The noun phrase that ends the words: after the last verb, adverb, preposition or time.

    ``elliptic``: a phrase may end in 的, its noun left out (住窑洞的九十六户).

    >>> text = "市财政安排名城保护专项资金"
    >>> text[slice(*phrase_end(words_of(text, 0, len(text))))]
    '名城保护专项资金'
    """
    if words and words[-1].kind == OF:
        if elliptic:
            begin = next(
                (i for i, w in enumerate(words) if (w.kind not in (OUTSIDE, AND) or w.tag == "m")),
                len(words) - 1,
            )
            return (words[begin].start, words[-1].end) if begin < len(words) - 1 else None
        words = words[:-1]
    stop = len(words)
    while stop and words[stop - 1].kind == NOUN and words[stop - 1].text in "长宽高深重":  # 灌渠长200米
        stop -= 1
    words = words[:stop]
    if not words:
        return None
    if words[-1].kind in (MAYBE, VERB) and len(words[-1].text) == 1:  # 村里打了80分
        return None
    begin = _object(words)
    if begin == len(words):  # 会员覆盖3460人: the subject is counted
        return _subject(words)
    if begin == len(words) - 1 and words[begin].kind in VERBS:  # 完工17个: no noun at all
        return None
    return _trimmed(words, begin, len(words))


def phrase_start(words: Sequence[Word]) -> Span | None:
    """The noun phrase that begins the words: up to the verb or adverb that says what it does.

    >>> text = "小区返工"
    >>> text[slice(*phrase_start(words_of(text, 0, len(text))))]
    '小区'
    """
    stop = 0
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else None
        if word.kind == NOUN or (
            i == stop
            and word.kind in (EITHER, MAYBE, VERB)
            and following is not None
            and following.kind in (NOUN, EITHER)
            and (word.kind == EITHER or i == 0)
        ):
            stop = i + 1
        elif i == 0 and word.kind == EITHER:
            stop = 1
        elif word.kind == AND and stop == i and i and following is not None and following.kind == NOUN:
            stop = i + 1
        else:
            break
    return _trimmed(words, 0, stop)


def _object(words: Sequence[Word]) -> int:
    """Where the phrase at the end begins."""
    begin = 0
    governed = True  # the clause still lacks its verb
    each = False
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else None
        if each:
            begin, each = i + 1, False
        elif word.text in ("各项", "各类"):  # 金融机构各项存款余额
            begin = i
        elif word.kind == OUTSIDE:
            if word.tag == "m" and i > begin and following is not None:
                continue
            begin, each = i + 1, word.text == "每" and following is not None
            governed = governed or word.tag == "p"
        elif word.kind == AND:
            if i == begin:
                begin = i + 1
        elif word.text == "等" and following is not None:
            begin, governed = i + 1, True
        elif word.kind == OF and following is not None:
            governed = True
            if words[-1].end - following.start > _BARE or i == 0:
                begin = i + 1
            elif i == begin:  # 预收的押金: the verb is the attribute; 您家的押金: no attribute
                begin = i - 1 if words[i - 1].kind in VERBS else i + 1
        elif word.kind in VERBS and _governs(word, following, i == begin, governed):
            begin, governed = i + 1, False
    return begin


def _governs(word: Word, following: Word | None, first: bool, governed: bool) -> bool:
    """Whether a verb governs what follows, rather than being a part of it."""
    if following is not None and following.kind == AND:  # 拆除和安置费
        return False
    if word.kind == VERB:
        return not (
            following is not None
            and _HEADS.fullmatch(following.text)
            and word.text not in _GIVING
            and len(word.text) > 1
        )
    if word.kind == MAYBE:
        rate = following is not None and _RATES.fullmatch(following.text)
        return governed and (first or len(word.text) > 1) and following is not None and not rate
    if following is None or _HEADS.fullmatch(following.text):
        return False
    return first and governed


def _subject(words: Sequence[Word]) -> Span | None:
    stop = len(words)
    while stop and words[stop - 1].kind in (VERB, MAYBE, OUTSIDE):
        stop -= 1
    begin = stop
    while begin and words[begin - 1].kind in (NOUN, EITHER):
        begin -= 1
    if begin == stop or words[stop - 1].tag in ("nt", "nr", "ns", "nz"):
        return None
    return _trimmed(words, begin, stop)


def _trimmed(words: Sequence[Word], begin: int, stop: int) -> Span | None:
    while begin < stop and words[begin].kind == AND:
        begin += 1
    while begin < stop and words[stop - 1].kind == AND:
        stop -= 1
    return (words[begin].start, words[stop - 1].end) if begin < stop else None
