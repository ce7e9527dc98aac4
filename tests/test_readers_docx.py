from __future__ import annotations

import io
import zipfile

import docx
import pytest

from dafu.readers.archive_limits import MAX_MEMBERS, MAX_PART_BYTES
from dafu.readers.docx import read_docx
from dafu.readers.numbering import format_number
from hostile import assert_places, mutations, problem, survives

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def package(parts: dict[str, str], *, more: dict[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def make(body: str, *, numbering: str = "", styles: str = "", header: str = "", title: str = "") -> bytes:
    def root(name: str, content: str) -> str:
        return f'<?xml version="1.0" encoding="UTF-8"?><w:{name} {NAMESPACES}>{content}</w:{name}>'

    related = {"numbering": numbering, "styles": styles, "header": header}
    links = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/{kind}" Target="{kind}1.xml"/>'
        for i, (kind, content) in enumerate(related.items())
        if content
    )
    parts = {
        "_rels/.rels": f'<Relationships><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        '<Relationship Id="r2" Type="http://x/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        "word/document.xml": root("document", f"<w:body>{body}</w:body>"),
        "word/_rels/document.xml.rels": f"<Relationships>{links}</Relationships>",
        "docProps/core.xml": f'<cp xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp>',
    }
    names = {"numbering": "numbering", "styles": "styles", "header": "hdr"}
    parts |= {f"word/{kind}1.xml": root(names[kind], text) for kind, text in related.items() if text}
    return package(parts)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(content: str, properties: str = "") -> str:
    inner = content if content.startswith("<") else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def num(level: int, id: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{id}"/></w:numPr>'


def levels(*items: tuple[str, str, str]) -> str:
    return "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{extra}<w:lvlText w:val="{text}"/></w:lvl>'
        for i, (kind, text, extra) in enumerate(items)
    )


CHINESE = (
    '<w:abstractNum w:abstractNumId="5">'
    + levels(
        ("chineseCounting", "%1、", ""),
        ("chineseCountingThousand", "（%2）", ""),
        ("decimal", "%3.", ""),
        ("decimalEnclosedCircle", "%4", '<w:suff w:val="nothing"/>'),
    )
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
)


def text_of(body: str, **parts: str) -> list[str]:
    found = read_docx(make(body, **parts), "file")
    assert_places(found)
    return found.text.split("\n")


@pytest.mark.parametrize(
    ("number", "style", "expected"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCounting", "十"),
        (11, "japaneseCounting", "十一"),
        (20, "chineseCountingThousand", "二十"),
        (110, "chineseCountingThousand", "一百一十"),
        (101, "chineseCountingThousand", "一百零一"),
        (1003, "chineseCountingThousand", "一千零三"),
        (12, "ideographDigital", "一二"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircle", "21"),
        (3, "decimalEnclosedParen", "⑶"),
        (2, "ideographTraditional", "乙"),
        (12, "ideographZodiac", "亥"),
        (27, "lowerLetter", "aa"),
        (1994, "upperRoman", "MCMXCIV"),
        (5, "decimalZero", "05"),
        (12, "decimalFullWidth", "１２"),
        (0, "chineseCounting", "0"),
        (7, "noSuchFormat", "7"),
        (1, "bullet", ""),
    ],
)
def test_number_formats(number: int, style: str, expected: str) -> None:
    assert format_number(number, style) == expected


def test_automatic_numbers_count_nest_and_restart() -> None:
    body = (
        par("进展", num(0)) + par("规划", num(1)) + par("建设", num(1)) + par("2024年", num(2)) + par("其一", num(3))
        + par("无编号") + par("打算", num(0)) + par("前期", num(1)) + par("另起", num(0, 2)) + par("再", num(0, 2))
    )  # fmt: skip
    assert text_of(body, numbering=CHINESE) == [
        "一、进展", "（一）规划", "（二）建设", "1. 2024年", "①其一",
        "无编号", "二、打算", "（一）前期", "一、另起", "二、再",
    ]  # fmt: skip


def test_numbers_of_several_levels_and_legal_ones() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="5">'
        + levels(("chineseCounting", "第%1部分", ""), ("decimal", "%1.%2", "<w:isLgl/>"))
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
    )
    assert text_of(par("甲", num(0)) + par("乙", num(1)), numbering=numbering) == ["第一部分 甲", "1.1 乙"]


def test_numbers_linked_to_styles() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="5">'
        + levels(
            ("chineseCounting", "%1、", '<w:pStyle w:val="H1"/>'),
            ("decimal", "%2．", '<w:pStyle w:val="H2"/>'),
        )
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
    )
    link = "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
    styles = (
        f'<w:style w:type="paragraph" w:styleId="H1">{link}</w:style>'
        f'<w:style w:type="paragraph" w:styleId="H2">{link}</w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:basedOn w:val="H1"/></w:style>'
    )
    body = (
        par("甲", '<w:pStyle w:val="H1"/>') + par("乙", '<w:pStyle w:val="H2"/>') + par("丙", '<w:pStyle w:val="Sub"/>')
        + par("丁", '<w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    )  # fmt: skip
    assert text_of(body, numbering=numbering, styles=styles) == ["一、甲", "1．乙", "二、丙", "丁"]


def test_numbers_through_a_numbering_style() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="List"/></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="2"><w:styleLink w:val="List"/>'
        + levels(("chineseCounting", "%1、", ""))
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    assert text_of(par("甲", num(0)) + par("乙", num(0)), numbering=numbering) == ["一、甲", "二、乙"]


def test_bullets_and_unknown_numbers_leave_the_text_alone() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="5">'
        + levels(("bullet", "n", ""), ("decimal", "\uf0b7", ""))
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
    )
    body = par("甲", num(0)) + par("乙", num(1)) + par("丙", num(0, 99)) + par("丁", num(7))
    assert text_of(body, numbering=numbering) == ["甲", "乙", "丙", "丁"]


def test_tracked_changes_are_accepted() -> None:
    body = (
        par(run("已建成") + f"<w:ins>{run('4条')}</w:ins><w:del><w:r><w:delText>3条</w:delText></w:r></w:del>" + run("道路。"))
        + par(f"<w:moveFrom>{run('移走。')}</w:moveFrom>" + run("留下。"))
        + par(f"<w:moveTo>{run('移来。')}</w:moveTo>")
        + par("前半，", "<w:rPr><w:del/></w:rPr>") + par("后半。")
    )  # fmt: skip
    assert text_of(body) == ["已建成4条道路。", "留下。", "移来。", "前半，后半。"]


def test_hidden_text_field_codes_and_special_characters() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "x"</w:instrText><w:tab/></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("网址")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    styles = '<w:style w:type="character" w:styleId="Hid"><w:rPr><w:vanish/></w:rPr></w:style>'
    body = (
        par(run("看") + run("暗", "<w:vanish/>") + run("暗", '<w:rStyle w:val="Hid"/>') + run("明", '<w:vanish w:val="0"/>'))
        + par(field + run("。"))
        + par('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + run("丢"))
        + par("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t><w:softHyphen/><w:noBreakHyphen/><w:t>丁</w:t></w:r>")
        + par('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:char="2460"/><w:t>戊</w:t></w:r>')
        + par(f"<w:r><w:ruby><w:rt>{run('pin')}</w:rt><w:rubyBase>{run('拼')}</w:rubyBase></w:ruby></w:r>")
        + par("<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>")
    )  # fmt: skip
    assert text_of(body, styles=styles) == ["看明", "网址。", "甲", "乙\t丙-丁", "①戊", "拼", "a+b"]


def test_text_boxes_count_once() -> None:
    box = f"<w:txbxContent>{par('框内')}</w:txbxContent>"
    alternate = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert text_of(par(run("正文") + alternate) + par("后文")) == ["正文", "框内", "后文"]


def test_tables_give_a_line_a_row_and_forms_keep_their_paragraphs() -> None:
    def row(*cells: str, deleted: bool = False) -> str:
        properties = "<w:trPr><w:del/></w:trPr>" if deleted else ""
        return f"<w:tr>{properties}{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    long = par("一、工作情况") + par(
        "我局投入资金320万元，完成路面修复6.5公里，群众出行条件明显改善，安全隐患全部消除。" * 2
    )
    body = (
        "<w:tbl>"
        + row(par("索引号"), par("A-01"), par(""))
        + row(par("删去"), deleted=True)
        + row(par("答复内容"), long)
        + row(f"<w:tbl>{row(par('内表甲'), par('内表乙'))}</w:tbl>{par('')}")
        + "</w:tbl>"
        + par("后文")
    )
    found = read_docx(make(body), "file")
    lines = found.text.split("\n")
    assert lines[:3] == ["索引号\tA-01", "答复内容", "一、工作情况"]
    assert lines[4:] == ["内表甲\t内表乙", "后文"]
    assert found.places[0].element == "table 1 row 1"
    assert found.places[-1].element == "p 1"


def test_content_controls_are_read_and_contents_left_out() -> None:
    toc = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    body = (
        f"<w:sdt>{toc}<w:sdtContent>{par('目录…1')}</w:sdtContent></w:sdt>"
        f"<w:sdt><w:sdtContent>{par('控件内')}</w:sdtContent></w:sdt>"
        + par(f"<w:sdt><w:sdtContent>{run('行内')}</w:sdtContent></w:sdt>")
    )
    assert text_of(body) == ["控件内", "行内"]


def test_letterheads_and_titles_become_meta() -> None:
    red = par(run("澜浦县交通运输局文件", '<w:color w:val="FF0000"/>'))
    found = read_docx(make(red + par("正文。"), title="关于县政协第0126号提案的答复"), "file")
    assert found.meta == {"issuer": "澜浦县交通运输局", "title": "关于县政协第0126号提案的答复"}
    found = read_docx(make(par("正文。"), header=par("澜 浦 县 财 政 局"), title="文档1"), "file")
    assert found.meta == {"issuer": "澜浦县财政局"}
    assert found.text == "正文。"


def test_what_python_docx_writes_is_read() -> None:
    document = docx.Document()
    document.add_heading("标题", 1)
    document.add_paragraph("正文。")
    document.sections[0].footer.paragraphs[0].text = "第1页"
    buffer = io.BytesIO()
    document.save(buffer)
    assert read_docx(buffer.getvalue(), "file").text == "标题\n正文。"


def test_strict_documents_are_read() -> None:
    data = make(par("严格。", num(0)), numbering=CHINESE)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {n: archive.read(n).decode().replace(W, STRICT) for n in archive.namelist()}
    parts = {
        n: t.replace(OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships")
        for n, t in parts.items()
    }
    assert read_docx(package(parts), "file").text == "一、严格。"


def test_problems_say_what_to_do() -> None:
    problem(read_docx, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码")
    problem(read_docx, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版")
    problem(read_docx, b"", "损坏")
    problem(read_docx, package({"a.txt": "x"}), "不是 Word 文档")
    problem(read_docx, make(par("")), "没有文字")
    problem(read_docx, make(par("文"))[:-30], "损坏")


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "哈哈哈哈哈哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'
)
EXTERNAL = ENTITIES.replace('<!ENTITY a "哈哈哈哈哈哈">', '<!ENTITY a SYSTEM "file:///etc/hostname">')


@pytest.mark.parametrize("text", [ENTITIES, EXTERNAL])
def test_document_types_are_refused(text: str) -> None:
    problem(read_docx, package({"word/document.xml": text}), "DTD|XML")


def test_containers_beyond_the_limits_are_refused() -> None:
    bomb = b"<a>" + b" " * (MAX_PART_BYTES + 10) + b"</a>"
    problem(read_docx, package({}, more={"word/document.xml": bomb}), "压缩炸弹")
    problem(read_docx, package({f"m{i}": "" for i in range(MAX_MEMBERS + 1)}), "超过上限")
    problem(read_docx, package({"../word/document.xml": "<a/>"}), "外部")
    link = zipfile.ZipInfo("word/document.xml")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    problem(read_docx, buffer.getvalue(), "符号链接")


def test_a_false_size_in_the_directory_does_not_help() -> None:
    data = bytearray(make(par("文")))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (500 * 2**20).to_bytes(4, "little")
    survives(read_docx, bytes(data))


def test_deep_nesting_is_no_crash() -> None:
    deep = "<w:sdt><w:sdtContent>" * 110 + par("底") + "</w:sdtContent></w:sdt>" * 110
    survives(read_docx, make(deep))
    survives(read_docx, make("<w:tbl><w:tr><w:tc>" * 2000 + par("底") + "</w:tc></w:tr></w:tbl>" * 2000))


def sample() -> bytes:
    body = "".join(par(f"第{i}项工作完成。", num(i % 3)) for i in range(20))
    return make(
        body + f"<w:tbl><w:tr><w:tc>{par('甲')}</w:tc></w:tr></w:tbl>", numbering=CHINESE, header=par("页眉")
    )


def inner_mutations(count: int, seed: int) -> list[bytes]:
    """Sound containers with broken parts: damage that the checksum would otherwise catch."""
    with zipfile.ZipFile(io.BytesIO(sample())) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    made = []
    for name in ("word/document.xml", "word/numbering1.xml", "word/_rels/document.xml.rels"):
        made += [package({}, more={**parts, name: broken}) for broken in mutations(parts[name], count, seed)]
    return made


def test_broken_files_give_a_text_or_a_problem() -> None:
    for broken in [*mutations(sample(), 200), *inner_mutations(70, 1)]:
        survives(read_docx, broken)


@pytest.mark.slow
def test_many_broken_files_give_a_text_or_a_problem() -> None:
    for broken in [*mutations(sample(), 1500, 2), *inner_mutations(500, 3)]:
        survives(read_docx, broken)
