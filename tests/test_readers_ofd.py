from __future__ import annotations

import io
import zipfile

import pytest

from dafu.readers.ofd import read_ofd
from hostile import assert_places, mutations, problem, survives
from ofd_writer import NAMESPACE, Run, lay_out, page_xml, write_ofd

LETTER = [
    "澜浦县交通运输局关于县政协十一届三次会议第0126号提案答复的函",
    "周敏委员：",
    "您提出的《关于打通城东片区断头路的提案》（第0126号）收悉。经会同县住建局、县自然资源局研究，现答复如下：",
    "一、工作开展情况",
    "（一）完善规划布局。2023年以来，我局先后编制《澜浦县城东片区综合交通规划》等3项规划，将7条断头路列入三年建设计划。"
    * 3,
    "（二）加快项目建设。截至2024年10月，累计投入资金1.86亿元，打通澄江路等断头路4条，新增城市道路5.2公里。"
    * 3,
    "二、下一步工作打算",
    "（一）加快前期工作。2025年6月底前完成红旗路北延段施工招标，力争年内建成通车。" * 3,
    "感谢您对交通运输工作的关心和支持！",
]
RED = '<ofd:FillColor Value="255 0 0"/>'


def read(*runs: Run) -> list[str]:
    found = read_ofd(write_ofd([page_xml(runs)]), "file")
    assert_places(found)
    return found.text.split("\n")


def sample() -> bytes:
    return write_ofd([page_xml(page) for page in lay_out(LETTER, rows=10)])


@pytest.mark.parametrize("rows", [6, 9, 22])
@pytest.mark.parametrize("columns", [24, 28, 31])
def test_paragraphs_are_rejoined_over_lines_and_pages(rows: int, columns: int) -> None:
    pages = lay_out(LETTER, rows=rows, columns=columns, head="政协提案办理")
    found = read_ofd(write_ofd([page_xml(page) for page in pages]), "file")
    assert_places(found)
    assert found.text.split("\n") == LETTER
    assert found.places[0].page == 1
    assert found.places[0].element == "line 2"  # the running head is line 1
    assert found.places[-1].page == len(pages)


def test_the_order_of_pages_is_the_documents() -> None:
    pages = [page_xml([Run(f"第{name}件事办结。", 40, 50)]) for name in "乙甲"]
    assert read_ofd(write_ofd(pages, order=[1, 0]), "file").text == "第甲件事办结。\n第乙件事办结。"


def test_the_order_of_objects_does_not_matter() -> None:
    runs = [Run("后半句。", 28, 60), Run("前半句，", 28, 50), Run("同一行", 28 + 5.6 * 4, 50)]
    assert read(*runs) == ["前半句，同一行", "后半句。"]


def test_distances_are_given_in_groups_or_left_out() -> None:
    code = '<ofd:TextCode X="0" Y="5.6" DeltaX="g 3 5.6">一二三四</ofd:TextCode>'
    plain = '<ofd:TextCode X="0" Y="5.6">五六七八</ofd:TextCode>'
    assert read(Run("一二三四", 28, 50, code=code), Run("五六七八", 28, 70, code=plain)) == [
        "一二三四",
        "五六七八",
    ]


def test_matrices_scale_and_turned_text_is_dropped() -> None:
    scaled = ' CTM="2 0 0 2 0 0"'
    turned = ' CTM="0.7 0.7 -0.7 0.7 0 0"'
    assert read(
        Run("正文在此。", 28, 50),
        Run("水印文字", 60, 52, extra=turned),
        Run("放大", 28, 90, 2.8, extra=scaled),
    ) == ["正文在此。", "放大"]


def test_watermarks_and_invisible_text_are_dropped() -> None:
    light = '<ofd:FillColor Value="230 230 230"/>'
    assert read(
        Run("正文在此。", 28, 50),
        Run("内部资料", 60, 80, 20, before=light),
        Run("半透明", 60, 120, extra=' Alpha="60"'),
        Run("不可见", 60, 140, extra=' Visible="false"'),
    ) == ["正文在此。"]


