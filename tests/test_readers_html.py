"""Letters out of web pages: every layout of ``pages.py``, and pages that mean harm."""

from __future__ import annotations

import json
import random
from pathlib import Path
from statistics import fmean

import pytest

from conftest import LETTER
from dafu.errors import InputError
from dafu.readers import read_document
from dafu.readers.html import read_html, read_mhtml
from pages import LAYOUTS, boundary_f1, character_f1, shuffled, title_and_lines

TITLE, *LINES = LETTER.split("\n")


def page(layout: str) -> str:
    return LAYOUTS[layout](TITLE, LINES)


@pytest.fixture(scope="module")
def letters(root: Path) -> list[str]:
    texts = [
        json.loads(line)["text"]
        for file in sorted((root / "corpus").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()[:12]
    ]
    return shuffled(texts, 12, seed=3)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_reach_their_floors(layout: str, letters: list[str]) -> None:
    characters, boundaries = [], []
    for text in letters:
        title, lines, wanted = title_and_lines(text)
        found = read_html(LAYOUTS[layout](title, lines).encode(), "page.html").text
        characters.append(character_f1(found, wanted))
        boundaries.append(boundary_f1(found, wanted))
    assert fmean(characters) >= 0.98
    assert fmean(boundaries) >= 0.97


# one wrapped line without an indent tells nothing
@pytest.mark.parametrize("layout", sorted(LAYOUTS.keys() - {"wrapped_without_indent"}))
def test_a_letter_comes_out_whole_and_alone(layout: str) -> None:
    assert read_html(page(layout).encode(), "page.html").text == LETTER


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_line_has_its_place(layout: str) -> None:
    from lxml import etree

    found = read_html(page(layout).encode(), "page.html")
    assert [found.text[p.start : p.end] for p in found.places] == found.text.split("\n")
    root = etree.HTML(page(layout))
    for place in found.places:
        assert place.element is not None
        (element,) = root.xpath(place.element)
        begin = found.text[place.start : place.start + 4]
        assert begin in "".join("".join(element.itertext()).split())


@pytest.mark.parametrize("layout", ["trs", "word_spans", "definition_list", "table_inside"])
def test_index_tables_become_metadata(layout: str) -> None:
    meta = read_html(page(layout).encode(), "page.html").meta
    assert meta["index_number"] == "QY0013/2024-00126"
    assert meta["document_number"] == "青交函〔2024〕12号"
    assert meta["issuer"] == "青沅县交通运输局"
    assert meta["date"] == "2024-05-16"
    assert meta["title"] == TITLE


def test_the_line_under_the_heading_gives_what_nothing_better_gives() -> None:
    meta = read_html(page("three_columns").encode(), "page.html").meta
    assert (meta["date"], meta["issuer"]) == ("2018-09-10", "县交通局")


def test_the_pages_own_metadata_is_read() -> None:
    text = f'<html><head><meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="2024-05-20 09:30"><meta name="ContentSource" content="县交通局"></head><body>{"".join(f"<p>{line}</p>" for line in LINES[:-2])}</body></html>'
    meta = read_html(text.encode(), "page.html").meta
    assert (meta["title"], meta["date"], meta["issuer"]) == (TITLE, "2024-05-20", "县交通局")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5", "iso-8859-1", ""])
def test_bytes_decide_the_encoding(encoding: str, declared: str) -> None:
    text = page("html5").replace('charset="utf-8"', f'charset="{declared}"' if declared else "")
    assert read_document(text.encode(encoding), "a.html", "a").text == LETTER


def test_pages_in_traditional_characters() -> None:
    body = "<p>李明遠委員：</p><p>您的提案收悉，現答覆如下：</p><p>我局已完成道路修復。</p><p>青沅縣交通運輸局</p><p>2024年5月16日</p>"
    text = f"<html><body><ul><li>索引號：QY-001</li><li>發佈機構：縣交通局</li><li>成文日期：2024-05-16</li></ul><div>{body}</div><div>【列印】【關閉】</div></body></html>"
    found = read_html(text.encode("big5"), "a.html")
    assert (
        found.text
        == "李明遠委員：\n您的提案收悉，現答覆如下：\n我局已完成道路修復。\n青沅縣交通運輸局\n2024年5月16日"
    )
    assert found.meta["index_number"] == "QY-001"


def test_a_few_bad_bytes_do_not_cost_the_page() -> None:
    data = page("trs").encode("gb18030").replace("浏览次数".encode("gb18030"), b"\xff\xfe\x80")
    assert LETTER[-60:] in read_html(data, "a.html").text


def test_tables_in_the_letter_become_a_line_a_row() -> None:
    table = "<table><tr><th>项目</th><th>完成<br>情况</th></tr><tr><td>路灯</td><td>120盏</td></tr><tr><td>井盖</td><td>35处</td></tr></table>"
    text = page("trs").replace("<p style=", f"{table}<p style=", 5).replace(table, "", 4)
    lines = read_html(text.encode(), "a.html").text.split("\n")
    at = lines.index("项目\t完成情况")
    assert lines[at + 1 : at + 3] == ["路灯\t120盏", "井盖\t35处"]
    assert lines[:at] + lines[at + 3 :] == LETTER.split("\n")


def test_mhtml(tmp_path: Path) -> None:
    import quopri

    body = quopri.encodestring(page("trs").encode("gb18030")).decode()
    data = (
        'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="--B"\r\n\r\n'
        "----B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
        f"----B\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{body}\r\n----B--\r\n"
    ).encode()
    assert read_document(data, "a.doc", "a").text == LETTER
    with pytest.raises(InputError, match="没有网页"):
        read_mhtml(data.replace(b"text/html\r", b"text/plain\r"), "a.mht")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<html></html>", "没有找到"),
        ("<html><body>   </body></html>", "没有找到"),
        ("<html><frameset><frame src=a.html><frame src=b.html></frameset></html>", "框架"),
        ('<html><body><div id="app"></div><script src="app.js"></script></body></html>', "脚本"),
        (
            "<html><body><ul>"
            + "<li><a href='/'>首页</a></li><li>政务公开</li>" * 30
            + "</ul></body></html>",
            "菜单",
        ),
        ("<html><body><!-- 我局已办结。 --><style>甲，乙。</style></body></html>", "没有找到"),
    ],
)
def test_pages_without_a_letter_are_problems(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read_html(text.encode(), "a.html")
    assert caught.value.remedy


def test_text_that_only_scripts_show_is_read() -> None:
    text = f'<html><body><div style="display:none">{"".join(f"<p>{line}</p>" for line in LETTER.splitlines())}</div></body></html>'
    assert read_html(text.encode(), "a.html").text == LETTER


@pytest.mark.parametrize("tag", ["div", "font", "b", "table", "ul", "blockquote", "span"])
def test_deep_nesting_costs_neither_the_letter_nor_the_stack(tag: str) -> None:
    deep = f"<{tag}>" * 100_000
    body = "".join(f"<p>{line}</p>" for line in LETTER.splitlines())
    for text in (
        f"<html><body>{deep}{body}</html>",
        f"<html><body>{body}{deep}",
        f"{deep}{body}" + f"</{tag}>" * 100_000,
    ):
        assert sorted(read_html(text.encode(), "a.html").text.split("\n")) == sorted(LETTER.split("\n"))


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "甲，乙。"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    found = read_html(
        f"{bomb}<html><body><p>您的提案收悉，&b;&c;我局已办结。</p></body></html>".encode(), "a.html"
    )
    assert "甲，乙。甲" not in found.text
    assert "root" not in found.text


@pytest.mark.parametrize(
    "text",
    [
        "<p>您的提案\x00收悉，我局已办结。</p>",
        "<p><b><i>您的提案收悉，</b>我局</i>已办结。<p>",
        "<table><p>您的提案收悉，<tr>我局已办结。",
        "</div></p></html><p>您的提案收悉，我局已办结。",
    ],
)
def test_broken_markup_is_read(text: str) -> None:
    found = read_html(f"<html><body>{text}</body></html>".encode(), "a.html")
    assert "收悉" in found.text
    assert "\x00" not in found.text


@pytest.mark.slow
def test_a_large_page_is_read_and_a_larger_one_refused() -> None:
    line = "<p>我局已完成第3项整改，下一步将继续推进。</p>\n"
    found = read_html(f"<html><body>{line * 80_000}</body></html>".encode(), "a.html")
    assert found.text.count("\n") == 79_999
    with pytest.raises(InputError, match="过大"):
        read_html(b"<p>" + bytes(33 * 1024 * 1024), "a.html")


def test_a_letterhead_stays_and_the_heading_of_the_page_does_not_repeat_the_title() -> None:
    head = ["青交函〔2024〕12号", "签发人：王强", "类别：A"]
    block = "".join(f"<p align=center>{line}</p>" for line in head)
    text = f"<html><body><h1>{TITLE}</h1><p>2024-05-20 来源:县交通局 浏览:33</p><div>{block}<p><b>{TITLE[:15]}<br>{TITLE[15:]}</b></p>{''.join(f'<p>{line}</p>' for line in LINES)}</div></body></html>"
    found = read_html(text.encode(), "a.html")
    assert found.text.split("\n") == [*head, TITLE[:15], TITLE[15:], *LINES]
    assert (found.meta["issuer"], found.meta["date"]) == ("县交通局", "2024-05-20")


def test_a_mailbox_page_gives_the_reply() -> None:
    rows = [
        ("来信标题", "拓宽石桥路"),
        ("来信人", "李**"),
        ("来信时间", "2024-05-01"),
        ("来信内容", "石桥路太窄，早晚高峰堵得厉害，希望拓宽。"),
        ("回复单位", "县交通局"),
        ("回复内容", "<br>".join(LINES)),
    ]
    table = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows)
    found = read_html(f"<html><body><table>{table}</table></body></html>".encode(), "a.html")
    assert found.text.split("\n") == LINES
    assert found.meta["issuer"] == "县交通局"


