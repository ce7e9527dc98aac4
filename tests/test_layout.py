from __future__ import annotations

import pytest

from dafu.folding import fold
from dafu.layout import line_kinds, list_marker


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、工作开展情况", 1),
        ("十二、其他", 1),
        ("（三）强化监管", 2),
        ("(三)强化监管", 2),
        ("1.加强宣传", 3),
        ("2、严格执法", 3),
        ("（1）摸清底数", 4),
        ("①摸清底数", 5),
        ("一是加强宣传", 6),
        ("首先，明确责任", 6),
        ("2.5亿元已到位", 0),
        ("一般情况下", 0),
        ("我局高度重视", 0),
        ("2024年，我局", 0),
    ],
)
def test_list_markers_have_their_depth(line: str, level: int) -> None:
    assert list_marker(fold(line))[0] == level


def kinds(text: str) -> list[str]:
    return [found.kind for found in line_kinds([line.strip() for line in fold(text).split("\n")])]


def test_a_plain_letter() -> None:
    text = (
        "关于县政协第12号提案的答复\n张××委员：\n您提出的关于修路的提案收悉，现答复如下：\n一、基本情况\n该路全长3公里。\n"
        "二、下一步打算\n尽快启动施工。\n感谢您的支持。\n××县交通局\n2021年6月1日"
    )
    assert kinds(text) == [
        "title", "salutation", "opening", "heading", "body", "heading", "body", "closing", "signature", "signature",
    ]  # fmt: skip


def test_index_tables_are_header() -> None:
    text = "索引号：113/2024-001\n发文字号：青教函〔2024〕3号\n青沅县教育局关于第7号建议的答复\n王××代表：\n您的建议收悉。\n我局已办结。"
    assert kinds(text)[:4] == ["header", "header", "title", "salutation"]


def test_contact_lines_and_attachments_are_signature() -> None:
    text = "李××委员：\n我局已对该路段完成修复。\n青沅县住建局\n2020年3月2日\n联系人：小陈  电话：6230×××\n抄送：县政协提案委"
    assert kinds(text) == ["salutation", "body", "signature", "signature", "signature", "signature"]


def test_a_line_that_runs_on_is_no_heading() -> None:
    assert kinds("我局做了以下工作。\n（一）强化监管，去年检查企业120家。\n以上答复。")[1] == "body"
