"""Government web pages around a letter, written for the tests: layouts as they occur, with their furniture.

Each layout takes the letter's title and lines and gives the page. What a reader should get is the title and the
lines, one line a paragraph.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from html import escape
from itertools import accumulate, pairwise

Layout = Callable[[str, Sequence[str]], str]

MENU = "".join(
    f'<li><a href="/{i}/">{name}</a></li>'
    for i, name in enumerate(
        "首页 政务公开 机构概况 领导之窗 政策文件 办事服务 互动交流 数据发布 专题专栏 建议提案 走进青沅 网上信访".split()
    )
)
RELATED = "".join(
    f'<li><a href="/t{i}.html">青沅县水务局关于县政协第{i:04d}号提案的答复</a><span>2024-05-{i:02d}</span></li>'
    for i in range(3, 9)
)
FOOTER = (
    "<p>网站地图 | 关于我们 | 联系我们</p><p>主办单位：青沅县人民政府办公室　承办单位：青沅县大数据中心</p>"
    '<p>版权所有 未经许可不得转载 <a href="https://beian.example/">青ICP备00000000号-1</a> 网站标识码：0000000000</p><p>建议使用1366*768分辨率浏览本站</p>'
)
FIELDS = [
    ("索引号", "QY0013/2024-00126"), ("发文字号", "青交函〔2024〕12号"), ("发布机构", "青沅县交通运输局"), ("成文日期", "2024-05-16"),
    ("名称", ""), ("主题分类", "城乡建设、环境保护"), ("公开方式", "主动公开"), ("有效性", "有效"),
]  # fmt: skip


def _paragraphs(lines: Sequence[str], tag: str = "p", attributes: str = "") -> str:
    return "\n".join(f"<{tag}{attributes}>{escape(line)}</{tag}>" for line in lines)


def _wrap(lines: Sequence[str], width: int, indent: str = "　　") -> list[str]:
    """Lines as a column of fixed width: first lines indented, no mark at the beginning of a line."""
    cut: list[str] = []
    for line in lines:
        rest = indent + line
        while True:
            reach = accumulate(0.5 if c.isascii() else 1.0 for c in rest)
            at = next((i for i, w in enumerate(reach) if w > width), len(rest))
            if at == len(rest):
                break
            while rest[at] in "，。；：、！？）》”%" or (rest[at - 1].isascii() and rest[at].isascii()):
                at -= 1
            cut.append(rest[:at])
            rest = rest[at:]
        cut.append(rest)
    return cut


def trs(title: str, lines: Sequence[str]) -> str:
    """TRS: index table, heading, editor block with indents, buttons, neighbours, footer."""
    cells = [f"<td><b>{k}：</b></td><td>{v or escape(title)}</td>" for k, v in FIELDS]
    rows = "".join(f"<tr>{a}{b}</tr>" for a, b in zip(cells[::2], cells[1::2], strict=True))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}_青沅县人民政府</title>
<meta name="ArticleTitle" content="{escape(title)}"><meta name="PubDate" content="2024-05-20 09:30">
<style>p{{text-indent:2em}}</style><script>var t="我局已完成，下一步将加大力度。";</script></head><body>
<div class="top"><ul>{MENU}</ul></div><div class="dqwz">当前位置：<a href="/">首页</a> &gt; <a href="/zw">政务公开</a> &gt; <a href="/j">建议提案</a></div>
<table class="xxgk_table">{rows}</table>
<div class="article"><h1 class="title">{escape(title)}</h1>
<div class="info">来源：青沅县交通运输局　发布时间：2024-05-20 09:30　浏览次数：<span id="hits">128</span>次 【字体：<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】</div>
<div class="TRS_Editor">{_paragraphs(lines, attributes=' style="text-indent: 2em;"')}</div>
<div class="fj">附件：<a href="a.docx">征询意见表.docx</a></div>
<div class="bar">【<a href="javascript:print()">打印</a>】【<a href="javascript:close()">关闭</a>】</div>
<div>分享到：<a href="#">微信</a><a href="#">微博</a></div>
<p>上一篇：<a href="1.html">青沅县水务局关于县政协第0003号提案的答复</a></p><p>下一篇：<a href="2.html">青沅县教育局关于县人大第15号建议的答复</a></p></div>
<div class="related"><h3>相关链接</h3><ul>{RELATED}</ul></div><div class="foot">{FOOTER}</div></body></html>"""


