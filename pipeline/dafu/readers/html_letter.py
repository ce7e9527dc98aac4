"""Which lines of a page are the letter: not its menus, breadcrumbs, buttons, neighbours and footer.

The block is found by weight: running text that is no link, and above all what only letters have (salutation,
收悉, 答复如下, 此复). Known names of content blocks (TRS_Editor, UCAPCONTENT, zoom, …) only break ties. Within the
block the lines are trimmed from both ends by what they say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dafu.folding import fold
from dafu.readers.html_fields import collect, is_index_field, is_page_field, pairs_of
from dafu.readers.html_lines import Page

_HAN = re.compile(r"[\u3400-\u9fff]")
_MARKS = re.compile(r"[，。；！？]")
_FURNITURE = re.compile(
    r"^[【〔\[（(|｜>》»›·•\s]*(?:"
    r"(?:您|你)?(?:现在|当前|所在|的)*的?位置[：:是]|当前位置|首 ?页(?:$|[ >》»›|｜/-])|网站首页|打 ?印(?:本[页文]|此[页文]|文章|页面)?(?:$|[ 】〕\]|｜)）])|"
    r"关 ?闭(?:窗口|本页|页面|此页)?(?:$|[ 】〕\]|｜)）])|字 ?[体号](?:大小)?[：:【〔\[ ]|字体(?:大小|$)|(?:大|默认|较大|特大|小)[ |｜】\]]+(?:中|大|默认|小)|[Aa][+-]|分享(?:到|至|：|:|$)|"
    r"收藏(?:$|本页|此页)|扫一扫|扫码|微信(?:扫|分享|$)|新浪微博|手机(?:扫|版|看|查看)|上一?[篇条页](?:文章|信息|新闻)?(?:[：: ]|$|没有)|下一?[篇条页](?:文章|信息|新闻)?(?:[：: ]|$|没有)|"
    r"(?:浏览|点击|阅读|访问)(?:次数|量|数|率)?[：: ]*\d*(?:次|$)|来源[：:]|信息来源|文章来源|稿件来源|发布(?:时间|日期|于)[：:]|更新(?:时间|日期)[：:]|"
    r"发表时间|(?:责任)?编辑[：:]|录入[：:]|审核[：:]|(?:我要)?纠错|返回(?:顶部|首页|列表|上[一级]?页|上级|$)|回到顶部|TOP$|"
    r"相关(?:链接|阅读|文章|信息|新闻|推荐|附件|报道|稿件)(?:：|$)|热点(?:新闻|推荐|信息)|推荐阅读|最新(?:信息|公开|发布)(?:：|$)|(?:网友|最新|热门|发表|我要)评论|友情链接|网站(?:地图|标识码|声明|导航|支持|管理)|"
    r"关于我们|联系我们|联系方式$|版权(?:所有|声明)|主办(?:单位)?：.{0,30}(?:政府|办公室|委员会|中心|版权|网)|主管(?:单位)?：|维护(?:单位)?[：:]|技术支持：|建议(?:您?使用|浏览).{0,20}(?:浏览器|分辨率|\d{3,4}[*xX×])|.{0,8}ICP备|.{0,4}公网安备|政府网站(?:标识|找错|$)|"
    r"无障碍(?:$|浏览|阅读|模式|版)|繁[體体](?:$|版|中文)|简体|长者(?:版|模式)|适老(?:版|模式|化模式)|(?:登 ?录|注 ?册|搜 ?索)(?:$|[ |/])|下载(?:全文|附件|本文|文件|$)|附件下载|全文下载|点击(?:下载|查看|这里)|"
    r"(?:通讯|联系|单位|办公)?地址[：].{2,40}邮(?:政编码|编)|[12]\d{3}[-/.年]\d{1,2}[-/.月]\d{1,2}日? *\d{1,2}：\d{2}|Copyright|©|[Aa]ll [Rr]ights|Produced By|(?:移动端|客户端)(?:$|[ |])|（?信息公开目录|.{0,14}(?:人民政府|政务公开)?门户网站$|今天是|天气(?:$|预报)|加载中|正在加载|(?:满意度|文章)评价$|您是第\d*位|"
    r"(?:视力保护色|保护视力色|页面功能|背景颜色)"
    r")"
)
_SITE = re.compile(r"版权|备案|网站|浏览器|分辨率|扫一扫|二维码|转载|技术支持")
#: After the letter has begun, such a line ends it.
_STOP = re.compile(
    r"^[【〔\[（(|｜>》»·•\s]*(?:打 ?印|关 ?闭|上一?[篇条]|下一?[篇条]|分享[到至]|扫一扫|相关(?:链接|阅读|文章|信息|新闻|推荐|附件|报道|稿件)|热点(?:新闻|推荐|信息)|推荐阅读|最新(?:信息|公开|发布)|友情链接|"
    r"(?:网友|最新|热门|发表|我要)评论|网站地图|关于我们|版权所有|主办(?:单位)?[：:]|附件下载|(?:责任)?编辑[：:]|返回顶部|网站标识|Copyright|满意度评价)"
)
_ATTACHMENT = re.compile(r"\.(?:docx?|wps|pdf|ofd|xlsx?|zip|rar|jpe?g|png)\b|^附件|下载|^相关", re.I)
_TITLE = re.compile(
    r"(?:(?:关于|对).{4,80}(?:的函|意见|报告|提案|建议|议案|情况|说明)|(?:答复|回复)函?|复函)(?:（.{1,20}）)?$|^关于.{4,80}(?:提案|建议|答复)"
)
_SALUTATION = re.compile(
    r"(?:尊敬的|网友|市民|UU).{0,20}[：，！]|(?:网友|市民)[“《‘]?.{1,16}$|.{2,24}(?:您好|你好)[：，！。]?$|"
    r".{0,60}(?:委员|代表|同志|先生|女士|支部|党派|工商联|民革|民盟|民建|民进|农工党?|九三学社|致公党|台盟|联络[组处委]|小组|界别|您好|你好|"
    r"[局委厅院会办])们?(?:（.{0,30}）)?：$"
)
_OPENING = re.compile(r"收悉|(?:答复|函复|回复|复函|反馈|汇报|报告|说明)如下|已收到|来信收到|收到您")
_CLOSING = re.compile(r"^(?:特?此复|专此|特此)|感谢您?对|感谢你")
_SIGNATURE = re.compile(
    r"^(?:[^，。；：:]{2,30}(?:局|委|委员会|政府|室|厅|部|院|中心|公司|大队|支队|总队|所|处|会|站|办|行|集团|馆|社区|学校|学|街道|镇|乡|区|县|市|校|社|队|组|科|股|园|庭|署|台)"
    r"(?:[（(][^（）()]{0,12}[）)])?\s*)?(?:[（(]?(?:[12]\d{3}|[一二三四五六七八九零O]{4})\s*[年.\-/]\s*[\d一二三四五六七八九十]{1,3}\s*[月.\-/]\s*[\d一二三四五六七八九十]{1,3}\s*[日号]?[）)]?)?$"
)
_LETTER_TAIL = re.compile(
    r"^（?(?:联系|电话|抄送|抄报|主送|附|公开|办理|此件|签发|领导签|承办|经办|主题词|印发|是否)"
)
#: A line between title and salutation that begins with the date of publication.
_DATED = re.compile(
    r"([12]\d{3})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?<!日)$|([12]\d{3})[-/.年](\d{1,2})[-/.月](\d{1,2})日?."
)
_NUMBER = re.compile(r"[\u3400-\u9fff]{1,16}〔 ?\d{4} ?〕 ?第? ?\d{1,5} ?号$")
_HEADINGS = {"h1", "h2", "h3"}
_TITLE_NAMES = re.compile(
    r"(?:^|[^a-z])(?:title|tit|bt|biaoti|arti_?title|wzbt|xl_?tit|headline)|(?:title|biaoti)(?:$|[ _-])"
)
_CONTENT_NAMES = re.compile(
    r"trs_editor|trs_ueditor|trs_paper|ucapcontent|(?:^| )zoom|article-?_?(?:content|body|con|text|main|txt)|pages_content|con_main|main-?_?text|"
    r"news_content|content_?(?:main|text|body|detail|txt)|detail-?_?(?:con|content|text|body)|wz_?(?:nr|con|content)|xxgk_?(?:content|nr|con)|xl-?_?(?:con|nr|content)|(?:^| )(?:content|article|nr|neirong|text)(?: |$)"
)
#: A child block with this share of its parent's weight holds the letter.
_SHARE = 0.4
#: Lines of no known kind that may stand before a line of the signature.
_ODD = 3
#: Weight of a salutation, an opening or a closing, in characters of running text.
_SIGNAL = 250


@dataclass(slots=True)
class Found:
    """The letter's lines by index in the page, the title where it stands apart, and the page's labelled values."""

    lines: list[int] = field(default_factory=list)
    title: str = ""
    title_node: int = 0
    fields: dict[str, str] = field(default_factory=dict)


class _Reader:
    """What each line of one page is."""

    def __init__(self, page: Page) -> None:
        self.page = page
        lines = page.lines
        self.han = [len(_HAN.findall(line.text)) for line in lines]
        self.pairs = [pairs_of(line) if len(line.text) < 400 else [] for line in lines]
        self.field = self._fields()
        self.link = [line.linked * 10 >= len(line.text) * 6 and line.linked > 0 for line in lines]
        self.furniture = [
            self.field[i] or (len(line.text) < 200 and _is_furniture(line.folded))
            for i, line in enumerate(lines)
        ]
        self.noise = [a or b for a, b in zip(self.furniture, self.link, strict=True)]
        self.running = [not noise and self._is_running(i) for i, noise in enumerate(self.noise)]

    def _is_running(self, i: int) -> bool:
        text = self.page.lines[i].folded
        if self.han[i] >= 8:
            return self.han[i] >= 40 or bool(_MARKS.search(text))
        return self.han[i] >= 3 and text[-1] in "。！？"

    def _fields(self) -> list[bool]:
        """Lines of labelled values that are the page's: such a table, or such lines beside each other."""
        lines, pairs = self.page.lines, self.pairs
        certain = [is_page_field(pairs[i], line, beside=False) for i, line in enumerate(lines)]
        tables: dict[int, int] = {}
        for line, yes in zip(lines, certain, strict=True):
            if line.table >= 0:
                tables[line.table] = tables.get(line.table, 0) + yes
        found = list(certain)
        for i, line in enumerate(lines):
            if line.table >= 0 and tables[line.table] > 1:
                found[i] = True
            elif not found[i] and pairs[i]:
                beside = any(
                    0 <= k < len(lines) and found[k] and is_index_field(pairs[k]) for k in (i - 1, i + 1)
                )
                found[i] = is_page_field(pairs[i], line, beside=beside)
            # a label alone, its value in the next line
            if i and not found[i] and found[i - 1] and pairs[i - 1][-1][1] == "" and not lines[i - 1].cells:
                label = pairs[i - 1][-1][0]
                if len(line.text) < 60 and not pairs[i]:
                    pairs[i] = [(label, line.text)]
                    found[i] = True
        return found

    def weight(self, i: int) -> float:
        if self.noise[i]:
            return 0.0
        text = self.page.lines[i].folded
        if not self.running[i]:
            return _SIGNAL if _SALUTATION.match(text) else self.han[i] * 0.2
        signals = (
            bool(_OPENING.search(text[:300]))
            + bool(_CLOSING.search(text[:80]))
            + bool(_SALUTATION.match(text))
        )
        return self.han[i] + _SIGNAL * signals

    def block(self) -> int:
        """The node that holds the letter."""
        nodes = self.page.nodes
        weights = [0.0] * len(nodes)
        for i, line in enumerate(self.page.lines):
            weights[line.node] += self.weight(i)
        best: list[tuple[float, int]] = [(0.0, -1)] * len(nodes)
        for at in range(len(nodes) - 1, 0, -1):
            parent = nodes[at].parent
            if parent < 0:
                continue
            weights[parent] += weights[at]
            if weights[at] >= best[parent][0]:
                best[parent] = (weights[at], at)
        node = 0
        while best[node][1] >= 0 and best[node][0] >= _SHARE * weights[node] and weights[node] > 0:
            node = best[node][1]
        while node and (not self._is_container(node) or self._leaves_out(node)):
            node = nodes[node].parent
        for at in self._ancestors(node):
            if _CONTENT_NAMES.search(nodes[at].names) and weights[at] < 1.2 * weights[node]:
                return at
        return node

    def _is_container(self, node: int) -> bool:
        found = self.page.nodes[node]
        return (
            found.tag not in ("p", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6")
            and found.last > found.first
        )

    def _ancestors(self, node: int) -> list[int]:
        found = []
        for _ in range(3):
            node = self.page.nodes[node].parent
            if node <= 0 or self.page.nodes[node].tag in ("body", "html"):
                break
            found.append(node)
        return found

    def _leaves_out(self, node: int) -> bool:
        """Whether lines of the letter stand right beside a block, in the block around it that holds more."""
        inner = self.page.nodes[node]
        outer = self.page.nodes[inner.parent]
        while outer.parent >= 0 and (
            outer.tag == "tr" or (outer.first, outer.last) == (inner.first, inner.last)
        ):
            outer = self.page.nodes[outer.parent]
        lines = self.page.lines
        for i in range(inner.first - 1, max(outer.first, inner.first - 6) - 1, -1):
            if self.noise[i] or self.is_title(i):
                break
            if self.running[i] or _SALUTATION.match(lines[i].folded):
                return True
        for i in range(inner.last, min(outer.last, inner.last + 6)):
            if self.noise[i]:
                break
            text = lines[i].folded
            if self.running[i] or _SIGNATURE.match(text) or _LETTER_TAIL.match(text):
                return True
        return False

    def is_title(self, i: int) -> bool:
        line = self.page.lines[i]
        text = squeezed(line.folded)
        if self.furniture[i] or not 4 <= len(text) <= 150 or text[-1] in "。；，：:":
            return False
        node = self.page.nodes[line.node]
        if node.tag in _HEADINGS and len(text) >= 6 and not line.linked:
            return True
        shown = squeezed(fold(self.page.title))
        if len(text) >= 8 and shown.startswith(text):
            return True
        if _TITLE.search(text) and self.han[i] >= 8:
            return True
        return bool(node.names and _TITLE_NAMES.search(node.names)) and self.han[i] >= 8 and not line.linked


def _is_furniture(folded: str) -> bool:
    """Whether a line is the page's by its beginning; a sentence of the letter may begin like a button."""
    if not _FURNITURE.match(folded):
        return False
    return folded[-1] not in "。；" or len(folded) < 12 or bool(_SITE.search(folded))


def squeezed(text: str) -> str:
    """Text without white space, to compare titles by."""
    return re.sub(r"\s+", "", text)


def find_letter(page: Page) -> Found:
    """The lines of a page that are the letter; no lines where it holds no running text."""
    found = Found()
    reader = _Reader(page)
    for i in range(len(page.lines)):
        if reader.field[i]:
            collect(reader.pairs[i], found.fields)
        if reader.furniture[i] and (dated := _DATED.match(page.lines[i].folded)):
            found.fields.setdefault("published", _date(dated))
    if not any(reader.running):
        return found
    node = page.nodes[reader.block()]
    first, last = node.first, node.last
    wide = (node.tag in ("body", "html", "form") and sum(reader.noise[first:last]) >= 4) or (
        sum(reader.link[first:last]) >= 12
    )
    begin = _beginning(reader, first, last, wide)
    if begin is None:
        return found
    end = _end(reader, begin, last, wide)
    head = _head(reader, found, first, begin, wide)
    body = [i for i in range(begin, end) if not _is_inner_noise(reader, i, wide)]
    found.lines = head + body
    if not any(reader.is_title(i) for i in head):
        _title_apart(reader, found, head[0] if head else begin)
    for i in head:
        if not reader.field[i]:
            collect(
                [p for p in reader.pairs[i] if p[0] not in ("标题", "名称", "时间", "日期")], found.fields
            )
    return found


def _beginning(reader: _Reader, first: int, last: int, wide: bool) -> int | None:
    """The first line of the letter proper: its salutation, or its first running text."""
    running = [i for i in range(first, last) if reader.running[i]]
    salutation = next(
        (
            i
            for i in range(first, last)
            if not reader.noise[i] and _SALUTATION.match(reader.page.lines[i].folded) and not reader.pairs[i]
        ),
        None,
    )
    if not running:
        return salutation
    if salutation is None or salutation > running[-1]:
        return running[0]
    if salutation <= running[0]:
        return salutation
    before = sum(reader.han[i] for i in running if i < salutation)
    total = sum(reader.han[i] for i in running)
    return salutation if wide and before < total * 0.3 else running[0]


def _end(reader: _Reader, begin: int, last: int, wide: bool) -> int:
    """The index after the letter's last line."""
    lines = reader.page.lines
    left = sum(reader.han[i] for i in range(begin, last) if reader.running[i])
    seen = 0
    for i in range(begin, last):
        if reader.running[i]:
            seen += reader.han[i]
        if i > begin and reader.noise[i] and _STOP.match(lines[i].folded) and seen >= left * 0.75:
            last = i
            break
    end = last
    while end > begin + 1 and (reader.noise[end - 1] or _is_attachment(reader, end - 1)):
        end -= 1
    if not wide:
        return end
    final = max((i for i in range(begin, end) if reader.running[i]), default=begin)
    cut = at = final + 1
    while at < end and at < cut + _ODD and not reader.noise[at]:
        text = lines[at].folded
        at += 1
        if _SIGNATURE.match(text) or _LETTER_TAIL.match(text) or text[-1] in "。！）":
            cut = at
    return cut


def _is_attachment(reader: _Reader, i: int) -> bool:
    line = reader.page.lines[i]
    linked = line.linked * 10 >= len(line.text) * 3 and line.folded[-1] not in "。；"
    return linked and bool(_ATTACHMENT.search(line.folded))


def _is_inner_noise(reader: _Reader, i: int, wide: bool) -> bool:
    line = reader.page.lines[i]
    if reader.furniture[i] or _is_attachment(reader, i):
        return True
    if not reader.link[i] or (line.folded[-1] in "。；" and reader.han[i] >= 15):
        return False
    return wide or reader.page.nodes[line.node].tag == "li" or reader.han[i] == 0


def _head(reader: _Reader, found: Found, first: int, begin: int, wide: bool) -> list[int]:
    """The letter's lines before its salutation: number, category, title."""
    lines = reader.page.lines
    titles = [i for i in range(first, begin) if reader.is_title(i)]
    if not titles and wide:
        return []
    kept: list[int] = []
    for i in range(begin - 1, first - 1, -1):
        if reader.noise[i] and not (titles and i == titles[-1]):
            if wide and titles and i < titles[-1]:
                break
            continue
        if titles and i > titles[0] and (dated := _DATED.match(lines[i].folded)) and len(lines[i].text) < 80:
            found.fields.setdefault("published", _date(dated))
            collect(reader.pairs[i], found.fields)
            continue
        letterhead = bool(_SIGNATURE.match(lines[i].folded) or _NUMBER.match(lines[i].folded))
        if wide and titles and i < titles[-1] and not (reader.is_title(i) or letterhead):
            break
        kept.append(i)
    seen: set[str] = set()
    unique = []
    for i in kept:  # from below: the page's heading repeats the letter's own title
        text = squeezed(lines[i].folded)
        if reader.is_title(i) and text in seen:
            continue
        seen.add(text)
        unique.append(i)
    return unique[::-1]


def _date(dated: re.Match[str]) -> str:
    return "-".join(part for part in dated.groups() if part)


def _title_apart(reader: _Reader, found: Found, before: int) -> None:
    """The title that the page shows above the letter's own block."""
    lines = reader.page.lines
    candidates = [i for i in range(before - 1, -1, -1) if reader.is_title(i)]
    if not candidates:
        return
    shown = squeezed(fold(reader.page.title))

    def rank(i: int) -> tuple[bool, bool, bool, int]:
        text = squeezed(lines[i].folded)
        node = reader.page.nodes[lines[i].node]
        return (
            not reader.link[i],
            bool(_TITLE.search(text)),
            node.tag in _HEADINGS
            or (len(text) >= 8 and shown.startswith(text))
            or bool(_TITLE_NAMES.search(node.names)),
            i,
        )

    best = max(candidates, key=rank)
    if reader.link[best] or lines[best].text == "":
        return
    parts = [best]
    same = lines[best].node
    while parts[0] > 0 and lines[parts[0] - 1].node == same and not reader.furniture[parts[0] - 1]:
        parts.insert(0, parts[0] - 1)
    while (
        parts[-1] + 1 < before and lines[parts[-1] + 1].node == same and not reader.furniture[parts[-1] + 1]
    ):
        parts.append(parts[-1] + 1)
    title = "".join(lines[i].text for i in parts) if len(parts) <= 4 else lines[best].text
    if squeezed(title) in squeezed("".join(lines[i].text for i in found.lines[:6])):
        return  # the letter's own title, split over lines
    found.title, found.title_node = title, same
