"""What a letter says of itself, and what its container adds."""

from __future__ import annotations

import pytest

from dafu.header import completed
from dafu.letter import parse_letter
from dafu.records import Meta

BODY = "\n各位代表：\n现在，我代表县人民政府，向大会报告政府工作，请予审议。"


@pytest.mark.parametrize(
    ("own", "given", "iso"),
    [
        (None, "2019年5月6日", "2019-05-06"),
        (None, "2019-05", "2019-05"),
        (None, "2019", "2019"),
        (None, "2019年度", "2019"),
        (None, "五月", None),
        ("2018-03-01", "2019-05-06", "2018-03-01"),
        ("2019-05", "2019-05-06", "2019-05"),
        ("2019-05", "2019", "2019-05"),
        ("2019", "2019-05-06", "2019-05-06"),
        ("2019", "2019-05", "2019-05"),
        ("2019", "2018-05-06", "2019"),
    ],
)
def test_a_date_completes_and_never_overrides(own: str | None, given: str, iso: str | None) -> None:
    assert completed(Meta(date=own), {"date": given}).date == iso


def test_what_the_letter_says_of_itself_stands() -> None:
    own = Meta(title="甲", issuer="乙局", addressees=("丙",), proposal_number="1")
    given = {"title": "丁", "issuer": "戊局", "addressees": "己", "proposal_number": "2", "category": "A"}
    assert completed(own, given) == Meta("甲", "乙局", ("丙",), "1", category="A")


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("2019年政府工作报告", "2019"),
        ("二〇一九年政府工作报告", "2019"),
        ("青沅县2019年政府工作报告", "2019"),
        ("2019年青沅县人民政府工作报告", "2019"),
        ("政府工作报告（2019年）", "2019"),
        ("政府工作报告 (2019)", "2019"),
        ("政府工作报告", None),
        ("2019年度工作总结", None),
        ("关于2019年政府工作报告任务分解的答复", None),
        ("2019年政府工作报告（2020年）", None),
        ("2018年、2019年政府工作报告", None),
    ],
)
def test_a_governments_report_is_of_the_year_in_its_title(title: str, year: str | None) -> None:
    assert parse_letter(title + BODY).meta.date == year
    assert completed(Meta(), {"title": title}).date == year


def test_the_date_of_a_report_counts_before_the_year_in_its_title() -> None:
    assert parse_letter(f"2019年政府工作报告{BODY}\n青沅县人民政府\n2019年1月9日").meta.date == "2019-01-09"
    assert completed(Meta(), {"title": "2019年政府工作报告", "date": "2019-01-09"}).date == "2019-01-09"
    assert completed(Meta(date="2019"), {"date": "2019-01-09"}).date == "2019-01-09"


def test_a_report_named_in_the_text_gives_no_year() -> None:
    assert parse_letter(f"关于校车的答复{BODY}\n2019年政府工作报告提出，今年新增校车20辆。").meta.date is None