def old_tables(title: str, lines: Sequence[str]) -> str:
    """Around 2005: nested tables, one cell, <br> and &nbsp;, upper-case tags."""
    body = "<BR>\n".join("&nbsp;&nbsp;&nbsp;&nbsp;" + escape(line) for line in lines)
    menu = "".join(f'<TR><TD><A HREF="{i}.asp">栏目{i}</A></TD></TR>' for i in range(9))
    return f"""<HTML><HEAD><TITLE>青沅县政府网</TITLE></HEAD><BODY BGCOLOR=#FFFFFF><TABLE WIDTH=980><TR><TD COLSPAN=2><IMG SRC=banner.gif></TD></TR>
<TR><TD WIDTH=180 VALIGN=top><TABLE>{menu}</TABLE></TD><TD><TABLE WIDTH=100%><TR><TD>您现在的位置：<A HREF=/>首页</A>&gt;&gt;<A HREF=/tian>提案办理</A>&gt;&gt;正文</TD></TR>
<TR><TD ALIGN=center><FONT SIZE=4 COLOR=red><B>{escape(title)}</B></FONT></TD></TR><TR><TD ALIGN=center>[ 作者：佚名  来源：本站原创  点击数：36  更新时间：2009-6-18 ]</TD></TR>
<TR><TD><FONT SIZE=3>{body}</FONT></TD></TR><TR><TD ALIGN=right>【<A HREF=#>打印本页</A>】【<A HREF=#>关闭窗口</A>】</TD></TR></TABLE></TD></TR>
<TR><TD COLSPAN=2 ALIGN=center>版权所有：青沅县人民政府<BR>技术支持：青沅县信息中心 电话：0000-0000000</TD></TR></TABLE></BODY></HTML>"""


def wrapped_br(title: str, lines: Sequence[str]) -> str:
    """One <br> a visual line, first lines indented with ideographic spaces."""
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>{escape(title)}</title></head><body>
<div id="menu">{MENU}</div><div id="con"><h2>{escape(title)}</h2><div>发布日期：2019-07-02　阅读：77</div>
<div id="zoom">{"<br>".join(map(escape, _wrap(lines, 38)))}</div><div>[打印] [关闭] [返回顶部]</div></div><div id="bottom">{FOOTER}</div></body></html>"""


def wrapped_p(title: str, lines: Sequence[str]) -> str:
    """One <p> a visual line, without any indent but the ideographic spaces of first lines."""
    return f"""<html><head><title>{escape(title)}-建议提案-青沅县</title></head><body><div class="nav2">{MENU}</div>
<div class="main"><div class="tit">{escape(title)}</div><div class="sub">来源：县交通运输局 | 时间：2021-08-09</div>
<div class="nr">{_paragraphs(_wrap(lines, 33))}</div></div><div class="footer">{FOOTER}</div></body></html>"""


def word_spans(title: str, lines: Sequence[str]) -> str:
    """UCAP with HTML pasted from Word: spans, o:p, fonts, empty paragraphs, conditional comments."""
    body = "".join(
        f'<p class="MsoNormal" style="text-indent:32.0pt"><span lang="EN-US" style="font-family:仿宋_GB2312"><span>{escape(line[: len(line) // 2])}</span></span>'
        f'<span style="font-size:16pt">{escape(line[len(line) // 2 :])}</span><o:p></o:p></p><p class="MsoNormal">&nbsp;</p>'
        for line in lines
    )
    items = "".join(
        f'<li><span class="n">{k}：</span><span>{v or escape(title)}</span></li>' for k, v in FIELDS
    )
    return f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="gbk"><title>{escape(title)}</title></head><body>
<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]--><div class="head">{MENU}</div><ul class="xxgk">{items}</ul>
<h1>{escape(title)}</h1><p class="meta">时间：2023年4月1日 来源：青沅县交通运输局 字号：【大 中 小】</p>
<!--<$[信息内容]>begin--><div id="UCAPCONTENT">{body}</div><!--<$[信息内容]>end--><div class="share">分享：</div>{FOOTER}</body></html>"""


