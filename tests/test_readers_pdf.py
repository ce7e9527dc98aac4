from __future__ import annotations

import io
import random
import re
import zlib
from collections.abc import Callable, Sequence

import pytest
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

import dafu.readers.pdf as pdf
import dafu.readers.pdfium as pdfium
from dafu.readers.pdf import read_pdf
from hostile import assert_places, mutations, problem, survives
from ofd_writer import Run, advances, lay_out

FONT = "STSong-Light"
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
Draw = Callable[[Canvas], None]


def make(
    pages: Sequence[Sequence[Run]], *, draw: Draw | None = None, title: str = "", **options: object
) -> bytes:
    """A PDF of runs at their places, a glyph at a time; ``draw`` adds to the first page."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(210 * mm, 297 * mm), invariant=1, **options)
    canvas.setTitle(title)
    for number, runs in enumerate(pages):
        if draw is not None and number == 0:
            draw(canvas)
        for run in runs:
            put(canvas, run)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def put(canvas: Canvas, run: Run) -> None:
    canvas.setFont(FONT, run.size * mm)
    x = run.x * mm
    for character, step in zip(run.text, advances(run.text, run.size), strict=True):
        canvas.drawString(x, (297 - run.y) * mm, character)
        x += step * mm


def lines(data: bytes) -> list[str]:
    found = read_pdf(data, "file")
    assert_places(found)
    return found.text.split("\n")


BODY = Run("我局已修复路灯一百二十盏，群众反映良好。", 28, 60)


@pytest.mark.parametrize("rows", [6, 9, 22])
@pytest.mark.parametrize(
    ("columns", "numbers"), [(24, "- {} -"), (28, "— {} —"), (28, "第{}页 共{}页"), (31, "{}"), (30, "{}/{}")]
)
def test_paragraphs_are_rejoined_over_lines_and_pages(rows: int, columns: int, numbers: str) -> None:
    pages = lay_out(LETTER, rows=rows, columns=columns, numbers=numbers, head="政协提案办理")
    found = read_pdf(make(pages), "file")
    assert_places(found)
    assert found.text.split("\n") == LETTER
    assert found.places[0].page == 1
    assert found.places[-1].page == len(pages)


def test_a_paragraph_over_two_pages_stands_on_the_first() -> None:
    pages = lay_out(LETTER, rows=6)
    found = read_pdf(make(pages), "file")
    begun = [
        next(n for n, page in enumerate(pages, 1) if any(line.startswith(run.text) for run in page))
        for line in LETTER
    ]
    assert [place.page for place in found.places] == begun


def test_titles_on_several_centred_lines_are_one() -> None:
    runs = [
        Run("澜浦县交通运输局", 105 - 8 * 3.9, 40, 7.8),
        Run("关于县政协第0126号提案答复的函", 105 - 14 * 3.9, 52, 7.8),
        Run("周敏委员：", 28, 70),
        Run("您提出的关于公交线路的提案收悉，现答复如下：", 28 + 11.2, 80),
        Run("我局已开通线路三条，投放车辆二十台。", 28 + 11.2, 90),
    ]
    assert lines(make([runs])) == [
        "澜浦县交通运输局关于县政协第0126号提案答复的函",
        "周敏委员：",
        "您提出的关于公交线路的提案收悉，现答复如下：",
        "我局已开通线路三条，投放车辆二十台。",
    ]


def test_signature_and_contact_stay_apart() -> None:
    def right(text: str, y: float) -> Run:
        return Run(text, 184.8 - sum(advances(text, 5.6)), y)

    body = lay_out(LETTER[2:5], centred=0)[0][:-1]
    y = body[-1].y
    runs = [
        *body,
        right("澜浦县财政局", y + 10),
        right("2024年5月6日", y + 20),
        Run("联系人：陶工", 28, y + 30),
    ]
    assert lines(make([runs]))[-3:] == ["澜浦县财政局", "2024年5月6日", "联系人：陶工"]


def test_a_red_letterhead_names_the_issuer() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(1, 0, 0)
        put(canvas, Run("澜浦县交通运输局文件", 45, 40, 12))
        canvas.setFillColorRGB(0, 0, 0)

    found = read_pdf(make([[BODY]], draw=draw, title="关于第0126号提案的答复"), "file")
    assert found.meta == {"issuer": "澜浦县交通运输局", "title": "关于第0126号提案的答复"}
    assert read_pdf(make([[BODY]], title="Microsoft Word - 1.doc"), "file").meta == {}


def test_watermarks_and_seals_are_dropped() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(100 * mm, 150 * mm)
        canvas.rotate(45)
        put(canvas, Run("内部资料注意保存", 0, 297, 14))
        canvas.restoreState()
        canvas.setFillColorRGB(0.9, 0.9, 0.9)
        put(canvas, Run("草稿", 60, 120, 30))
        canvas.setFillColorRGB(0, 0, 0)

    assert lines(make([[BODY]], draw=draw)) == [BODY.text]


def test_overprinted_text_counts_once() -> None:
    runs = [BODY, Run(BODY.text, BODY.x + 0.15, BODY.y), Run("责任单位人人有责。", 28, 90)]
    assert lines(make([runs])) == [BODY.text, "责任单位人人有责。"]


def test_a_hidden_text_layer_counts_only_where_nothing_is_shown() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        text = canvas.beginText(28 * mm, (297 - 60.5) * mm)
        text.setFont(FONT, 15)
        text.setTextRenderMode(3)
        text.textOut("我局巳修复路灯一百二十盏，群众反映良好。")
        canvas.drawText(text)
        canvas.restoreState()

    assert lines(make([[BODY]], draw=draw)) == [BODY.text]
    assert lines(make([[]], draw=draw)) == ["我局巳修复路灯一百二十盏，群众反映良好。"]


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_turned_pages_are_read(quarter: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(quarter)
        if quarter == 90:
            canvas.rotate(90)
            canvas.translate(0, -297 * mm)
        elif quarter == 180:
            canvas.translate(210 * mm, 297 * mm)
            canvas.rotate(180)
        else:
            canvas.rotate(270)
            canvas.translate(-210 * mm, 0)

    page = lay_out(LETTER[3:], rows=22, centred=0)[0]
    assert lines(make([page], draw=draw)) == LETTER[3:]


def test_what_lies_off_the_paper_is_dropped() -> None:
    assert lines(make([[BODY, Run("裁切标记", 28, 320), Run("套印线", 230, 60)]])) == [BODY.text]


def test_white_text_counts_only_where_nothing_else_is_shown() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(1, 1, 1)
        put(canvas, Run("不可见的文字。", 28, 100))
        canvas.setFillColorRGB(0, 0, 0)

    assert lines(make([[BODY]], draw=draw)) == [BODY.text]


def test_rows_of_a_table_are_lines() -> None:
    runs = [
        Run("索引号", 28, 50),
        Run("A01", 70, 50),
        Run("公开", 120, 50),
        Run("发布机构", 28, 60),
        Run("县局", 70, 60),
    ]
    assert lines(make([runs])) == ["索引号\tA01\t公开", "发布机构\t县局"]


def test_raised_marks_stay_in_their_line() -> None:
    runs = [
        Run("我局已修复路灯", 28, 60),
        Run("①", 28 + 7 * 5.6, 58, 3),
        Run("一百二十盏。", 28 + 7 * 5.6 + 3, 60),
    ]
    assert lines(make([runs])) == ["我局已修复路灯①一百二十盏。"]


def test_a_passage_is_not_taken_for_a_page_number() -> None:
    runs = [Run("2", 28, 150), Run("我局今年修路二条。", 28, 160), Run("第二条规定如上。", 28, 170)]
    assert lines(make([runs])) == ["2", "我局今年修路二条。", "第二条规定如上。"]


def scan(canvas: Canvas) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 210 * mm, 297 * mm)


def test_scans_are_told() -> None:
    problem(read_pdf, make([[]], draw=scan), "没有文字层")
    problem(read_pdf, make([[Run("— 1 —", 100, 280)]], draw=scan), "没有文字层")
    problem(read_pdf, make([[]]), "没有文字层")
    problem(read_pdf, scanned_pages(2), "3 页中有 2 页只有图片,没有文字层")
    assert lines(scanned_pages(1)) == [BODY.text]


def scanned_pages(count: int) -> bytes:
    """A page of text, and some of pictures."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(210 * mm, 297 * mm), invariant=1)
    put(canvas, BODY)
    for _ in range(count):
        canvas.showPage()
        scan(canvas)
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("seed", [0, 1])
def test_recognised_text_under_a_scan_is_read_though_its_lines_are_uneven(seed: int) -> None:
    pick = random.Random(seed)
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(210 * mm, 297 * mm), invariant=1)
    for page in lay_out(LETTER, rows=22):
        scan(canvas)
        for run in page:
            x, y = run.x + pick.uniform(-0.6, 0.6), 297 - run.y + pick.uniform(-0.4, 0.4)
            size = run.size * pick.uniform(0.85, 1.15) * mm
            text = canvas.beginText(x * mm, y * mm)
            text.setFont(FONT, size)
            text.setTextRenderMode(3)
            natural = pdfmetrics.stringWidth(run.text, FONT, size)
            text.setHorizScale(100 * sum(advances(run.text, run.size)) * mm / natural)
            text.textOut(run.text)
            canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    assert lines(buffer.getvalue()) == LETTER


