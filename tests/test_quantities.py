"""Quantities: which numbers count, and their spans."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafu.folding import fold
from dafu.quantities import find_quantities
from dafu.settings import unit_classes


def texts(sentence: str) -> list[str]:
    return [quantity.text for quantity in find_quantities(fold(sentence))]


FOUND = [
    ("近两年安排资金2.5亿元，惠及三百余户。", ["2.5亿元", "三百余户"]),
    ("新增停车位1，200个，绿地4.3公顷。", ["1，200个", "4.3公顷"]),
    ("购置设备1.3万台（套）。", ["1.3万台（套）"]),
    ("租金每月18元/平方米，工资0.9万元/人·月。", ["18元/平方米", "0.9万元/人·月"]),
    ("失业率下降3.5个百分点。", ["3.5个百分点"]),
    ("合格率百分之三十六点九，同比提高7‰。", ["百分之三十六点九", "7‰"]),
    ("覆盖三分之二的村，费用降低三成五。", ["三分之二", "三成五"]),
    ("一半以上的学校已接入，入股农户过半。", ["一半", "过半"]),
    ("产值翻一番，税收翻了两番。", ["翻一番", "翻了两番"]),
    ("保费减半。", ["减半"]),
    ("师生比为1：18.5。", ["1：18.5"]),
    ("三次产业结构调整为8.1：41.6：50.3。", ["8.1：41.6：50.3"]),
    ("满意度居全市第3位，产值位居全省第二。", ["第3位", "第二"]),
    ("考核进入全市前三。", ["前三"]),
    ("每周巡查5—8次，每村配2至3人。", ["5-8次", "2至3人"]),
    ("补助5万元至8万元，比例30%到40%。", ["5万元至8万元", "30%到40%"]),
    ("票价由5元到8元。", ["5元", "8元"]),
    ("床位由200到300张。", ["200", "300张"]),
    ("走访十几个村、数百户群众，发放近百件衣物。", ["十几个", "数百户", "百件"]),
    ("上万人次参加，数以百万计。", ["万人次", "百万"]),
    ("参保人数突破一亿，净流出31万。", ["一亿", "31万"]),
    ("一套设备要两万八，修路还差十三万六。", ["两万八", "十三万六"]),
    ("三年欠款14万6，余下3万4。", ["14万6", "3万4"]),
    ("架设10千伏线路6.2公里，水价每吨2.8元。", ["10千伏", "6.2公里", "2.8元"]),
    ("今年新建水厂三座，改造泵站四处。", ["三座", "四处"]),
    ("县里派出五支队伍。", ["五支"]),
    ("距学校六里多山路，浪费不到半吨水。", ["六里", "半吨"]),
    ("年满60周岁的老人38名。", ["60周岁", "38名"]),
    ("全县八十万人民。", ["八十万"]),
    ("人数三百余，户数一千二百户。", ["三百余", "一千二百户"]),
    ("先后3次约谈，先后两次上门。", ["3次", "两次"]),
    ("12部门联合发文，14栋住宅完成封顶。", ["12部门", "14栋"]),
    ("检修灯杆2010次，巡查2025次。", ["2010次", "2025次"]),
    ("接待2019级家长不少于2050位。", ["2050位"]),
    ("路程在3公里以上的1953人，使用15年以上的2137台，二楼以上39户。", ["3公里", "1953人", "2137台", "39户"]),
    ("处1000元以上3000元以下罚款。", ["1000元以上3000元以下"]),
    (
        "90平方米以上、144平方米以下的住房，税率2%以上5%以下。",
        ["90平方米以上、144平方米以下", "2%以上5%以下"],
    ),
    ("每亩成本12元9角，每度便宜两毛三。", ["12元9角", "两毛三"]),
    ("利用系数由0.41提高到0.51，容积率为2.5。", ["0.41", "0.51", "2.5"]),
    ("浓度86毫克每升，水泵提水7.2立方米每秒。", ["86毫克每升", "7.2立方米每秒"]),
    ("费用按5：5负担，市、区按6：4分担。", ["5：5", "6：4"]),
    ("建成区绿化率38.2％，ＰＭ2.5浓度降至２９微克。", ["38.2%", "29微克"]),
]


@pytest.mark.parametrize(("sentence", "expected"), FOUND)
def test_quantities_are_found_with_their_units(sentence: str, expected: list[str]) -> None:
    assert texts(sentence) == expected


NONE = [
    "2025年底前完成，近三年持续推进，历时18个月。",
    "24小时值班，3个工作日内办结，上午8：30开门。",
    "第0886号提案、〔2024〕12号文件收悉。",
    "根据《条例》第十九条、第三十六条的规定。",
    "按《村民委员会组织法》三十条办理。",
    "六届三次会议，政协十届五次全会。",
    "建设一个平台，新建一座水厂，办成1件实事。",
    "重点做好以下三个方面工作，上述两类情形除外。",
    "主要有三条理由，办好四件实事，推进三项制度改革。",
    "两家公司均已停业，两项补贴不计入收入。",
    "等27名代表提出的建议。",
    "浏览次数：166次，共印8份。",
    "补助***万元。",
    "以上3项补贴不重复享受，完成以上2项任务。",
    "提案《关于新建5所学校的建议》收悉。",
    "推进“双倍增”行动和“1+5+N”体系。",
    "完善二次供水管理，二期工程抓紧开工。",
    "白果村3组、泥湾村5、6组村民反映。",
    "锦程花园5栋楼顶漏水，7栋2单元住户反映。",
    "升级5G网络，创建4A级景区。",
    "数字经济加快发展，这些数字来之不易。",
    "红十字会、十字路口、五花八门。",
    "统一尺寸，打通最后一公里。",
    "沿河、金塘两个园区率先试点。",
    "部分群众反映，数群众意见最大。",
    "八字方针、三轮车、一刀切。",
    "一般、一律、百姓、千方百计、万众一心。",
    "联系电话66131200。",
    "2016年3月21对该公司下达通知。",
    "农民工一分钱也没有多花。",
    "二十国集团峰会、三伏天、十分重视。",
]


@pytest.mark.parametrize("sentence", NONE)
def test_what_the_guide_excludes_is_no_quantity(sentence: str) -> None:
    assert texts(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "unit_class"),
    [
        ("投资3亿元。", "money"),
        ("流转8亩。", "area"),
        ("铺管9公里。", "length"),
        ("收粮7吨。", "weight"),
        ("增长7%。", "share"),
        ("翻一番。", "multiple"),
        ("是去年的3倍。", "multiple"),
        ("排名第3位。", "rank"),
        ("车桩比2：1。", "ratio"),
        ("得分92.5分。", "score"),
        ("噪声62分贝。", "temperature"),
        ("培训80人次。", "count"),
    ],
)
def test_each_quantity_has_the_class_of_its_unit(sentence: str, unit_class: str) -> None:
    (found,) = find_quantities(fold(sentence))
    assert found.unit_class == unit_class
    assert found.unit_class in (*unit_classes(), "ratio")


def test_nothing_looks_beyond_a_line() -> None:
    together = find_quantities("完成投资3亿\n元旦前开工\n等5\n名代表\n新建水厂三座")
    apart = [
        q.text
        for line in ("完成投资3亿", "元旦前开工", "等5", "名代表", "新建水厂三座")
        for q in find_quantities(line)
    ]
    assert [q.text for q in together] == apart


PIECES = st.sampled_from(
    [
        "2024年",
        "三百余户",
        "1.3万",
        "8%",
        "第十九条",
        "由",
        "到",
        "至",
        "-",
        "，",
        "。",
        "\n",
        "《",
        "》",
        "“",
        "”",
        "个",
        "万元",
        "两三",
        "第3位",
        "1：2",
        "5",
        "约",
        "余",
        "村",
        "翻一番",
        "新建",
        "百",
        "亿",
        " ",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(max_examples=400, deadline=None)
def test_spans_slice_back_and_do_not_overlap(text: str) -> None:
    folded = fold(text)
    end = 0
    for quantity in find_quantities(folded):
        assert end <= quantity.start < quantity.end <= len(folded)
        assert folded[quantity.start : quantity.end] == quantity.text
        assert "\n" not in quantity.text
        end = quantity.end


@given(st.lists(st.lists(PIECES.filter(lambda p: p != "\n"), max_size=8).map("".join), max_size=6))
@settings(max_examples=200, deadline=None)
def test_lines_found_together_are_found_apart(lines: list[str]) -> None:
    together = [q.text for q in find_quantities(fold("\n".join(lines)))]
    assert together == [q.text for line in lines for q in find_quantities(fold(line))]


@pytest.mark.parametrize(
    "piece", ["1", "一", "万", "1，1，", "1-", "百分之", "第十", "《", "“", "几", "1:", "三分之", "1，111"]
)
def test_time_is_linear_in_the_text(piece: str) -> None:
    """A megabyte of anything takes about a second; the bound leaves room for a slow machine."""
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    find_quantities(text[:100])
    started = time.process_time()
    find_quantities(text)
    assert time.process_time() - started < 2