def divs_with_sidebars(title: str, lines: Sequence[str]) -> str:
    """Nameless blocks: a division a paragraph, a sidebar before with running summaries, another behind."""
    news = "".join(
        f'<div><a href="n{i}.html">全县交通工作会议召开</a><div>会议强调，要抓好项目建设，加快补齐短板，确保完成全年目标任务。</div></div>'
        for i in range(3)
    )
    return f"""<html><head><title>答复公开</title></head><body><div><div>{MENU}</div><div><div>要闻</div>{news}</div>
<div><div><b>{escape(title)}</b></div><div>2022-06-30 10:21</div><div>{_paragraphs(lines, "div")}</div></div>
<div><div>热点新闻</div>{news}</div></div><div>{FOOTER}</div></body></html>"""


def one_cell_fonts(title: str, lines: Sequence[str]) -> str:
    """Centre, fonts and bare text between <p> that are never closed."""
    body = "<p>".join(f"<font face=宋体 size=3>　　{escape(line)}</font>" for line in lines)
    return f"""<html><body><center><font size=5>{escape(title)}</font></center><hr>{body}<hr><center><a href=index.htm>返回首页</a></center></body></html>"""


def one_paragraph(title: str, lines: Sequence[str]) -> str:
    """All in one <p>, lines parted by two breaks, the title inside the block, too."""
    body = "<br/><br/>".join(map(escape, lines if title in lines else (title, *lines)))
    return f"""<html><head><title>{escape(title)} - 青沅县</title></head><body><header><nav>{MENU}</nav></header><section><h1>{escape(title)}</h1>
<article><p>{body}</p></article></section><footer>{FOOTER}</footer></body></html>"""


def html5(title: str, lines: Sequence[str]) -> str:
    """main, article, aside, time; the date as a line of its own; the heading split by a break."""
    half = len(title) // 2
    return f"""<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title></head><body><header><ul>{MENU}</ul></header>
<main><article><header><h1>{escape(title[:half])}<br>{escape(title[half:])}</h1><time>2024-05-16</time></header><div class="article-content">{_paragraphs(lines)}</div>
<footer><a href="x.pdf">下载全文</a></footer></article><aside><h2>推荐阅读</h2><ul>{RELATED}</ul></aside></main><footer>{FOOTER}</footer></body></html>"""


def definition_list(title: str, lines: Sequence[str]) -> str:
    """A dl as index table, hidden blocks, a hidden copy for mobile phones, a list as neighbours."""
    items = "".join(f"<dt>{k}</dt><dd>{v or escape(title)}</dd>" for k, v in FIELDS)
    return f"""<html><head><meta charset="utf-8"><title>{escape(title)}</title></head><body><div style="display: none">{_paragraphs(lines)}</div>
<div class="crumb"><a href="/">首页</a> &gt; <a href="/gk">信息公开</a> &gt; 正文</div><dl class="info">{items}</dl><div class="detail"><div class="detail-title">{escape(title)}</div>
<div class="detail-con" id="Zoom">{_paragraphs(lines, attributes=" align=justify")}<input type="hidden" value="甲，乙。"></div></div>
<ul class="pn"><li>上一条：没有了</li><li>下一条：<a href="3.html">关于第3号建议的答复</a></li></ul><div>扫一扫在手机打开当前页</div><div>{FOOTER}</div></body></html>"""


def asp_form(title: str, lines: Sequence[str]) -> str:
    """An ASP.NET form around everything, v_news_content, white space and line breaks in the source."""
    body = "\n".join(
        "<p>\n      "
        + "\n      ".join(escape(line[i : i + 60]) for i in range(0, len(line), 60))
        + "\n    </p>"
        for line in lines
    )
    return f"""<html><head><title>正文</title></head><body><form method="post" action="view.aspx" id="form1"><input type="hidden" name="__VIEWSTATE" value="dDw=" />
<div class="menu">{MENU}</div><table><tr><td><div class="bt">{escape(title)}</div><div>【发布时间：2016-11-03】【浏览次数：<span>5</span>】</div>
<div class="v_news_content">{body}</div><p align="right"><a href="#">【打印】</a><a href="#">【收藏】</a><a href="#">【关闭】</a></p></td></tr></table></form>{FOOTER}</body></html>"""


