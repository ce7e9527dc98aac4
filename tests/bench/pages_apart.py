"""Layouts on which the reader of web pages was measured once, after it was done; nothing was mended for them.

Keep it so: what is changed for the sake of these pages belongs, with the page, into ``tests/pages.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pages import FOOTER, MENU, Layout, _paragraphs


def portal(title: str, lines: Sequence[str]) -> str:
    """A portal: a greeting of the mailbox before, buttons of the byline in brackets, no list behind."""
    return f"""<html><body><div class="header-top"><span>青沅县人民政府门户网站</span><span>2024年6月3日 星期一</span></div><div class="mainNav">{MENU}</div><div class="content-box clearfix"><div class="left-box"><h3>县长信箱</h3><p>欢迎您通过县长信箱反映问题，我们将在五个工作日内办理。</p></div><div class="right-box"><div class="ewb-article"><h3 id="title">{escape(title)}</h3><div class="ewb-article-sources"><p>【信息时间：2024-05-20 &nbsp; 阅读次数：<span>77</span>】【字号 <a>大</a> <a>中</a> <a>小</a>】【<a href=#>我要打印</a>】【<a href=#>关闭</a>】</p></div><div class="ewb-article-info">{_paragraphs(lines)}</div></div></div></div><div class="footer"><div><p>主办单位：青沅县人民政府 | 网站标识码：000 | 联系电话：0000-0000</p></div></div></body></html>"""


def brackets(title: str, lines: Sequence[str]) -> str:
    """Labels of the index table in brackets, Word's fonts and indents."""
    return f"""<html><body><h1 style="display:none">青沅县</h1><div class="gknb_tit">{escape(title)}</div><table class="tb"><tr><td>【索引号】</td><td>X/2024-1</td><td>【发布日期】</td><td>2024-05-20</td></tr></table><div class="gknb_con">{"".join(f"<p class=MsoNormal><font face=仿宋>&nbsp; &nbsp; {escape(x)}</font></p>" for x in lines)}<p>&nbsp;</p></div><div class="gknb_bot"><a href=1>【收藏】</a><a href=2>【打印】</a></div>{FOOTER}</body></html>"""


def columns_of_2010(title: str, lines: Sequence[str]) -> str:
    """Three columns of tables, two breaks a paragraph, neighbours in the same column."""
    b = "<br><br>".join("　　" + escape(x) for x in lines)
    return f"""<html><body><table><tr><td colspan=3>{"".join(f"<a href={i}>栏目{i}</a>｜" for i in range(9))}</td></tr><tr><td width=20%><table><tr><td>栏目导航</td></tr><tr><td>政协提案</td></tr><tr><td>人大建议</td></tr></table></td><td><table><tr><td><strong>{escape(title)}</strong></td></tr><tr><td>作者：办公室&nbsp;&nbsp;时间：2012-8-1 15:30:01&nbsp;&nbsp;点击：100</td></tr><tr><td><div id=MyContent>{b}</div></td></tr><tr><td>上一篇：<a href=p>关于第1号建议的答复</a><br>下一篇：没有了</td></tr></table></td><td><table><tr><td>热点文章</td></tr><tr><td><a href=1>全县防汛工作部署会召开，县长出席并讲话</a></td></tr></table></td></tr></table></body></html>"""


def bootstrap(title: str, lines: Sequence[str]) -> str:
    """A grid: a row and a column a paragraph, a panel of notices with running text behind."""
    return f"""<!DOCTYPE html><html><head><title>{escape(title)}|青沅县交通运输局</title></head><body><div class="container"><ol class="breadcrumb"><li>首页</li><li>公开</li><li>正文</li></ol><div class="panel"><div class="panel-heading">{escape(title)}</div><div class="panel-body"><div class="well">发布机构：县交通局　　发文日期：2024-05-16　　文号：无</div>{"".join(f'<div class="row"><div class="col-md-12"><p>{escape(x)}</p></div></div>' for x in lines)}</div></div><div class="panel"><div class="panel-heading">通知公告</div><div class="panel-body"><p>根据工作安排，定于6月10日开展道路养护施工，请过往车辆注意绕行。</p></div></div></div></body></html>"""


def bare(title: str, lines: Sequence[str]) -> str:
    """No furniture at all, a break in every paragraph."""
    return f"""<html><body><p align=center>{escape(title)}</p>{"".join(f"<p>{escape(x)}<br></p>" for x in lines)}</body></html>"""


def spans(title: str, lines: Sequence[str]) -> str:
    """Paragraphs of spans in nameless classes, 上篇 and 下篇."""
    return f"""<html><body><div>{MENU}</div><div class=d><p class=t1>{escape(title)}</p><p class=t2>发布时间:2022/5/6 文章来源:政府办 浏览量:1次</p>{"".join(f"<div class=para><span>{escape(x[:30])}</span><span>{escape(x[30:])}</span></div>" for x in lines)}<div class=sh><span>分享:</span><i></i></div><div class=pre>上篇：无</div><div class=nex>下篇：<a href=1>关于县人大第2号建议的答复</a></div></div><div class=ft>{FOOTER}</div></body></html>"""


APART: dict[str, Layout] = {
    f.__name__: f for f in (portal, brackets, columns_of_2010, bootstrap, bare, spans)
}