def test_passwords() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    def locked(user: str) -> bytes:
        return make([[BODY]], encrypt=StandardEncryption(user, ownerPassword="owner", canCopy=0))

    problem(read_pdf, locked("secret"), "密码")
    assert lines(locked("")) == [BODY.text]


def test_fonts_without_unicode_are_told() -> None:
    data = make([[BODY, Run("县局已办结此事。" * 3, 28, 80)]])
    names = {b"UniGB-UCS2-H": b"Identity-H  "}
    broken = data
    for old, new in names.items():
        broken = broken.replace(old, new)
    broken = broken.replace(b"/Adobe", b"/Other").replace(b"(Adobe", b"(Other").replace(b"(GB1)", b"(XX1)")
    assert broken != data
    problem(read_pdf, broken, "乱码")


def test_damage_is_told_or_repaired() -> None:
    data = make([[BODY]])
    problem(read_pdf, b"%PDF-1.7\n" + bytes(100), "损坏")
    problem(read_pdf, b"", "损坏")
    problem(read_pdf, data[:200], "损坏")
    assert lines(re.sub(rb"startxref\s+\d+", b"startxref\n99999", data)) == [BODY.text]


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_BYTES", 10)
    problem(read_pdf, make([[BODY]]), "超过")
    monkeypatch.setattr(pdfium, "MAX_PAGES", 1)
    problem(pdfium.read_here, make([[BODY], [BODY]]), "超过上限")
    monkeypatch.setattr(pdfium, "MAX_GLYPHS", 10)
    problem(pdfium.read_here, make([[BODY]]), "超过上限")