def table_inside(title: str, lines: Sequence[str]) -> str:
    """Index table, number and title inside the content block; unclosed and misnested tags."""
    rows = "".join(f"<tr><td>{k}<td>{v or escape(title)}" for k, v in FIELDS)
    body = "".join(f"<p><b>{escape(line[:4])}</i></b>{escape(line[4:])}" for line in lines)
    return f"""<div class=wrap><ul>{MENU}</ul><div class=pages_content><table border=1>{rows}</table><p align=center><strong>{escape(title)}</strong></p>
{body}</div><div class=tools>我要纠错 打印 关闭</div><div>{FOOTER}"""


def three_columns(title: str, lines: Sequence[str]) -> str:
    """A table of three columns; a list of neighbours without links behind the letter."""
    listed = "".join(f"<li>关于县政协第{i}号提案的答复</li>" for i in range(6))
    return f"""<html><body><table><tr><td><ul>{MENU}</ul></td><td><h3>{escape(title)}</h3><p>日期：2018-09-10　来源：县交通局　点击：33</p>
{_paragraphs(lines)}<p>责任编辑：信息中心</p><p>相关信息</p><ul>{listed}</ul></td><td><ul>{RELATED}</ul></td></tr></table>{FOOTER}</body></html>"""


def fragment(title: str, lines: Sequence[str]) -> str:
    """Only the editor's content, as a crawler keeps it."""
    return _paragraphs(lines if title in lines else (title, *lines))


def preformatted(title: str, lines: Sequence[str]) -> str:
    """Plain text in <pre>."""
    text = "\r\n".join("　　" + escape(line) for line in lines)
    return f"<html><head><title>{escape(title)}</title></head><body><div>{MENU}</div><h1>{escape(title)}</h1><pre>{text}</pre>{FOOTER}</body></html>"


def hinted_split(title: str, lines: Sequence[str]) -> str:
    """Salutation, text and signature in blocks of their own beside each other."""
    last = 2 if len(lines) > 5 else 0
    end = _paragraphs(lines[len(lines) - last :], "div", ' style="text-align:right"') if last else ""
    return f"""<html><head><title>{escape(title)}</title></head><body><div class="daohang">{MENU}</div><div class="box"><div class="biaoti">{escape(title)}</div>
<div class="time">发布时间：2020-05-06 08:00:00</div><div class="ch">{escape(lines[0])}</div><div class="article_content">{_paragraphs(lines[1 : len(lines) - last])}</div>{end}
<div class="dy"><a href="javascript:;">打印此页</a> <a href="javascript:;">关闭窗口</a></div></div><div>{FOOTER}</div></body></html>"""


NEWS = "".join(
    f'<li>· <a href="{i}.htm">我县召开2024年度建议提案办理工作推进会</a> [05-{i:02d}]</li>'
    for i in range(10, 18)
)


def header_cells(title: str, lines: Sequence[str]) -> str:
    """An index table of th and td, the title and the text in further rows of one outer table."""
    index = "<tr><th>信息索引号</th><td>001-2024-1</td><th>生成日期</th><td>2024-05-16</td></tr><tr><th>文件编号</th><td></td><th>公开时限</th><td>长期公开</td></tr>"
    return f"""<html><head><title>青沅县人民政府 建议提案办理</title></head><body><table id="barrierfree_container"><tr><td><table><tbody>{index}</tbody></table></td></tr>
<tr><td class="title" align=center>{escape(title)}</td></tr><tr><td><div class="bt_content"><!--content.begin-->{_paragraphs(lines)}<!--content.end--></div></td></tr></table>
<div class="warp">Produced By 大汉网络 大汉版通发布系统</div>{FOOTER}</body></html>"""