@pytest.mark.parametrize(
    "filling", [" ", "\n", "\u3000", "&nbsp;", "<", "&", "甲", "<br>", "<a href=x>甲</a>", "<td>", "</p>"]
)
def test_endless_repetition_takes_linear_time(filling: str) -> None:
    body = "".join(f"<p>{line}</p>" for line in LETTER.splitlines())
    text = f"<html><body>{body}<div>\n甲{filling * 200_000}乙\n</div></body></html>"
    assert LETTER[:200].split("\n")[1] in read_html(text.encode(), "a.html").text


def test_damaged_pages_give_a_text_or_a_problem() -> None:
    rng = random.Random(5)
    for layout in LAYOUTS:
        data = bytearray(page(layout).encode("gb18030"))
        for _ in range(3):
            for _ in range(rng.randrange(1, 60)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            start = rng.randrange(len(data))
            del data[start : start + rng.randrange(200)]
            try:
                found = read_document(bytes(data), "a.html", "a")
            except InputError:
                continue
            assert all(0 <= p.start <= p.end <= len(found.text) for p in found.places)


@pytest.mark.parametrize(
    "line",
    [
        "关闭散乱污企业15家，取缔作坊3个。",
        "打印店油烟扰民的问题已经解决。",
        "无障碍设施建设情况",
        "适老化改造方面",
        "注册登记工作",
        "建议使用新能源公交车的意见，我局已经采纳。",
        "天气转冷前，完成供热管网检修。",
        "相关政策明确，由县财政给予补助。",
        "备注：以上数据截至5月底。",
        "主办单位：县交通局",
        "分享经验、推广做法12项。",
        "登录平台即可查询办理进度。",
        "移动端应用推广情况",
        "最新发布的统计公报显示，全县通车里程达1200公里。",
    ],
)
def test_lines_of_the_letter_that_begin_like_furniture_stay(line: str) -> None:
    for at in (4, 9):
        lines = [*LINES[:at], line, *LINES[at:]]
        for layout in ("trs", "flat", "three_columns", "divs_with_sidebars"):
            assert read_html(LAYOUTS[layout](TITLE, lines).encode(), "a.html").text.split("\n") == [
                TITLE,
                *lines,
            ]
