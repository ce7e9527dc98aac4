"""The words of a sentence and what each is to a noun phrase, by jieba's parts of speech and lists of our own."""

from __future__ import annotations

import functools
import re
from typing import Final, NamedTuple

from dafu.verbs import ACT, ADVERB_START
from dafu.words import word_tagger

Span = tuple[int, int]

#: What a word is to a noun phrase: part of it; a verb that governs it; a verb that governs it or is part of it;
#: a verb that governs it only where the clause has none yet; a word outside of any; 的; a conjunction or bracket.
NOUN: Final = "n"
VERB: Final = "v"
EITHER: Final = "e"
MAYBE: Final = "m"
OUTSIDE: Final = "o"
OF: Final = "d"
AND: Final = "a"
_VERBS: Final = (VERB, EITHER, MAYBE)


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
            or (text in _SUFFIX and last.kind in (NOUN, *_VERBS))
            or (text == "比" and last.text in ("占", "存贷"))
        ):
            found[-1] = Word(last.start, end, last.text + text, NOUN, "n")
        else:
            found.append(Word(at, end, text, _kind(text, tag), tag))
        at = end
    return found