def two_halves(title: str, lines: Sequence[str]) -> str:
    """The text in two blocks, a byline of spans in brackets, a list of neighbours in the same column."""
    return f"""<html><body><div class=l><dl><dt>信息公开</dt><dd><a href=1>机构职能</a></dd><dd><a href=2>政策法规</a></dd></dl><div>联系电话：0000-1234567</div></div>
<div class=r><div class=r_t>{escape(title)}</div><div class=r_s><span>信息来源：县交通局</span><span>日期：[2015-04-09]</span><span>【我要打印】</span></div>
<div class=r_c><div>{_paragraphs(lines[:2])}</div><div>{_paragraphs(lines[2:])}</div></div><div class=r_b><ul>{NEWS}</ul></div></div></body></html>"""


def comments(title: str, lines: Sequence[str]) -> str:
    """Comments of readers behind the letter, a byline without labels."""
    return f"""<!doctype html><html><body><header>{MENU}</header><div role=main><h2>{escape(title)}</h2><p class=info><i>2023-11-02</i><i>市交通局</i><i>1024</i></p>
{_paragraphs(lines)}<div class=cm><h3>网友评论</h3><p>办得很好，点赞！</p><p>希望能够早日完工，方便群众出行。</p><textarea>说点什么</textarea></div></div>{FOOTER}</body></html>"""


def frames_and_marquee(title: str, lines: Sequence[str]) -> str:
    """A frame and a banner before, an empty block after every paragraph, the editor's name behind."""
    body = "".join(f'<div style="text-indent:2em">{escape(line)}</div><div>&nbsp;</div>' for line in lines)
    return f"""<html><body><iframe src=ad.html></iframe><div><marquee>热烈庆祝全县交通工作会议胜利召开！</marquee></div><div id=nav>{MENU}</div>
<div style="text-align:center;font-size:22px">{escape(title)}</div><div id=fontzoom>{body}</div><div>（编辑：张三）</div><div>{FOOTER}</div></body></html>"""


def bold_headings(title: str, lines: Sequence[str]) -> str:
    """Bold headings, rules, a byline that begins with the date, attachments under a label."""
    body = "".join(
        f"<p><strong>{escape(line)}</strong></p>"
        if line[0] in "一二三四五" and len(line) < 30
        else f"<p>&emsp;&emsp;{escape(line)}</p>"
        for line in lines
    )
    return f"""<html><head><title>{escape(title)}</title></head><body><div class=crumbs>首页 / 政务公开 / 建议提案 / 正文</div><div class=content><h4>{escape(title)}</h4>
<small>2024年05月20日 来源：县交通局</small><hr>{body}<hr><p>【字体：大 中 小】【打印本页】</p><p>附件下载：</p><p><a href=x.doc>附件.doc</a></p></div>
<div class=side><h4>相关阅读</h4><ul>{NEWS}</ul></div>{FOOTER}</body></html>"""


def row_per_paragraph(title: str, lines: Sequence[str]) -> str:
    """A table with a row a paragraph."""
    rows = "".join(f"<tr><td colspan=2>{escape(line)}</td></tr>" for line in lines)
    return f"""<html><body><div>{MENU}</div><table border=0 width=600><tr><td colspan=2 align=center><h3>{escape(title)}</h3></td></tr>{rows}</table>
<p align=center><a href="javascript:history.back()">返回</a></p>{FOOTER}</body></html>"""


def wrapped_without_indent(title: str, lines: Sequence[str]) -> str:
    """Visual lines parted by <br>, no indent anywhere."""
    body = "<br/>".join(map(escape, _wrap(lines, 45, "")))
    return f"<html><body><h1>{escape(title)}</h1><div>{MENU}</div><div class=x>{body}</div>{FOOTER}</body></html>"


def script_menus(title: str, lines: Sequence[str]) -> str:
    """A saved single-page application: menus and buttons without links."""
    return f"""<html><head><title>建议提案详情</title></head><body><div id=app><div class="el-menu"><div>首页</div><div>公开</div><div>服务</div></div>
<div class=detail><div class=detail-h>{escape(title)}</div><div class=detail-i><label>发布时间</label><span>2024-05-20</span><label>浏览量</label><span>55</span></div>
<div class=detail-b><div>{_paragraphs(lines)}</div></div><div class=btns><span>上一条</span><span>下一条</span></div></div></div><div class=f>主办：青沅县人民政府</div></body></html>"""


