"""Commitments and measures: the rows of the two ledgers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafu.clauses import clause_spans, read_clause, roles_of
from dafu.commitments import find_commitments, find_measures
from dafu.figures import find_figures
from dafu.folding import fold
from dafu.letter import parse_letter
from dafu.quantities import find_quantities
from dafu.records import Commitment, Figure, Letter, Measure, SentenceTag
from dafu.verbs import ACT, ACTS

ISSUER = "青沅县交通运输局"


def prepared(
    text: str, labels: Sequence[str], date: str | None = "2025-04-28", issuer: str | None = ISSUER
) -> tuple[Letter, str, list[SentenceTag], tuple[Figure, ...]]:
    letter = parse_letter(text)
    letter = replace(letter, meta=replace(letter.meta, date=date, issuer=issuer))
    folded = fold(text)
    quantities = [
        [
            replace(q, start=q.start + s.start, end=q.end + s.start)
            for q in find_quantities(folded[s.start : s.end])
        ]
        for s in letter.sentences
    ]
    tags = [
        SentenceTag(tuple(labels), {"planned": 0.9, "completed": 0.8, "quantitative": 0.7}, needs_review=True)
        for _ in letter.sentences
    ]
    return letter, folded, tags, find_figures(letter, folded, tags, quantities)


def commitments(
    text: str, labels: Sequence[str] = ("planned", "quantitative"), **options: str | None
) -> tuple[Commitment, ...]:
    return find_commitments(*prepared(text, labels, **options))


def measures(
    text: str, labels: Sequence[str] = ("completed", "quantitative"), **options: str | None
) -> tuple[Measure, ...]:
    return find_measures(*prepared(text, labels, **options))


def one(text: str) -> Commitment:
    (row,) = commitments(text)
    return row


@pytest.mark.parametrize(
    ("text", "action", "object_"),
    [
        ("下一步，我局将加大巡查力度。", "加大巡查力度", "巡查力度"),
        ("2025年底前完成施工图设计。", "完成施工图设计", "施工图设计"),
        ("一是继续完善农村路网。", "完善农村路网", "农村路网"),
        ("（二）加快推进石桥路改造。", "推进石桥路改造", "石桥路改造"),
        ("把停车泊位改造列入明年计划。", "把停车泊位改造列入明年计划", "停车泊位改造"),
        ("将老旧管网纳入更新台账。", "将老旧管网纳入更新台账", "老旧管网"),
        ("对占道经营行为依法予以处罚。", "对占道经营行为依法予以处罚", "占道经营行为"),
        ("拟在路口增设信号灯。", "增设信号灯", "信号灯"),
        ("坚持公交优先战略。", "坚持公交优先战略", "公交优先战略"),
        ("坚持依法治超。", "治超", None),
        ("东门菜市场明年整体搬迁。", "东门菜市场明年整体搬迁", "东门菜市场"),
        ("加强和规范路面执法。", "加强和规范路面执法", "路面执法"),
        ("会同学校编写安全读本。", "编写安全读本", "安全读本"),
        ("由县住建局负责安装路灯。", "安装路灯", "路灯"),
    ],
)
def test_action_and_object(text: str, action: str, object_: str | None) -> None:
    row = one(text)
    assert (row.action, row.object) == (action, object_)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("我局将增设公交站点。", ISSUER),
        ("我县将新建客运站。", ISSUER),
        ("我们将认真吸纳建议。", ISSUER),
        ("县财政局将安排养护经费。", "县财政局"),
        ("明年，镇里准备维修机耕路。", "镇里"),
        ("由县水利局组织清淤。", "县水利局"),
        ("完善公交线网。", None),
        ("通过政府采购增加车辆。", None),
    ],
)
def test_the_body_is_the_subject_and_the_letterhead_stands_for_our_office(
    text: str, body: str | None
) -> None:
    assert one(text).body == body


def test_without_a_letterhead_our_office_stays_as_written() -> None:
    (row,) = commitments("我局将增设公交站点。", issuer=None)
    assert row.body == "我局"


def test_a_subject_holds_for_the_measures_after_it() -> None:
    rows = commitments("我局将增设公交站点6处，完善夜间线路安排。")
    assert [r.body for r in rows] == [ISSUER, ISSUER]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("我局将会同县财政局、县住建局实施改造。", [("会同", "县财政局"), ("会同", "县住建局")]),
        ("由县水利局牵头，制定疏浚方案。", [("牵头", "县水利局")]),
        ("督促施工单位恢复路面。", [("督促", "施工单位")]),
        ("与县教育局共同开设护学岗。", [("共同", "县教育局")]),
        ("报请县政府审定后印发方案。", [("报请", "县政府")]),
        ("完善公交线网。", []),
    ],
)
def test_roles(text: str, roles: list[tuple[str, str]]) -> None:
    found = [(r.role, r.body) for row in commitments(text) for r in row.roles]
    assert found == roles


@pytest.mark.parametrize(
    ("text", "deadline", "first", "last"),
    [
        ("2025年底前完成路面修复。", "2025年底前", None, "2025-12-31"),
        ("力争三季度末前建成公厕。", "三季度末前", None, "2025-09-30"),
        ("两年内建成物流园。", "两年内", "2025-04-28", "2027-04-28"),
        ("明年上半年启动二期工程。", "明年上半年", "2026-01-01", "2026-06-30"),
        ("到2027年建成充电站。", "到2027年", None, "2027-12-31"),
        ("“十五五”期间改造危桥。", "“十五五”期间", "2026-01-01", "2030-12-31"),
        ("春节前发放补贴。", "春节前", None, "2026-02-16"),
        ("本届任期内建成环线。", "本届任期内", None, None),
        ("汛期前完成加固。", "汛期前", None, None),
        ("近三年的做法将继续推广。", None, None, None),
        ("申报2026年专项债项目。", None, None, None),
        ("加强日常养护。", None, None, None),
    ],
)
def test_deadline(text: str, deadline: str | None, first: str | None, last: str | None) -> None:
    row = one(text)
    assert (row.deadline, row.deadline_start, row.deadline_end) == (deadline, first, last)


def test_a_date_of_its_own_holds_for_every_measure_of_the_sentence() -> None:
    rows = commitments("2025年底前，完成路面修复，建成公厕。")
    assert [(r.action, r.deadline) for r in rows] == [
        ("完成路面修复", "2025年底前"),
        ("建成公厕", "2025年底前"),
    ]


def test_a_date_inside_a_clause_holds_for_it_alone() -> None:
    rows = commitments("2025年底前完成路面修复，建立管护制度。")
    assert [r.deadline for r in rows] == ["2025年底前", None]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("待资金到位后实施改造。", "待资金到位后"),
        ("待拆迁完成后，启动二期工程。", "待拆迁完成后"),
        ("条件成熟时，开通夜间公交。", "条件成熟时"),
        ("如获批准，将抓紧制定方案。", "如获批准"),
        ("视客流情况增加班次。", "视客流情况"),
        ("完善公交线网。", None),
    ],
)
def test_condition(text: str, condition: str | None) -> None:
    assert one(text).condition == condition


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("2025年底前完成路面修复。", "specific"),
        ("改造公厕19座。", "specific"),
        ("加强执法检查，每周不少于3次。", "specific"),
        ("制定停车管理办法。", "concrete"),
        ("完善公交线网。", "concrete"),
        ("研究停车收费政策。", "vague"),
        ("探索共享停车模式。", "vague"),
        ("进一步加强日常养护。", "vague"),
        ("争取上级支持。", "vague"),
        ("我们将继续努力。", "vague"),
        ("引导企业开设夜班线路。", "concrete"),
        ("推动学校开放停车场。", "concrete"),
        ("大力推进绿色出行。", "vague"),
        ("进一步优化服务。", "vague"),
    ],
)
def test_grade(text: str, grade: str) -> None:
    assert one(text).grade == grade


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        (
            "制定养护管理办法，建立县乡巡查台账，加强管护人员培训。",
            ["制定养护管理办法", "建立县乡巡查台账", "加强管护人员培训"],
        ),
        ("增设公交站点，提升出行体验。", ["增设公交站点"]),
        ("增设公交站点，确保群众出行方便。", ["增设公交站点"]),
        ("按照“一路一策”的思路，编制整治方案。", ["编制整治方案"]),
        ("为缓解拥堵，增设潮汐车道。", ["增设潮汐车道"]),
        ("我局将做好以下工作：", ["做好以下工作"]),
        ("我局拟从以下方面改进：制定停车办法。", ["制定停车办法"]),
        ("完善公交线网，健全巡查制度。", ["完善公交线网", "健全巡查制度"]),
        ("引进专业团队，壮大养护力量。", ["引进专业团队"]),
        ("安装监控设备，防止乱停乱放。", ["安装监控设备"]),
        ("改造老旧站台，让乘客候车更舒适。", ["改造老旧站台"]),
        ("增设护学岗，费用由县财政承担。", ["增设护学岗"]),
        (
            "规范路内停车管理，加大对占用盲道行为的查处力度。",
            ["规范路内停车管理", "加大对占用盲道行为的查处力度"],
        ),
        ("一经发现占用盲道，严肃查处违规车辆。", ["严肃查处违规车辆"]),
        ("对占用盲道的，安装隔离桩。", ["安装隔离桩"]),
        ("请您到窗口办理登记，我局将发放补贴。", ["发放补贴"]),
    ],
)
def test_one_row_a_measure(text: str, actions: list[str]) -> None:
    assert [row.action for row in commitments(text)] == actions


def test_a_result_belongs_to_the_measure_before_it() -> None:
    row = one("增设公交站点，提升出行体验。")
    assert row.text == "增设公交站点，提升出行体验"


def test_a_lead_in_is_no_part_of_the_measure() -> None:
    assert one("下一步，我局将制定停车管理办法。").text == "我局将制定停车管理办法"


def test_what_is_done_and_what_is_under_way_are_two_measures() -> None:
    rows = measures("去年完成站台改造，候车亭正在安装。")
    assert [row.status for row in rows] == ["done", "under_way"]


def test_a_figure_after_the_measure_is_its_target() -> None:
    row = one("开展执法检查，每周不少于3次，覆盖率达到90%。")
    assert row.targets == (0, 1)


def test_in_a_mixed_sentence_only_the_promise_is_a_commitment() -> None:
    text = "一期工程已完工，二期工程将于年底启动。"
    labels = ("completed", "planned")
    assert [r.text for r in commitments(text, labels)] == ["二期工程将于年底启动"]
    assert [r.text for r in measures(text, labels)] == ["一期工程已完工"]


def test_heading_probability_and_review_are_taken_over() -> None:
    rows = commitments("二、下一步工作打算\n加强日常养护。", ("planned",))
    assert (rows[-1].heading, rows[-1].probability, rows[-1].needs_review) == (
        "二、下一步工作打算",
        0.9,
        True,
    )


def test_other_sentences_give_no_rows() -> None:
    assert commitments("加强日常养护。", ("completed",)) == ()
    assert measures("加强日常养护。", ("planned",)) == ()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("我局印发了整治方案。", "done"),
        ("已完成路面修复。", "done"),
        ("施工图正在编制。", "under_way"),
        ("目前正积极对接设计单位。", "under_way"),
    ],
)
def test_status(text: str, status: str) -> None:
    (row,) = measures(text)
    assert row.status == status


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("出台《石桥路整治方案》和《养护办法》。", ("《石桥路整治方案》", "《养护办法》")),
        ("根据《公路法》查处超限车辆12辆。", ()),
        ("检查商铺82家。", ()),
    ],
)
def test_documents_issued(text: str, documents: tuple[str, ...]) -> None:
    assert measures(text)[-1].documents == documents


def test_the_date_and_figures_of_a_measure() -> None:
    rows = measures("2024年，我局投入320万元，完成6.5公里路面修复。")
    assert [(r.date_start, r.figures) for r in rows] == [("2024-01-01", (0,)), ("2024-01-01", (1,))]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("完善制度，加强巡查。", ["完善制度", "加强巡查"]),
        ("一是完善制度（含细则，办法），加强巡查；", ["完善制度（含细则，办法）", "加强巡查"]),
        ("推行“早巡，晚查”机制。", ["推行“早巡，晚查”机制"]),
        ("1.改造管网——含支管。", ["改造管网", "含支管"]),
        ("，，", []),
    ],
)
def test_clauses(text: str, clauses: list[str]) -> None:
    folded = fold(text)
    assert [folded[a:b] for a, b in clause_spans(folded, 0, len(folded))] == [fold(c) for c in clauses]


PIECES = st.sampled_from(
    [
        "我局",
        "县财政局",
        "将",
        "会同",
        "待",
        "资金到位后",
        "2025年底前",
        "，",
        "完成",
        "路面修复",
        "把",
        "列入",
        "计划",
        "对",
        "予以",
        "由",
        "牵头",
        "加强",
        "（",
        "）",
        "《",
        "》",
        "“",
        "”",
        "。",
        "；",
        "：",
        "已",
        "正在",
        "提升",
        "\n",
        "一是",
        "19座",
        "力争",
        " ",
    ]
)


@given(
    st.lists(PIECES, max_size=30).map("".join),
    st.sampled_from([("planned",), ("completed", "planned", "quantitative")]),
)
@settings(max_examples=400, deadline=None)
def test_rows_are_slices_in_order(text: str, labels: Sequence[str]) -> None:
    letter, folded, tags, figures = prepared(text, labels)
    for rows in (
        find_commitments(letter, folded, tags, figures),
        find_measures(letter, folded, tags, figures),
    ):
        end = 0
        for row in rows:
            assert end <= row.start < row.end
            assert text[row.start : row.end] == row.text
            end = row.end
            for cell in (row.action, row.object):
                assert cell is None or cell in row.text
            assert row.body is None or row.body == ISSUER or row.body in text
            for role in row.roles:
                assert role.body in row.text


@given(st.lists(PIECES, max_size=16).map("".join))
@settings(max_examples=300, deadline=None)
def test_a_clause_is_read_within_its_bounds(text: str) -> None:
    for start, end in clause_spans(text, 0, len(text)):
        clause = read_clause(text, start, end, [])
        for span in (clause.verb, clause.object, clause.body, clause.condition):
            assert span is None or start <= span[0] < span[1] <= end
        assert all(role.body in text for role in roles_of(text, text, start, end))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("开展服务提升行动，力争全年轮训1.2万人次。", ["开展服务提升行动，力争全年轮训1.2万人次"]),
        ("归集工商、税务信息，为银行授信提供参考。", ["归集工商、税务信息，为银行授信提供参考"]),
        ("完善配备标准，切实加强岗位管理。", ["完善配备标准", "切实加强岗位管理"]),
    ],
)
def test_what_a_measure_is_to_bring_belongs_to_it(text: str, rows: list[str]) -> None:
    letter = parse_letter(f"二、下一步打算\n{text}")
    tags = [SentenceTag((), {}), SentenceTag(("planned",), {"planned": 0.9})]
    assert [row.text for row in find_commitments(letter, letter.text, tags, [])] == rows


def test_the_longest_verb_is_found_whatever_its_first_character() -> None:
    act = re.compile(ACT)
    for verb in ACTS:
        found = act.match(f"{verb}。")
        assert found is not None
        assert found.group() == verb
    assert not act.match("桥")


@pytest.mark.parametrize(
    ("text", "deadline", "end"),
    [
        ("我局将于9月底前完成三座水厂改造。", "9月底前", "2019-09-30"),
        ("我局将于2月底前完成三座水厂改造。", "2月底前", "2019-02-28"),
        ("我局将于2019年底前完成三座水厂改造。", "2019年底前", "2019-12-31"),
        ("我局将于今年三季度完成三座水厂改造。", "今年三季度", "2019-09-30"),
        ("我局将于明年完成三座水厂改造。", "明年", "2020-12-31"),
        ("我局将在两年内完成三座水厂改造。", "两年内", None),
        ("去年我局计划完成三座水厂改造。", None, None),
    ],
)
def test_deadlines_of_a_letter_of_which_the_year_alone_is_known(
    text: str, deadline: str | None, end: str | None
) -> None:
    (row,) = commitments(text, date="2019")
    assert (row.deadline, row.deadline_end) == (deadline, end)


def test_measures_of_a_letter_of_which_the_year_alone_is_known() -> None:
    (row,) = measures("去年11月，我局印发《石桥路整治方案》。", date="2019")
    assert (row.date_start, row.date_end) == ("2018-11-01", "2018-11-30")
    (row,) = measures("11月，我局印发《石桥路整治方案》。", date="2019")
    assert (row.date_start, row.date_end) == ("2019-11-01", "2019-11-30")


def test_a_clause_with_a_deadline_in_the_letters_year_speaks_of_a_plan() -> None:
    text = "我局已印发整治方案，9月底前更换路灯。"
    rows = commitments(text, ("completed", "planned"), date="2019")
    assert [(row.action, row.deadline_end) for row in rows] == [("更换路灯", "2019-09-30")]
