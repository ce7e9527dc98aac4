"""Figures: value, approximation, change, base, indicator, scope, period and aim of each quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafu.figures import find_figures
from dafu.folding import fold
from dafu.letter import parse_letter
from dafu.quantities import find_quantities
from dafu.records import Figure, SentenceTag

DONE = ("completed", "quantitative")
PLAN = ("planned", "quantitative")
BOTH = ("completed", "planned", "quantitative")


def figures(text: str, labels: Sequence[str] = DONE, date: str | None = "2025-04-28") -> tuple[Figure, ...]:
    letter = parse_letter(text)
    letter = replace(letter, meta=replace(letter.meta, date=date))
    folded = fold(text)
    quantities = [
        [
            replace(q, start=q.start + s.start, end=q.end + s.start)
            for q in find_quantities(folded[s.start : s.end])
        ]
        for s in letter.sentences
    ]
    tags = [SentenceTag(tuple(labels), {"quantitative": 0.9}) for _ in letter.sentences]
    return find_figures(letter, folded, tags, quantities)


def one(text: str, labels: Sequence[str] = DONE) -> Figure:
    (figure,) = figures(text, labels)
    return figure


@pytest.mark.parametrize(
    ("text", "written", "value", "unit", "unit_class"),
    [
        ("安排专项资金2.5亿元。", "2.5亿元", 250_000_000, "元", "money"),
        ("购置农机1.3万台(套)。", "1.3万台(套)", 13_000, "台(套)", "count"),
        ("覆盖率达70%。", "70%", 0.7, "%", "rate"),
        ("优良率百分之三十六点九。", "百分之三十六点九", 0.369, "%", "rate"),
        ("参训人员占三成五。", "三成五", 0.35, "%", "share"),
        ("费用降低两成。", "两成", 0.2, "%", "growth"),
        ("三分之一的村已通车。", "三分之一", 1 / 3, "%", "share"),
        ("失业率降至3.5%。", "3.5%", 0.035, "%", "rate"),
        ("失业率下降3.5个百分点。", "3.5个百分点", 3.5, "百分点", "growth"),
        ("每年补贴1.2万元/亩。", "1.2万元/亩", 12_000, "元/亩", "price"),
        ("人工成本0.8万元/人·月。", "0.8万元/人·月", 8000, "元/人·月", "price"),
        ("产值翻一番。", "翻一番", 2, "倍", "multiple"),
        ("产量是五年前的3倍。", "3倍", 3, "倍", "multiple"),
        ("每亩成本12元9角。", "12元9角", 12.9, "元", "money"),
        ("每度便宜三毛五。", "三毛五", 0.35, "元", "money"),
        ("满意度居全省第3位。", "第3位", 3, "位", "rank"),
        ("师生比为1:2.5。", "1:2.5", 0.4, "", "ratio"),
        ("新修渠道12公里。", "12公里", 12, "公里", "length"),
        ("流转土地八百亩。", "八百亩", 800, "亩", "area"),
        ("参保人数突破一亿。", "突破一亿", 1e8, "", "count"),
    ],
)
def test_value_in_the_units_base(text: str, written: str, value: float, unit: str, unit_class: str) -> None:
    found = one(text)
    assert (found.text, found.unit, found.unit_class) == (written, unit, unit_class)
    assert found.value == pytest.approx(value)
    assert found.low is None


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("每镇配5—8个车位。", 5, 8, "个"),
        ("补助标准30%至40%。", 0.3, 0.4, "%"),
        ("奖励5万元至8万元。", 50_000, 80_000, "元"),
        ("奖励5至8万元。", 50_000, 80_000, "元"),
        ("走访两三百户。", 200, 300, "户"),
        ("处二万元以上十万元以下罚款。", 20_000, 100_000, "元"),
        ("抽查十几家商铺。", 11, 19, "家"),
        ("降低七八成。", 0.7, 0.8, "%"),
    ],
)
def test_a_span_has_two_ends_and_no_value(text: str, low: float, high: float, unit: str) -> None:
    found = one(text)
    assert (found.value, found.unit) == (None, unit)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("text", "written", "approx"),
    [
        ("检查商铺82家。", "82家", "exact"),
        ("检查商铺约82家。", "约82家", "about"),
        ("检查商铺82家左右。", "82家左右", "about"),
        ("惠及超过2000人。", "超过2000人", "over"),
        ("惠及三百余户。", "三百余户", "over"),
        ("惠及2000多人。", "2000多人", "over"),
        ("上万人参加。", "上万人", "over"),
        ("发放近百件衣物。", "近百件", "under"),
        ("收入不足3万元。", "不足3万元", "under"),
        ("服务不少于3000人次。", "不少于3000人次", "at_least"),
        ("建成40座以上。", "40座以上", "at_least"),
        ("费用不超过80万元。", "不超过80万元", "at_most"),
        ("面积90平方米以内。", "90平方米以内", "at_most"),
        ("学校附近3家商铺停业。", "3家", "exact"),
        ("门票不得超过40元。", "不得超过40元", "at_most"),
        ("间距不应小于4公里。", "不应小于4公里", "at_least"),
        ("年费未超过10万元。", "未超过10万元", "at_most"),
        ("每村至少有5名护林员。", "至少有5名", "at_least"),
        ("结余最多可提60%。", "最多可提60%", "at_most"),
        ("全年约需2.9亿元。", "约需2.9亿元", "about"),
        ("改造要三千万元出头。", "三千万元出头", "over"),
    ],
)
def test_words_of_approximation_belong_to_the_figure(text: str, written: str, approx: str) -> None:
    found = one(text)
    assert (found.text, found.approx) == (written, approx)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("产值达到7亿元。", "level"),
        ("产值增长7%。", "increase_by"),
        ("产值增长了近7%。", "increase_by"),
        ("产值增速达7%。", "increase_by"),
        ("净增企业281家。", "increase_by"),
        ("增加投入300万元。", "increase_by"),
        ("票价上浮20%。", "increase_by"),
        ("占比提高3.5个百分点。", "increase_by"),
        ("覆盖率提高到65%。", "increase_to"),
        ("泊位增至900个。", "increase_to"),
        ("规模扩大为12所。", "increase_to"),
        ("税收翻两番。", "increase_to"),
        ("能耗下降13.5%。", "decrease_by"),
        ("公用经费压减三成。", "decrease_by"),
        ("积水点减少14处。", "decrease_by"),
        ("降幅达12%。", "decrease_by"),
        ("投诉降到4件。", "decrease_to"),
        ("材料精简至19页。", "decrease_to"),
        ("檐口高不超过10米。", "level"),
        ("最多安排30人。", "level"),
    ],
)
def test_change(text: str, change: str) -> None:
    assert one(text).change == change


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("补偿标准由5元提高到10元。", ["level", "increase_to"]),
        ("投诉由月均37件降到4件。", ["level", "decrease_to"]),
        ("合格率由三成到五成。", ["level", "increase_to"]),
        ("班次由9个到5个。", ["level", "decrease_to"]),
    ],
)
def test_from_x_to_y_is_a_level_and_a_change(text: str, changes: list[str]) -> None:
    assert [f.change for f in figures(text)] == changes


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("产值同比增长7%。", "同比"),
        ("销量环比下降4%。", "环比"),
        ("客运量比2012年减少13.6%。", "比2012年"),
        ("成交价较去年同期低4.2%。", "较去年同期"),
        ("与上年相比，产值增长7%。", "与上年相比"),
        ("产值达到7亿元。", None),
        ("资金比例为3%。", None),
    ],
)
def test_base(text: str, base: str | None) -> None:
    assert one(text).base == base


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("近两年我市安排专项激励资金约2.5亿元。", "专项激励资金"),
        ("去年，全区净增民营高新技术企业281家。", "民营高新技术企业"),
        ("改造小区19个。", "小区"),
        ("为9个小区更换管网。", "小区"),
        ("县财政垫付拆除和安置费860万元。", "拆除和安置费"),
        ("全县旅游收入同比增长12%。", "旅游收入"),
        ("湿地面积约占国土面积的5.6%。", "湿地面积"),
        ("下发《责令限期改正通知书》31份。", "《责令限期改正通知书》"),
        ("培训96人。", "培训"),
    ],
)
def test_indicator(text: str, indicator: str) -> None:
    assert one(text).indicator == indicator


@pytest.mark.parametrize(
    ("text", "indicators"),
    [
        # the object of the last verb, without subject, adverbs, time, beneficiaries and possessors
        ("去年冬天，县残联为出行不便的老人配发轮椅420辆。", ["轮椅"]),
        ("市水务集团先后更换小口径水表1.6万只。", ["小口径水表"]),
        ("全区现有寄宿制幼儿园12所。", ["寄宿制幼儿园"]),
        ("您家的阳台面积为6.4平方米。", ["阳台面积"]),
        ("添置轮椅、拐杖、护理床等器具350件。", ["器具"]),
        # verbs inside a noun belong to it
        ("护理型病床占比提高到58%。", ["护理型病床占比"]),
        ("全省农产品抽检合格率达到98%。", ["农产品抽检合格率"]),
        ("精神科执业（助理）医师310名。", ["精神科执业（助理）医师"]),
        ("改造“三无”楼院26处。", ["“三无”楼院"]),
        # the noun left out
        ("其中住平房的86户。", ["住平房的"]),
        ("会员增加到2300人。", ["会员"]),
        ("预收的押金60万元。", ["预收的押金"]),
        # after the measure word, up to what it does
        ("随后组织7名骨干教师到场指导。", ["骨干教师"]),
        ("3个社区返工。", ["社区"]),
        ("还增设5台自助借书机，随到随用。", ["自助借书机"]),
        # a sum wants a noun of money
        ("由县总工会每处补助2000元。", ["补助"]),
        ("县财政按每亩80元的标准发放补贴。", ["补贴"]),
        ("补贴标准为城镇户每户600元、农村户每户900元。", ["补贴标准", "补贴标准"]),
        ("拨付公用经费补助900万元，其中省级600万元。", ["公用经费补助", "公用经费补助"]),
        # a count takes up the noun of its own unit only
        # shares: of a source, of what 的 names, of what was named
        ("拨付最后5%的质保款。", ["质保款"]),
        ("其中住平房的占三成。", ["住平房的"]),
        ("请补开3.2万元的收据。", ["收据"]),
        ("今年计划新建8座。", [None]),
        ("投诉量同比下降12%，降幅居全市第二位。", ["投诉量", "降幅"]),
        # what 分别 deals out over the list before
        ("全市有公园86个、绿道120公里，较2019年分别增长40%、25%。", ["公园", "绿道", "公园", "绿道"]),
    ],
)
def test_indicators_are_noun_phrases_that_fit_their_unit(text: str, indicators: list[str | None]) -> None:
    assert [f.indicator for f in figures(text)] == indicators


def test_an_indicator_is_inherited_by_the_next_clause() -> None:
    found = figures("充电桩保有量1.2万个，同比增长三成。")
    assert [f.indicator for f in found] == ["充电桩保有量", "充电桩保有量"]


@pytest.mark.parametrize(
    "text",
    [
        "高新企业、科技企业分别达到842家、6950家。",
        "高新企业和科技企业依次为842家、6950家。",
        "高新企业、科技企业总数达842家、6950家，分别位居全市前列。",
    ],
)
def test_a_list_is_dealt_out_over_its_indicators(text: str) -> None:
    assert [(f.indicator, f.value) for f in figures(text)] == [("高新企业", 842), ("科技企业", 6950)]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("截至5月底，全市建成充电桩300个。", "全市"),
        ("我县新建公厕40座。", "我县"),
        ("青沅县新建公厕40座。", "青沅县"),
        ("新建公厕40座。", None),
        ("社区新建公厕40座。", None),
        ("按照市里的要求，新建公厕40座。", None),
        ("我县境内新建公厕40座。", "我县境内"),
        ("该校新建公厕4座。", "该校"),
        ("镇里新建公厕4座。", "镇里"),
    ],
)
def test_scope(text: str, scope: str | None) -> None:
    assert one(text).scope == scope


@pytest.mark.parametrize(
    ("text", "labels", "period", "first", "last"),
    [
        ("近两年，投入320万元。", DONE, "近两年", "2023-01-01", "2024-12-31"),
        ("截至2024年底，建成40座。", DONE, "截至2024年底", None, "2024-12-31"),
        ("到2027年，达标率达到90%。", PLAN, "到2027年", None, "2027-12-31"),
        ("客运量比2012年减少13.6%。", DONE, None, None, None),
        ("收购房龄20年以内、面积90平方米以下的住房。", DONE, None, None, None),
        ("按《规划（2011—2030年）》完成12项。", DONE, None, None, None),
        # carried into later clauses, unless these are of another time or state a rule
        ("2023年新建公厕，拆除旱厕40座。", DONE, "2023年", "2023-01-01", "2023-12-31"),
        ("2023年开工建设，目前已完成40座。", DONE, None, None, None),
        ("2021年印发管理办法，设置考核指标40项。", DONE, None, None, None),
        ("这座楼建于1996年，共12层。", DONE, None, None, None),
        ("2021年开园，门票不得超过40元。", DONE, None, None, None),
    ],
)
def test_period(
    text: str, labels: Sequence[str], period: str | None, first: str | None, last: str | None
) -> None:
    found = one(text, labels)
    assert (found.period, found.period_start, found.period_end) == (period, first, last)


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("企业由2015年的180家增加到460家。", ["2015年", None]),
        ("今年补助由60元提高到80元。", [None, "今年"]),
    ],
)
def test_the_period_of_a_level_is_not_that_of_the_other(text: str, periods: list[str | None]) -> None:
    assert [f.period for f in figures(text)] == periods


@pytest.mark.parametrize(
    ("text", "labels", "target", "label"),
    [
        ("改造小区19个。", DONE, False, "completed"),
        ("明年改造小区19个。", PLAN, True, "planned"),
        ("到2027年达标率达到90%。", PLAN, True, "planned"),
        ("目前已改造小区19个，将继续推进。", PLAN, False, "planned"),
        ("现有基站86座。", ("quantitative",), False, "other"),
        ("规划目标为86座。", ("quantitative",), True, "other"),
        ("全年计划改造19个小区。", ("quantitative",), True, "other"),
    ],
)
def test_aim_and_label(text: str, labels: Sequence[str], target: bool, label: str) -> None:
    found = one(text, labels)
    assert (found.target, found.label) == (target, label)


def test_in_a_mixed_sentence_each_figure_goes_to_its_own_measure() -> None:
    found = figures("计划改造院落180个，截至目前实际完成134个，投入870万元。", BOTH)
    assert [(f.target, f.label) for f in found] == [
        (True, "planned"),
        (False, "completed"),
        (False, "completed"),
    ]


def test_only_quantitative_sentences_give_figures() -> None:
    assert figures("改造小区19个。", ("completed",)) == ()


def test_the_probability_is_the_sentences() -> None:
    assert one("改造小区19个。").probability == 0.9


PIECES = st.sampled_from(
    [
        "全市",
        "去年",
        "投入",
        "专项资金",
        "约",
        "2.5亿元",
        "，",
        "同比",
        "增长",
        "7%",
        "由",
        "5个",
        "提高到",
        "10个",
        "三百余户",
        "以上",
        "分别",
        "、",
        "。",
        "（",
        "）",
        "《",
        "》",
        "1:2",
        "第3位",
        "翻一番",
        "万",
        "\n",
        "力争",
        "到2027年",
        "５％",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from([DONE, PLAN, BOTH, ("quantitative",)]))
@settings(max_examples=300, deadline=None)
def test_every_cell_is_a_slice_of_the_letter(text: str, labels: Sequence[str]) -> None:
    end = 0
    for figure in figures(text, labels):
        assert end <= figure.start < figure.end
        end = figure.end
        assert text[figure.start : figure.end] == figure.text
        for cell in (figure.base, figure.indicator, figure.scope, figure.period):
            assert cell is None or cell in text
        if figure.low is not None and figure.high is not None:
            assert figure.low <= figure.high
            assert figure.value is None
        assert not (figure.value is not None and figure.low is not None)


@pytest.mark.parametrize(
    ("text", "labels", "target", "first", "last"),
    [
        ("今年三季度，改造道路8公里。", PLAN, True, "2019-07-01", "2019-09-30"),
        ("9月底前，改造道路8公里。", PLAN, True, None, "2019-09-30"),
        ("去年，改造道路8公里。", PLAN, False, "2018-01-01", "2018-12-31"),
        ("11月，改造道路8公里。", DONE, False, "2019-11-01", "2019-11-30"),
        ("截至目前，已改造道路8公里。", DONE, False, None, None),
        ("2019年6月底，全县共有公路8公里。", ("quantitative",), False, None, "2019-06-30"),
        ("2019年6月，全县共有公路8公里。", ("quantitative",), False, "2019-06-01", "2019-06-30"),
        ("到2020年，全县公路8公里。", ("quantitative",), True, None, "2020-12-31"),
        ("已改造道路，9月底前再改造8公里。", BOTH, True, None, "2019-09-30"),
    ],
)
def test_a_letter_of_which_the_year_alone_is_known(
    text: str, labels: Sequence[str], target: bool, first: str | None, last: str | None
) -> None:
    (figure,) = figures(text, labels, date="2019")
    assert (figure.target, figure.period_start, figure.period_end) == (target, first, last)