def sample() -> bytes:
    return make(lay_out(LETTER, rows=9), pageCompression=0)


def test_broken_files_give_a_text_or_a_problem() -> None:
    for broken in mutations(sample(), 120):
        survives(read_pdf, broken)


@pytest.mark.slow
def test_many_broken_files_give_a_text_or_a_problem() -> None:
    for broken in mutations(sample(), 600, 2):
        survives(read_pdf, broken)
    for broken in mutations(make([[BODY]], draw=scan), 200, 3):
        survives(read_pdf, broken)


def objects(*bodies: bytes) -> bytes:
    return (
        b"%PDF-1.4\n"
        + b"".join(b"%d 0 obj%s endobj\n" % (i, body) for i, body in enumerate(bodies, 1))
        + b"trailer<</Root 1 0 R>>"
    )


def calls_without_end() -> bytes:
    """Drawings that call the next one thirty times each: 30 to the 12th for the last."""
    forms = [
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>/Length 150>>stream\n%s\nendstream"
        % (number + 1, b"/X Do " * 25)
        for number in range(4, 17)
    ]
    return objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        *forms,
    )


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    page = zlib.compress(b"BT /F1 12 Tf (a) Tj ET\n" * 2_000_000, 9)
    inflated = objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    lines(make([[BODY]]))
    monkeypatch.setattr(pdf, "TIMEOUT", 0.7)
    problem(read_pdf, inflated, "已放弃")
    monkeypatch.setattr(pdf, "TIMEOUT", 60.0)
    assert lines(make([[BODY]])) == [BODY.text]


def test_drawings_that_call_each_other_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "TIMEOUT", 2.0)
    survives(read_pdf, calls_without_end())


def test_a_helper_that_dies_costs_one_document() -> None:
    assert lines(make([[BODY]])) == [BODY.text]
    helper = pdf._helper()
    assert helper is not None
    helper.process.kill()
    survives(read_pdf, make([[BODY]]))
    assert lines(make([[BODY]])) == [BODY.text]


def test_without_a_helper_the_file_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_helper", lambda: None)
    assert lines(make([[BODY]])) == [BODY.text]