def flat(title: str, lines: Sequence[str]) -> str:
    """Everything directly in the body."""
    return f"""<html><head><title>{escape(title)}</title></head><body><a href=/>首页</a> <a href=/a>政务</a><h1>{escape(title)}</h1><p>发布时间：2024-05-20</p>
{_paragraphs(lines)}<p>地址：青沅县人民路1号　邮编：000000　电话：0000-0000000</p><p>Copyright © 2024 青沅县人民政府</p></body></html>"""


def wechat(title: str, lines: Sequence[str]) -> str:
    """An article of a public account: nested sections, nothing else."""
    body = "".join(
        f'<section><section><span style="font-size:15px">{escape(line)}</span></section></section><section><br></section>'
        for line in lines
    )
    return f"""<html><body><div id=js_article><h1 class=rich_media_title>{escape(title)}</h1><div><span>青沅交通</span> <em>2024-05-20 10:11</em></div>
<div class=rich_media_content>{body}</div><div>阅读 123</div><div>赞 在看</div></div></body></html>"""


LAYOUTS: dict[str, Layout] = {
    f.__name__: f
    for f in (
        trs, old_tables, wrapped_br, wrapped_p, word_spans, divs_with_sidebars, one_cell_fonts, one_paragraph, html5,
        definition_list, asp_form, table_inside, three_columns, fragment, preformatted, hinted_split,
        header_cells, two_halves, comments, frames_and_marquee, bold_headings, row_per_paragraph, wrapped_without_indent,
        script_menus, flat, wechat,
    )
}  # fmt: skip


def title_and_lines(text: str) -> tuple[str, list[str], str]:
    """A letter's title, invented where it has none, its other lines, and what a reader should give."""
    lines = [line for raw in text.split("\n") if (line := raw.strip(" \u3000\t"))]
    at = next((i for i, line in enumerate(lines[:5]) if _is_title(line)), None)
    if at == 0:
        return lines[0], lines[1:], "\n".join(lines)
    if at is not None:  # under a letterhead or a number: the page shows it once more as its heading
        return lines[at], lines, "\n".join(lines)
    title = "青沅县交通运输局关于县政协第0126号提案的答复"
    return title, lines, "\n".join((title, *lines))


def _is_title(line: str) -> bool:
    named = any(word in line for word in ("关于", "答复", "复函", "回复", "报告"))
    return named and 8 < len(line) < 70 and line[-1] not in "。：:，；"


def _squeezed(text: str) -> str:
    return "".join(text.split())


def f1(precise: float, found: float, wanted: float) -> float:
    """F1 from the number that agree, that were found and that were wanted."""
    return 2 * precise / (found + wanted) if found + wanted else 1.0


def character_f1(text: str, wanted: str) -> float:
    """F1 of the characters in their order, white space left aside."""
    a, b = _squeezed(text), _squeezed(wanted)
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    ends = zip(reversed(a[start:]), reversed(b[start:]), strict=False)
    end = next((i for i, (x, y) in enumerate(ends) if x != y), min(len(a), len(b)) - start)
    middle = a[start : len(a) - end], b[start : len(b) - end]
    blocks = SequenceMatcher(None, *middle, autojunk=False).get_matching_blocks()
    return f1(start + end + sum(block.size for block in blocks), len(a), len(b))


def boundary_f1(text: str, wanted: str) -> float:
    """F1 of the places between paragraphs, each known by the characters on both sides."""

    def places(whole: str) -> Counter[tuple[str, str]]:
        lines = [squeezed for line in whole.split("\n") if (squeezed := _squeezed(line))]
        return Counter((a[-6:], b[:6]) for a, b in pairwise(lines))

    a, b = places(text), places(wanted)
    return f1((a & b).total(), a.total(), b.total())


def shuffled(texts: Sequence[str], count: int, seed: int = 7) -> list[str]:
    """Some of the texts, in an order that does not change."""
    return random.Random(seed).sample(list(texts), count)