def test_text_drawn_twice_counts_once() -> None:
    assert read(
        Run("加粗标题文字", 28, 50), Run("加粗标题文字", 28.1, 50), Run("加粗标题文字", 28, 50.1)
    ) == ["加粗标题文字"]


def test_letterheads_and_document_information_become_meta() -> None:
    pages = [
        page_xml([Run("澜浦县交通运输局文件", 40, 40, 12, before=RED), Run("正文在此，办理完毕。", 28, 90)])
    ]
    found = read_ofd(write_ofd(pages, title="关于第0126号提案的答复", author="张三"), "file")
    assert found.meta == {"issuer": "澜浦县交通运输局", "title": "关于第0126号提案的答复"}
    found = read_ofd(
        write_ofd([page_xml([Run("正文。", 28, 90)])], title="a.docx", author="澜浦县财政局"), "file"
    )
    assert found.meta == {"issuer": "澜浦县财政局"}


def test_a_template_on_every_page_is_furniture() -> None:
    template = page_xml([Run("澜浦县人民政府办公室", 60, 20, 4)])
    pages = [
        page_xml([Run(f"{word}工作已经完成。", 28, 60)], template=7)
        for word in ("规划", "道路建设", "日常管理养护")
    ]
    assert (
        read_ofd(write_ofd(pages, template=template), "file").text
        == "规划工作已经完成。\n道路建设工作已经完成。\n日常管理养护工作已经完成。"
    )


def test_columns_of_a_row_are_parted_by_tabs() -> None:
    assert read(Run("索引号", 28, 50), Run("A-01", 70, 50), Run("公开", 120, 50)) == ["索引号\tA-01\t公开"]


def test_absolute_locations_are_found() -> None:
    data = sample()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts["OFD.xml"] = parts["OFD.xml"].replace(b">Doc_0/Doc", b">/Doc_0/Doc")
    parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(b'"Pages/', b'"/Doc_0/Pages/')
    assert read_ofd(packed(parts), "file").text.split("\n") == LETTER


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_problems_say_what_to_do() -> None:
    problem(read_ofd, b"PK", "损坏")
    problem(read_ofd, packed({"a": b""}), "OFD.xml")
    problem(read_ofd, packed({"OFD.xml": b"<a"}), "XML")
    problem(read_ofd, write_ofd([page_xml([], images=1)]), "没有文字层")
    problem(read_ofd, write_ofd([page_xml([])]), "没有文字")
    problem(read_ofd, write_ofd([page_xml([Run("\ue001\ue002\ue003\ue004好", 28, 50)])]), "乱码")
    entity = f'<!DOCTYPE a [<!ENTITY b "c">]><ofd:OFD xmlns:ofd="{NAMESPACE}">&b;</ofd:OFD>'.encode()
    problem(read_ofd, packed({"OFD.xml": entity}), "DTD")
    with zipfile.ZipFile(io.BytesIO(sample())) as archive:
        parts = {n: archive.read(n) for n in archive.namelist() if "Page_1" not in n}
    problem(read_ofd, packed(parts), "不完整")


def test_odd_numbers_are_no_crash() -> None:
    for value in ("nan", "1e400", "", "x", "-5", "0"):
        survives(read_ofd, write_ofd([page_xml([Run("文字", 28, 50, extra=f' CTM="{value} 0 0 1 0 0"')])]))
        code = f'<ofd:TextCode X="{value}" Y="{value}" DeltaX="g 999999999 {value}">文字</ofd:TextCode>'
        survives(read_ofd, write_ofd([page_xml([Run("文字", 28, 50, code=code)])]))


def inner_mutations(count: int, seed: int) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(sample())) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    return [
        packed({**parts, name: broken})
        for name in ("OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml")
        for broken in mutations(parts[name], count, seed)
    ]


def test_broken_files_give_a_text_or_a_problem() -> None:
    for broken in [*mutations(sample(), 200), *inner_mutations(60, 1)]:
        survives(read_ofd, broken)


@pytest.mark.slow
def test_many_broken_files_give_a_text_or_a_problem() -> None:
    for broken in [*mutations(sample(), 1000, 2), *inner_mutations(400, 3)]:
        survives(read_ofd, broken)
