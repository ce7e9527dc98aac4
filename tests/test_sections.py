from __future__ import annotations

import pytest

from dafu.folding import fold
from dafu.letter import parse_letter
from dafu.sections import heading_section, leadin_section, trigger_section


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("一、工作推进情况", "progress"),
        ("二、前期所做的工作", "progress"),
        ("三、取得的成效", "progress"),
        ("二、下一步工作打算", "plans"),
        ("三、今后努力方向", "plans"),
        ("四、下步重点工作", "plans"),
        ("二、存在的困难和问题", "other"),
        ("（一）关于师资队伍建设", None),
    ],
)
def test_headings_open_sections(heading: str, section: str | None) -> None:
    assert heading_section(fold(heading)) == section


@pytest.mark.parametrize(
    ("sentence", "section"),
    [
        ("近年来，我局主要做了以下工作：", "progress"),
        ("下一步，我局将重点抓好以下几个方面：", "plans"),
        ("我县公路总里程为800公里。", None),
    ],
)
def test_lead_ins_announce_sections(sentence: str, section: str | None) -> None:
    assert leadin_section(fold(sentence)) == section


@pytest.mark.parametrize(
    ("sentence", "section"),
    [("下一步，加大投入。", "plans"), ("近年来，新建公厕。", "progress"), ("该路狭窄。", None)],
)
def test_first_words_turn_a_paragraph(sentence: str, section: str | None) -> None:
    assert trigger_section(fold(sentence)) == section


def test_a_section_holds_until_the_next_heading_and_a_trigger_until_its_lines_end() -> None:
    letter = parse_letter(
        "一、工作开展情况\n建立健全制度。下一步，开展培训。组织演练。\n强化巡查。\n二、下一步打算\n完善机制。\n落实责任。\n特此答复。"
    )
    sections = [s.section for s in letter.sentences]
    assert sections[:7] == ["progress", "progress", "plans", "plans", "progress", "plans", "plans"]


def test_a_letter_on_one_line_keeps_its_sections() -> None:
    letter = parse_letter("您的建议收悉。一、工作进展情况。出台管理办法。二、下一步打算。推进二期建设。")
    assert [s.section for s in letter.sentences] == ["other", "progress", "progress", "plans", "plans"]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("（一）近期拟推进事项", "plans"),
        ("一、要做的工作", "plans"),
        ("下一学期要采取的举措", "plans"),
        ("“十五五”期间工作设想", "plans"),
        ("办理计划", "plans"),
        ("重点任务落实情况", "progress"),
        ("前段工作", "progress"),
        ("（1）现行做法", "progress"),
        ("三、古桥修缮的进展", "progress"),
        ("关于师资", None),
    ],
)
def test_headings_in_other_wordings(heading: str, section: str | None) -> None:
    assert heading_section(fold(heading)) == section


@pytest.mark.parametrize(
    ("sentence", "section"),
    [
        ("为治住塌方，镇里前后办了这样几件事：", "progress"),
        ("已推出的便民措施有：清理台账；", "progress"),
        ("即将推出的便民措施有：清理台账；", "plans"),
        ("现将落实情况报告如下：", "progress"),
        ("以下事项已经办结：", "progress"),
        ("我们的努力方向是：", "plans"),
        ("主要做了以下几件事：", "progress"),
    ],
)
def test_lead_ins_in_other_wordings(sentence: str, section: str) -> None:
    assert leadin_section(fold(sentence)) == section
